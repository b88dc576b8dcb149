"""The web processes: granian serves the WSGI application with a few blocking threads."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

if TYPE_CHECKING:
    from tongban.config.options import Options


# Seconds for the requests that are being answered; the supervisor waits a little longer.
LAST_ANSWERS = 15

ENDING = (signal.SIGTERM, signal.SIGINT)

# Seconds after which a signal to end is told to the main thread again.
TOLD_AGAIN = (0.1, 0.4, 1.5)


def main(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; what is being answered then is answered."""
    os.register_at_fork(
        before=_hold_signals, after_in_parent=_let_signals_in, after_in_child=_hear_signals
    )
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


def _hold_signals() -> None:
    """A signal to end that meets a process in the middle of its birth waits until it can hear."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _let_signals_in() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _hear_signals() -> None:
    """Let a signal end a web process at any moment of its life.

    It inherits its parent's handlers, which do nothing in it: until it has loaded the application
    and set its own, it would swallow the signal and be waited for in vain.
    """
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    insist_on_signals()
    _let_signals_in()


def insist_on_signals() -> None:
    """Tell the main thread of a signal to end again, should it have missed it; call it there.

    Python notes a signal and runs its handler between two steps of the main thread. One that
    comes just before that thread starts to wait for a lock is noted and not handled, until the
    next signal breaks the wait. A web process waits like that from its first second on, and was
    killed after LAST_ANSWERS as if it had refused to stop (one stop of a hundred right after the
    start, on a busy machine).
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_tell_again, args=(reader,), name="signals", daemon=True).start()


def _tell_again(reader: int) -> None:
    number = 0
    while number not in ENDING:
        number = os.read(reader, 1)[0]
    for pause in TOLD_AGAIN:
        time.sleep(pause)
        signal.pthread_kill(threading.main_thread().ident or 0, number)
