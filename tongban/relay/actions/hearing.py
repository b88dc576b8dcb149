"""What somebody outside tells: kept once, put in order, and what follows for ticket and task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from tongban.hotline.actions import (
    Request,
    contact_caller,
    note_progress,
    receive_ticket,
    reply_ticket,
    sign_task,
)
from tongban.hotline.models import Task
from tongban.hotline.queries import told_of
from tongban.hotline.rules import clean
from tongban.hotline.states import Channel, TaskState
from tongban.kernel.actors import Actor
from tongban.kernel.identifiers import is_landline, is_mobile
from tongban.kernel.refusals import NotFound, Refusal
from tongban.notices.actions import send_message
from tongban.reading.rules.things import mask
from tongban.relay import rules
from tongban.relay.gateways import Status
from tongban.relay.models import Passing, Told
from tongban.relay.queries import key_of, partner_name, relay
from tongban.relay.states import PassingState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.relay.rules import Message

WORDS_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message: our number, whether it was new and whether it came too late."""

    number: str
    is_new: bool
    is_late: bool = False


def hear(*, partner: str, content: bytes, signature: str, now: datetime) -> Heard:
    """Take in one signed message of a partner; the same again changes nothing.

    Raises RelaySignatureWrong, RelayUnreadable, NotFound for a request that it was not given,
    BadInput for a request that cannot be received.
    """
    rules.WIRE.need_signed(key_of(partner), content, signature, line=partner, now=now)
    message = rules.read_message(content)
    if message.kind == "request":
        return _come_in(partner, message, now)
    status = Status(
        message.id, message.number, message.theirs, message.seq, message.state, message.text,
        message.at,
    )  # fmt: skip
    return take_status(partner=partner, status=status, now=now)


def actor_of(partner: str) -> Actor:
    """A partner as an actor of the journal."""
    return Actor(kind="system", id=0, name=partner_name(partner)["zh"])


def _come_in(partner: str, message: Message, now: datetime) -> Heard:
    """A request from outside is received once, under its number there."""
    phone = "".join(one for one in message.phone if one.isdecimal())
    with transaction.atomic():
        made = receive_ticket(
            request=Request(
                text=message.text,
                channel=_channel_of(partner),
                place=message.place,
                longitude=message.longitude,
                latitude=message.latitude,
                phone=phone if is_mobile(phone) or is_landline(phone) else "",
                source=f"relay/{partner}/{message.theirs}",
            ),
            by=actor_of(partner),
            now=now,
        )
        Passing.objects.get_or_create(
            partner=partner,
            direction="in",
            number=made.number,
            defaults={
                "ticket_id": made.ticket_id,
                "theirs": message.theirs,
                "state": PassingState.ACCEPTED,
                "made_at": now,
            },
        )
    return Heard(made.number, is_new=made.is_new)


def _channel_of(partner: str) -> Channel:
    found = relay().partner(partner)
    return Channel.PLATFORM if found and found.kind == "platform" else Channel.TRANSFER


def take_status(*, partner: str, status: Status, now: datetime) -> Heard:
    """Keep what was told of a request that is outside; what is late or twice changes nothing.

    Raises NotFound for a request that this partner was not given.
    """
    with transaction.atomic():
        row = (
            Passing.objects.select_for_update(of=("self",))
            .filter(partner=partner, direction="out", number=status.number)
            .first()
        )
        if row is None:
            raise NotFound("没有把这件诉求转给您。", facts={"number": status.number})
        words = mask(clean(status.words))[:WORDS_MOST]
        is_late = not rules.changes(row.state, row.position, status.seq)
        told, is_new = Told.objects.get_or_create(
            passing=row,
            message_id=status.message_id,
            defaults={
                "seq": status.seq,
                "state": status.state,
                "words": words,
                "at": status.at,
                "heard_at": now,
                "is_late": is_late,
            },
        )
        if not is_new:
            Told.objects.filter(pk=told.pk).update(copies=F("copies") + 1)
            return Heard(row.number, is_new=False)
        if is_late:
            return Heard(row.number, is_new=True, is_late=True)
        row.state, row.words, row.position = status.state, words, status.seq
        row.theirs = row.theirs or status.theirs
        row.told_at = now
        row.last_error = ""
        try:
            with transaction.atomic():
                _follow(row, now)
        except Refusal as no:
            # The news stands whatever the ticket allows just now; its unit reads it there.
            row.last_error = str(no)[:300]
        row.save(update_fields=["state", "words", "position", "theirs", "told_at", "last_error"])
    return Heard(row.number, is_new=True)


