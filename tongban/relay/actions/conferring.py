"""A conversation of three: caller, 12345 and another line; who was there and who accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.hotline.actions import transfer_ticket
from tongban.hotline.models import Ticket
from tongban.hotline.queries import is_of_centre
from tongban.hotline.rules import clean
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.records.actions import append
from tongban.records.events import NewEntry
from tongban.relay import rules
from tongban.relay.models import Conference
from tongban.relay.queries import line_names
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
        ticket = Ticket.objects.select_for_update(of=("self",)).filter(pk=ticket_id).first()
        if ticket is None:
            raise NotFound("没有找到这个工单。请核对编号后再试。")
        if Conference.objects.filter(pk=ticket_id).exists():
            raise BadInput("这个工单的三方通话已经登记过。")
        came_from = (ticket.source or "").startswith("relay/")
        first = there[0] if came_from else HOTLINE
        accepts = rules.accepted_by(first, agreed)
        Conference.objects.create(
            ticket=ticket,
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
