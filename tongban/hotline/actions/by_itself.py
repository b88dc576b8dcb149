"""What the hotline does by itself: sure dispatches, members of a merged request, late units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.catalogue.queries import calendar
from tongban.engine.actions import Act, Locked
from tongban.hotline import rules
from tongban.hotline.actions.centre import answer_together, supervise_in, ticket_orders
from tongban.hotline.actions.intake import dispatch_ticket
from tongban.hotline.actions.offices import end_hold, lead_task
from tongban.hotline.models import Ticket
from tongban.hotline.queries import content, domains, unit_here
from tongban.hotline.states import UNSURE, TaskState, TicketState
from tongban.kernel.actors import SYSTEM
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from datetime import datetime


def dispatch_by_itself(*, ticket_id: int, now: datetime) -> bool:
    """Send a ticket on without a person, where what it reads like is sure enough; else leave it.

    Sure enough is content (``certain``). Reports and what is critical always wait for a person,
    and what lies in one of several districts where each has a unit of its own.
    """
    ticket = (
        Ticket.objects.select_related("proceeding")
        .filter(pk=ticket_id, proceeding__state=TicketState.RECEIVED)
        .first()
    )
    if ticket is None or ticket.hides_caller or ticket.urgency == "critical":
        return False
    node = next((one for one in domains() if one.code == ticket.domain), None)
    sure = float(ticket.reading.get("confidence", 0.0)) >= float(content()["certain"]["value"])
    if node is None or not sure or not unit_here(node, ticket.region):
        return False
    if node.local and UNSURE in ticket.reading:
        return False
    dispatch_ticket(ticket_id=ticket_id, by=SYSTEM, now=now)
    return True


def answer_members(*, ticket_id: int, now: datetime) -> int:
    """Give the reply to everybody whose request is handled with this one; answers how many."""
    members = Ticket.objects.filter(lead_id=ticket_id, proceeding__state=TicketState.MERGED)
    ids = list(members.order_by("pk").values_list("pk", flat=True))
    return sum(answer_together(ticket_id=one, now=now) for one in ids)


def free_members(*, ticket_id: int, now: datetime) -> int:
    """Handle by themselves the requests whose lead has ended without a reply."""
    members = Ticket.objects.filter(lead_id=ticket_id, proceeding__state=TicketState.MERGED)
    ids = list(members.order_by("pk").values_list("pk", flat=True))
    for one in ids:
        with Act(by=SYSTEM, now=now) as act:
            ticket = act.lock(one)
            act.move(ticket, "take_apart")
            act.open_step(ticket, "dispatch", role="window")
            act.also("UPDATE hotline_ticket SET lead_id = NULL WHERE proceeding_id = %s", [one])
    return len(ids)


def tell_urged(*, ticket_id: int, remark: str, now: datetime) -> bool:
    """Tell the unit that has a request that its caller urges (催办), at most once a working day.

    Of one that is handled together with another the unit of that one is told. In the system's
    name: who reports a wrong is not in the journal of a unit's task.
    """
    merged = Ticket.objects.filter(pk=ticket_id, proceeding__state=TicketState.MERGED)
    lead_id, is_hidden = merged.values_list("lead_id", "hides_caller").first() or (None, False)
    with Act(by=SYSTEM, now=now) as act:
        # Both at once, in the order of everybody who locks two requests.
        act.lock_all([ticket_id, lead_id or ticket_id], family=True)
        ticket = act.lock(lead_id or ticket_id, family=True)
        # Cases are urged by the same word.
        task = lead_task(act, ticket) if ticket.kind == "ticket" else None
        if lead_id and act.lock(ticket_id, family=True).state != TicketState.MERGED:
            task = None
        if task is None or task.state == TaskState.REPLIED:
            act.drop()
            return False
        last = rules.urged_at(task.facts)
        days = calendar(task.region)
        if last and days.working_days_between(city_date(last), city_date(now)) < 1:
            act.drop()
            return False
        count = rules.times_urged(task.facts) + 1
        task.facts = {**task.facts, "urged": {"count": count, "at": now.isoformat()}}
        # The unit does not see the other request: of who is hidden it reads no word.
        said = "" if is_hidden else remark
        body = {"remark": said, "count": count, **({"together": True} if lead_id else {})}
        act.record(task, "hear_urged", body=body, public=False)
    return True


def end_children_in(act: Act, ticket: Locked) -> None:
    """The ticket ended first: tasks and orders that are still open end with it."""
    for child in act.children_of(ticket):
        if not child.is_ended:
            act.move(child, "cancel_task" if child.kind == "ticket_task" else "end_order")


def note_refused_in(act: Act, task: Locked, clock: str) -> None:
    """Nobody signed in time: the unit is reminded by an order (督办)."""
    _order(act, task, clock, "refuses")


def note_overdue_in(act: Act, task: Locked, clock: str) -> None:
    """The time for the reply is over: an order goes to the unit (督办)."""
    _order(act, task, clock, "overdue")


def end_hold_in(act: Act, task: Locked, clock: str) -> None:
    """The last day of a hold is over: the ticket is with its unit and the centre again (挂账)."""
    if task.state == TaskState.HELD and act.parent_of(task) is not None:
        end_hold(act, task, clock=clock)


def order_about_rounds(*, ticket_id: int, now: datetime) -> bool:
    """Order the unit that has to handle a request anew for the second time (domain-04 §5.5).

    Once: where the centre ordered it already and closed that, nothing new has come.
    """
    with Act(by=SYSTEM, now=now) as act:
        ticket = act.lock(ticket_id, family=True)
        unit = Ticket.objects.filter(pk=ticket_id).values_list("unit", flat=True).first() or ""
        is_again = bool(unit) and ticket.state == TicketState.HANDLING
        is_second = is_again and int(ticket.facts["round"]) > _TWICE
        is_new = is_second and not ticket_orders(ticket_id, unit, "second_round").exists()
        if not unit or not is_new or not supervise_in(act, ticket, unit, "second_round"):
            act.drop()
            return False
    return True


_TWICE = 2
"""The round that a request is in after it was handled anew once."""


def _order(act: Act, task: Locked, clock: str, trigger: str) -> None:
    ticket = act.parent_of(task)
    if ticket is None or ticket.state != TicketState.HANDLING:
        return
    if supervise_in(act, ticket, task.department, trigger):
        act.record(task, "clock_expired", body={"clock": clock, "owner": "government"})
