"""Invitations: one for each thing that ended, and the devices on which people rate in a hall."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.notices.actions import send_message
from tongban.people.queries import is_nobody, keyed_hash
from tongban.ratings import rules, sql
from tongban.ratings.models import Device, Invitation
from tongban.ratings.queries import is_apart, ratings
from tongban.ratings.queries.inside import is_body, waiting_for_reminder
from tongban.ratings.queries.mine import name_of
from tongban.ratings.rules import need_text
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

CODE_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Something came to its end, or somebody was served. ``cause_id`` is the entry of it."""

    object: str
    number: str
    cause_id: int
    proceeding_id: int
    version_id: int
    party_id: int
    region: str
    department: str
    item: str
    window: str = ""
    officer_id: int | None = None
    prompted: bool = False


def invite(*, ended: Ended, now: datetime) -> Invitation | None:
    """Open the invitation to rate one thing; None where it was opened before. Idempotent.

    Joins the caller's transaction. The person is told by a reminder after a day, on the page of
    his application, on the tablet and by the code of his slip, and by nothing else.
    """
    row, is_new = Invitation.objects.get_or_create(
        object=ended.object,
        number=ended.number,
        defaults={
            "token": secrets.token_urlsafe(15),
            "code": f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}",
            "cause_id": ended.cause_id,
            "proceeding_id": ended.proceeding_id,
            "version_id": ended.version_id,
            "party_id": ended.party_id,
            "region": ended.region,
            "department": ended.department,
            "item": ended.item,
            "window": ended.window,
            "officer_id": ended.officer_id,
            "prompted": ended.prompted,
            "opened_at": now,
            "closes_at": now + timedelta(days=float(ratings().invitation.value)),
        },
    )
    if not is_new:
        return None
    if is_apart(row.object):
        return row
    day = city_date(now)
    sql.write_changes(
        [(day, row.department, row.item, row.window, "", rules.INVITED_LEVEL, 1, 0, 0)]
    )
    return row


def remind_invited(*, now: datetime, limit: int = 500) -> int:
    """Remind once whoever has not rated after the day that the content says; how many."""
    before = now - timedelta(days=float(ratings().reminder.value))
    count = 0
    for row in waiting_for_reminder(before, now, limit):
        with transaction.atomic():
            if not Invitation.objects.filter(pk=row.pk, reminded_at=None).update(reminded_at=now):
                continue
            if is_nobody(row.party_id):
                continue
            _remind(row, now)
            count += 1
    return count


def _remind(row: Invitation, now: datetime) -> None:
    name = name_of(row)
    shown = {one: name.say(one) if name else row.number for one in ("zh", "en", "ug")}
    send_message(
        party_id=row.party_id,
        key="rating_invited",
        params={
            "number": row.number,
            "thing": shown,
            "link": f"{settings.SITE_URL}/rate/{row.token}/?via=sms",
            "code": row.code,
            "until": city_date(row.closes_at),
        },
        dedup=f"rating/{row.pk}",
        now=now,
        proceeding=row.number,
    )


def register_device(
    *, window: str, channel: str, region: str, name: str, by: Actor, now: datetime
) -> Device:
    """Register a tablet or kiosk of a hall; its address is its secret. Administration only."""
    if not is_body(by):
        raise NotFound("没有找到这个页面，或您的岗位不能办理。")
    kept = need_text("name", name, "请写明这台设备放在哪里。")
    if channel not in {one.code for one in ratings().channels if one.at_counter}:
        raise NotFound("没有这种大厅设备。")
    code = secrets.token_urlsafe(12)
    with transaction.atomic():
        row = Device.objects.create(
            code=code, key=keyed_hash("device", code), channel=channel, window=window,
            region=region, name=kept, registered_by=by.id, registered_at=now,
        )  # fmt: skip
        _tell(row, "device_registered", by, now)
    return row


def retire_device(*, device_id: int, by: Actor, now: datetime) -> None:
    """Take a device out of use; ratings from it count as those of any other device from now on."""
    if not is_body(by):
        raise NotFound("没有找到这个页面，或您的岗位不能办理。")
    with transaction.atomic():
        row = Device.objects.select_for_update().filter(pk=device_id, is_active=True).first()
        if row is None:
            raise NotFound("没有找到这台设备，或者它已经停用。")
        row.is_active = False
        row.save(update_fields=["is_active"])
        _tell(row, "device_retired", by, now)


def _tell(row: Device, verb: str, by: Actor, now: datetime) -> None:
    body = {"window": row.window, "channel": row.channel, "name": row.name}
    append([NewEntry(stream="device", stream_id=row.pk, verb=verb, body=body)], by=by, now=now)
