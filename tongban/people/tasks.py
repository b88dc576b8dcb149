"""Housekeeping of the room of people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from tongban.people.actions import forget_attempts

KEPT = timedelta(days=1)


@app.periodic(cron="17 * * * *")
@app.task(name="people.forget_attempts")
def forget_old_attempts(timestamp: int) -> int:
    """Delete yesterday's counts of failed attempts, every hour."""
    return forget_attempts(before=datetime.fromtimestamp(timestamp, UTC) - KEPT)
