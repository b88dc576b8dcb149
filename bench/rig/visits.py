"""Pages that are visited and timed at the server's side, each with the line that it prints.

The quietest of several rounds by its p95 is taken, because other work of the machine only ever
adds to it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connection

from bench.rig import city, meter, people
from bench.rig.report import say
from bench.rig.site import Site, explain, furnish, listening, sign_in, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from bench.rig.site import Asked, Timed


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be timed, at one address or at several in turn."""

    case: str
    login: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How pages are visited: of which benchmark, so many rounds of visits, and what is asked.

    ``size`` says how much lies in the database; ``plans`` is a folder for the plan of each page's
    slowest statement; only pages whose name contains ``only`` are visited.
    """

    bench: str
    rounds: int
    visits: int
    size: dict[str, int]
    aim_p95: float
    only: str = ""
    plans: Path | None = None


def measure(database: str, pages: Callable[[], Iterable[Page]], plan: Plan) -> None:
    """Print a line for each page."""
    city.point(database, pool=1)
    furnish()
    site = Site()
    for page in pages():
        if plan.only not in page.case:
            continue
        session = sign_in(people.account(page.login)) if page.login else ""
        asked = _asked(site, page, session)
        ways = [
            partial(site.get, page.paths[n % len(page.paths)], session) for n in range(plan.visits)
        ]
        wrote, best = _rounds(database, ways, plan.rounds)
        say(_line(page, plan, best, asked, wrote))
        if plan.plans:
            _keep_plan(plan.plans, page, asked)


def _rounds(
    database: str, ways: Sequence[Callable[[], object]], rounds: int
) -> tuple[meter.Written, Timed]:
    """The quietest of several rounds, and what all of them wrote."""
    with city.connect(database) as watching:
        before = meter.written(watching)
        found = [timed(ways) for _ in range(rounds)]
        with connection.cursor() as cursor:
            cursor.execute("select pg_stat_force_next_flush()")
        wrote = meter.written(watching) - before
    return wrote, min(found, key=lambda one: one.p95)


def _asked(site: Site, page: Page, session: str) -> list[Asked]:
    """What a visit asks the database, once everything is warm and prepared."""
    for n in range(6):
        site.get(page.paths[n % len(page.paths)], session)
    with listening() as heard:
        site.get(page.paths[0], session)
    return heard


def _line(
    page: Page, plan: Plan, best: Timed, asked: Sequence[Asked], wrote: meter.Written
) -> dict[str, Any]:
    slowest = max(asked, key=lambda one: one.seconds)
    visits = plan.rounds * plan.visits
    return {
        "bench": plan.bench,
        "case": page.case,
        "clients": 1,
        "rows": round(wrote.rows / visits, 2),
        "statements": len(asked),
        "wal_bytes": round(wrote.wal_bytes / visits),
        "cpu_ms": best.cpu,
        "wall_ms": best.p50,
        "floor_cpu_ms": None,
        "ratio": None,
        "p50_ms": best.p50,
        "p95_ms": best.p95,
        "p95_cpu_ms": best.p95_cpu,
        "longest_ms": best.longest,
        "aim_p95_ms": plan.aim_p95,
        "database_ms": round(1000 * sum(one.seconds for one in asked), 2),
        "slowest_statement_ms": round(1000 * slowest.seconds, 2),
        **plan.size,
        "visits": visits,
        "load": round(os.getloadavg()[0], 2),
    }


def _keep_plan(folder: Path, page: Page, asked: Sequence[Asked]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    slowest = max(asked, key=lambda one: one.seconds)
    name = page.case.replace(", ", "-").replace(" ", "-")
    (folder / f"{name}.txt").write_text(explain(slowest) + "\n", encoding="utf-8")
