"""Handing a request over: queued with what caused it, sent once however often it is tried."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app

from tongban.hotline.models import Task, Ticket
from tongban.hotline.queries import reach_of
from tongban.hotline.rules import clean
from tongban.hotline.states import TicketState
from tongban.kernel.refusals import NotFound, Refusal
from tongban.kernel.retries import HOURS
from tongban.relay.actions.hearing import take_back, take_status
from tongban.relay.gateways import Handed, RefusedForGood, Unreachable
from tongban.relay.models import Passing
from tongban.relay.queries import (
    SEND_TASK,
    gateway,
    partner_of_line,
    partner_of_unit,
    relay,
    waits,
)
from tongban.relay.states import OPEN, PassingState

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from tongban.relay.content import Partner
    from tongban.relay.gateways import Status

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
AT_ONCE = 50


def pass_transfer(*, ticket_id: int, line: str, now: datetime) -> bool:
    """Hand a transferred ticket to the other line's system, once; False where it has none."""
    partner = partner_of_line(line)
    ticket = Ticket.objects.select_related("proceeding").filter(pk=ticket_id).first()
    if partner is None or ticket is None:
        return False
    return _queue(partner, ticket, None, ticket.proceeding.number, now)


def pass_task(*, task_id: int, now: datetime) -> bool:
    """Hand a unit's task to the system outside that works for the unit, once."""
    found = Task.objects.select_related("proceeding", "ticket__proceeding").filter(pk=task_id)
    task = found.first()
    partner = partner_of_unit(task.unit) if task else None
    if task is None or partner is None or not task.is_lead:
        return False
    return _queue(partner, task.ticket, task, task.proceeding.number, now)


def _queue(
    partner: Partner, ticket: Ticket, task: Task | None, number: str, now: datetime
) -> bool:
    with transaction.atomic():
        row, is_new = Passing.objects.get_or_create(
            partner=partner.code,
            direction="out",
            number=number,
            defaults={"ticket": ticket, "task": task, "made_at": now},
        )
        if is_new:
            app.configure_task(SEND_TASK).defer(passing_id=row.pk)
    return is_new


def send_due(*, now: datetime, wall: datetime) -> int:
    """Try what failed or whose worker died; answers how many were tried."""
    due = Passing.objects.filter(direction="out", state=PassingState.QUEUED).exclude(
        retry_at__gt=wall
    )
    ids = list(due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(send(passing_id=one, now=now, wall=wall) for one in ids)


def send(*, passing_id: int, now: datetime, wall: datetime) -> bool:
    """Try one now; answers whether it was this one's turn.

    ``wall`` is the machine's time. The row is leased, the other side asked outside of any
    transaction and always by the same number: whatever happens, it has it once.
    """
    row = _lease(passing_id, wall)
    if row is None:
        return False
    try:
        delivered = gateway(row.partner).deliver(_handed(row))
        _settle(
            row, wall, state=PassingState.SENT, theirs=delivered.theirs, last_error="",
            told_at=now,
        )  # fmt: skip
    except (RefusedForGood, NotFound) as no:
        _give_up(row, now, wall, _reason(no))
    except Unreachable as no:
        _put_off(row, now, wall, _reason(no))
    except Exception as no:
        # Whatever one answer holds, the others of the round go out.
        log.exception("relay: %s could not be handed to %s", row.number, row.partner)
        _put_off(row, now, wall, type(no).__name__)
    return True


def _reason(no: Exception) -> str:
    return clean(str(no))[:300] or type(no).__name__


def _put_off(row: Passing, now: datetime, wall: datetime, reason: str) -> None:
    """Again after the pause, or never where it was tried often enough."""
    if HOURS.is_over(row.attempts):
        _give_up(row, now, wall, reason)
    else:
        _settle(row, wall + HOURS.pause(row.attempts), last_error=reason)


@transaction.atomic
def _give_up(row: Passing, now: datetime, wall: datetime, reason: str) -> None:
    """It will not be sent: a request that another line should have had is ours again.

    What was a unit's task lies with the unit anyhow.
    """
    is_over = _settle(row, wall, state=PassingState.GIVEN_UP, last_error=reason)
    if is_over and row.task_id is None:
        take_back(row, now)


@transaction.atomic
def _lease(passing_id: int, wall: datetime) -> Passing | None:
    row = (
        Passing.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("ticket__caller", "ticket__proceeding", "task__proceeding")
        .filter(pk=passing_id, direction="out", state=PassingState.QUEUED)
        .exclude(retry_at__gt=wall)
        .first()
    )
    if row is None:
        return None
    if _is_moot(row):
        row.state, row.last_error = PassingState.GIVEN_UP, ""
        row.save(update_fields=["state", "last_error"])
        return None
    if waits(row):
        row.retry_at = wall + LEASE
        row.save(update_fields=["retry_at"])
        return None
    row.attempts += 1
    row.retry_at = wall + LEASE
    row.save(update_fields=["attempts", "retry_at"])
    return row


def _is_moot(row: Passing) -> bool:
    """Whether what was to be handed over has been withdrawn, returned or merged meanwhile."""
    if row.task is not None and row.task.proceeding.ended_at is not None:
        return True
    return row.ticket.proceeding.state in {TicketState.WITHDRAWN, TicketState.MERGED}


@transaction.atomic
def _settle(row: Passing, retry_at: datetime, **values: object) -> bool:
    # What was told meanwhile (an answer may overtake its receipt) stands.
    found = Passing.objects.filter(pk=row.pk, state=PassingState.QUEUED)
    return bool(found.update(retry_at=retry_at, **values))


def _handed(row: Passing) -> Handed:
    partner = relay().partner(row.partner)
    ticket = row.ticket
    # Who reports a wrong is named to nobody outside, whoever would call him.
    speaks = partner is not None and (partner.contacts or partner.kind == "line")
    reach = reach_of(ticket) if speaks and not ticket.hides_caller else None
    service = ""
    if partner is not None:
        service = partner.services.get(ticket.domain, partner.other)
    return Handed(
        number=row.number,
        text=ticket.text,
        place=ticket.place,
        kind=ticket.type,
        urgency=ticket.urgency,
        service=service,
        at=row.made_at.isoformat(),
        phone=reach.phone if reach else "",
        latitude=ticket.latitude,
        longitude=ticket.longitude,
    )


def poll(*, now: datetime, partner: str = "") -> int:
    """Ask those who do not tell by themselves how their requests stand; answers what was new."""
    rows = Passing.objects.filter(direction="out", state__in=OPEN).exclude(theirs="")
    if partner:
        rows = rows.filter(partner=partner)
    codes = sorted(set(rows.values_list("partner", flat=True)))
    return sum(_polled(code, rows.filter(partner=code), now) for code in codes)


def _polled(code: str, rows: QuerySet[Passing], now: datetime) -> int:
    """Ask one partner, what was asked longest ago first; who does not answer has his next turn."""
    try:
        asked = gateway(code)
    except NotFound:
        return 0
    new = 0
    for row in rows.order_by(F("asked_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        Passing.objects.filter(pk=row.pk).update(asked_at=now)
        try:
            found = asked.poll([(row.number, row.theirs)], now)
        except Unreachable:
            break
        except RefusedForGood:
            continue
        new += sum(_is_news(code, status, now) for status in found)
    return new


def _is_news(code: str, status: Status, now: datetime) -> bool:
    """Take in one thing that was told; what cannot be taken in keeps nobody else waiting."""
    try:
        return take_status(partner=code, status=status, now=now).is_new
    except Refusal as no:
        log.warning("relay: %s of %s was not taken in: %s", status.number, code, no)
        return False
