"""Jobs of the voice room: calls do not stand still because one event was lost."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from tongban.records.queries import city_now
from tongban.voice import actions


@app.periodic(cron="* * * * * */10")
@app.task(name="voice.skip_gaps", queueing_lock="voice-skip-gaps")
def skip_gaps(timestamp: int) -> int:
    """Go on with calls whose missing event has not come."""
    wall = datetime.now(UTC)  # noqa: TID251 -- gaps go by the machine's clock; this is a task
    return actions.skip_gaps(now=city_now(), wall=wall)
