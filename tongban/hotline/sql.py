"""Statements of the hotline: the counts of its figures, and what lies near a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from tongban.kernel.worktime import CITY_ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

# What came in: accepted is what was neither refused, nor handed over, nor taken back.
_RECEIVED = """
SELECT t.unit, count(*), count(*) FILTER (WHERE p.state = 'answered'),
       count(*) FILTER (WHERE p.state IN ('answered', 'closed')),
       count(*) FILTER (WHERE t.type = 'complaint')
FROM hotline_ticket t JOIN engine_proceeding p ON p.id = t.proceeding_id
WHERE t.received_at >= %(since)s AND t.received_at < %(until)s
  AND p.state NOT IN ('refused', 'transferred', 'withdrawn')
GROUP BY t.unit
"""
# What was closed after a unit had it: what the callers said, rounds, orders.
_CLOSED = """
SELECT t.unit, count(*), count(*) FILTER (WHERE t.round > 1),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM hotline_order o WHERE o.ticket_id = t.proceeding_id)),
       count(*) FILTER (WHERE t.outcome = 'solved'), count(*) FILTER (WHERE t.outcome = 'partly'),
       count(*) FILTER (WHERE t.outcome = 'unsolved'),
       count(*) FILTER (WHERE t.satisfied <= %(good_to)s), count(t.satisfied)
FROM hotline_ticket t JOIN engine_proceeding p ON p.id = t.proceeding_id
WHERE t.closed_at >= %(since)s AND t.closed_at < %(until)s AND p.state = 'closed' AND t.unit <> ''
GROUP BY t.unit
"""
_SENT = """
SELECT k.unit, count(*), count(*) FILTER (WHERE p.state = 'returned'),
       count(*) FILTER (WHERE f.is_first),
       count(*) FILTER (WHERE f.is_first AND p.state <> 'returned')
FROM hotline_task k JOIN engine_proceeding p ON p.id = k.proceeding_id
CROSS JOIN LATERAL (SELECT NOT EXISTS (
    SELECT 1 FROM hotline_task o WHERE o.ticket_id = k.ticket_id AND o.is_lead
      AND o.proceeding_id < k.proceeding_id) AS is_first) f
WHERE k.is_lead AND k.sent_at >= %(since)s AND k.sent_at < %(until)s
GROUP BY k.unit
"""
# What fell due: the clock of the reply, then that of speaking to the caller.
_DUE = """
SELECT f.unit, count(*) FILTER (WHERE f.name = 'handle'),
       count(*) FILTER (WHERE f.name = 'handle' AND f.replied_at < f.due_at),
       count(*) FILTER (WHERE f.name = 'contact'),
       count(*) FILTER (WHERE f.name = 'contact' AND f.contacted_at < f.due_at)
FROM (
    SELECT k.unit, c.name, c.due_at, k.replied_at, k.contacted_at
    FROM engine_clock c JOIN hotline_task k ON k.proceeding_id = c.proceeding_id
    JOIN engine_proceeding p ON p.id = c.proceeding_id
    WHERE c.name IN ('handle', 'contact') AND c.due_at >= %(since)s AND c.due_at < %(until)s
      AND k.is_lead AND p.state NOT IN ('returned', 'cancelled')) AS f
GROUP BY f.unit
"""
_GROUPS = (
    (_RECEIVED, ("accepted", "answered", "ended", "complaints")),
    (
        _CLOSED,
        ("closed", "again", "ordered", "solved", "partly", "unsolved", "satisfied", "rated"),
    ),
    (_SENT, ("sent", "returned", "first_sent", "first_right")),
    (_DUE, ("due", "on_time", "contact_due", "contacted")),
)


COUNTED: tuple[str, ...] = tuple(name for _, names in _GROUPS for name in names)
"""Everything that is counted, in the order in which a day is kept."""


def counts(since: datetime, until: datetime, good_to: int) -> dict[str, dict[str, int]]:
    """What is counted in a period, by unit; "" holds what no unit had.

    Levels up to ``good_to`` count as content.
    """
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        for statement, names in _GROUPS:
            cursor.execute(statement, {"since": since, "until": until, "good_to": good_to})
            for unit, *numbers in cursor.fetchall():
                found.setdefault(unit, {}).update(zip(names, numbers, strict=True))
    return found


# Hot issues: what lies near a new request, in its district and under its domain or beside it.
_NEAR = """
SELECT t.proceeding_id, left(t.text, 1000), t.domain, t.region, t.place, t.received_at,
       t.caller_id, t.longitude, t.latitude, t.hot_id
