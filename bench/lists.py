"""`tongban bench lists`: inbox and status pages at 300,000 cases, timed at the server's side.

One client, the whole request through every middleware and template, with the pool of database
connections that the site has. `wall_ms` is the median, `p95_ms` that of the quietest of several
rounds, because other work of the machine only ever adds to it. Prints one JSON object a line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db import connection

from bench import fill
from bench.rig import city, people
from bench.rig import visits as visit
from bench.rig.visits import Page, Plan
from tongban.engine import queries as engine
from tongban.packages.queries import applications_of
from tongban.people.queries import actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence

AIM_P95 = 50.0
QUICK_CASES = 4_000
QUICK = "bench_quick_lists"


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark; the exit status never says how fast it was."""
    parser = argparse.ArgumentParser(prog="tongban bench lists")
    parser.add_argument("--quick", action="store_true", help="a small city, thrown away again")
    parser.add_argument("--rounds", type=int, help="rounds of visits to each page (default 8)")
    parser.add_argument("--visits", type=int, help="visits of one round (default 40)")
    parser.add_argument("--page", help="only pages whose name contains this")
    parser.add_argument("--explain", type=Path, help="folder for the plans of slowest statements")
    chosen = parser.parse_args(argv)
    database = _database(quick=chosen.quick)
    if database is None:
        print("no large database of this version: run `tongban bench fill`", file=sys.stderr)
        return 2
    rounds, visits = (chosen.rounds or 1, chosen.visits or 15) if chosen.quick else (
        chosen.rounds or 8, chosen.visits or 40
    )  # fmt: skip
    try:
        measure(database, rounds, visits, only=chosen.page or "", plans=chosen.explain)
    finally:
        city.leave()
        if chosen.quick:
            city.drop(QUICK)
    return 0


def _database(*, quick: bool) -> str | None:
    if quick:
        fill.fill(QUICK, QUICK_CASES)
        return QUICK
    return city.full()


def measure(
    database: str, rounds: int, visits: int, *, only: str = "", plans: Path | None = None
) -> None:
    """Print a line for each page."""
    city.point(database, pool=1)
    plan = Plan("lists", rounds, visits, {"cases": _cases()}, AIM_P95, only, plans)
    visit.measure(database, pages, plan)


def _cases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from engine_proceeding where kind = 'case'")
        (found,) = cursor.fetchone()
    return int(found)


# ---- which pages -------------------------------------------------------------------------------


def pages() -> list[Page]:
    """The inbox of the desk and what opens from it, my things and the way of one of them."""
    return [*_desk(), *_citizen()]


def _desk() -> list[Page]:
    decider, head = people.decider_login("fire-rescue", 0), people.HEAD.login
    everywhere, window = people.EVERYWHERE.login, people.WINDOW.login
    queue = urlencode({"queue": "fire-rescue.decider", "scope": "all"})
    cases = _numbers(_CASES, "fire-rescue")
    packages = _numbers(_PACKAGES, "delivered")
    return [
        Page("desk inbox", decider, ("/desk/",)),
        Page("desk inbox, one queue with colleagues", decider, (f"/desk/?{queue}",)),
        Page("desk inbox, page 10", decider, (_deep_inbox(decider, 10),)),
        Page("desk inbox, four queues", everywhere, ("/desk/",)),
        Page("desk inbox, what a head watches", head, ("/desk/",)),
        Page("desk find, a number", decider, tuple(f"/desk/find/?q={one}" for one in cases)),
        Page("desk find, the start of a number", decider, (f"/desk/find/?q={cases[0][:14]}",)),
        Page("desk find, an applicant", everywhere, _names()),
        Page("desk find, nobody", everywhere, ("/desk/find/?" + urlencode({"q": "没有此人"}),)),
        Page("desk case", decider, tuple(f"/desk/{one}/" for one in cases)),
        Page("desk package", window, tuple(f"/desk/{one}/" for one in packages)),
    ]


def _citizen() -> list[Page]:
    mine = people.citizen_login(0)
    numbers = _numbers_of(mine)
    return [
        Page("my things", mine, ("/my/",)),
        Page("my things, agent for 200", people.AGENT, ("/my/",)),
        Page("my things, agent for 200, page 10", people.AGENT, (_deep_my(people.AGENT, 10),)),
        Page("status", mine, tuple(f"/my/{one}/" for one in numbers)),
        Page("status, agent for 200", people.AGENT, _of_agent()),
        Page("my messages", mine, ("/my/messages/",)),
    ]


_CASES = """
SELECT p.number FROM engine_proceeding p JOIN engine_step s ON s.proceeding_id = p.id
WHERE p.kind = 'case' AND p.department = %s AND s.state = 'open' ORDER BY s.id LIMIT 40
"""
_PACKAGES = """
SELECT number FROM engine_proceeding WHERE kind = 'package' AND state = %s ORDER BY id LIMIT 20
"""
_NAMES = """
SELECT DISTINCT o.name FROM engine_proceeding p JOIN people_party o ON o.id = p.party_id
WHERE p.id BETWEEN 1000 AND 2000 LIMIT 20
"""


def _numbers(statement: str, *params: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [str(one) for (one,) in cursor.fetchall()]


def _names() -> tuple[str, ...]:
    return tuple(f"/desk/find/?{urlencode({'q': one})}" for one in _numbers(_NAMES))


def _numbers_of(login: str, limit: int = 40) -> list[str]:
    actor = actor_of(people.account(login))
    return [one.number for one in applications_of(actor, limit=limit, now=city.MORNING)]


def _of_agent() -> tuple[str, ...]:
    return tuple(f"/my/{one}/" for one in _numbers_of(people.AGENT))


def _deep_inbox(login: str, page: int) -> str:
    rows = engine.inbox(actor_of(people.account(login)), limit=50 * (page - 1))
    return f"/desk/?{urlencode({'after': rows[-1].cursor})}"


def _deep_my(login: str, page: int) -> str:
    actor = actor_of(people.account(login))
    rows = applications_of(actor, limit=20 * (page - 1), now=city.MORNING)
    return f"/my/?{urlencode({'after': rows[-1].cursor})}"
