"""Counting attempts: one statement, so that parallel guesses cannot slip through together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from datetime import datetime, timedelta

COUNT = """
INSERT INTO people_throttle AS t (key, failures, window_at, closed_until)
VALUES (%(key)s, 1, %(now)s, NULL)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN t.window_at <= %(since)s THEN 1 ELSE t.failures + 1 END,
    window_at = CASE WHEN t.window_at <= %(since)s THEN %(now)s ELSE t.window_at END,
    closed_until = CASE
        WHEN t.closed_until > %(now)s THEN t.closed_until
        WHEN t.window_at > %(since)s AND t.failures >= %(most)s THEN %(until)s
    END
RETURNING failures, closed_until
"""
FORGIVE = "UPDATE people_throttle SET failures = greatest(failures - 1, 0) WHERE key = %s"


def count(
    key: bytes, *, most: int, window: timedelta, closed: timedelta, now: datetime
) -> tuple[int, datetime | None]:
    """Count one attempt: how many there were, and until when the door is closed, if it is.

    ``most`` attempts within the window are let through, the next closes the door. ``closed``
    must not be shorter than the window, else the door would open onto an old count.
    """
    values: dict[str, bytes | datetime | int] = {
        "key": key,
        "now": now,
        "since": now - window,
        "most": most,
        "until": now + closed,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        failures, until = cursor.fetchone()
    return failures, until


def forgive(key: bytes) -> None:
    """Take one attempt back, because it succeeded."""
    with connection.cursor() as cursor:
        cursor.execute(FORGIVE, [key])