def _follow(row: Passing, now: datetime) -> None:
    """What follows here: the unit's task goes on, or a refused transfer comes back to us."""
    if row.task_id is not None:
        _drive(row, now)
    elif row.state == PassingState.REFUSED:
        take_back(row, now)
    elif row.state == PassingState.CLOSED:
        _tell_caller(row, "ticket_settled", now)


def take_back(row: Passing, now: datetime) -> None:
    """The other line does not have it: we were called first, so it is ours (国办发〔2022〕12号).

    Idempotent: of one handing over one request comes back.
    """
    ticket = row.ticket
    back = receive_ticket(
        request=Request(
            text=ticket.text,
            channel=Channel.TRANSFER,
            type=ticket.type,
            domain=ticket.domain,
            urgency=ticket.urgency,
            title=ticket.title,
            place=ticket.place,
            region=ticket.region,
            longitude=ticket.longitude,
            latitude=ticket.latitude,
            party_id=ticket.caller_id,
            hides_caller=ticket.hides_caller,
            of_number=row.number,
            source=f"relay/back/{row.number}",
        ),
        by=actor_of(row.partner),
        now=now,
    )
    if back.is_new:
        _tell_caller(row, "ticket_came_back", now, again=back.number)


def _tell_caller(row: Passing, key: str, now: datetime, **more: str) -> None:
    """Tell whoever asked what became of it at the other line, in words of the city's own."""
    told = told_of(row.ticket_id, now)
    if told is None or told.is_for_nobody:
        return
    send_message(
        party_id=told.party_id,
        key=key,
        params={
            "number": told.number,
            "about": told.ticket.title,
            "line": partner_name(row.partner),
            **more,
        },
        dedup=f"relay/{row.pk}/{key}",
        now=now,
        proceeding=told.number,
    )


def _drive(row: Passing, now: datetime) -> None:
    """The other side's word is the unit's act: signed, under way, replied.

    What may not be done here as it stands (a reply that says nothing) is left to the unit's own
    officers, with the words noted.
    """
    by = actor_of(row.partner)
    task = Task.objects.select_related("proceeding").get(pk=row.task_id)
    if task.proceeding.ended_at is not None:
        return
    if row.state == PassingState.REFUSED:
        # It is the unit's own again, unsigned as it was; the words stand beside it.
        return
    if task.proceeding.state == TaskState.DISPATCHED:
        sign_task(task_id=task.pk, by=by, now=now)
    partner = relay().partner(row.partner)
    name = partner_name(row.partner)["zh"]
    if row.state == PassingState.CLOSED:
        if partner is not None and partner.contacts and task.contacted_at is None:
            said = f"由{name}联系诉求人（{row.theirs}）。"
            contact_caller(task_id=task.pk, text=said, by=by, now=now)
        try:
            with transaction.atomic():
                reply_ticket(task_id=task.pk, text=row.words, by=by, now=now)
        except Refusal:
            note_progress(task_id=task.pk, text=_noted(name, row), by=by, now=now)
    elif row.words:
        note_progress(task_id=task.pk, text=_noted(name, row), by=by, now=now)


def _noted(name: str, row: Passing) -> str:
    return f"{name}（{row.theirs}）：{row.words or '已办结，没有写明结果。'}"
