"""A conversation of three: caller, 12345 and another line; who was there and who accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.engine.actions import Act
from tongban.hotline.actions import transfer_ticket
from tongban.hotline.queries import is_of_centre
from tongban.hotline.rules import clean
from tongban.hotline.states import TICKET
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.records.actions import append
from tongban.records.events import NewEntry
from tongban.relay import rules
from tongban.relay.models import Conference, Passing
from tongban.relay.queries import line_names, relay
from tongban.relay.states import HOTLINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor


def record_conference(
    *,
    ticket_id: int,
    parties: Sequence[str],
    agreed: str,
    text: str = "",
    by: Actor,
    now: datetime,
) -> str:
    """Write down a conversation of three; answers who accepts, and hands over where it is not us.

    ``parties`` and ``agreed`` are lines of the content, "hotline" is ours; an empty ``agreed``
    says that nobody agreed: then the line that was called first accepts. Raises BadInput.
    """
    if by.kind != "staff" or not is_of_centre(by):
        raise NotAllowed("这个页面供热线中心的话务岗位使用。")
    known = line_names()
    there = [one for one in dict.fromkeys(parties) if one in known and one != HOTLINE]
    if not there or (agreed and agreed not in {HOTLINE, *there}):
        raise BadInput("请选择参加三方通话的专线，以及商定由谁受理。")
    with transaction.atomic():
        state = _hold(ticket_id, by, now)
        if state in TICKET.final:
            raise BadInput("这个工单已经办结，不能再登记三方通话。有新的情况，请登记新的来电。")
        if Conference.objects.filter(pk=ticket_id).exists():
            raise BadInput("这个工单的三方通话已经登记过。")
        first = _called_first(ticket_id, there)
        accepts = rules.accepted_by(first, agreed)
        Conference.objects.create(
            ticket_id=ticket_id,
            parties=[HOTLINE, *there],
            first_called=first,
            agreed=bool(agreed),
            accepted_by=accepts,
            text=clean(text)[:1000],
            at=now,
            by_id=by.id,
        )
        body = {"parties": there, "agreed": agreed, "accepted_by": accepts}
        append(
            [NewEntry(stream="relay", stream_id=ticket_id, verb="record_conference", body=body)],
            by=by,
            now=now,
        )
        if accepts != HOTLINE:
            transfer_ticket(ticket_id=ticket_id, line=accepts, remark=text, by=by, now=now)
    return accepts


def _hold(ticket_id: int, by: Actor, now: datetime) -> str:
    """Hold a ticket until the conversation is written down, as every act does; its state.

    Not by its own row: whoever holds that and waits for the proceeding meets those who hold the
    proceeding and wait for the row. Raises NotFound.
    """
    with Act(by=by, now=now) as act:
        ticket = act.lock(ticket_id)
        act.drop()
    if ticket.kind != "ticket":
        raise NotFound("没有找到这个工单。请核对编号后再试。")
    return ticket.state


def _called_first(ticket_id: int, there: Sequence[str]) -> str:
    """Who was called first: the line that handed the request to us, else we ourselves."""
    came = Passing.objects.filter(ticket_id=ticket_id, direction="in")
    partners = (relay().partner(code) for code in came.values_list("partner", flat=True))
    lines = {one.line for one in partners if one is not None}
    return next((line for line in there if line in lines), HOTLINE)
