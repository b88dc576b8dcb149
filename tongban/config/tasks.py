"""Slow jobs of the house itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

if TYPE_CHECKING:
    from procrastinate import JobContext


@app.periodic(cron="* * * * *")
@app.task(queue="house", pass_context=True, queueing_lock="retry-stalled")
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs of workers that died to others: procrastinate finds them, but does not do so."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
