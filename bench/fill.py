"""`tongban bench fill`: the large city, made once and kept for later runs.

300,000 cases are 75,000 packages of the bench package: a year that lies behind, and one in 25
still under way. Rows, clocks and chains are those that the product's actions would have written.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from datetime import date, datetime, time, timedelta
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import orjson
from psycopg.types.json import Jsonb

from bench.rig import city, meter, product
from bench.rig.report import say
from tongban.catalogue.queries import calendar, package_in_force
from tongban.kernel.clocks import ClockSpec, Ledger, due, firings
from tongban.kernel.numbers import public_number
from tongban.kernel.worktime import CITY_ZONE, Calendar
from tongban.notices.queries import messages
from tongban.notices.rules import Param, render, stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

BATCH = 2_500
UNDER_WAY = 25
YEAR = timedelta(days=365)
QUICK_CASES = 4_000


def main(argv: Sequence[str] = ()) -> int:
    """Fill the large database unless this version of the house has one."""
    parser = argparse.ArgumentParser(prog="tongban bench fill")
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--quick", action="store_true", help="a small one, thrown away again")
    parser.add_argument("--again", action="store_true", help="make it anew")
    chosen = parser.parse_args(argv)
    if chosen.quick:
        say(fill("bench_quick", QUICK_CASES))
        city.drop("bench_quick")
        return 0
    known = city.full()
    if known and not chosen.again:
        print(f"{known} is there already", file=sys.stderr)
        return 0
    for old in city.databases():
        if old.startswith(city.FULL):
            city.drop(old)
    say(fill("bench_draft_full", chosen.cases))
    city.rename("bench_draft_full", city.full_name())
    return 0


def fill(name: str, cases: int) -> dict[str, Any]:
    """Make a database of this name with so many cases; answers its line of the report."""
    city.fresh(name)
    city.point(name)
    filler = Filler()
    city.leave()
    postmaster = city.server().pid()
    began, own = perf_counter(), process_time()
    before = meter.server_cpu(postmaster, frozenset())
    # As superuser without triggers: the rows are whole, and checking each would take hours.
    with city.server().connect(name) as connection:
        wrote = meter.written(connection)
        connection.execute("set session_replication_role = replica")
        filler.fill(connection, cases // 4)
        meter.flush(connection)
        wrote = meter.written(connection) - wrote
    city.analyse(name)
    server = meter.server_cpu(postmaster, frozenset()) - before
    return {
        "bench": "fill",
        "case": f"{cases} cases",
        "clients": 1,
        "rows": wrote.rows,
        "statements": filler.statements,
        "wal_bytes": wrote.wal_bytes,
        "cpu_ms": round(1000 * (server.total + process_time() - own)),
        "wall_ms": round(1000 * (perf_counter() - began)),
        "floor_cpu_ms": None,
        "ratio": None,
    }


class Filler:
    """Stages packages and writes them, batch by batch."""

    def __init__(self) -> None:
        published = package_in_force(product.PACKAGE, city.MORNING.date())
        self._compiled = published.compiled
        self._calendar = calendar(product.REGION)
        self._sql = city.statements("fill.sql")
        self._params = {
            "version": published.version_id,
            "promise": Jsonb(product.PROMISE),
            "facts": Jsonb(product.FACTS),
            "answers": Jsonb(product.ANSWERS),
            "sources": Jsonb(product.SOURCES),
            "materials": Jsonb(list(product.MATERIALS)),
        }
        self.statements = 0

    def fill(self, connection: psycopg.Connection, packages: int) -> None:
        """Write so many packages and let the journal's feed take them up."""
        self._run(connection, "days", "items", "sayings")
        self._copy(connection, "days", self._days())
        departments = ((i.code, i.department) for i in self._compiled.items)
        self._copy(connection, "items", ((n, *one) for n, one in enumerate(departments, 1)))
        self._copy(connection, "sayings", self._sayings())
        openings = self._openings(packages)
        for batch in itertools.count():
            chosen = list(itertools.islice(openings, BATCH))
            if not chosen:
                break
            with connection.transaction():
                self._write(connection, chosen, 1 + 5 * BATCH * batch)
            print(f"{4 * (BATCH * batch + len(chosen))} cases", file=sys.stderr)
        connection.execute(
            "select setval('engine_proceeding_id_seq', (select max(id) from engine_proceeding))"
        )
        connection.execute("select records_sequence()")

    def _write(
        self, connection: psycopg.Connection, openings: list[tuple[datetime, bool]], first: int
    ) -> None:
        self._run(connection, "stage", "told")
        self._copy(connection, "staged", self._staged(openings, first))
        connection.execute("analyze staged")
        self._run(
            connection,
            *("proceedings", "applications", "files", "decisions", "steps", "clocks", "messages"),
        )
        self._run(connection, "tell submit", "chain", "hush")
        for n in range(1, 5):
            self._params["n"] = n
            self._run(connection, "tell decide", "chain", "hush")
        self._run(connection, "tell collect", "chain", "hush")

    def _run(self, connection: psycopg.Connection, *names: str) -> None:
        for name in names:
            text = self._sql[name]
            connection.execute(text, self._params if "%(" in text else None)
            self.statements += 1

    def _copy(
        self, connection: psycopg.Connection, table: str, rows: Iterator[tuple[Any, ...]]
    ) -> None:
        with connection.cursor().copy(f"copy {table} from stdin") as copy:
            for row in rows:
                copy.write_row(row)

    def _openings(self, packages: int) -> Iterator[tuple[datetime, bool]]:
        """When each package was opened, in order, and whether it is under way."""
        today = city.MORNING.date()
        days = [today - timedelta(days=n) for n in range(365, 0, -1)]
        days = [day for day in days if self._calendar.is_working(day)]
        recent, behind = days[-2:], days[:-10]
        current = packages // UNDER_WAY
        yield from ((at, False) for at in _spread(behind, packages - current))
        yield from ((at, True) for at in _spread(recent, current))

    def _staged(
        self, openings: list[tuple[datetime, bool]], first: int
    ) -> Iterator[tuple[Any, ...]]:
        for index, (opened, is_current) in enumerate(openings):
            package = first + 5 * index
            party = 1 + package // 5 % city.PARTIES
            decided: list[datetime | None] = [
                opened + timedelta(hours=2 + 5 * n) for n in range(4)
            ]
            if is_current:
                decided[index % 4 :] = [None] * (4 - index % 4)
            collected = None if is_current else opened + timedelta(days=3)
            on = opened.date()
            number = public_number("YJS", product.REGION, on, package)
            yield (package, package, 0, number, party, opened, None, collected)
            for n in range(1, 5):
                number = public_number("BJ", product.REGION, on, package + n)
                yield (package, package + n, n, number, party, opened, decided[n - 1], None)

    def _sayings(self) -> Iterator[tuple[Any, ...]]:
        """The messages that the worker would have sent, with words of the usual length."""
        item, thing = self._compiled.items[0], self._compiled.name
        known: dict[str, Param] = {
            "number": "NUMBER",
            "thing": {"zh": thing.zh, "en": thing.en},
            "due": city.MORNING,
            "item": {"zh": item.name.zh, "en": item.name.en},
            "department": {"zh": "城市管理局", "en": "Urban Management Bureau"},
            "result": {"zh": "决定书可以在这件申请的办理进度里查看和下载。"},
            "results": [{"zh": f"{i.name.zh}：已准予"} for i in self._compiled.items],
            "how": {"zh": "在线领取", "en": "online"},
        }
        for key in ("accepted", "case_granted", "package_done", "delivered"):
            template = messages().template(key)
            params = stored({name: known[name] for name in template.params})
            words = render(template, params)
            said = (orjson.dumps(one).decode() for one in (params, words))
            yield (key, template.kind, template.statutory, *said)

    def _days(self) -> Iterator[tuple[Any, ...]]:
        package = {spec.name: spec for spec in self._compiled.clocks_promising(5)}
        case = {spec.name: spec for spec in self._compiled.items[0].clocks}
        specs = (package["joint"], package["promise"], case["legal"], package["delivery"])
        for back in range(366):
            day = city.MORNING.date() - timedelta(days=back)
            moments = [_moments(spec, day, self._calendar) for spec in specs]
            yield (day, *itertools.chain.from_iterable(moments))


def _spread(days: list[date], packages: int) -> Iterator[datetime]:
    """So many instants over the office hours of these days, in order."""
    for index in range(packages):
        place = index * len(days) / packages
        seconds = (place % 1) * 8 * 3600
        opens = datetime.combine(days[int(place)], time(10), CITY_ZONE)
        yield opens + timedelta(seconds=int(seconds))


def _moments(spec: ClockSpec, day: date, days: Calendar) -> tuple[datetime | None, datetime]:
    """When a clock that starts on a day is due and fires first."""
    ledger = Ledger(datetime.combine(day, time(12), CITY_ZONE))
    return due(spec, ledger, days).at, firings(spec, ledger, days)[0].at
