"""Keeping the figures of days that are over, so that those of a year are sums."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.hotline import sql
from tongban.hotline.queries import good_to
from tongban.kernel.worktime import CITY_ZONE, city_date, start_of_day

if TYPE_CHECKING:
    from datetime import date

DAYS_AT_ONCE = 60
"""So many days are reckoned in one go; what is left comes a minute later."""


DAYS_DOUBTED = 60
"""Longer ago nothing is moved any more: the longest time to answer is far below."""


def settle_days(*, now: datetime, most: int = DAYS_AT_ONCE) -> int:
    """Reckon the days before today that have changed or were never reckoned; answers how many.

    A figure of a day that is over may lie behind by as long as this has not run.
    """
    days = sql.days_to_settle(city_date(now), CITY_ZONE.key, most)
    for day in days:
        _settle(day)
    return len(days)


def doubt_days(*, now: datetime) -> None:
    """Let the last days be reckoned again, every night.

    A deadline that is moved after it was over leaves a day of which no entry speaks any more.
    """
    sql.note_recent(city_date(now), DAYS_DOUBTED)


def _settle(day: date) -> None:
    begins = start_of_day(day)
    with transaction.atomic():
        sql.forget_day(day)
        sql.keep_day(day, sql.counts(begins, begins + timedelta(days=1), good_to()))
