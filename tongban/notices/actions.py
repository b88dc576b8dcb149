"""Writes of the room of notices: tell something once, deliver it, note that it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from tongban.kernel.identifiers import mask_phone
from tongban.kernel.refusals import NotFound
from tongban.notices.gateways import Receipt
from tongban.notices.models import Attempt, Choice, Delivery, Message
from tongban.notices.queries import address_book, messages, said, sms_gateway, wants_sms
from tongban.notices.rules import LEASE, Param, first_loud, pause_after, render, stored
from tongban.notices.states import DeliveryState, Outcome
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tongban.kernel.actors import Actor
    from tongban.notices.content import Template

DELIVER_TASK = "notices.deliver"
SMS = "sms"
BATCH = 50


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What to tell whom. ``dedup`` names the happening; the same happening is told once."""

    party_id: int
    key: str
    params: Mapping[str, Param]
    dedup: str
    proceeding: str = ""


def send_message(
    *,
    party_id: int,
    key: str,
    params: Mapping[str, Param],
    dedup: str,
    now: datetime,
    proceeding: str = "",
) -> int:
    """Put a message into a party's inbox and, where the template says so, on its way by SMS.

    Answers the message's id; the same ``dedup`` again answers the first one and sends nothing.
    Joins the caller's transaction. ``now`` is the city's time. Raises ValueError for an unknown
    template or a missing parameter, which are faults of the program; others are left out.
    """
    message = NewMessage(party_id, key, params, dedup, proceeding)
    return send_messages([message], now=now)[0]


def send_messages(new: Iterable[NewMessage], *, now: datetime) -> list[int]:
    """As `send_message` for several, with one job for all their deliveries."""
    ids: list[int] = []
    deliveries: list[int] = []
    with transaction.atomic():
        for message in new:
            row, is_new = _put(message, now)
            ids.append(row.pk)
            delivery = _start_delivery(row, now) if is_new else None
            if delivery:
                deliveries.append(delivery)
        if deliveries:
            app.configure_task(DELIVER_TASK).defer(delivery_ids=[*deliveries])
    return ids


def _put(message: NewMessage, now: datetime) -> tuple[Message, bool]:
    template = _template(message)
    params = stored({name: message.params[name] for name in template.params})
    return Message.objects.get_or_create(
        party_id=message.party_id,
        dedup=message.dedup,
        defaults={
            "kind": template.kind,
            "key": message.key,
            "params": params,
            "words": render(template, params),
            "proceeding": message.proceeding,
            "statutory": template.statutory,
            "created_at": now,
        },
    )


def _template(message: NewMessage) -> Template:
    try:
        template = messages().template(message.key)
    except KeyError:
        raise ValueError(f"no message template {message.key!r}") from None
    missing = sorted(set(template.params) - set(message.params))
    if missing:
        raise ValueError(f"parameters of {message.key!r} are missing: {', '.join(missing)}")
    return template


def _start_delivery(row: Message, now: datetime) -> int | None:
    if "sms" not in row.words["zh"]:
        return None
    contact = address_book()(row.party_id, row.proceeding)
    if contact is None or not contact.phone:
        return None
    if not row.statutory and not wants_sms(row.party_id):
        return None
    delivery = Delivery.objects.create(
        message=row,
        channel=SMS,
        not_before=_loud(row, now),
        retry_at=Now(),
    )
    return delivery.pk


def _loud(message: Message, at: datetime) -> datetime:
    """The first moment from then on at which this message may ring; urgent ones may at once."""
    known = {one.key: one for one in messages().messages}
    if message.key in known and known[message.key].urgent:
        return at
    quiet = messages().quiet_hours
    return first_loud(at, since=quiet.since, until=quiet.until)


