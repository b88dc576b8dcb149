"""The web processes: granian serves the WSGI application with a few blocking threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

if TYPE_CHECKING:
    from tongban.config.options import Options


def main(options: Options) -> None:
    """Serve until SIGTERM or SIGINT."""
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
        workers_kill_timeout=5,
        log_level=LogLevels.warning,
    ).serve()
