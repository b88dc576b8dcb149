"""Meters: CPU of the server's processes, rows, write-ahead log, statements on the wire."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class ServerCpu:
    """Seconds of CPU that a server has used: its sessions, and everything else of it."""

    sessions: float
    others: float

    @property
    def total(self) -> float:
        return self.sessions + self.others

    def __sub__(self, before: ServerCpu) -> ServerCpu:
        return ServerCpu(self.sessions - before.sessions, self.others - before.others)


def server_cpu(
    postmaster: int, sessions: frozenset[int], aside: frozenset[int] = frozenset()
) -> ServerCpu:
    """CPU of all processes of a server, those that have ended included, but those `aside`.

    `sessions` are the processes of the clients that are measured; they must live on between two
    readings that are compared.
    """
    used, others = 0.0, process_cpu(postmaster) + _ended(postmaster)
    for pid in _children(postmaster) - aside:
        seconds = process_cpu(pid)
        if pid in sessions:
            used += seconds
        else:
            others += seconds
    return ServerCpu(used, others)


def tree_cpu(pid: int) -> float:
    """Seconds of CPU of a process, of all below it, and of those of them that have ended."""
    found, below = 0.0, {pid}
    while below:
        for one in below:
            with contextlib.suppress(OSError):
                fields = _stat(Path(f"/proc/{one}/stat"))
                found += sum(int(field) for field in fields[11:15]) / _TICKS
        below = {child for one in below for child in _children(one)}
    return found


def _children(pid: int) -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(_stat(path)[1]) == pid:
                found.add(int(path.parent.name))
    return found


def process_cpu(pid: int) -> float:
    """Seconds of a process of one thread, in nanoseconds where the kernel tells them."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        pass
    with contextlib.suppress(OSError):
        fields = _stat(Path(f"/proc/{pid}/stat"))
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def _ended(pid: int) -> float:
    fields = _stat(Path(f"/proc/{pid}/stat"))
    return (int(fields[13]) + int(fields[14])) / _TICKS


def _stat(path: Path) -> list[str]:
    """The fields behind the name of the program, which may hold blanks."""
    return path.read_text().rpartition(")")[2].split()


@dataclass(frozen=True, slots=True)
class Written:
    """What a database has written: rows inserted, updated and deleted, bytes of its log."""

    rows: int
    wal_bytes: int

    def __sub__(self, before: Written) -> Written:
        return Written(self.rows - before.rows, self.wal_bytes - before.wal_bytes)


def written(connection: psycopg.Connection) -> Written:
    """Read the counters; sessions that wrote must have flushed theirs (`flush`)."""
    rows = connection.execute(
        "select (select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
        " from pg_stat_user_tables), pg_current_wal_lsn() - '0/0'::pg_lsn"
    ).fetchall()
    return Written(int(rows[0][0]), int(rows[0][1]))


def flush(connection: psycopg.Connection) -> None:
    """Let a session hand in its counters now."""
    connection.execute("select pg_stat_force_next_flush()")


@dataclass(slots=True)
class Wire:
    """What a session sent: statements, and how often it waited for the answer."""

    statements: int = 0
    round_trips: int = 0


@contextlib.contextmanager
def wire(connection: psycopg.Connection) -> Iterator[Wire]:
    """Count what goes over the wire while the block runs (libpq's own trace)."""
    seen = Wire()
    with tempfile.TemporaryFile("w+") as trace:
        connection.pgconn.trace(trace.fileno())
        try:
            yield seen
        finally:
            connection.pgconn.untrace()
        trace.seek(0)
        for line in trace:
            match line.rstrip("\n").split("\t")[1:4]:
                case ["F", _, "Execute" | "Query"]:
                    seen.statements += 1
                case ["B", _, "ReadyForQuery"]:
                    seen.round_trips += 1
                case _:
                    pass