def deliver(*, delivery_ids: Iterable[int], now: datetime, wall: datetime) -> int:
    """Try these deliveries as far as their time has come; answers how many were tried.

    ``now`` is the city's time (quiet hours), ``wall`` the machine's (attempts). Each delivery is
    leased in a transaction of its own before the gateway is asked: a worker that dies leaves it
    to be tried again after the lease, under the same reference.
    """
    tried = 0
    for delivery_id in delivery_ids:
        delivery = _lease(delivery_id, now, wall)
        if delivery is not None:
            _finish(delivery, _send(delivery), wall)
            tried += 1
    return tried


def deliver_waiting(*, now: datetime, wall: datetime) -> int:
    """Try one batch of all deliveries whose time has come; answers how many were tried."""
    ready = Delivery.objects.filter(
        state=DeliveryState.WAITING, retry_at__lte=wall, not_before__lte=now
    ).order_by("retry_at", "id")
    ids = list(ready.values_list("id", flat=True)[:BATCH])
    return deliver(delivery_ids=ids, now=now, wall=wall)


@transaction.atomic
def _lease(delivery_id: int, now: datetime, wall: datetime) -> Delivery | None:
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("message")
        .filter(id=delivery_id, state=DeliveryState.WAITING, retry_at__lte=wall)
        .first()
    )
    if delivery is None:
        return None
    loud = _loud(delivery.message, max(now, delivery.not_before))
    if loud > now:
        delivery.not_before = loud
        delivery.save(update_fields=["not_before"])
        return None
    delivery.attempts += 1
    delivery.retry_at = wall + LEASE
    delivery.save(update_fields=["attempts", "retry_at"])
    return delivery


def _send(delivery: Delivery) -> tuple[str, Receipt]:
    message = delivery.message
    contact = address_book()(message.party_id, message.proceeding)
    if contact is None or not contact.phone:
        return "", Receipt(Outcome.REFUSED, detail="no telephone")
    signature = messages().signature.say(contact.language)
    text = signature + said(message, contact.language)["sms"]
    receipt = sms_gateway().send(to=contact.phone, text=text, reference=f"m{message.pk}")
    return mask_phone(contact.phone), receipt


@transaction.atomic
def _finish(delivery: Delivery, done: tuple[str, Receipt], wall: datetime) -> None:
    address, receipt = done
    Attempt.objects.create(
        delivery=delivery,
        at=wall,
        outcome=receipt.outcome,
        address=address,
        reference=receipt.reference,
        detail=receipt.detail,
    )
    pause = pause_after(delivery.attempts)
    if receipt.outcome is Outcome.SENT:
        delivery.state = DeliveryState.SENT
    elif receipt.outcome is Outcome.REFUSED or pause is None:
        delivery.state = DeliveryState.FAILED
    else:
        delivery.retry_at = wall + pause
    delivery.save(update_fields=["state", "retry_at"])


def mark_read(*, message_id: int, by: Actor, now: datetime) -> None:
    """Note the first reading by somebody who acts for the party; statutory ones are journalled.

    Raises NotFound for a message that is not this person's.
    """
    with transaction.atomic():
        row = (
            Message.objects.select_for_update()
            .filter(id=message_id, party_id__in=by.acts_for)
            .first()
        )
        if row is None:
            raise NotFound
        if row.read_at is not None:
            return
        row.read_at = now
        row.save(update_fields=["read_at"])
        if row.statutory:
            _journal(by, "notice_read", now, message=row.pk, proceeding=row.proceeding)


def choose_sms(*, party_id: int, sms: bool, by: Actor, now: datetime) -> None:
    """Take or leave short messages that the law does not ask for. Raises NotFound."""
    if not by.may_act_for(party_id):
        raise NotFound
    with transaction.atomic():
        Choice.objects.update_or_create(party_id=party_id, defaults={"sms": sms})
        _journal(by, "sms_chosen", now, party=party_id, sms=sms)


def _journal(by: Actor, verb: str, now: datetime, **body: object) -> None:
    append([NewEntry(stream="account", stream_id=by.id, verb=verb, body=body)], by=by, now=now)