FROM hotline_ticket t LEFT JOIN hotline_hot h ON h.proceeding_id = t.hot_id
WHERE left(t.region, 6) = ANY(%(districts)s) AND t.domain = ANY(%(domains)s)
  AND t.received_at > %(since)s AND t.received_at <= %(until)s
  AND t.proceeding_id <> %(apart_from)s AND t.type <> ALL(%(apart)s) AND h.closed_at IS NULL
ORDER BY t.received_at DESC
LIMIT %(limit)s
"""
# The first and the latest requests of issues, by which a new one is compared with them.
_SAMPLE = """
SELECT t.proceeding_id, left(t.text, 1000), t.domain, t.region, t.place, t.received_at,
       t.caller_id, t.longitude, t.latitude, t.hot_id
FROM unnest(%(issues)s::bigint[]) AS i (id)
CROSS JOIN LATERAL (
    (SELECT * FROM hotline_ticket a WHERE a.hot_id = i.id
     ORDER BY a.proceeding_id LIMIT %(limit)s)
    UNION
    (SELECT * FROM hotline_ticket z WHERE z.hot_id = i.id
     ORDER BY z.proceeding_id DESC LIMIT %(limit)s)) t
ORDER BY t.proceeding_id
"""
# Requests on each of the days before a moment, 0 for the last day.
_DAYS = """
SELECT floor(extract(epoch FROM %(until)s - t.received_at) / 86400)::int AS back, count(*)
FROM hotline_ticket t
WHERE left(t.region, 6) = %(district)s AND t.domain = %(domain)s
  AND t.received_at > %(until)s - make_interval(days => %(days)s)
  AND t.received_at < %(until)s
GROUP BY back
"""
_EACH_DAY = """
SELECT t.hot_id, (t.received_at AT TIME ZONE %(zone)s)::date AS day, count(*)
FROM hotline_ticket t
WHERE t.hot_id = ANY(%(issues)s) AND t.received_at > %(since)s
GROUP BY t.hot_id, day
"""


def near(values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Requests near a new one, the newest first, in the order of `_NEAR`."""
    return _rows(_NEAR, values)


def sample(issues: Sequence[int], limit: int) -> list[tuple[Any, ...]]:
    """The first and the latest requests of each issue, in the order of `_NEAR`."""
    return _rows(_SAMPLE, {"issues": list(issues), "limit": limit}) if issues else []


def days_before(district: str, domain: str, until: datetime, days: int) -> list[int]:
    """Requests of a domain in a district on each day before a moment, the last day first."""
    found = [0] * days
    values = {"district": district, "domain": domain, "until": until, "days": days}
    for back, count in _rows(_DAYS, values):
        found[min(back, days - 1)] += count
    return found


def each_day(issues: Sequence[int], since: datetime) -> dict[int, dict[date, int]]:
    """How many requests came to each issue on each day of the city."""
    found: dict[int, dict[date, int]] = {}
    for issue, day, count in _rows(
        _EACH_DAY, {"issues": list(issues), "since": since, "zone": CITY_ZONE.key}
    ):
        found.setdefault(issue, {})[day] = count
    return found


