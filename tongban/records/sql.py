"""The statements that speak to the journal's database functions, and the rights of the program.

The functions themselves stand in migration 0001: they are the journal's law whatever program
talks to it. Callers of `records_append` hold the lock of every stream that they append to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

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
CITY_NOW = "SELECT records_city_now()"
LOCK_CITY_CLOCK = (
    "SELECT records_city_time(c, clock_timestamp()) FROM records_cityclock c FOR UPDATE"
)
SET_CITY_CLOCK = "UPDATE records_cityclock SET mode = %s, not_before = %s RETURNING not_before"


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
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [action_id, at, actor_kind, actor_id, place, rows])
        return [row[0] for row in cursor.fetchall()]


def lock_streams(streams: Iterable[tuple[str, int]]) -> None:
    """Wait for the streams, in an order that cannot deadlock, until the transaction ends."""
    keys = sorted(f"{stream}/{stream_id}" for stream, stream_id in streams)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_STREAMS, [keys])


def city_now() -> datetime:
    return _moment(CITY_NOW)


def lock_city_clock() -> datetime:
    """The city's time, and nobody else sets it until the transaction ends."""
    return _moment(LOCK_CITY_CLOCK)


def set_city_clock(mode: str, to: datetime | None) -> datetime:
    """Set the clock, or keep its time where `to` is None; answers the time it shows."""
    return _moment(SET_CITY_CLOCK, mode, to)


def _moment(statement: str, *values: object) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None:
        raise LookupError("the city's clock has no row")
    moment: datetime = row[0]
    return moment
