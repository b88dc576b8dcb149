"""Operators and calls: one takes it, gives it back, ends it, says which ticket came of it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.hotline.models import Ticket
from tongban.hotline.queries import reach_of, ticket_page
from tongban.kernel.refusals import NotFound
from tongban.people.queries import contact_of
from tongban.records.actions import append, log_reads
from tongban.records.events import NewEntry
from tongban.voice.events import raters
from tongban.voice.models import Call, Order
from tongban.voice.queries import Ordered, need_caller_back, need_operator, voice
from tongban.voice.rules import menu
from tongban.voice.rules.events import CallTaken, NoNumber
from tongban.voice.states import CallState, Do, Ending, Node

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor

RUNG = "city-"
"""How the ids of calls begin that the city makes; a telephone system names its own otherwise."""
MOST_ORDERS = 100
"""Orders told at once; the rest with the next question."""


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
        row.answered_at = row.answered_at or now
        row.save(update_fields=["state", "operator", "taken_at", "answered_at"])
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


def end_call(*, call: int, by: Actor, now: datetime) -> Ending:
    """End a call that this operator has; the telephone is told by an order.

    Where its ticket is answered and nobody has rated it, the machine goes on and asks the caller
    how content he is (一事一评); else the line is cut. Nothing happens where the caller was
    faster. Raises NotFound for a call of another operator.
    """
    need_caller_back(by)
    with transaction.atomic():
        row = _locked(call)
        if row.operator_id != by.id:
            raise NotFound("没有找到这通来电，或者它由别的话务员接听。")
        if row.state != CallState.TAKEN:
            return Ending.GONE
        ending = _let_go(row, now)
        _note(row, "end_call", by, now, ending=ending)
    return ending


def _let_go(row: Call, now: datetime) -> Ending:
    """Ask for a rating, or cut the line: what the telephone shall do, and the call's new state."""
    talk = menu.Talk.from_data(row.talk)
    matter = raters().about(row.ticket.proceeding.number, now) if row.ticket else ""
    if not matter:
        row.state, row.ended_at, row.is_held = CallState.ENDED, now, False
        row.save(update_fields=["state", "ended_at", "is_held"])
        _order(row, menu.Turn(talk, (), Do.HANG_UP), now)
        return Ending.CUT
    turn = menu.ask_rating(talk, matter)
    row.state, row.talk, row.is_held = CallState.MENU, turn.talk.to_data(), False
    # What the caller may tell the machine now is another matter than what the operator filed.
    row.key = uuid.uuid4().hex
    row.save(update_fields=["state", "talk", "is_held", "key"])
    _order(row, turn, now)
    return Ending.RATING


def _order(row: Call, turn: menu.Turn, now: datetime) -> None:
    Order.objects.create(
        call=row,
        do=turn.do,
        say=menu.spoken(turn.says, voice(), turn.talk.language),
        language=turn.talk.language,
        node=turn.talk.node,
        given_at=now,
    )


def tell_orders(
    *, done: Sequence[int] = (), call_id: str = "", now: datetime
) -> tuple[Ordered, ...]:
    """What the telephone system shall do now; what it confirms (``done``) is told no more.

    ``call_id`` asks for one call alone. What nobody confirms is told again, until its call has
    ended or has been silent for as long as the content says.
    """
    since = now - timedelta(minutes=voice().silent.value)
    with transaction.atomic():
        if done:
            Order.objects.filter(pk__in=list(done), done_at=None).update(done_at=now)
        found = Order.objects.filter(done_at=None, given_at__gt=since)
        if call_id:
            found = found.filter(call__call_id=call_id)
        rows = list(found.select_related("call__ticket").order_by("pk")[:MOST_ORDERS])
        fresh = [one.pk for one in rows if one.told_at is None]
        if fresh:
            Order.objects.filter(pk__in=fresh, told_at=None).update(told_at=now)
    return tuple(map(_ordered, rows))


def _ordered(one: Order) -> Ordered:
    """An order as it is told; a number is read where one is to be rung, and kept nowhere else."""
    rung = one.call if one.do == Do.RING else None
    # Who is hidden is not looked for at his guardian's.
    is_hidden = bool(rung and rung.ticket and rung.ticket.hides_caller)
    known = contact_of(rung.caller_id, own=is_hidden) if rung else None
    phone = known.phone if known else ""
    return Ordered(one.pk, one.call.call_id, one.do, one.say, one.language, one.node, phone)


def ring_up(*, number: str, by: Actor, now: datetime) -> int:
    """Ring up whoever asked a request (回访); the call is this operator's from its beginning.

    Answers the call's id; one that the operator has about it already is answered as it is. What
    the city calls was not offered to operators and is none of the answer rate. Raises NotFound
    for a request that he may not see, NoNumber where no telephone was left.
    """
    need_caller_back(by)
    ticket = ticket_page(by, number, now).ticket
    party = ticket.contact_id or ticket.caller_id
    reach = reach_of(ticket)
    if reach is None:
        raise NoNumber("这件诉求没有留电话，不能拨打。")
    log_reads([party], by=by, what=f"caller:{number}", why="ring")
    with transaction.atomic():
        # Whoever presses twice rings once.
        Ticket.objects.select_for_update().only("pk").get(pk=ticket.pk)
        mine = Call.objects.filter(ticket=ticket, state=CallState.TAKEN, operator_id=by.id)
        if (has := mine.values_list("pk", flat=True).first()) is not None:
            return int(has)
        key = uuid.uuid4().hex
        row = Call.objects.create(
            call_id=f"{RUNG}{key}",
            key=key,
            caller_id=party,
            state=CallState.TAKEN,
            ticket_id=ticket.pk,
            operator_id=by.id,
            started_at=now,
            taken_at=now,
        )
        _order(row, menu.Turn(menu.Talk(node=Node.PERSON), (), Do.RING), now)
        _note(row, "ring_up", by, now, ticket=ticket.pk)
    return row.pk


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
