"""`tongban up`: the database, the web processes and the worker under one small supervisor.

A child that dies is started again, a little later each time that it dies at once. SIGTERM and
SIGINT stop the children, then the database. When the supervisor itself is killed, its children end
with it (Linux) and the keeper of the database stops the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from typing import TYPE_CHECKING
from urllib.error import URLError

from tongban.config import database, postgres, setup
from tongban.config.called import command
from tongban.config.options import ACCOUNTS, CHECKOUT, Options

if TYPE_CHECKING:
    from collections.abc import Sequence

STOP_PATIENCE = 25.0
ASKED_AGAIN = 2.0
# A child that lived so long did not die at once.
SETTLED = 10.0
LONGEST_PAUSE = 10.0
READY_PATIENCE = 60.0


class UpError(Exception):
    """The site cannot start; the text says why and what to do."""


class Child:
    """One process that is kept running."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = 0.0
        self._not_before = 0.0

    def watch(self) -> None:
        """Start the process if it does not run and its pause is over."""
        if self._process is not None and self._process.poll() is not None:
            self._mourn(self._process)
        if self._process is None and time.monotonic() >= self._not_before:
            self._start()

    def ask_to_stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    def await_end(self, deadline: float) -> None:
        """Wait for the process, then make sure that nothing of its group is left."""
        if self._process is None:
            return
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(min(left, ASKED_AGAIN))
                break
            # A signal that comes just before its process starts to wait can go unheard.
            self.ask_to_stop()
        self._sweep(self._process)
        self._process.wait()
        self._process = None

    def _start(self) -> None:
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tongban", self.name],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            # Its own group: Ctrl-C reaches the supervisor alone, which stops things in order.
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 -- the supervisor has one thread here
        )

    def _mourn(self, process: subprocess.Popen[bytes]) -> None:
        self._sweep(process)
        self._process = None
        lived = time.monotonic() - self._started
        self._pause = 0.2 if lived > SETTLED else min(max(self._pause, 0.1) * 2, LONGEST_PAUSE)
        self._not_before = time.monotonic() + self._pause
        print(
            f"{self.name} ended ({process.returncode}) and is started again",
            file=sys.stderr,
            flush=True,
        )

    def _sweep(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


class Supervisor:
    """Keeps the children and the database running until told to stop."""

    def __init__(self, options: Options, hold: postgres.Hold | None) -> None:
        self._options = options
        self._hold = hold
        self._children = [Child("web"), Child("worker")]
        self._stopping = threading.Event()

    def run(self) -> None:
        try:
            self._watch_until_ready()
            if not self._stopping.is_set():
                print(_welcome(self._options), flush=True)
            while not self._stopping.wait(0.2):
                self._watch()
        finally:
            self._stop_children()

    def stop(self, *_signal: object) -> None:
        self._stopping.set()

    def _watch(self) -> None:
        if self._hold is not None:
            try:
                self._hold.ensure()
            except postgres.PostgresError as error:
                print(error, file=sys.stderr, flush=True)
        for child in self._children:
            child.watch()

    def _watch_until_ready(self) -> None:
        deadline = time.monotonic() + READY_PATIENCE
        missing = ""
        while not self._stopping.wait(0.1):
            self._watch()
            missing = _missing(self._options)
            if not missing:
                return
            if time.monotonic() > deadline:
                raise UpError(f"The site did not become ready: {missing}")

    def _stop_children(self) -> None:
        deadline = time.monotonic() + STOP_PATIENCE
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.await_end(deadline)


def main(options: Options) -> None:
    """Set up what is due, start everything, say where, and keep it running."""
    _refuse_taken_port(options)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with database.available(options) as hold:
            setup.set_up(options)
            supervisor = Supervisor(options, hold)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, supervisor.stop)
            supervisor.run()
    except KeyboardInterrupt:
        pass
    print("stopped", flush=True)


def _interrupt(*_signal: object) -> None:
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    postgres.end_with_parent(signal.SIGTERM)


def _refuse_taken_port(options: Options) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.bind, options.port))
        except OSError as error:
            raise UpError(
                f"Port {options.port} is taken ({error.strerror}): stop the other program, or "
                f"choose another port, for example TONGBAN_PORT={options.port + 1} make run."
            ) from error


def _missing(options: Options) -> str:
    """What the health page misses, empty when everything is ready."""
    url = f"http://{options.bind}:{options.port}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return "" if answer.status == 200 else "web"
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace")
    except (URLError, OSError) as error:
        return f"web: {error}"


def _welcome(options: Options) -> str:
    lines = ["", f"Tongban is ready: {options.site_url}", *_accounts(options)]
    if options.postgres_tcp and database.is_embedded(options):
        lines.append(f"PostgreSQL for other programs: 127.0.0.1:{database.cluster(options).port}")
    lines.append("Ctrl-C stops everything.")
    return "\n".join(lines)


def _accounts(options: Options) -> Sequence[str]:
    """A line for the first account of each role at each door; there are dozens."""
    path = options.home / ACCOUNTS
    if not path.exists():
        return ()
    accounts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    # A city that was set up by an earlier version has a list that names no doors.
    accounts = [{"door": "", **one} for one in accounts]
    first = {(one["role"], one["door"]): one for one in reversed(accounts)}
    shown = [one for one in accounts if first[one["role"], one["door"]] is one]
    lines = [
        f"  {one['login']:<20} {one['password']:<16} {one['role']:<12} {one['door']:<7}"
        f" {one['name']}"
        f"{f'  + {command()} city --code ' + one['login'] if one['totp_secret'] else ''}"
        for one in shown
    ]
    every = f"{len(accounts)} in all: {command()} city --accounts"
    return (
        "",
        f"Demo accounts, one of each role and where it begins ({every}):",
        *lines,
        "",
    )
