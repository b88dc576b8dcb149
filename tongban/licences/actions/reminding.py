"""Reminders before the end of a licence (临期提醒): each once, by the city's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.worktime import city_date
from tongban.licences import rules
from tongban.licences.models import Licence, Reminder
from tongban.licences.queries import comprehensive as shops
from tongban.licences.states import LicenceState
from tongban.notices.actions import send_message

if TYPE_CHECKING:
    from datetime import date, datetime


def remind_expiring(*, now: datetime, limit: int = 500) -> int:
    """Tell holders whose licences end soon, as many days before as the content says; how many.

    Message and note commit together, so a worker that dies tells nobody twice; a sweep that comes
    late tells of the nearest day alone.
    """
    on = city_date(now)
    days = shops.reminders_of(on)
    return sum(_remind(licence_id, on, days, now) for licence_id in _due(on, days, limit))


def _due(on: date, days: tuple[int, ...], limit: int) -> list[int]:
    """Licences in force that end within some reminder's days and were not told of it."""
    found: list[int] = []
    for most in sorted(days):
        told = Reminder.objects.filter(days__lte=most)
        rows = Licence.objects.filter(
            state=LicenceState.VALID.value,
            valid_to__gte=on,
            valid_to__lte=on + timedelta(days=most),
        ).exclude(pk__in=told.filter(valid_to__gte=on).values("licence_id"))
        found += [pk for pk in rows.order_by("valid_to", "id").values_list("id", flat=True)[:limit]
                  if pk not in found]  # fmt: skip
    return found[:limit]


def _remind(licence_id: int, on: date, days: tuple[int, ...], now: datetime) -> int:
    with transaction.atomic():
        licence = Licence.objects.select_for_update().get(pk=licence_id)
        if licence.valid_to is None or licence.state != LicenceState.VALID.value:
            return 0
        told = days if licence.start_rule is None else (min(days, default=0),)
        due = rules.reminder_due((licence.valid_to - on).days, told)
        if due is None:
            return 0
        _, is_new = Reminder.objects.get_or_create(
            licence=licence, valid_to=licence.valid_to, days=due, defaults={"at": now}
        )
        if not is_new:
            return 0
        send_message(
            party_id=licence.holder_id,
            key="licence_expiring" if licence.start_rule is None else "start_due",
            params=shops.reminder_words(licence, on),
            dedup=f"expiring/{licence.pk}/{licence.valid_to}/{due}",
            now=now,
        )
    return 1
