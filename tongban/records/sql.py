"""The statements that speak to the journal's database functions, and the rights of the program.

The functions themselves stand in migration 0001: they are the journal's law whatever program
talks to it. Callers of `records_append` hold the lock of every stream that they append to.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection, transaction

from tongban.records.events import FedEntry, JournalEntry, Subscriber
from tongban.records.rules.chain import StoredEntry, StoredRead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime
    from uuid import UUID

APPEND_ONLY = "select, insert"

RUNTIME_GRANTS = {
    "records_entry": APPEND_ONLY,
    "records_feed": APPEND_ONLY,
    "records_seal": APPEND_ONLY,
    "records_accessread": APPEND_ONLY,
    "records_accessseal": APPEND_ONLY,
    "records_sequencer": "select, update",
    "records_cityclock": "select, update",
    "records_subscription": "select, insert, update",
    "records_subjectkey": "select, insert, update",
}
"""What the role of the running program may do with each table of the journal."""

APPEND = "SELECT records_append(%s::uuid, %s, %s, %s, %s, %s::jsonb)"
LOCK_STREAMS = """
SELECT pg_advisory_xact_lock(hashtextextended(s.key, 0))
FROM unnest(%s::text[]) AS s(key)
"""
SEQUENCE = "SELECT records_sequence()"
LOG_READS = "SELECT records_log_reads(%s, %s, %s, %s::bigint[], %s, %s)"

CITY_NOW = "SELECT records_city_now()"
LOCK_CITY_CLOCK = """
SELECT records_city_time(c, clock_timestamp()) FROM records_cityclock c FOR UPDATE
"""
SET_CITY_CLOCK = """
UPDATE records_cityclock SET mode = %s, not_before = %s RETURNING not_before
"""

ENTRY = """
e.id, e.stream, e.stream_id, e.seq, e.verb, e.at, e.recorded_at, e.actor_kind, e.actor_id,
e.region, e.place, e.basis, e.fields, e.body::text, e.public, e.private_subject, e.action_id
"""
ENTRIES = f"""
SELECT {ENTRY} FROM records_entry e
WHERE e.stream = %s AND e.stream_id = ANY (%s::bigint[]) AND (e.public OR NOT %s)
ORDER BY e.stream_id, e.seq
"""
LAST_ENTRY = f"""
SELECT {ENTRY} FROM records_entry e
WHERE e.stream = %s AND e.stream_id = %s ORDER BY e.seq DESC LIMIT 1
"""

BEHIND = """
SELECT n.name FROM unnest(%s::text[]) WITH ORDINALITY AS n(name, place)
LEFT JOIN records_subscription s USING (name)
WHERE s.name IS NULL
   OR (s.position < (SELECT q.position FROM records_sequencer q)
       AND (s.retry_at IS NULL OR s.retry_at <= coalesce(%s, clock_timestamp())))
ORDER BY n.place
"""
ADD_CURSOR = """
INSERT INTO records_subscription (name, position, error, attempts)
SELECT %s, CASE WHEN %s THEN 0 ELSE q.position END, '', 0 FROM records_sequencer q
ON CONFLICT (name) DO NOTHING
"""
TAKE_CURSOR = """
SELECT s.position, (SELECT q.position FROM records_sequencer q) FROM records_subscription s
WHERE s.name = %s AND (s.retry_at IS NULL OR s.retry_at <= coalesce(%s, clock_timestamp()))
FOR UPDATE SKIP LOCKED
"""
FED = f"""
SELECT {ENTRY}, f.position FROM records_feed f JOIN records_entry e ON e.id = f.entry_id
WHERE f.position > %s AND f.position <= %s
  AND (%s::text[] IS NULL OR e.verb = ANY (%s::text[]))
  AND (%s::text[] IS NULL OR e.stream = ANY (%s::text[]))
ORDER BY f.position
"""
# In one statement what TAKE_CURSOR, FED and MOVE_CURSOR do for a subscriber that hears nothing.
MOVE_IDLE = """
UPDATE records_subscription s
SET position = idle.upto, error = '', failed_at = NULL, retry_at = NULL, attempts = 0
FROM (
    SELECT c.name, c.position AS since, q.position AS upto
    FROM records_subscription c
    JOIN jsonb_to_recordset(%s::jsonb) AS w(name text, verbs text[], streams text[]) USING (name)
    CROSS JOIN records_sequencer q
    WHERE c.position < q.position AND c.retry_at IS NULL AND NOT EXISTS (
        SELECT FROM records_feed f JOIN records_entry e ON e.id = f.entry_id
        WHERE f.position > c.position AND f.position <= q.position
          AND (w.verbs IS NULL OR e.verb = ANY (w.verbs))
          AND (w.streams IS NULL OR e.stream = ANY (w.streams)))
    FOR UPDATE OF c SKIP LOCKED
) idle
WHERE s.name = idle.name
RETURNING idle.upto - idle.since
"""
MOVE_CURSOR = """
UPDATE records_subscription
SET position = %s, error = '', failed_at = NULL, retry_at = NULL, attempts = 0
WHERE name = %s
"""
STOP_CURSOR = """
UPDATE records_subscription SET position = %s, error = %s,
    failed_at = coalesce(%s, clock_timestamp()),
    retry_at = coalesce(%s, clock_timestamp())
        + least(power(2, least(attempts, 20)), %s) * interval '1 second',
    attempts = attempts + 1