def hold_place(district: str, above: str) -> None:
    """Let nobody else put a request of this district and kind in its place until the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hot/{district}/{above}"]
        )


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


# Days that are over and kept

_KEPT = "SELECT day FROM hotline_day WHERE unit = '' AND day >= %s AND day < %s"
_SUMS = f"""
SELECT unit, {", ".join(f"sum(counts[{n}])" for n in range(1, len(COUNTED) + 1))}
FROM hotline_day WHERE day >= %s AND day < %s GROUP BY unit
"""
_CHANGED = """
WITH ticket AS (
    SELECT proceeding_id AS id FROM hotline_ticket WHERE proceeding_id = %(id)s
    UNION SELECT ticket_id FROM hotline_task WHERE proceeding_id = %(id)s
    UNION SELECT ticket_id FROM hotline_order WHERE proceeding_id = %(id)s
), moment AS (
    SELECT unnest(ARRAY[t.received_at, t.closed_at]) AS at
    FROM hotline_ticket t WHERE t.proceeding_id IN (SELECT id FROM ticket)
    UNION SELECT k.sent_at FROM hotline_task k WHERE k.ticket_id IN (SELECT id FROM ticket)
    UNION SELECT c.due_at FROM hotline_task k JOIN engine_clock c USING (proceeding_id)
        WHERE k.ticket_id IN (SELECT id FROM ticket) AND c.name IN ('handle', 'contact')
)
INSERT INTO hotline_changedday (day)
SELECT DISTINCT (at AT TIME ZONE %(zone)s)::date FROM moment
WHERE (at AT TIME ZONE %(zone)s)::date < %(today)s
ON CONFLICT DO NOTHING
"""
_TO_SETTLE = """
SELECT day FROM hotline_changedday WHERE day < %(today)s
UNION
SELECT d::date FROM generate_series((
    SELECT (min(received_at) AT TIME ZONE %(zone)s)::date FROM hotline_ticket)::timestamp,
    %(today)s::timestamp - interval '1 day', interval '1 day') AS d
WHERE NOT EXISTS (SELECT 1 FROM hotline_day k WHERE k.day = d::date AND k.unit = '')
ORDER BY 1 DESC LIMIT %(most)s
"""
_RECENT = """
INSERT INTO hotline_changedday (day)
SELECT d::date FROM generate_series(%(today)s::timestamp - make_interval(days => %(days)s),
    %(today)s::timestamp - interval '1 day', interval '1 day') AS d
ON CONFLICT DO NOTHING
"""
_FORGET = """
WITH changed AS (DELETE FROM hotline_changedday WHERE day = %(day)s)
DELETE FROM hotline_day WHERE day = %(day)s
"""
_KEEP = "INSERT INTO hotline_day (day, unit, counts) VALUES (%s, %s, %s)"


def kept_days(since: date, until: date) -> set[date]:
    """The days that are kept, from the first to the day before the last."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [since, until])
        return {day for (day,) in cursor.fetchall()}


def sums(since: date, until: date) -> dict[str, dict[str, int]]:
    """What the kept days of a time hold together, by unit."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [since, until])
        return {
            unit: {name: int(n) for name, n in zip(COUNTED, numbers, strict=True)}
            for unit, *numbers in cursor.fetchall()
        }


def note_changed(proceeding_id: int, today: date, zone: str) -> None:
    """Note the days before today to which a ticket, its tasks and its deadlines belong."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"id": proceeding_id, "today": today, "zone": zone})


def days_to_settle(today: date, zone: str, most: int) -> list[date]:
    """Days before today that have changed or were never reckoned, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_SETTLE, {"today": today, "zone": zone, "most": most})
        return [day for (day,) in cursor.fetchall()]


def keep_day(day: date, found: dict[str, dict[str, int]]) -> None:
    """Keep what was counted on a day, in the caller's transaction."""
    rows: Sequence[tuple[str, dict[str, int]]] = list(({"": {}} | found).items())
    with connection.cursor() as cursor:
        cursor.executemany(
            _KEEP, [(day, unit, [n.get(name, 0) for name in COUNTED]) for unit, n in rows]
        )


def note_recent(today: date, days: int) -> None:
    """Note every one of the last days: what no entry names is reckoned again as well."""
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, {"today": today, "days": days})


def forget_day(day: date) -> None:
    """Take away what is kept of a day and that it has changed.

    Whoever changes something of it while it is reckoned waits, and notes it again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"day": day})
