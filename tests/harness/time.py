"""The city's clock, and the work that follows what a test did."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

CITY = ZoneInfo("Asia/Shanghai")
ROUNDS = 100


@pytest.fixture
def city_at():
    """Set the city's clock: city_at(datetime) or city_at("2026-09-21 09:30"), and stop it there.

    The clock moves forward only; in the template it stands at a Monday morning, 2026-01-05 09:00.
    Times without a zone are the city's. Returns the aware datetime.
    """
    from tongban.kernel.actors import SYSTEM
    from tongban.records.actions import set_city_clock
    from tongban.records.states import ClockMode

    def put(at: datetime | str) -> datetime:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        aware = moment if moment.tzinfo else moment.replace(tzinfo=CITY)
        return set_city_clock(aware, by=SYSTEM, mode=ClockMode.FROZEN)

    return put


@pytest.fixture
def settle():
    """Do what the worker would do until nothing is left: feed, reactions, deadlines, slow jobs.

    settle(jobs=False) leaves the slow jobs of procrastinate alone.
    """
    from tongban.config import wiring

    def run(*, jobs: bool = True) -> None:
        loops = [loop for loop in wiring.loops() if loop.name != "seals"]
        for _ in range(ROUNDS):
            done = sum(loop.step() for loop in loops)
            if jobs:
                done += _run_jobs()
            if not done:
                return
        pytest.fail(f"the house does not come to rest in {ROUNDS} rounds")

    return run


def _run_jobs() -> int:
    """Run the waiting jobs of the rooms in this thread and transaction, oldest first."""
    from django.db import connection
    from procrastinate.contrib.django import app

    with connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs where status = 'todo' and queue_name <> 'house'"
            " and (scheduled_at is null or"
            " scheduled_at <= now()) returning id, task_name, args"
        )
        jobs = sorted(cursor.fetchall())
    for _id, name, arguments in jobs:
        # Django asks psycopg for jsonb as text.
        app.tasks[name].func(**json.loads(arguments))
    return len(jobs)
