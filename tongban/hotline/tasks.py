"""Jobs of the hotline: keeping the figures of days that are over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tongban.hotline import actions
from tongban.records.queries import city_now


@app.periodic(cron="* * * * *")
@app.task(name="hotline.settle", queueing_lock="hotline-settle")
def settle(timestamp: int) -> int:
    """Reckon the days that have changed, every minute."""
    return actions.settle_days(now=city_now())


@app.periodic(cron="10 3 * * *")
@app.task(name="hotline.doubt", queueing_lock="hotline-doubt")
def doubt(timestamp: int) -> None:
    """Reckon the last days again, every night."""
    actions.doubt_days(now=city_now())
