import threading
import time

import pytest

from tongban.config.models import Heartbeat
from tongban.config.wiring import Loop
from tongban.config.worker import Worker

PATIENCE = 20.0


def _until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


@pytest.fixture
def running(own_database):
    """Run a worker with these loops in a thread; it is stopped at the end."""
    started = []

    def start(*loops):
        worker = Worker(loops)
        thread = threading.Thread(target=worker.run)
        thread.start()
        started.append((worker, thread))
        return worker

    yield start
    for worker, thread in started:
        worker.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_failing_loop_never_stops_the_others(running):
    done, failed = [], []

    def fail():
        failed.append(1)
        raise RuntimeError("on purpose")

    def work():
        done.append(1)
        return 0

    running(Loop("bad", fail, 0.05), Loop("good", work, 0.05))

    _until(lambda: len(failed) > 1 and len(done) > 10)
    _until(lambda: Heartbeat.objects.filter(failing=["bad"]).exists())


def test_a_loop_that_works_again_is_no_longer_called_failing(running):
    tries = []

    def fail_once():
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("once")
        return 0

    worker = running(Loop("shaky", fail_once, 0.05))

    _until(lambda: len(tries) > 2)
    assert worker.failing == frozenset()


def test_a_loop_with_more_to_do_does_not_wait(running):
    left = [1] * 500
    done = threading.Event()

    def step():
        if left:
            return left.pop()
        done.set()
        return 0

    running(Loop("busy", step, 60.0))

    assert done.wait(PATIENCE)


def test_what_has_begun_comes_to_its_end(own_database):
    begun, ended = threading.Event(), threading.Event()

    def slow():
        begun.set()
        time.sleep(0.5)
        ended.set()
        return 0

    worker = Worker([Loop("slow", slow, 60.0)])
    thread = threading.Thread(target=worker.run)
    thread.start()
    begun.wait(PATIENCE)

    worker.stop()
    thread.join(PATIENCE)

    assert ended.is_set()


def test_the_worker_survives_its_database(own_cluster, running):
    rounds = []

    def ask():
        rounds.append(Heartbeat.objects.count())
        return 0

    running(Loop("asks", ask, 0.05))
    _until(lambda: len(rounds) > 3)

    own_cluster.kill()
    own_cluster.wait()
    before = len(rounds)

    _until(lambda: len(rounds) > before + 3)
