"""`tongban bench tickets`: the hotline's lists, figures and pages over a year of Urumqi.

2,276,000 requests of a year are written by hand: four of ten answered at once, the others sent to
a unit, signed, replied and closed, the last hundredth still at work and a tenth of that late. Each
has its proceedings, steps and clocks; the journal is left out, since lists do not read it. What
pages cost is timed at the server's side through the whole site. Prints one JSON object a line;
`p95_ms` is that of the quietest of several rounds.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import connection

from bench.rig import city
from bench.rig import visits as visit
from bench.rig.visits import Page, Plan
from tongban.catalogue.queries import live_version
from tongban.hotline import queries
from tongban.hotline.actions import settle_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

FULL, QUICK = 2_276_000, 30_000
AIM_P95 = 80.0
NAME = "bench_tickets"
DAYS = 365
AT_ONCE = 100_000
AT_WORK = 100
"""One request in so many is still at work."""


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark; the exit status never says how fast it was."""
    parser = argparse.ArgumentParser(prog="tongban bench tickets")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} tickets, fewer rounds")
    parser.add_argument("--tickets", type=int, help=f"tickets in the database (default {FULL:,})")
    parser.add_argument("--rounds", type=int, help="rounds of visits to each page (default 5)")
    parser.add_argument("--keep", action="store_true", help="keep the database, or use one kept")
    parser.add_argument("--page", default="", help="only pages whose name contains this")
    parser.add_argument("--explain", type=Path, help="folder for the plans of slowest statements")
    chosen = parser.parse_args(argv)
    tickets = chosen.tickets or (QUICK if chosen.quick else FULL)
    kept = f"{NAME}_{tickets}_{city.shape()}"
    try:
        if kept not in city.databases():
            fill(city.fresh(NAME), tickets)
            if chosen.keep:
                city.rename(NAME, kept)
        rounds, visits = (2, 10) if chosen.quick else (5, 30)
        plan = Plan(
            "tickets", chosen.rounds or rounds, visits, {"tickets": tickets}, AIM_P95,
            chosen.page, chosen.explain,
        )  # fmt: skip
        measure(kept if kept in city.databases() else NAME, plan)
    finally:
        city.leave()
        if not chosen.keep:
            city.drop(NAME)
    return 0


def measure(database: str, plan: Plan) -> None:
    """Print a line for each page."""
    visit.measure(database, _pages, plan)


# ---- a year of requests -------------------------------------------------------------------------

# Numbers are drawn from the request's own, so that two runs fill the same city: `one` names each
# request, `wanted` says what became of it.
_DRAWN = """
CREATE TEMP TABLE drawn ON COMMIT DROP AS
SELECT n, %(base)s::bigint + 2 * n AS id,
    CASE WHEN n > %(last_closed)s THEN
            CASE n %% 5 WHEN 0 THEN 'received' WHEN 1 THEN 'checking' WHEN 2 THEN 'callback'
                ELSE 'handling' END
        WHEN n %% 10 < 4 THEN 'answered' WHEN n %% 100 = 99 THEN 'refused' ELSE 'closed' END
        AS state,
    %(since)s::timestamptz + (n * %(span)s::float8 / %(tickets)s) * interval '1 second'
        AS at,
    (%(regions)s::text[])[1 + n %% cardinality(%(regions)s::text[])] AS region,
    (%(domains)s::text[])[1 + (n * 7919) %% cardinality(%(domains)s::text[])] AS domain,
    (%(units)s::text[])[1 + (n * 7919) %% cardinality(%(units)s::text[])] AS unit,
    (%(parties)s::bigint[])[1 + (n * 104729) %% cardinality(%(parties)s::bigint[])] AS party
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
_PROCEEDINGS = """
INSERT INTO engine_proceeding (id, number, kind, parent_id, region, department, party_id,
    version_id, state, facts, open_children, opened_at, ended_at)
SELECT id, 'GDBENCH' || n, 'ticket', NULL, region, 'hotline-centre', party, %(version)s, state,
    jsonb_build_object('title', '基准第' || n || '号诉求', 'type', 'complaint',
        'urgency', 'normal', 'domain', domain, 'round', 1),
    CASE WHEN state = 'handling' THEN 1 ELSE 0 END, at,
    CASE WHEN state IN ('answered', 'refused') THEN at
        WHEN state = 'closed' THEN at + interval '6 days' END
FROM drawn
UNION ALL
SELECT id + 1, 'CBBENCH' || n, 'ticket_task', id, region, unit, party, %(version)s,
    CASE state WHEN 'handling' THEN 'handling' WHEN 'checking' THEN 'replied' ELSE 'done' END,
    jsonb_build_object('title', '基准第' || n || '号诉求', 'type', 'complaint',
        'urgency', 'normal', 'domain', domain, 'round', 1)
        || '{"lead": true, "contacted": true}'::jsonb, 0, at + interval '1 hour',
    CASE WHEN state NOT IN ('handling', 'checking') THEN at + interval '5 days' END
