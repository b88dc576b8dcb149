"""What the centre answers to units and callers: returns, time, replies, callbacks, orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tongban.engine.actions import Act, Locked
from tongban.hotline import rules
from tongban.hotline.actions.offices import (
    close_answered,
    close_step,
    content_of,
    drop_moot,
    end_watch,
    forget_answer,
    need_kind,
    note,
    open_tasks,
    send_order,
    send_task,
)
from tongban.hotline.models import Order, Task, Ticket
from tongban.hotline.queries import good_to
from tongban.hotline.states import OrderState, Outcome, TaskState, TicketState
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, Problem
from tongban.kernel.worktime import city_date
from tongban.reading.rules.things import mask

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from tongban.kernel.actors import Actor


def approve_return(*, task_id: int, by: Actor, now: datetime) -> None:
    """It is not that unit's duty (退单审核): the ticket is to be dispatched anew.

    A helping unit leaves alone: whoever answers goes on.
    """
    with Act(by=by, now=now) as act:
        task, ticket = _family(act, task_id)
        is_lead = bool(task.facts["lead"])
        verb = "approve_return" if is_lead else "release_unit"
        act.move(ticket, verb, body={"unit": task.department})
        act.move(task, "end_returned")
        if is_lead:
            for other in open_tasks(act, ticket):
                act.move(other, "cancel_task")
            act.open_step(ticket, "dispatch", role="window", turn=1)
            note(act, ticket, unit="")
        close_answered(act, ticket, "return", "approved")
        drop_moot(act, ticket)
        _end_reminders(act, ticket, task.department)


def _end_reminders(act: Act, ticket: Locked, unit: str) -> None:
    """A unit whose return was approved owes no signature: the order to sign ends with its task."""
    for order in act.children_of(ticket):
        is_its = order.kind == "ticket_order" and order.department == unit and not order.is_ended
        if is_its and order.facts["trigger"] == "refuses":
            act.cancel_steps(order, "returned")
            if step := ticket.open_step(f"order_{order.id}"):
                act.close_step(step, "returned")
            end_watch(act, ticket, order)
            act.move(order, "end_order", body={"trigger": "refuses"}, public=False)


def refuse_return(*, task_id: int, reason: str, by: Actor, now: datetime) -> None:
    """It is that unit's duty: it must handle it (退单审核)."""
    reason = rules.need_text("reason", reason, "请写明不同意退单的理由。", 1000)
    with Act(by=by, now=now) as act:
        task, ticket = _family(act, task_id)
        act.move(
            ticket, "refuse_return", body={"unit": task.department, "reason": reason}, public=False
        )
        # Whoever was refused must handle it: it is not asked a second time.
        task.facts = {**task.facts, "must_handle": True}
        act.move(task, "keep_task", body={"reason": reason}, public=False)
        close_answered(act, ticket, "return", "refused")


def answer_extension(
    *, task_id: int, granted: bool, reason: str = "", by: Actor, now: datetime
) -> None:
    """Grant or refuse more time that the unit's head stands behind; the caller is told."""
    with Act(by=by, now=now) as act:
        task, ticket = _family(act, task_id)
        if task.facts.get("extension") != "endorsed":
            raise BadInput("没有等待审核的延期申请，或者单位负责人还没有同意。")
        why = rules.clean(reason)[:1000] or str(task.facts["extension_reason"])
        verb, of_task = (
            ("grant_extension", "extend") if granted else ("refuse_extension", "no_extension")
        )
        act.move(ticket, verb, body={"unit": task.department, "reason": why}, public=granted)
        task.facts = {**task.facts, "extension": "granted" if granted else "refused"}
        act.move(task, of_task, public=granted)
        close_answered(act, ticket, "extension", verb)


