"""Slow jobs of the house itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tongban.catalogue.content.requests import read_requests
from tongban.config.options import CHECKOUT
from tongban.config.requests import fill_piece
from tongban.engine.queries import audit_clocks
from tongban.hotline.actions import cool_issues, learn_requests
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from procrastinate import JobContext

log = logging.getLogger("tongban.audit")

_AGAIN = RetryStrategy(max_attempts=10, wait=30)
BEHIND_OTHERS = -1
"""The priority of what nobody waits for."""


class ClocksDiffer(Exception):  # noqa: N818 -- says what is wrong
    """The nightly audit found due dates that do not follow from what happened."""


@app.periodic(cron="23 2 * * *")
@app.task(queue="house", queueing_lock="audit-clocks")
def audit_due_dates(timestamp: int) -> None:
    """Compute every running clock anew, every night; raises ClocksDiffer and logs each of them."""
    differing = list(audit_clocks())
    for one in differing:
        log.error(
            "a due date does not follow from what happened",
            extra={
                "number": one.number,
                "clock": one.clock,
                "what": one.what,
                "stored": one.stored,
                "computed": one.computed,
            },
        )
    if differing:
        raise ClocksDiffer(f"{len(differing)} clocks differ")


@app.periodic(cron="47 2 * * *")
@app.task(queue="house", queueing_lock="learn-requests")
def learn_from_requests(timestamp: int) -> None:
    """Let the hotline learn overnight from what was decided about requests."""
    base = [(one.text, one.type, one.domain) for one in read_requests(CHECKOUT / "content")]
    learn_requests(base=base, now=city_now())


@app.task(queue="house", priority=BEHIND_OTHERS, retry=_AGAIN)
def fill_hotline(filed: int) -> None:
    """File the next of the demo city's requests and ask for those after them, in one transaction.

    Whatever is killed, and whenever: either the piece is there and the next is asked for, or
    neither. When all are there the hotline learns from them.
    """
    with transaction.atomic():
        filling = fill_piece(CHECKOUT / "content", filed=filed)
        if filling is None:
            return
        if filling.is_done:
            learn_from_requests.configure().defer(timestamp=0)
        else:
            fill_hotline.defer(filed=filling.filed)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="house", queueing_lock="cool-issues")
def cool_hot_issues(timestamp: int) -> None:
    """Let hot issues fade of which nobody speaks any more."""
    cool_issues(city_now())


@app.periodic(cron="* * * * *")
@app.task(queue="house", pass_context=True, queueing_lock="retry-stalled")
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs of workers that died to others: procrastinate finds them, but does not do so."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
