import os
import signal
import subprocess
import sys

import pytest

from tongban.config import web


@pytest.mark.kill
def test_a_web_process_that_is_still_loading_does_not_swallow_the_signal_to_stop():
    previous = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        child = os.fork()
        if child == 0:
            web._hear_signals()
            os.kill(os.getpid(), signal.SIGTERM)
            os._exit(7)
        _pid, status = os.waitpid(child, 0)
    finally:
        signal.signal(signal.SIGTERM, previous)

    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGTERM


# The main thread waits for a lock without an end, as a web process does; the signal is given to
# another thread, so that nothing breaks that wait. `heard` would stay unset for good.
DEAF = """
import signal, threading, time
from tongban.config import web

heard = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: heard.set())
{insist}
gate = threading.Lock()
gate.acquire()

def play():
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    if heard.wait(2):
        print("heard", flush=True)
    gate.release()

threading.Thread(target=play).start()
gate.acquire()
"""


@pytest.mark.kill
@pytest.mark.parametrize(
    ("insist", "said"),
    [("", ""), ("web.insist_on_signals()", "heard\n")],
    ids=["alone", "insisting"],
)
def test_a_signal_that_broke_no_wait_is_told_to_the_main_thread_again(insist, said):
    done = subprocess.run(
        [sys.executable, "-c", DEAF.format(insist=insist)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == said
