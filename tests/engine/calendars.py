"""Publish another calendar inside a test: days off that the template does not know."""

from copy import deepcopy
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from tongban.catalogue.models import Version
from tongban.catalogue.queries import forget_live
from tongban.kernel.worktime import city_date


def publish_days(now, *days, year=None):
    """Publish the calendar in force with these days off more; a new `year` may be named."""
    before = Version.objects.filter(kind="live", code="calendars").latest("number")
    data = deepcopy(before.data)
    national = data["national"].setdefault(str(year or days[0].year), [])
    national += [
        {"date": day.isoformat(), "kind": "off", "name": "放假", "mark": "V"} for day in days
    ]
    since = max(city_date(now), before.valid.lower + timedelta(days=1))
    Version.objects.filter(id=before.id).update(valid=DateRange(before.valid.lower, since))
    Version.objects.create(
        kind="live",
        code="calendars",
        number=before.number + 1,
        hash=f"test {before.number}",
        data=data,
        valid=DateRange(since, None),
        published_at=now,
        published_by=0,
    )
    forget_live()
