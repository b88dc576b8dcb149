import json
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from tongban.config import supervisor
from tongban.config.options import ACCOUNTS, current
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


def _account(login, role, door):
    row = {"login": login, "role": role, "door": door, "password": "p", "name": "n"}
    return json.dumps({**row, "totp_secret": None}) + "\n"


def test_what_a_start_prints_shows_who_takes_calls_and_which_door_is_whose(tmp_path):
    rows = (
        _account("li.window", "window", "/desk/"),
        _account("wang.window", "window", "/desk/"),
        _account("ning.line", "window", "/line/"),
        _account("demo.citizen", "citizen", "/"),
    )
    (tmp_path / ACCOUNTS).write_text("".join(rows), encoding="utf-8")

    told = [line.split() for line in supervisor._accounts(replace(current(), home=tmp_path))]

    assert [(line[0], line[3]) for line in told if len(line) == 5] == [
        ("li.window", "/desk/"),
        ("ning.line", "/line/"),
        ("demo.citizen", "/"),
    ]


def test_a_city_of_an_earlier_version_starts_with_the_list_that_it_has(tmp_path):
    row = json.loads(_account("li.window", "window", ""))
    del row["door"]
    (tmp_path / ACCOUNTS).write_text(json.dumps(row) + "\n", encoding="utf-8")

    told = supervisor._accounts(replace(current(), home=tmp_path))

    assert any("li.window" in line for line in told)
