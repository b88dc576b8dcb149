"""The worker: one process that orders the journal, reacts, fires deadlines and runs slow jobs.

Each loop has a thread. A loop that fails says so, waits a little longer each time and tries again;
it never stops the others. SIGTERM lets what has begun come to its end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

from django.db import close_old_connections, connections
from django.utils import timezone

from tongban.config import actions, wiring
from tongban.config.wiring import Loop

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger("tongban.worker")

LONGEST_BACKOFF = 30.0
HEARTBEAT = 2.0
# Slow jobs at once in one process.
JOBS = 2
DRAIN_PATIENCE = 20.0


class Worker:
    """The loops of one process and what becomes of them."""

    def __init__(self, loops: Iterable[Loop]) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._loops = tuple(loops)
        self._stopping = threading.Event()
        self._failing: set[str] = set()

    def run(self) -> None:
        """Work until told to stop; runs in the main thread."""
        threads = [
            threading.Thread(target=self._repeat, args=(loop,), name=loop.name)
            for loop in (*self._loops, Loop("jobs", self._run_jobs, 1.0), self._heart())
        ]
        for thread in threads:
            thread.start()
        self._stopping.wait()
        log.info("stopping: what has begun comes to its end")
        for thread in threads:
            thread.join(DRAIN_PATIENCE)

    @property
    def failing(self) -> frozenset[str]:
        """The names of the loops whose last round failed."""
        return frozenset(self._failing)

    def stop(self, *_signal: object) -> None:
        self._stopping.set()

    def _repeat(self, loop: Loop) -> None:
        backoff = 0.5
        while not self._stopping.is_set():
            try:
                done = loop.step()
            except Exception:
                # The outermost loop: whatever went wrong, the next round starts afresh.
                log.exception("loop failed", extra={"loop": loop.name, "again_in": backoff})
                self._failing.add(loop.name)
                connections.close_all()
                self._stopping.wait(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)
                continue
            backoff = 0.5
            self._failing.discard(loop.name)
            if not done:
                close_old_connections()
                self._stopping.wait(loop.idle)
        connections.close_all()

    def _heart(self) -> Loop:
        return Loop("heartbeat", self._beat, HEARTBEAT)

    def _beat(self) -> int:
        now = timezone.now()  # noqa: TID251 -- the machine's time, not the city's
        actions.beat(name=self.name, failing=sorted(self.failing), now=now)
        return 0

    def _run_jobs(self) -> int:
        asyncio.run(self._jobs())
        return 0

    async def _jobs(self) -> None:
        """Procrastinate on a connection of its own, so that rooms still enqueue through Django."""
        from procrastinate.contrib.django import app

        connector: Any = app.connector
        async with app.with_connector(connector.get_worker_connector()).open_async() as own:
            work = asyncio.create_task(
                own.run_worker_async(
                    concurrency=JOBS,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=DRAIN_PATIENCE / 2,
                    fetch_job_polling_interval=2.0,
                )
            )
            while not (self._stopping.is_set() or work.done()):
                await asyncio.wait([work], timeout=0.2)
            if self._stopping.is_set():
                work.cancel()
                await asyncio.wait([work])
            else:
                work.result()


def main() -> None:
    """Run one worker until SIGTERM or SIGINT; Django is set up already."""
    worker = Worker(wiring.loops())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    log.info("worker started", extra={"worker": worker.name})
    worker.run()
