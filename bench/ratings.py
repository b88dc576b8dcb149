"""`tongban bench ratings`: taking a rating beside its SQL floor, and boards over three million.

The floor is the same rows written by hand: one statement for the review, its invitation, its
change of the roll-up and its journal entry, without reading the rules, masking or looking for
cheating. Boards and lists are asked of a year of reviews; pages go through the whole site. Prints
one JSON object a line; `p95_ms` is that of the quietest of several rounds.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from functools import partial
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import connection

from bench.rig import city, meter
from bench.rig.report import p95, say
from bench.rig.site import Site, furnish, listening, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import psycopg

FULL, QUICK = 3_000_000, 60_000
AIM_BOARD_P95 = 80.0
AIM_PER_SECOND = 300.0
NAME = "bench_ratings"
DAYS = 365
UNITS = 40
ITEMS = 120


def main(argv: Sequence[str] = ()) -> int:
    """Run the benchmark; the exit status never says how fast it was."""
    parser = argparse.ArgumentParser(prog="tongban bench ratings")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} reviews, fewer rounds")
    parser.add_argument("--reviews", type=int, help=f"reviews in the database (default {FULL:,})")
    parser.add_argument("--taken", type=int, help="ratings taken one after the other")
    chosen = parser.parse_args(argv)
    reviews = chosen.reviews or (QUICK if chosen.quick else FULL)
    taken = chosen.taken or (150 if chosen.quick else 1_000)
    try:
        measure(city.fresh(NAME), reviews=reviews, taken=taken, rounds=2 if chosen.quick else 5)
    finally:
        city.leave()
        city.drop(NAME)
    return 0


def measure(database: str, *, reviews: int, taken: int, rounds: int) -> None:
    """Print a line for the intake, its floor, the folding and each board."""
    _fill(database, reviews)
    city.point(database, pool=1)
    intake = _counted(database, "intake", _product(taken), reviews)
    floor = _counted(database, "floor", _floor(database, taken), reviews)
    intake |= {
        "floor_cpu_ms": floor["cpu_ms"],
        "ratio": round(intake["cpu_ms"] / max(floor["cpu_ms"], 0.001), 2),
        "aim_per_second": AIM_PER_SECOND,
    }
    say(intake)
    say(floor)
    say(_folded(database, reviews))
    for case, ask in _boards():
        say(_board(case, ask, reviews, rounds))


# ---- a year of reviews --------------------------------------------------------------------------

_INVITATIONS = """
INSERT INTO ratings_invitation (object, number, token, code, cause_id, proceeding_id, version_id,
    party_id, region, department, item, "window", prompted, opened_at, closes_at, rated_at)
SELECT 'application', 'BENCH' || n, 'bench' || n, '000000', 0, 0, %(version)s, 1, '650100',
    'unit-' || n %% %(units)s, 'item-' || n %% %(items)s, '', false,
    %(since)s::timestamptz + (n %% %(days)s) * interval '1 day',
    %(until)s::timestamptz, CASE WHEN n <= %(reviews)s
        THEN %(since)s::timestamptz + (n %% %(days)s) * interval '1 day' END
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
_REVIEWS = """
INSERT INTO ratings_review (invitation_id, turn, object, item, department, "window", region,
    channel, level, aspects, tags, text, evaluator, real_name, prompted, rated_at, day, weight,
    has_flag, is_excluded)
SELECT i.id, 0, i.object, i.item, i.department, '', '650100',
    (ARRAY['web','mobile','qr','sms','tablet'])[1 + i.id %% 5],
    CASE WHEN i.id %% 100 < 80 THEN 1 WHEN i.id %% 100 < 92 THEN 2 WHEN i.id %% 100 < 97 THEN 3
        WHEN i.id %% 100 < 99 THEN 4 ELSE 5 END,
    '{}', '{}', '', sha256(int8send(i.id)), false, false, i.rated_at,
    (i.rated_at AT TIME ZONE 'Asia/Shanghai')::date, 1, false, false
FROM ratings_invitation i WHERE i.rated_at IS NOT NULL AND i.id BETWEEN %(first)s AND %(last)s
"""
_CHANGES = """
INSERT INTO ratings_tally (grain, day, department, item, "window", channel, level, n, held,
    unprompted)
SELECT g.grain, CASE g.grain WHEN 'D' THEN r.day ELSE date_trunc('month', r.day)::date END,
    r.department, CASE WHEN g.grain IN ('D', 'I') THEN r.item ELSE '' END, '',
    CASE WHEN g.grain IN ('D', 'C') THEN r.channel ELSE '' END, r.level, count(*), 0, count(*)
FROM ratings_review r CROSS JOIN (VALUES ('D'), ('M'), ('I'), ('C')) AS g (grain)
GROUP BY 1, 2, 3, 4, 6, 7
"""
AT_ONCE = 250_000


