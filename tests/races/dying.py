"""A worker that is killed (kill -9) in the middle of a reaction, before it commits."""

import os
import signal
import time
from dataclasses import replace

import pytest
from django.db import connections

from tongban.records.actions import drain_all
from tongban.records.events import SUBSCRIBERS


def die_in(name, mark):
    """Fork a worker that does this subscriber's work and is killed before it commits."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        _work_until_killed(name, mark)
    deadline = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < deadline:
        if os.waitpid(worker, os.WNOHANG)[0]:
            pytest.fail(f"the worker ended without coming to {name}")
        time.sleep(0.02)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    assert mark.exists()
    mark.unlink()


def _work_until_killed(name, mark):
    def work_and_stay(entry):
        before.handler(entry)
        mark.touch()
        time.sleep(120)

    before = SUBSCRIBERS[name]
    SUBSCRIBERS[name] = replace(before, handler=work_and_stay)
    try:
        drain_all()
    finally:
        os._exit(1)
