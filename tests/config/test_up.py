"""`tongban up` as an operator sees it: everything starts, survives, and leaves nothing behind."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tongban.config import postgres
from tongban.config.options import CHECKOUT, current

pytestmark = [pytest.mark.kill, pytest.mark.slow]

FIRST_START = 180.0
PATIENCE = 40.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """One `tongban up` with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.log = home.with_suffix(".log")
        environment = {
            name: text for name, text in os.environ.items() if not name.startswith("TONGBAN_")
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tongban", "up"],
                cwd=CHECKOUT,
                env=environment
                | {"TONGBAN_HOME": str(home), "TONGBAN_PORT": str(self.port), "DATABASE_URL": ""},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def health(self) -> tuple[int, dict]:
        url = f"http://127.0.0.1:{self.port}/healthz"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            return 0, {}

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self, patience: float = PATIENCE) -> None:
        until(
            lambda: "Tongban is ready" in self.said() or self.process.poll() is not None,
            patience,
            self.said,
        )
        assert self.process.poll() is None, self.said()

    def pid(self, words: str) -> int:
        """The oldest process whose command line holds these words."""
        found = [pid for pid, line in self.processes() if words in line]
        return min(found, default=0)

    def processes(self) -> list[tuple[int, str]]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (folder / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            is_ours = f"TONGBAN_HOME={self.home}\0" in environment or str(self.home) in line
            if line and is_ours:
                found.append((int(folder.name), line))
        return found

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(PATIENCE)


def until(condition, patience=PATIENCE, explain=lambda: ""):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.1)
    pytest.fail(f"waited {patience} s in vain\n{explain()}")


@pytest.fixture(scope="module")
def home():
    """A home in which the set-up is done once for all tests of this file."""
    folder = current().home / "own" / f"up-{os.getpid()}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    yield folder
    server = postgres.Cluster(home=folder)
    for leftover in (server.place, server.socket_dir, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    folder.with_suffix(".log").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def prepared(home):
    """The home after a first start that was stopped again; what the first start said."""
    site = Site(home)
    try:
        site.wait_until_ready(FIRST_START)
    finally:
        site.stop()
    return site.said()


@pytest.fixture
def site(home, prepared):
    site = Site(home)
    try:
        site.wait_until_ready()
        yield site
    finally:
        if site.process.poll() is None:
            site.stop()


def test_the_first_start_says_what_it_does_and_ends_with_address_and_accounts(prepared):
    for line in ("tables of the database", "what the city offers", "the demo city"):
        assert line in prepared
    assert "Tongban is ready: http://127.0.0.1:" in prepared
    assert "Demo accounts" in prepared
    assert "Traceback" not in prepared


def test_the_second_start_prepares_nothing_again(home, prepared):
    site = Site(home)
    try:
        until(lambda: site.health()[0] == 200, PATIENCE, site.said)
    finally:
        site.stop()

    for line in ("tables of the database", "what the city offers", "the demo city"):
        assert line not in site.said()


def test_sigterm_leaves_no_process(site):
    assert len(site.processes()) >= 5

    site.stop()

    assert site.process.returncode == 0
    assert site.processes() == []
    assert "refused" not in site.said()
    assert "Traceback" not in site.said()


def test_ctrl_c_leaves_no_process(site):
    site.stop(signal.SIGINT)

    assert site.process.returncode == 0
    assert site.processes() == []
    assert "Traceback" not in site.said()


def test_a_stop_right_after_the_start_waits_for_nobody(home, prepared):
    site = Site(home)
    try:
        # The first web process answers; the second one may still be loading.
        until(lambda: site.health()[0], explain=site.said)
    finally:
        site.stop(signal.SIGINT)

    assert "refused" not in site.said()


def test_a_stop_lets_answers_come_to_their_end_and_idle_browsers_wait(site):
    idle = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    idle.request("GET", "/")
    assert idle.getresponse().read()
    head = (
        b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Cookie: csrftoken="
        + b"a"
        * 32
        + b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as slow:
        slow.sendall(head)
        # The answer has begun: the form is being read.
        assert slow.recv(100).startswith(b"HTTP/1.1 100")
        slow.sendall(b"a=")
        site.process.send_signal(signal.SIGTERM)
        until(lambda: "stopping" in site.said(), explain=site.said)
        slow.sendall(b"bc")
        answer = slow.recv(100)
    site.process.wait(PATIENCE)
    idle.close()

    # A form without its token is refused: that is an answer.
    assert answer.startswith(b"HTTP/1.1 403")
    assert "refused" not in site.said()


def test_whatever_is_killed_is_started_again(site):
    for name, words in (
        ("web", "-m tongban web"), ("worker", "-m tongban worker"), ("", "postgres -D"),
    ):  # fmt: skip
        before = site.pid(words)

        os.kill(before, signal.SIGKILL)

        if name:
            told = f"{name} ended (-9) and is started again"
            until(lambda told=told: told in site.said(), explain=site.said)
        until(lambda w=words, b=before: site.pid(w) not in (0, b), explain=site.said)
        until(lambda: site.health()[0] == 200, explain=site.said)


def test_a_killed_supervisor_leaves_no_orphans(site):
    site.process.kill()
    site.process.wait()

    until(lambda: site.processes() == [], explain=lambda: f"{site.processes()}")


def test_a_taken_port_is_told_before_anything_starts(home, prepared):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = subprocess.run(
            [sys.executable, "-m", "tongban", "up"],
            cwd=CHECKOUT,
            env=os.environ
            | {"TONGBAN_HOME": str(home), "TONGBAN_PORT": str(other.getsockname()[1])},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert "is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_misspelt_setting_stops_the_start():
    done = subprocess.run(
        [sys.executable, "-m", "tongban", "up"],
        cwd=CHECKOUT,
        env=os.environ | {"TONGBAN_PROT": "9000"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "unknown setting TONGBAN_PROT; did you mean TONGBAN_PORT?" in done.stderr
    assert "Traceback" not in done.stderr