def _fill(database: str, reviews: int) -> None:
    """Reviews over a year and as many invitations again as the intake will need."""
    spare = 20_000
    with city.server().connect(database) as writing:
        # The wall at which a pilot's database is filled is not what is measured.
        writing.execute("set synchronous_commit = off")
        (version,) = writing.execute(
            "select min(id) from catalogue_version where kind = 'package'"
        ).fetchone() or (0,)
        words = {
            "units": UNITS, "items": ITEMS, "days": DAYS, "reviews": reviews, "version": version,
            "since": city.MORNING - timedelta(days=DAYS), "until": city.MORNING + timedelta(15),
        }  # fmt: skip
        for first in range(1, reviews + spare + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, reviews + spare)
            writing.execute(_INVITATIONS, {**words, "first": first, "last": last})
            writing.execute(_REVIEWS, {"first": first, "last": last})
            print(f"{last:,} of {reviews + spare:,} filled", file=sys.stderr)
        writing.execute(_CHANGES)
    city.analyse(database)


# ---- intake -------------------------------------------------------------------------------------


def _product(taken: int) -> Iterator[Callable[[], object]]:
    """Ratings through the room's own verb, each of another person."""
    from tongban.ratings.actions import rate
    from tongban.ratings.models import Invitation
    from tongban.ratings.rules import Rating

    rows = list(Invitation.objects.filter(rated_at=None).order_by("id")[: taken + WARM])
    for n, row in enumerate(rows):
        said = Rating(
            level=1 + n % 5, channel="mobile", device=f"d{n}", seconds=60, tags=("quick",)
        )
        yield partial(rate, invitation=row, rating=said, now=city.MORNING)


WARM = 20
_BY_HAND = """
WITH invited AS (
    UPDATE ratings_invitation SET rated_at = %(at)s::timestamptz
    WHERE id = %(id)s::bigint AND rated_at IS NULL
    RETURNING id, object, number, department, item, region,
        (opened_at AT TIME ZONE 'Asia/Shanghai')::date AS opened),
review AS (
    INSERT INTO ratings_review (invitation_id, turn, object, item, department, "window", region,
        channel, level, aspects, tags, text, evaluator, device, real_name, prompted, seconds,
        rated_at, day, weight, has_flag, is_excluded)
    SELECT id, 0, object, item, department, '', region, 'mobile', %(level)s::int,
        '{}', '{quick}', '', %(who)s::bytea, %(device)s::bytea, false, false, 60,
        %(at)s::timestamptz, %(day)s::date, 1, false, false
    FROM invited
    RETURNING id),
changed AS (
    INSERT INTO ratings_change (day, department, item, "window", channel, level, n, held,
        unprompted)
    SELECT %(day)s::date, department, item, '', 'mobile', %(level)s::int, 1, 0, 1 FROM invited
    UNION ALL SELECT opened, department, item, '', '', 0, 0, 1, 0 FROM invited)
SELECT records_append(%(action)s::uuid, %(at)s::timestamptz, 'citizen', 0, '',
    jsonb_build_array(jsonb_build_object(
    'stream', 'review', 'stream_id', review.id, 'region', invited.region, 'verb', 'rate',
    'body', jsonb_build_object('object', invited.object, 'of', invited.number, 'turn', 0,
        'level', %(level)s::int, 'channel', 'mobile', 'flags', '[]'::jsonb))))
FROM review, invited
"""


def _floor(database: str, taken: int) -> Iterator[Callable[[], object]]:
    """The same rows by one prepared statement each, one transaction a rating."""
    with city.connect(database) as one:
        ids = [
            row[0]
            for row in one.execute(
                "select id from ratings_invitation where rated_at is null order by id desc"
                " limit %s",
                [taken + WARM],
            )
        ]
        for n, pk in enumerate(ids):
            yield partial(_by_hand, one, pk, n)


def _by_hand(one: psycopg.Connection, pk: int, n: int) -> None:
    words = {
        "id": pk, "at": city.MORNING, "level": 1 + n % 5, "who": pk.to_bytes(32, "big"),
        "device": n.to_bytes(32, "big"), "day": city.MORNING.date(), "action": uuid4(),
    }  # fmt: skip
    one.execute(_BY_HAND, words, prepare=True)


