"""The web processes: granian serves the WSGI application with a few blocking threads."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

if TYPE_CHECKING:
    from tongban.config.options import Options


# Seconds for the requests that are being answered; the supervisor waits a little longer.
LAST_ANSWERS = 15


def main(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; what is being answered then is answered."""
    os.register_at_fork(after_in_child=forget_signal_handlers)
    Granian(
        "tongban.config.wsgi:application",
        address=options.bind,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=options.workers,
        blocking_threads=options.threads,
        backpressure=options.backpressure,
        respawn_failed_workers=True,
        workers_kill_timeout=LAST_ANSWERS,
        log_level=LogLevels.warning,
    ).serve()


def forget_signal_handlers() -> None:
    """Let a signal end a process that does not listen to signals yet.

    A web process inherits its parent's handlers, which do nothing in it. Until it has loaded the
    application and set its own, it would swallow the signal to stop, and be waited for in vain.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