WHERE name = %s
"""

LOCK_SEALS = "SELECT pg_advisory_xact_lock(hashtextextended('records_seal', 0))"
LOCK_READS_DAY = """
SELECT pg_advisory_xact_lock(
    hashtextextended('records_reads,' || to_char(%s::date, 'YYYY-MM-DD'), 0))
"""
LEAVES = """
SELECT e.hash FROM records_feed f JOIN records_entry e ON e.id = f.entry_id
WHERE f.position BETWEEN %s AND %s ORDER BY f.position
"""
UNSEALED = """
SELECT count(*), min(e.recorded_at) FROM records_feed f JOIN records_entry e ON e.id = f.entry_id
WHERE f.position > %s
"""
UNSEALED_DAYS = """
SELECT DISTINCT r.day FROM records_accessread r
WHERE r.day > coalesce((SELECT max(s.day) FROM records_accessseal s), '-infinity')
  AND r.day < %s
ORDER BY r.day
"""

# Inside a row a NULL entry says that a place of the feed points to nothing.
STORED_ENTRIES = """
SELECT f.position, f.entry_id, e.id, e.stream, e.stream_id, e.seq, e.region, e.action_id, e.verb,
    e.actor_kind, e.actor_id, e.at, e.recorded_at, e.place, e.basis, e.fields, e.body::text,
    e.public, e.private, e.private_subject, e.prev_hash, e.hash
FROM records_entry e FULL JOIN records_feed f ON f.entry_id = e.id
ORDER BY f.position NULLS LAST, e.id
"""
STORED_READS = """
SELECT r.id, r.day, r.seq, r.at, r.actor_kind, r.actor_id, r.subject, r.what, r.why,
    r.prev_hash, r.hash
FROM records_accessread r ORDER BY r.day, r.id
"""


def append(
    *,
    action_id: UUID,
    at: datetime,
    actor_kind: str,
    actor_id: int,
    place: str,
    entries: Sequence[dict[str, Any]],
) -> list[int]:
    """Append at most one entry for each stream; answers ids in the order given."""
    rows = json.dumps(entries, ensure_ascii=False)
    found = _rows(APPEND, action_id, at, actor_kind, actor_id, place, rows)
    return [row[0] for row in found]


def lock_streams(streams: Iterable[tuple[str, int]]) -> None:
    """Wait for the streams, in an order that cannot deadlock, until the transaction ends."""
    keys = sorted(f"{stream}/{stream_id}" for stream, stream_id in streams)
    _rows(LOCK_STREAMS, keys)


def sequence() -> int:
    """How many entries got a place, -1 when another sequencer is at work."""
    return int(_row(SEQUENCE)[0])


def log_reads(
    actor_kind: str, actor_id: int, at: datetime | None, subjects: list[int], what: str, why: str
) -> list[int]:
    """Append to the access log; `at` None is the machine's present time."""
    found = _rows(LOG_READS, actor_kind, actor_id, at, subjects, what, why)
    return [row[0] for row in found]


def city_now() -> datetime:
    moment: datetime = _row(CITY_NOW)[0]
    return moment


def lock_city_clock() -> datetime:
    """The city's time, and nobody else sets it until the transaction ends."""
    moment: datetime = _row(LOCK_CITY_CLOCK)[0]
    return moment


def set_city_clock(mode: str, to: datetime | None) -> datetime:
    """Set the clock, or keep its time where `to` is None; answers the time it shows."""
    moment: datetime = _row(SET_CITY_CLOCK, mode, to)[0]
    return moment


def entries(stream: str, stream_ids: Iterable[int], *, public_only: bool) -> list[JournalEntry]:
    """All entries of some streams, stream by stream."""
    return [_entry(row) for row in _rows(ENTRIES, stream, list(stream_ids), public_only)]


def last_entry(stream: str, stream_id: int) -> JournalEntry | None:
    found = _rows(LAST_ENTRY, stream, stream_id)
    return _entry(found[0]) if found else None