def _counted(
    database: str, case: str, ways: Iterator[Callable[[], object]], reviews: int
) -> dict[str, Any]:
    """One after the other: rate, rows, statements, log and CPU of client and server together."""
    for _ in range(WARM):
        next(ways)()
    postmaster = city.server().pid()
    with city.connect(database) as watching:
        before, used, mine = meter.written(watching), meter.tree_cpu(postmaster), process_time()
        walls = []
        begun = perf_counter()
        for way in ways:
            start = perf_counter()
            way()
            walls.append(1000 * (perf_counter() - start))
        wall = perf_counter() - begun
        cpu = meter.tree_cpu(postmaster) - used + process_time() - mine
        with connection.cursor() as cursor:
            cursor.execute("select pg_stat_force_next_flush()")
        wrote = meter.written(watching) - before
    n = len(walls)
    return {
        "bench": "ratings",
        "case": case,
        "clients": 1,
        "reviews": reviews,
        "taken": n,
        "rows": round(wrote.rows / n, 2),
        "statements": _statements() if case == "intake" else 1,
        "wal_bytes": round(wrote.wal_bytes / n),
        "cpu_ms": round(1000 * cpu / n, 3),
        "wall_ms": round(1000 * wall / n, 3),
        "floor_cpu_ms": None,
        "ratio": None,
        "per_second": round(n / wall, 1),
        "p95_ms": round(p95(walls), 3),
    }


def _statements() -> int:
    """What one rating sends, begin and commit included."""
    way = next(_product(0))
    with listening() as heard:
        way()
    # Its rows are handed in here: they would count among those of the floor.
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
    return len(heard) + 2


def _folded(database: str, reviews: int) -> dict[str, Any]:
    """How fast the folder adds changes to the roll-up."""
    from tongban.ratings.actions import fold_changes

    begun, mine, done = perf_counter(), process_time(), 0
    while found := fold_changes():
        done += found
    wall = perf_counter() - begun
    return {
        "bench": "ratings", "case": "fold", "clients": 1, "reviews": reviews, "changes": done,
        "rows": None, "statements": None, "wal_bytes": None,
        "cpu_ms": round(1000 * (process_time() - mine), 3), "wall_ms": round(1000 * wall, 3),
        "floor_cpu_ms": None, "ratio": None, "per_second": round(done / max(wall, 1e-9), 1),
    }  # fmt: skip


# ---- boards and lists ---------------------------------------------------------------------------


def _boards() -> Iterator[tuple[str, Callable[[], object]]]:
    from tongban.kernel.actors import Actor
    from tongban.ratings import queries

    since, until = queries.month_of(city.MORNING.date() - timedelta(days=40))
    year = since - timedelta(days=330)
    month = partial(queries.board_of, since=since, until=until)
    yield "board of units, a month", partial(month, "department")
    yield "board of units, a year", partial(queries.board_of, "department", year, until)
    yield "items of a unit, a month", partial(month, "item", department="unit-7")
    yield "channels, a month", partial(month, "channel")
    yield (
        "days of a unit, a month",
        partial(queries.days_of, since=since, until=until, department="unit-7"),
    )
    yield "bad reviews mended, a month", partial(queries.mended_of, since=since, until=until)
    head = Actor(
        kind="staff", id=1, name="x", queues=frozenset({"unit-7.head"}), regions=("65",),
        departments=frozenset({"unit-7"}), roles=frozenset({"head"}),
    )  # fmt: skip
    everybody = partial(queries.reviews_of, head)
    yield "bad reviews of a unit, first page", partial(everybody, kind="bad")
    middle = _middle()
    yield "reviews of a unit, in the middle", partial(everybody, kind="all", cursor=middle)
    furnish()
    site = Site()
    yield "page of everybody", partial(site.get, "/open/ratings/")
    yield "board of the hall, page", partial(site.get, "/open/ratings/board/")


def _middle() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select max(id) / 2 from ratings_review")
        (found,) = cursor.fetchone()
    return int(found)


def _board(case: str, ask: Callable[[], object], reviews: int, rounds: int) -> dict[str, Any]:
    for _ in range(6):
        ask()
    with listening() as heard:
        ask()
    best = min((timed([ask] * 30) for _ in range(rounds)), key=lambda one: one.p95)
    return {
        "bench": "ratings", "case": case, "clients": 1, "reviews": reviews, "rows": 0,
        "statements": len(heard), "wal_bytes": 0, "cpu_ms": best.cpu, "wall_ms": best.p50,
        "floor_cpu_ms": None, "ratio": None, "p50_ms": best.p50, "p95_ms": best.p95,
        "aim_p95_ms": AIM_BOARD_P95,
    }  # fmt: skip
