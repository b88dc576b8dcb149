"""Client processes that live lives at command, so that the parent can read the meters between.

A client is told which database and which way (product or floor), then how many lives; it answers
what that took. Clients are forked before anything connects, and run at the same time.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections import defaultdict
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Protocol

from bench.rig import city, meter
from tongban.config.postgres import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    import psycopg

    from bench.rig.web import Server

_FORK = multiprocessing.get_context("fork")


class Way(Protocol):
    """A way to live: the product's or the floor's."""

    @property
    def connection(self) -> psycopg.Connection:
        """The session that lives."""

    @property
    def aside(self) -> psycopg.Connection | None:
        """A session for what belongs to the benchmark; its work is not measured."""

    def close(self) -> None:
        """End its sessions."""

    def ready(self, lives: int) -> None:
        """Prepare what so many lives begin with; its work is not measured."""

    def live(self) -> Iterator[str]:
        """One life; the name of each action when it is done, "" for what does not count."""


@dataclass(slots=True)
class Lived:
    """What a client's block of lives took: seconds of its own CPU, seconds of each action."""

    by_action: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    walls: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class Block:
    """What a block of all clients took, in seconds; `walls` by action."""

    lives: int
    client: float
    web: float
    server: meter.ServerCpu
    wall: float
    by_action: dict[str, float]
    walls: dict[str, list[float]]

    @property
    def cpu(self) -> float:
        """Seconds of CPU of one life: client, web processes and database server together."""
        return (self.client + self.web + self.server.total) / self.lives


def live(way: Way, lives: int) -> Lived:
    """Live so many lives and tell what they took."""
    told = Lived()
    for _ in range(lives):
        wall, cpu = perf_counter(), process_time()
        for action in way.live():
            wall_after, cpu_after = perf_counter(), process_time()
            if action:
                told.walls[action].append(wall_after - wall)
                told.by_action[action] += cpu_after - cpu
            wall, cpu = wall_after, cpu_after
    return told


class Clients:
    """A number of client processes with sessions to one database."""

    def __init__(self, count: int, database: str, site: Server | None = None) -> None:
        self.count, self._site = count, site
        self._postmaster = city.server().pid()
        city.leave()
        self._pipes: list[Connection] = []
        self._processes = []
        port = site.port if site else 0
        for client in range(count):
            ours, theirs = _FORK.Pipe()
            given = (theirs, client, database, port)
            process = _FORK.Process(target=_serve, args=given, daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        pids = [pipe.recv() for pipe in self._pipes]
        self._sessions = frozenset(pid for measured, _ in pids for pid in measured)
        self._aside = frozenset(pid for _, aside in pids for pid in aside)

    def block(self, way: str, lives: int) -> Block:
        """Let every client live so many lives at the same time."""
        self._ask((f"ready {way}", lives))
        before, web, began = self._cpu(), self._web(), perf_counter()
        told = self._ask((way, lives))
        wall, used, web = perf_counter() - began, self._cpu() - before, self._web() - web
        by_action: dict[str, float] = defaultdict(float)
        walls: dict[str, list[float]] = defaultdict(list)
        for one in told:
            for action, seconds in one.by_action.items():
                by_action[action] += seconds
                walls[action] += one.walls[action]
        client = sum(by_action.values())
        return Block(lives * self.count, client, web, used, wall, by_action, walls)

    def flush(self) -> None:
        """Let every session hand in its counters of rows."""
        self._ask(("flush", 0))

    def wire(self, way: str) -> meter.Wire:
        """What one life sends; every client has one."""
        seen: meter.Wire = self._ask((f"wire {way}", 1))[0]
        return seen

    def close(self) -> None:
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.send(None)
        for process in self._processes:
            process.join(10)

    def __enter__(self) -> Clients:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _cpu(self) -> meter.ServerCpu:
        return meter.server_cpu(self._postmaster, self._sessions, self._aside)

    def _web(self) -> float:
        return self._site.cpu() if self._site else 0.0

    def _ask(self, command: tuple[str, int]) -> list[Any]:
        for pipe in self._pipes:
            pipe.send(command)
        answers = [pipe.recv() for pipe in self._pipes]
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return answers


def _serve(pipe: Connection, client: int, database: str, port: int) -> None:
    # Clients hold each other's pipes, so that none would see the end of the parent there.
    end_with_parent(signal.SIGTERM)
    city.point(database, pool=1 if port else 0)
    ways = _ways(client, database, port)
    # The sessions of a site are its own affair; all of them count as others.
    known = (ways["floor"],) if port else ways.values()
    measured = [way.connection.info.backend_pid for way in known]
    aside = [way.aside.info.backend_pid for way in ways.values() if way.aside]
    pipe.send((measured, aside))
    while command := pipe.recv():
        try:
            pipe.send(_obey(ways, *command))
        except Exception as error:  # noqa: BLE001 -- the parent raises it
            pipe.send(RuntimeError(f"client {client}: {error!r}"))
    for way in ways.values():
        way.close()


def _ways(client: int, database: str, port: int) -> dict[str, Way]:
    """The ways to live by name; `counted` takes the product's inside this process."""
    from bench.rig.floor import Floor
    from bench.rig.product import Product
    from bench.rig.site import Site
    from bench.rig.web import Browser, Web

    floor = Floor(client, database)
    if not port:
        inside = Product(client, database)
        return {"product": inside, "floor": floor, "counted": inside}
    return {
        "product": Web(client, database, Browser(port), with_pages=False),
        "pages": Web(client, database, Browser(port), with_pages=True),
        "counted": Web(client, database, Site(), with_pages=False),
        "counted pages": Web(client, database, Site(), with_pages=True),
        "floor": floor,
    }


def _obey(ways: dict[str, Way], word: str, lives: int) -> object:
    if word == "flush":
        for way in ways.values():
            meter.flush(way.connection)
        return None
    if word.startswith("ready "):
        ways[word.removeprefix("ready ")].ready(lives)
        return None
    if word.startswith("wire "):
        way = ways[word.removeprefix("wire ")]
        with meter.wire(way.connection) as seen:
            live(way, lives)
        return seen
    return live(ways[word], lives)
