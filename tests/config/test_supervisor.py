import subprocess
import sys
import time

import pytest

from tongban.config.supervisor import Child

# Hears the second signal to end only, as a process that was about to wait at the first one.
HARD_OF_HEARING = """
import signal, sys
calls = []
signal.signal(signal.SIGTERM, lambda *_: calls.append(1) if not calls else sys.exit(0))
print("up", flush=True)
while True:
    signal.pause()
"""


@pytest.mark.kill
def test_a_child_that_did_not_hear_that_it_is_to_stop_is_told_again_and_not_killed():
    process = subprocess.Popen(
        [sys.executable, "-c", HARD_OF_HEARING], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    child = Child("web")
    child._process = process

    child.ask_to_stop()
    child.await_end(time.monotonic() + 20)

    assert process.returncode == 0
    process.stdout.close()
