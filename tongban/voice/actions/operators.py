"""Operators and calls: one takes it, gives it back, and says which ticket came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.refusals import NotFound
from tongban.records.actions import append
from tongban.records.events import NewEntry
from tongban.voice.models import Call
from tongban.voice.queries import need_operator
from tongban.voice.rules.events import CallTaken
from tongban.voice.states import CallState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def take_call(*, call: int, by: Actor, now: datetime) -> None:
    """Take a waiting call: one operator gets it, the others are told so.

    Raises CallTaken where another one was faster or the caller has hung up.
    """
    need_operator(by)
    with transaction.atomic():
        row = _locked(call)
        if row.operator_id == by.id and row.state == CallState.TAKEN:
            return
        if row.state != CallState.WAITING:
            raise CallTaken(
                "这通来电已经由其他话务员接听，或者来电人已经挂机。",
                instead=("请接听下一通等候的来电。",),
            )
        row.state, row.operator_id, row.taken_at = CallState.TAKEN, by.id, now
        row.save(update_fields=["state", "operator", "taken_at"])
        _note(row, "take_call", by, now)


def leave_call(*, call: int, by: Actor, now: datetime) -> None:
    """Put a call that was taken back among those that wait. Raises NotFound, CallTaken."""
    need_operator(by)
    with transaction.atomic():
        row = _locked(call)
        if row.operator_id != by.id:
            raise NotFound("没有找到这通来电，或者它由别的话务员接听。")
        if row.state != CallState.TAKEN:
            raise CallTaken("来电人已经挂机，不能放回等候。")
        row.state, row.operator_id = CallState.WAITING, None
        row.save(update_fields=["state", "operator"])
        _note(row, "leave_call", by, now)


def tie_ticket(*, call: int, ticket_id: int, by: Actor, now: datetime) -> None:
    """Say that a ticket came of a call; its operator only. Raises NotFound."""
    need_operator(by)
    with transaction.atomic():
        row = _locked(call)
        if row.operator_id != by.id:
            raise NotFound("没有找到这通来电，或者它由别的话务员接听。")
        if row.ticket_id == ticket_id:
            return
        row.ticket_id = ticket_id
        row.save(update_fields=["ticket"])
        _note(row, "tie_ticket", by, now, ticket=ticket_id)


def _locked(call: int) -> Call:
    row = Call.objects.select_for_update().filter(pk=call).first()
    if row is None:
        raise NotFound("没有找到这通来电。")
    return row


def _note(row: Call, verb: str, by: Actor, now: datetime, **body: object) -> None:
    append(
        [NewEntry(stream="call", stream_id=row.pk, verb=verb, body=body)],
        by=by,
        now=now,
    )