FROM drawn WHERE state IN ('handling', 'checking', 'callback', 'closed')
"""
_STEPS = """
INSERT INTO engine_step (proceeding_id, code, queue, region, whose, state, turn, opened_at,
    closed_at, rank_at, outcome)
SELECT id, 'dispatch', 'hotline-centre.window', region, 'government',
    CASE WHEN state = 'received' THEN 'open' ELSE 'done' END, 0, at,
    CASE WHEN state <> 'received' THEN at + interval '1 hour' END, at + interval '1 day', ''
FROM drawn
UNION ALL
SELECT id + 1, 'handle', unit || '.reviewer', region, 'government',
    CASE WHEN state = 'handling' THEN 'open' ELSE 'done' END, 0, at,
    CASE WHEN state <> 'handling' THEN at + interval '5 days' END, at + interval '5 days', ''
FROM drawn WHERE state IN ('handling', 'checking', 'callback', 'closed')
"""
_CLOCKS = """
INSERT INTO engine_clock (proceeding_id, name, started_at, suspensions, pauses, stopped_at, due_at,
    next_fire_at, next_fire_level)
SELECT id, 'dispatch', at, '[]'::jsonb, 0,
    CASE WHEN state <> 'received' THEN at + interval '1 hour' END, at + interval '1 day',
    CASE WHEN state = 'received' THEN at + interval '1 day' END, ''
FROM drawn
UNION ALL
SELECT id + 1, c.name, at, '[]'::jsonb, 0,
    CASE WHEN state <> 'handling' OR c.name = 'contact' THEN at + c.took END, at + c.given,
    CASE WHEN state = 'handling' AND c.name = 'handle' THEN at + c.given END, ''
FROM drawn, (VALUES ('contact', interval '20 hours', interval '1 day'),
    ('handle', interval '4 days', interval '5 days')) AS c (name, took, given)
WHERE state IN ('handling', 'checking', 'callback', 'closed')
"""
_TICKETS = """
INSERT INTO hotline_ticket (proceeding_id, region, channel, type, urgency, domain, special, title,
    text, place, caller_id, hides_caller, contact_name, unit, round, of_number, of_item, source,
    received_at, reading, reply, replied_at, contacted, outcome, satisfied, closed_at)
SELECT id, region, (ARRAY['phone', 'phone', 'phone', 'web', 'scan'])[1 + n %% 5],
    (ARRAY['consult', 'help', 'complaint', 'complaint', 'suggestion'])[1 + n %% 5],
    CASE WHEN n %% 200 = 0 THEN 'urgent' ELSE 'normal' END, domain,
    CASE WHEN n %% 50 = 0 THEN 'business' ELSE '' END,
    '基准第' || n || '号诉求', '基准第' || n || '号诉求，请处理', '基准路' || n %% 2000 || '号',
    party,
    n %% 300 = 0, '', CASE WHEN state IN ('handling', 'checking', 'callback', 'closed')
        THEN unit ELSE '' END, CASE WHEN n %% 40 = 0 THEN 2 ELSE 1 END, '', '', NULL, at,
    '{}', CASE WHEN state IN ('answered', 'closed') THEN '已经处理' ELSE '' END,
    CASE WHEN state IN ('checking', 'callback', 'closed') THEN at + interval '4 days' END,
    CASE WHEN state = 'closed' THEN true END,
    CASE WHEN state = 'closed' THEN (ARRAY['solved', 'solved', 'partly', 'unsolved'])[1 + n %% 4]
        ELSE '' END,
    CASE WHEN state = 'closed' THEN 1 + n %% 5 END,
    CASE WHEN state IN ('answered', 'refused') THEN at
        WHEN state = 'closed' THEN at + interval '6 days' END
FROM drawn
"""
_TASKS = """
INSERT INTO hotline_task (proceeding_id, ticket_id, unit, domain, urgency, special, round, is_lead,
    is_designated, sent_at, signed_at, contacted_at, reply, replied_at, plan, reason)
SELECT id + 1, id, unit, domain, CASE WHEN n %% 200 = 0 THEN 'urgent' ELSE 'normal' END,
    CASE WHEN n %% 50 = 0 THEN 'business' ELSE '' END, 1, true, false, at + interval '1 hour',
    at + interval '2 hours', at + interval '20 hours', '已经处理',
    CASE WHEN state <> 'handling' THEN at + interval '4 days' END, '', ''
