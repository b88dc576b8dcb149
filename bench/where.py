"""`tongban bench where`: where the CPU of a life goes, in process and through the site.

The client's and the site's share is profiled by layer (CPU time of each function itself, that of
built-in functions counted to whoever calls them); the profiler's own cost is taken out by scaling
to what a life takes without it. The server's share is read from its session's process before and
after each message; an action sends several statements in one. What falls between is the session's
own housekeeping, and begin and commit of what Django sends. Prints one JSON object a line.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import pstats
import re
from collections import defaultdict
from time import process_time
from typing import TYPE_CHECKING, Any

from django.db import connection

from bench.rig import city, meter
from bench.rig.clients import live
from bench.rig.product import Product
from bench.rig.report import say
from bench.rig.site import Site, furnish
from bench.rig.web import Web
from tongban.engine import sql as engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bench.rig.clients import Way

NAME = "bench_where"
SHOWN = 12
# The first of these that is in the path of a function's file names its layer.
LAYERS = (
    ("/bench/", "bench"),
    ("/tongban/doors/", "doors"),
    ("/django/template/", "templates"),
    ("/django/db/", "django.db"),
    ("/django/contrib/sessions/", "sessions"),
    ("/django/middleware/", "middleware"),
    ("/django/", "django"),
    ("/psycopg_pool/", "pool"),
    ("/psycopg", "psycopg"),
    ("/orjson/", "json"),
    ("/json/", "json"),
)


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="tongban bench where")
    parser.add_argument("--quick", action="store_true", help="fewer lives")
    parser.add_argument("--lives", type=int, help="lives of each way (default 200)")
    chosen = parser.parse_args(argv)
    lives = chosen.lives or (10 if chosen.quick else 200)
    try:
        measure(city.fresh(NAME), lives)
    finally:
        city.leave()
        city.drop(NAME)
    return 0


def measure(database: str, lives: int) -> None:
    """Print a line for each way and side."""
    city.point(database)
    _tell("in process", Product(0, database), lives)
    city.point(database, pool=1)
    furnish()
    _tell("site", Web(0, database, Site(), with_pages=False), max(1, lives // 4))
    city.point(database, pool=1)
    _tell("site with pages", Web(0, database, Site(), with_pages=True), max(1, lives // 10))


def _tell(case: str, way: Way, lives: int) -> None:
    way.ready(4 * lives + 10)
    try:
        live(way, 10)
        own = _cpu_of(way, lives)
        say(_line(f"{case}, layers", own, _by_layer(way, lives, own)))
        told, sent, whole = _by_statement(way, lives)
        say(_line(f"{case}, statements", whole, told) | {"statements": sent})
    finally:
        way.close()


def _line(case: str, cpu_ms: float, where: Mapping[str, float]) -> dict[str, Any]:
    return {
        "bench": "where",
        "case": case,
        "clients": 1,
        "rows": None,
        "statements": None,
        "wal_bytes": None,
        "cpu_ms": round(cpu_ms, 3),
        "wall_ms": None,
        "floor_cpu_ms": None,
        "ratio": None,
        "where_ms": {name: round(ms, 3) for name, ms in where.items()},
    }


def _cpu_of(way: Way, lives: int) -> float:
    """Milliseconds of this process's CPU for one life, without a profiler."""
    return 1000 * sum(live(way, lives).by_action.values()) / lives


# ---- this process, by layer --------------------------------------------------------------------


def _by_layer(way: Way, lives: int, cpu_ms: float) -> dict[str, float]:
    profile = cProfile.Profile(process_time)
    profile.enable()
    live(way, lives)
    profile.disable()
    found: dict[str, float] = defaultdict(float)
    for (path, _, _name), (_, _, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # -- missing in the stubs
        if path != "~" or not callers:
            found[_layer(path)] += own
            continue
        for (caller, *_), (_, _, part, _) in callers.items():
            found[_layer(caller)] += part
    found.pop("bench", None)
    scale = cpu_ms / sum(found.values())
    ranked = sorted(found.items(), key=lambda one: -one[1])
    return {name: seconds * scale for name, seconds in ranked}


def _layer(path: str) -> str:
    for part, name in LAYERS:
        if part in path:
            return name
    room = re.search(r"/tongban/(\w+)", path)
    return room[1] if room else "python"


# ---- the server's session, by statement --------------------------------------------------------


def _by_statement(way: Way, lives: int) -> tuple[dict[str, float], float, float]:
    """Milliseconds of each kind of message, how many a life sends, and the whole session's."""
    watch = _Watch(way.connection.info.backend_pid)
    before = meter.process_cpu(watch.pid)
    with connection.execute_wrapper(watch.statement), watch.actions():
        live(way, lives)
    whole = meter.process_cpu(watch.pid) - before
    ranked = sorted(watch.found.items(), key=lambda one: -one[1])
    told = dict(ranked[:SHOWN])
    told["other statements"] = sum(seconds for _, seconds in ranked[SHOWN:])
    told["between"] = whole - sum(watch.found.values())
    each = 1000 / lives
    return {name: each * one for name, one in told.items()}, watch.sent / lives, each * whole


class _Watch:
    """Reads the CPU of a session's process around everything that is sent to it."""

    def __init__(self, pid: int) -> None:
        self.pid, self.sent = pid, 0
        self.found: dict[str, float] = defaultdict(float)

    def statement(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 -- as Django calls it
        context: Any,
    ) -> Any:
        """Django's own statements."""
        with self._reading(_kind(sql)):
            return execute(sql, params, many, context)

    @contextlib.contextmanager
    def actions(self) -> Iterator[None]:
        """The messages of several statements that `engine.sql` sends past Django."""
        send = engine._pipeline  # noqa: SLF001 -- the one place that all of them pass

        def sending(pg: Any, statements: Sequence[Any]) -> Any:
            kinds = dict.fromkeys(_kind(text) for text, _ in statements)
            with self._reading(", ".join(kinds)):
                return send(pg, statements)

        engine._pipeline = sending  # noqa: SLF001 -- see above
        try:
            yield
        finally:
            engine._pipeline = send  # noqa: SLF001 -- see above

    @contextlib.contextmanager
    def _reading(self, kind: str) -> Iterator[None]:
        self.sent += 1
        before = meter.process_cpu(self.pid)
        try:
            yield
        finally:
            self.found[kind] += meter.process_cpu(self.pid) - before


def _kind(sql: str) -> str:
    """A statement by its verb and the table or function that it is about."""
    text = " ".join(sql.split())
    if text in ("BEGIN", "COMMIT"):
        return text.lower()
    called = re.match(r"SELECT (?:\* FROM )?((?:engine|records)_\w+)\(", text, re.IGNORECASE)
    if called:
        return called[1]
    about = re.search(r'(?:FROM|INTO|UPDATE) "?(\w+)"?', text)
    return f"{text.split()[0].lower()} {about[1] if about else text[:40]}"