def answer_hold(
    *,
    task_id: int,
    granted: bool,
    reason: str = "",
    until: date | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Grant or refuse that a ticket waits for what cannot be done now (挂账).

    A hold has a last day, ``until``, without one that of the content: after it the ticket comes
    back by itself (``end_hold_in``), and may be held again. Raises BadInput for a day that is
    over or too far away.
    """
    with Act(by=by, now=now) as act:
        task, ticket = _family(act, task_id)
        verb, of_task = ("grant_hold", "hold") if granted else ("refuse_hold", "no_hold")
        said = {"unit": task.department, "reason": rules.clean(reason)[:1000]}
        if granted:
            said["until"] = _hold(task, ticket, until, now)
        act.move(ticket, verb, body=said, public=granted)
        act.move(task, of_task, public=granted)
        close_answered(act, ticket, "hold", verb)


def _hold(task: Locked, ticket: Locked, until: date | None, now: datetime) -> str:
    """Note the last day of a hold where its clock, the lists and the caller's page read it."""
    hotline = content_of(task)
    # What is pinned to content of before holds ended goes by that of today.
    today = city_date(now)
    days = rules.hold_days(until, today, hotline if "hold_days" in hotline else content_of())
    last = (today + timedelta(days=days)).isoformat()
    task.facts = {**task.facts, "hold_days": days, "hold_until": last}
    if task.facts["lead"]:
        ticket.facts = {**ticket.facts, "hold_until": last}
    return last


# The reply and the callback


def send_back_reply(*, ticket_id: int, reason: str, by: Actor, now: datetime) -> None:
    """A false or empty reply goes back to its unit (答复审核)."""
    reason = rules.need_text("reason", reason, "请写明退回的理由，承办单位会看到。", 1000)
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        act.move(ticket, "send_back", body={"reason": reason}, public=False)
        close_step(act, ticket, "check", "sent_back")
        for task in open_tasks(act, ticket):
            if task.facts["lead"] and task.state == TaskState.REPLIED:
                act.move(task, "reopen", body={"reason": reason}, public=False)
                act.open_step(task, "handle", role="reviewer", turn=1)
        note(act, ticket, reply="")


def pass_reply(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """The reply goes to the caller, who is asked whether it helped (答复、回访)."""
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        act.move(ticket, "pass_reply")
        close_step(act, ticket, "check", "passed")
        for task in open_tasks(act, ticket):
            verb = "finish" if task.state == TaskState.REPLIED else "cancel_task"
            act.move(task, verb)
        drop_moot(act, ticket)
        act.open_step(ticket, "callback", role="checker")
        note(act, ticket, replied_at=now)


def answer_together(*, ticket_id: int, now: datetime) -> bool:
    """The request with which this one is handled has its reply: this caller gets it too.

    False where there is nothing to tell yet.
    """
    with Act(by=SYSTEM, now=now) as act:
        ticket = act.lock(ticket_id)
        lead = Ticket.objects.filter(members=ticket_id).first()
        if lead is None or ticket.state != TicketState.MERGED or lead.replied_at is None:
            act.drop()
            return False
        act.move(ticket, "answer_together")
        act.open_step(ticket, "callback", role="checker")
        note(act, ticket, reply=lead.reply, replied_at=now, unit=lead.unit)
    return True


@dataclass(frozen=True, slots=True)
class Said:
    """What a caller says at the callback; ``satisfied`` is a level from 1 (very) to 5 (not)."""

    outcome: str
    contacted: bool | None = None
    satisfied: int | None = None
    note: str = ""


def call_back(*, ticket_id: int, said: Said, by: Actor, now: datetime) -> None:
    """Note what the caller says (回访): was he contacted, is it solved, is he satisfied.

    Whoever says himself that it is solved closes it by that (``close_solved``); what the centre
    notes, it closes itself, and about what is not solved it decides.
    """
    if said.outcome not in {one.value for one in Outcome}:
        sentence = "请选择：已解决、部分解决、未解决或者未联系上。"
        raise BadInput(sentence, problems=(Problem("outcome", "missing", sentence),))
    if said.satisfied is not None and said.satisfied not in range(1, 6):
        raise BadInput("满意程度只能选择五个等级之一。")
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        ticket.facts = {**ticket.facts, "outcome": said.outcome}
        body = {
            "outcome": said.outcome,
            "contacted": said.contacted,
            "satisfied": said.satisfied,
            "note": mask(rules.clean(said.note))[:1000],
        }
        act.move(ticket, "call_back", body=body, public=False)
        note(
            act,
            ticket,
            outcome=said.outcome,
            contacted=said.contacted,
            satisfied=said.satisfied,
        )


def rehandle_ticket(*, ticket_id: int, reason: str, by: Actor, now: datetime) -> int:
    """Unsolved for a good reason: the unit handles it anew (重办); answers the task's id.

    Raises RoundsUsedUp after so many rounds: then those concerned sit together.
    """
    reason = rules.need_text("reason", reason, "请写明需要重办的理由。", 1000)
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        rounds = int(ticket.facts["round"])
        rules.need_round_left(rounds, int(content_of(ticket)["most_rounds"]["value"]))
        unit = _unit_of(ticket)
        ticket.facts = {**ticket.facts, "round": rounds + 1}
        act.move(ticket, "rehandle", body={"reason": reason, "round": rounds, "unit": unit})
        close_step(act, ticket, "callback", "again")
        own = Task.objects.filter(ticket_id=ticket.id, unit=unit, is_designated=True)
        task = send_task(act, ticket, unit, is_designated=own.exists())
        note(act, ticket, round=rounds + 1)
        forget_answer(act, ticket)
    return task.id


def confer(*, ticket_id: int, reason: str, by: Actor, now: datetime) -> None:
    """After the last round those concerned sit together (会商)."""
    reason = rules.need_text("reason", reason, "请写明需要会商的问题和建议参加的单位。", 1000)
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        act.move(ticket, "confer", body={"reason": reason})
        close_step(act, ticket, "callback", "conference")
        act.open_step(ticket, "conference", role="decider")


def close_ticket(*, ticket_id: int, reason: str = "", by: Actor, now: datetime) -> None:
    """Close a ticket after the callback (办结归档).

    One that its caller calls unsolved is closed with a reason only, which he is told.
    """
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        close_in(act, ticket, reason)


def close_in(act: Act, ticket: Locked, reason: str) -> None:
    """Close a locked ticket within an action."""
    outcome = str(ticket.facts.get("outcome", ""))
    if outcome == Outcome.UNSOLVED or ticket.state == TicketState.CONFERRING:
        rules.need_text("reason", reason, "诉求人认为没有解决：办结时请写明理由，会告知本人。")
    act.move(ticket, "close", body={"outcome": outcome, "reason": rules.clean(reason)[:1000]})
    note(act, ticket, closed_at=act.now)


def close_solved(*, ticket_id: int, now: datetime) -> bool:
    """The caller himself says that it is solved and is content: the ticket is closed (办结归档).

    False where the centre has to look at it: not solved, not content, or moved on since.
    """
    with Act(by=SYSTEM, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        level = Ticket.objects.values_list("satisfied", flat=True).get(pk=ticket_id)
        is_good = ticket.facts.get("outcome") == Outcome.SOLVED and (level or 1) <= good_to()
        if ticket.state != TicketState.CALLBACK or not is_good:
            act.drop()
            return False
        close_in(act, ticket, "")
    return True


def close_unreached_in(act: Act, ticket: Locked, clock: str) -> None:
    """The time for the callback is over and nobody said anything: the ticket is closed.

    What the caller called unsolved stays: the centre decides.
    """
    if ticket.facts.get("outcome") in {Outcome.UNSOLVED, Outcome.PARTLY}:
        return
    act.move(ticket, "close", body={"outcome": "", "clock": clock})
    note(act, ticket, closed_at=act.now)


# Orders about a ticket go to the unit that has it.


def supervise_ticket(*, ticket_id: int, trigger: str, text: str, by: Actor, now: datetime) -> int:
    """Order the unit that has a ticket to act (督办单); answers the order's id."""
    text = rules.need_text("text", text, "请写明督办的要求。", 2000)
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        unit = _unit_of(ticket)
        _need_no_order(ticket, unit, trigger)
        act.move(ticket, "supervise", body={"unit": unit, "trigger": trigger})
        order = send_order(act, ticket, unit, trigger, text)
    return order.id


def supervise_in(act: Act, ticket: Locked, unit: str, trigger: str) -> bool:
    """The system's own order; False where one by the same cause stands already."""
    if _has_order(ticket, unit, trigger) or act.has_entry(ticket):
        return False
    names = {one["code"]: one["name"]["zh"] for one in content_of(ticket)["triggers"]}
    act.move(ticket, "supervise", body={"unit": unit, "trigger": trigger})
    send_order(act, ticket, unit, trigger, names[trigger])
    return True


def close_order(*, order_id: int, by: Actor, now: datetime) -> None:
    """The order is done with (销号)."""
    with Act(by=by, now=now) as act:
        order = need_kind(act.lock(order_id, family=True), "ticket_order")
        ticket = act.parent_of(order)
        assert ticket is not None  # noqa: S101 -- orders are opened below a ticket only
        act.move(ticket, "close_order", body={"order": order.number}, public=False)
        close_step(act, ticket, f"order_{order.id}", "closed")
        end_watch(act, ticket, order)
        act.move(order, "end_order")


def _has_order(ticket: Locked, unit: str, trigger: str) -> bool:
    """Whether such an order stands; one that is closed is over, and what came anew is ordered."""
    same = ticket_orders(ticket.id, unit, trigger)
    return same.exclude(proceeding__state=OrderState.CLOSED).exists()


def ticket_orders(ticket_id: int, unit: str, trigger: str) -> QuerySet[Order]:
    """All orders about a ticket to a unit by one trigger, closed ones too."""
    return Order.objects.filter(ticket_id=ticket_id, unit=unit, trigger=trigger)


def _need_no_order(ticket: Locked, unit: str, trigger: str) -> None:
    if _has_order(ticket, unit, trigger):
        raise BadInput("同一情形已经督办过这个单位，请在原督办单上跟进。")


def _unit_of(ticket: Locked) -> str:
    unit = Ticket.objects.values_list("unit", flat=True).get(pk=ticket.id)
    if not unit:
        raise BadInput("这个诉求还没有承办单位，请先派单。")
    return unit


def _family(act: Act, task_id: int) -> tuple[Locked, Locked]:
    """A task and its ticket with everything below it."""
    task = need_kind(act.lock(task_id), "ticket_task")
    ticket = act.parent_of(task)
    assert ticket is not None  # noqa: S101 -- tasks are opened below a ticket only
    act.lock_all([ticket.id], family=True)
    return task, ticket