LAST_MOMENTS = (
    "SELECT stream_id, max(at) FROM records_entry"
    " WHERE stream = %s AND stream_id = ANY (%s::bigint[]) AND public GROUP BY stream_id"
)


def last_moments(stream: str, stream_ids: Iterable[int]) -> dict[int, datetime]:
    return {row[0]: row[1] for row in _rows(LAST_MOMENTS, stream, list(stream_ids))}


def behind(names: Sequence[str], now: datetime | None) -> list[str]:
    """Which subscribers have something to read, are due and are not known to be at work."""
    return [row[0] for row in _rows(BEHIND, list(names), now)]


def add_cursor(subscriber: Subscriber) -> None:
    _run(ADD_CURSOR, subscriber.name, subscriber.from_start)


def take_cursor(name: str, now: datetime | None) -> tuple[int, int] | None:
    """Lock a cursor: its position and that of the feed; None when it is taken or must wait."""
    found = _rows(TAKE_CURSOR, name, now)
    return (found[0][0], found[0][1]) if found else None


def fed(after: int, upto: int, subscriber: Subscriber) -> list[FedEntry]:
    """What a subscriber wants to hear between two positions."""
    verbs = None if subscriber.verbs is None else sorted(subscriber.verbs)
    streams = None if subscriber.streams is None else sorted(subscriber.streams)
    found = _rows(FED, after, upto, verbs, verbs, streams, streams)
    return [FedEntry(**_columns(row), position=row[-1]) for row in found]


def move_idle(subscribers: Sequence[Subscriber]) -> int:
    """Move on, together, those for whom nothing new is to be heard; how many places in all."""
    wishes = [
        {
            "name": one.name,
            "verbs": None if one.verbs is None else sorted(one.verbs),
            "streams": None if one.streams is None else sorted(one.streams),
        }
        for one in subscribers
    ]
    return sum(row[0] for row in _rows(MOVE_IDLE, orjson.dumps(wishes).decode()))


def move_cursor(name: str, position: int) -> None:
    _run(MOVE_CURSOR, position, name)


def stop_cursor(
    name: str, position: int, *, error: str, now: datetime | None, longest_wait: int
) -> None:
    """Keep why a subscriber stands still; it waits 1, 2, 4 … seconds before it tries again."""
    _run(STOP_CURSOR, position, error, now, now, longest_wait, name)


def lock_seals() -> None:
    """One sealer at a time, until the transaction ends."""
    _rows(LOCK_SEALS)


def lock_reads_day(day: date) -> None:
    """Wait until everybody who logs a read on that day has committed."""
    _rows(LOCK_READS_DAY, day)


def leaves(first: int, last: int) -> list[bytes]:
    """The hashes of the entries at these positions."""
    return [bytes(row[0]) for row in _rows(LEAVES, first, last)]


def unsealed(after: int) -> tuple[int, datetime | None]:
    """How many entries stand behind a position, and when the first of them was recorded."""
    count, since = _row(UNSEALED, after)
    return count, since


def unsealed_days(before: date) -> list[date]:
    """Days with reads that no seal covers, ascending."""
    return [row[0] for row in _rows(UNSEALED_DAYS, before)]


def stored_entries() -> Iterator[tuple[int | None, int | None, StoredEntry | None]]:
    """Position, the entry id that stands there, and the entry: all of one snapshot, in order."""
    for position, entry_id, *columns in _stream(STORED_ENTRIES):
        if columns[0] is None:
            yield position, entry_id, None
            continue
        *head, fields, body, public, private, subject, prev_hash, own_hash = columns
        secret = None if private is None else bytes(private)
        tail = [tuple(fields), body, public, secret, subject, bytes(prev_hash), bytes(own_hash)]
        entry = StoredEntry(*(head + tail))
        yield position, entry_id, entry


def stored_reads() -> Iterator[StoredRead]:
    """The whole access log in the order of its seals."""
    for *columns, prev_hash, own_hash in _stream(STORED_READS):
        yield StoredRead(*([*columns, bytes(prev_hash), bytes(own_hash)]))


def _entry(row: Sequence[Any]) -> JournalEntry:
    return JournalEntry(**_columns(row))


def _columns(row: Sequence[Any]) -> dict[str, Any]:
    names = JournalEntry.__dataclass_fields__
    values = dict(zip(names, row, strict=False))
    values["fields"] = tuple(values["fields"])
    values["body"] = orjson.loads(values["body"])
    return values


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _row(statement: str, *values: Any) -> tuple[Any, ...]:
    (row,) = _rows(statement, *values)
    return row


def _run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _stream(statement: str) -> Iterator[tuple[Any, ...]]:
    """Rows in portions: the journal does not fit into memory."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(2_000):
            yield from rows
