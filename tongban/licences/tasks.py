"""Slow jobs of the licences room: make licences, find those that were not made, end old ones."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from tongban.licences import actions
from tongban.records.queries import city_now


@app.task(name="licences.produce_licence", queue="papers")
def produce_licence(licence_id: int) -> None:
    """Make one licence; where it fails, `produce_due_licences` tries again."""
    actions.produce_licence(licence_id=licence_id, now=_machine_now())


@app.periodic(cron="* * * * * */20")
@app.task(name="licences.produce_due_licences", queue="papers", queueing_lock="licences-due")
def produce_due_licences(timestamp: int) -> int:
    """Try those whose last attempt failed or whose worker died; how many came to be."""
    now = _machine_now()
    due = actions.licences_due(now=now)
    return sum(actions.produce_licence(licence_id=one, now=now) for one in due)


@app.periodic(cron="* * * * *")
@app.task(name="licences.expire_licences", queueing_lock="licences-expire")
def expire_licences(timestamp: int) -> int:
    """End what ended at midnight by the city's clock, within a minute."""
    return actions.expire_licences(now=city_now())


@app.periodic(cron="* * * * *")
@app.task(name="licences.remind_expiring", queueing_lock="licences-remind")
def remind_expiring(timestamp: int) -> int:
    """Remind holders of what ends soon by the city's clock, within a minute."""
    return actions.remind_expiring(now=city_now())


def _machine_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- attempts and signatures follow the machine's clock
