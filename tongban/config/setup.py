"""From a bare checkout to a city: each step runs once and again only when its sources change.

A step's stamp is a hash of its sources, kept under the home folder and tied to the database that
it was done for. The steps run as processes of their own, so that migrations use the owner's role;
those that need no database run beside those that do.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from tongban.config import database
from tongban.config.called import command
from tongban.config.options import CHECKOUT, Options

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class SetupError(Exception):
    """A step failed; the text is what it printed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the set-up.

    sources: glob patterns in the checkout; a change of any file makes the step run again.
    is_once: run only where it has never run, whatever its sources say now.
    is_beside: needs no database and nothing of the steps after it: runs while they do.
    """

    name: str
    label: str
    command: tuple[str, ...]
    sources: tuple[str, ...]
    is_once: bool = False
    is_beside: bool = False


STEPS = (
    # Where the environment forbids Python to keep compiled modules, every process would compile
    # thousands of lines at its start.
    Step("modules", "compiled modules", ("compile",), ("tongban/**/*.py",)),
    Step("messages", "translations", ("messages",), ("web/locale/**/*.po",), is_beside=True),
    Step(
        "static",
        "styles and scripts",
        ("static",),
        ("web/static/**/*", "requirements/run.txt"),
        is_beside=True,
    ),
    Step(
        "tables",
        "tables of the database",
        ("migrate",),
        ("tongban/**/migrations/*.py", "tongban/**/sql.py", "tongban/config/grants.py"),
    ),
    Step(
        "content",
        "what the city offers",
        ("content", "publish"),
        ("content/**/*", "tongban/catalogue/**/*.py"),
    ),
    Step("city", "the demo city", ("city",), (), is_once=True),
)


def set_up(options: Options) -> None:
    """Run every step that is due and print a line for each; raises SetupError."""
    path = options.home / "stamps.json"
    # With a server of one's own nothing else has made the home folder yet.
    path.parent.mkdir(parents=True, exist_ok=True)
    stamps = _read(path)
    place = _place(options)
    writing = threading.Lock()

    def do(step: Step) -> None:
        stamp = f"{place}:{'' if step.is_once else _digest(step.sources)}"
        if stamps.get(step.name) == stamp:
            return
        began = time.monotonic()
        _run(step)
        with writing:
            print(f"  {step.label} ({time.monotonic() - began:.1f} s)", flush=True)
            stamps[step.name] = stamp
            path.write_text(json.dumps(stamps, indent=1))

    with ThreadPoolExecutor(max_workers=1) as other_hand:
        beside = []
        for step in STEPS:
            if step.is_beside:
                beside.append(other_hand.submit(do, step))
            else:
                do(step)
        for one in beside:
            one.result()


def forget(options: Options, name: str) -> None:
    """Let a step run again at the next start."""
    path = options.home / "stamps.json"
    stamps = _read(path)
    if stamps.pop(name, None):
        path.write_text(json.dumps(stamps, indent=1))


def _run(step: Step) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tongban", *step.command],
        cwd=CHECKOUT,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        words = " ".join((command(), *step.command))
        raise SetupError(f"{step.label}: `{words}` failed\n{done.stdout}")


def _read(path: Path) -> dict[str, str]:
    try:
        stamps: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return stamps


def _place(options: Options) -> str:
    """Which database the stamps speak of: one that is made anew has another number."""
    address = database.address(options)
    with psycopg.connect(**address.psycopg(), connect_timeout=10) as connection:
        row = connection.execute(
            "select oid from pg_database where datname = current_database()"
        ).fetchone()
    number = row[0] if row else 0
    return hashlib.sha256(f"{address.host} {address.port} {number}".encode()).hexdigest()[:12]


def _digest(patterns: Iterable[str]) -> str:
    digest = hashlib.sha256()
    files = {path for pattern in patterns for path in CHECKOUT.glob(pattern) if path.is_file()}
    for path in sorted(files):
        if "__pycache__" not in path.parts:
            digest.update(path.relative_to(CHECKOUT).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
