import os
import signal

import pytest

from tongban.config import web


@pytest.mark.kill
def test_a_web_process_that_is_still_loading_does_not_swallow_the_signal_to_stop():
    previous = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        child = os.fork()
        if child == 0:
            web.forget_signal_handlers()
            os.kill(os.getpid(), signal.SIGTERM)
            os._exit(7)
        _pid, status = os.waitpid(child, 0)
    finally:
        signal.signal(signal.SIGTERM, previous)

    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGTERM
