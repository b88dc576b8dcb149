import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from tongban.config import tasks
from tongban.config.wiring import loops


def test_the_worker_repeats_what_the_law_needs():
    names = [loop.name for loop in loops()]

    assert names == ["sequencer", "reactions", "deadlines", "assignment days", "ratings", "seals"]


def test_a_loop_with_nothing_to_do_says_zero(db, city_at):
    city_at("2026-01-06 09:00")
    quiet = [loop for loop in loops() if loop.name in ("sequencer", "reactions", "deadlines")]
    for _round in range(20):
        if not sum(loop.step() for loop in quiet):
            return

    pytest.fail("the loops do not come to rest")


def test_the_nightly_audit_passes_where_nothing_differs(db):
    tasks.audit_due_dates.func(0)


@pytest.fixture
def abandoned_job(own_database):
    """A job that a worker had begun when it died an hour ago."""
    job = app.configure_task("notices.deliver_waiting").defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values"
            " (now() - interval '1 hour') returning id"
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s where id = %s",
            [worker, job],
        )
    return job


def test_jobs_of_a_dead_worker_are_given_to_others(abandoned_job):
    connector = app.connector.get_worker_connector()

    async def retry():
        async with app.with_connector(connector).open_async() as own:
            context = type("Context", (), {"app": own})()
            await tasks.retry_stalled_jobs.func(context, timestamp=0)

    asyncio.run(retry())

    with connection.cursor() as cursor:
        cursor.execute("select status from procrastinate_jobs where id = %s", [abandoned_job])
        assert cursor.fetchone() == ("todo",)
