"""Deliveries in the background. Lost or late jobs are made up for by the sweep every minute."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from tongban.notices import actions
from tongban.records.queries import city_now


@app.task(name=actions.DELIVER_TASK)
def deliver(delivery_ids: list[int]) -> int:
    """Try the deliveries of messages that were just written."""
    return actions.deliver(delivery_ids=delivery_ids, now=city_now(), wall=_wall())


@app.periodic(cron="* * * * *")
@app.task(name="notices.deliver_waiting", queueing_lock="notices.deliver_waiting")
def deliver_waiting(timestamp: int) -> int:
    """Try everything whose time has come: after quiet hours, after a pause, after a lost job."""
    done = 0
    while tried := actions.deliver_waiting(now=city_now(), wall=_wall()):
        done += tried
    return done


def _wall() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- attempts go by the machine's clock; this is a task