FROM drawn WHERE state IN ('handling', 'checking', 'callback', 'closed')
"""
_PARTS = (_DRAWN, _PROCEEDINGS, _STEPS, _CLOCKS, _TICKETS, _TASKS)
_NEXT = "SELECT setval('engine_proceeding_id_seq', (SELECT max(id) FROM engine_proceeding))"


def fill(database: str, tickets: int) -> None:
    """A year of requests that ends at the city's moment."""
    city.point(database)
    words = _words(tickets)
    city.leave()
    with city.server().connect(database) as writing:
        # How a pilot's database is filled is not what is measured: foreign keys are right here.
        writing.execute("set synchronous_commit = off")
        writing.execute("set session_replication_role = replica")
        for first in range(1, tickets + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, tickets)
            _write(writing, {**words, "first": first, "last": last})
            print(f"{last:,} of {tickets:,} filled", file=sys.stderr)
        writing.execute(_NEXT)
    city.analyse(database)
    city.point(database)
    while settle_days(now=city.MORNING):
        print("figures of days that are over kept", file=sys.stderr)
    city.leave()


def _write(writing: psycopg.Connection, words: dict[str, Any]) -> None:
    with writing.transaction():
        for part in _PARTS:
            writing.execute(part, words)


def _words(tickets: int) -> dict[str, Any]:
    nodes = [one for one in queries.domains() if one.unit]
    since = city.MORNING - timedelta(days=DAYS)
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from engine_proceeding")
        (base,) = cursor.fetchone()
        cursor.execute("select array_agg(id) from people_party where code like 'bench-%'")
        (parties,) = cursor.fetchone()
    return {
        "base": base, "tickets": tickets, "version": live_version("hotline"), "since": since,
        "span": timedelta(days=DAYS).total_seconds() - 3600, "parties": parties,
        "last_closed": tickets - tickets // AT_WORK, "domains": [one.code for one in nodes],
        "units": [one.unit for one in nodes],
        "regions": ["650102003", "650103", "650104", "650105"],
    }  # fmt: skip


# ---- what is asked ------------------------------------------------------------------------------


def _pages() -> Iterator[Page]:
    yield from _lists("centre", CENTRE)
    yield from _lists("unit", _officer(UNIT))
    yield from _figures()
    yield from _tickets()
    yield Page("line, a new call", OPERATOR, (f"/line/?{urlencode({'phone': '13800001111'})}",))
    yield Page("front page of the hotline", "", ("/12345/",))


OPERATOR, CENTRE, UNIT = "ning.line", "qiu.line", "urban-management"


def _lists(who: str, login: str) -> Iterator[Page]:
    """The first page, the middle of the year, and each filter of the list."""
    numbers = _numbers(_SOME.format("ticket" if who == "centre" else "ticket_task"), UNIT)
    wanted = {
        "all": {},
        "the middle of the year": {"before": numbers[len(numbers) // 2]},
        "at work": {"state": "handling"},
        "overdue": {"late": "1"},
        "closed": {"state": "closed" if who == "centre" else "done"},
        "a domain": {"domain": "city-noise"},
        "urgent": {"urgency": "urgent"},
        "business desk": {"special": "business"},
        "what there is none of": {"urgency": "critical"},
    }
    for name, asked in wanted.items():
        yield Page(f"{who}, {name}", login, (f"/desk/tickets/?{urlencode(asked)}",))


def _figures() -> Iterator[Page]:
    year = city.MORNING.date() - timedelta(days=DAYS - 1)
    month = city.MORNING.date() - timedelta(days=30)
    for name, since in (("a month", month), ("a year", year)):
        asked = urlencode({"since": since, "until": city.MORNING.date()})
        yield Page(f"figures, {name}", CENTRE, (f"/desk/tickets/figures/?{asked}",))


def _tickets() -> Iterator[Page]:
    tickets, tasks = (_numbers(_SOME.format(kind), UNIT) for kind in ("ticket", "ticket_task"))
    yield Page("ticket at the centre", CENTRE, tuple(f"/desk/{one}/" for one in tickets))
    yield Page("task at its unit", _officer(UNIT), tuple(f"/desk/{one}/" for one in tasks))


_SOME = """
SELECT p.number FROM hotline_task k JOIN engine_proceeding p
    ON p.id = CASE '{0}' WHEN 'ticket' THEN k.ticket_id ELSE k.proceeding_id END
WHERE k.unit = %s AND k.sent_at > (SELECT max(sent_at) - interval '200 days' FROM hotline_task)
ORDER BY k.proceeding_id LIMIT 30
"""
_REVIEWER = """
SELECT a.login FROM people_account a JOIN people_post p ON p.account_id = a.id
WHERE p.department_id = %s AND p.role = 'reviewer' ORDER BY a.id LIMIT 1
"""


def _officer(unit: str) -> str:
    return _numbers(_REVIEWER, unit)[0]


def _numbers(statement: str, *params: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [str(one) for (one,) in cursor.fetchall()]
