"""What a unit does with a task: sign, contact, send back, ask for time, hold, reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.engine.actions import Act, Locked
from tongban.hotline import rules
from tongban.hotline.actions.offices import (
    ask_centre,
    close_step,
    content_of,
    drop_extension,
    end_hold,
    end_watch,
    is_silent,
    leave_hold,
    need_kind,
    note,
    take_step,
)
from tongban.hotline.models import Task
from tongban.hotline.queries import replies_of_unit
from tongban.hotline.states import TaskState
from tongban.kernel.refusals import BadInput
from tongban.reading.rules.likeness import likeness
from tongban.reading.rules.things import mask

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def sign_task(*, task_id: int, by: Actor, now: datetime) -> None:
    """The unit takes it (签收)."""
    with Act(by=by, now=now) as act:
        task = _held(act, task_id)
        act.move(task, "sign")
        _task(act, task, signed_at=now)


def contact_caller(*, task_id: int, text: str, by: Actor, now: datetime) -> None:
    """Note that the caller was reached and what was said (联系诉求人)."""
    text = rules.need_text("text", text, "请写明何时、怎样联系了诉求人，对方怎么说。", 2000)
    with Act(by=by, now=now) as act:
        task = _held(act, task_id)
        act.move(task, "contact", body={"text": mask(text)}, public=False)
        if not task.facts.get("contacted"):
            task.facts = {**task.facts, "contacted": True}
            _task(act, task, contacted_at=now)


def note_progress(*, task_id: int, text: str, by: Actor, now: datetime) -> None:
    """Write down what was done so far (办理情况); the caller sees it."""
    text = rules.need_text("text", text, "请写明办理到了哪一步。", 2000)
    with Act(by=by, now=now) as act:
        act.move(_held(act, task_id), "note_progress", body={"text": text})


def ask_return(*, task_id: int, reason: str, basis: str, by: Actor, now: datetime) -> None:
    """Say that it is not this unit's duty, with a written basis, within a day (退单申请).

    domain-04 §5.1, state 21. Raises MayNotReturn for a designated unit, after the time, or for
    whoever has done so before.
    """
    reason = rules.need_text("reason", reason, "请写明退单的理由。", 1000)
    basis = rules.need_text(
        "basis", basis, "请写明职责依据：哪一部法规、三定规定或者派单目录的哪一条。", 500
    )
    with Act(by=by, now=now) as act:
        task = _held(act, task_id)
        before = Task.objects.filter(ticket_id=task.parent_id, unit=task.department)
        hotline = content_of(task)
        rules.need_returnable(
            task.facts,
            before.filter(proceeding__state=TaskState.RETURNED).count(),
            int(hotline["most_returns"]["value"]),
            has_answered=before.filter(proceeding__state=TaskState.DONE).exists(),
        )
        rules.need_in_time(
            task.opened_at, now, int(hotline["clocks"]["ask_return"]["limit"]["value"])
        )
        act.move(task, "ask_return", body={"reason": reason}, basis=basis, public=False)
        _task(act, task, reason=f"{reason}（依据：{basis}）")
        ticket = _parent(act, task)
        act.record(ticket, "return_asked", body={"unit": task.department}, public=False)
        ask_centre(act, ticket, "return")
        drop_extension(act, task)


def ask_extension(*, task_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Ask for more time, once and before it is over (延期申请): first the unit's own head."""
    reason = rules.need_text("reason", reason, "请写明需要延期的原因和预计完成的时间。", 1000)
    with Act(by=by, now=now) as act:
        task = _held(act, task_id)
        _need_extendable(task, now)
        task.facts = {**task.facts, "extension": "asked", "extension_reason": reason}
        act.move(task, "ask_extension", body={"reason": reason}, public=False)
        act.open_step(task, "endorse", role="head")


def endorse_extension(*, task_id: int, by: Actor, now: datetime) -> None:
    """The head of the unit stands behind the request for more time; the centre decides."""
    with Act(by=by, now=now) as act:
        task = need_kind(act.lock(task_id), "ticket_task")
        if task.facts.get("extension") != "asked":
            raise BadInput("这个任务没有等待负责人同意的延期申请。")
        task.facts = {**task.facts, "extension": "endorsed"}
        act.move(task, "endorse_extension", public=False)
        close_step(act, task, "endorse", "endorsed")
        ticket = _parent(act, task)
        act.record(ticket, "extension_asked", body={"unit": task.department}, public=False)
        ask_centre(act, ticket, "extension")


def decline_extension(*, task_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The head of the unit does not stand behind it: nothing was asked of the centre yet.

    The one time that a unit may ask is not used up: it may ask again with better reasons.
    """
    reason = rules.need_text("reason", reason, "请写明不同意延期的理由，承办人会看到。", 1000)
    with Act(by=by, now=now) as act:
        task = need_kind(act.lock(task_id), "ticket_task")
        if task.facts.get("extension") != "asked":
            raise BadInput("这个任务没有等待负责人同意的延期申请。")
        task.facts = {**task.facts, "extension": "declined", "extension_reason": reason}
        act.move(task, "decline_extension", body={"reason": reason}, public=False)
        close_step(act, task, "endorse", "declined")


def ask_hold(*, task_id: int, reason: str, plan: str, by: Actor, now: datetime) -> None:
    """Say that it cannot be solved now, why, and what is planned (挂账), domain-04 state 34."""
    reason = rules.need_text("reason", reason, "请写明暂时不能解决的客观原因。", 1000)
    plan = rules.need_text("plan", plan, "请写明下一步的计划和预计时间，诉求人会看到。", 1000)
    with Act(by=by, now=now) as act:
        task = need_kind(act.lock(task_id), "ticket_task")
        act.move(task, "ask_hold", body={"reason": reason, "plan": plan}, public=False)
        _task(act, task, reason=reason, plan=plan)
        ticket = _parent(act, task)
        act.record(ticket, "hold_asked", body={"unit": task.department}, public=False)
        ask_centre(act, ticket, "hold")
        drop_extension(act, task)
        leave_hold(act, task)


def resume_task(*, task_id: int, by: Actor, now: datetime) -> None:
    """What stood in the way is gone: the unit goes on, its clock too."""
    with Act(by=by, now=now) as act:
        end_hold(act, need_kind(act.lock(task_id), "ticket_task"))


def reply_ticket(*, task_id: int, text: str, by: Actor, now: datetime) -> None:
    """Reply (反馈): a helping unit to the one that answers, that one to the centre and caller.

    Raises ReplyNotGood, with every reason, for a reply that says nothing, is a copy, pushes the
    caller away, or is silent about its delay; and where nobody has spoken to the caller.
    """
    text = rules.need_text("text", text, "请写明调查到的事实、采取的措施和结果。")
    with Act(by=by, now=now) as act:
        task = _held(act, task_id)
        if task.facts["lead"]:
            _need_good(task, text, now)
        act.move(task, "reply")
        close_step(act, task, "handle", "replied")
        drop_extension(act, task)
        leave_hold(act, task)
        _task(act, task, reply=text, replied_at=now)
        ticket = _parent(act, task)
        if task.facts["lead"]:
            act.move(ticket, "reply_in", body={"unit": task.department})
            act.open_step(ticket, "check", role="checker")
            note(act, ticket, reply=text)
        else:
            act.record(ticket, "helper_replied", body={"unit": task.department}, public=False)


def answer_order(*, order_id: int, text: str, by: Actor, now: datetime) -> None:
    """Answer an order about a ticket (督办答复); the centre closes it."""
    text = rules.need_text("text", text, "请写明原因、整改措施和完成时间。", 4000)
    with Act(by=by, now=now) as act:
        order = need_kind(act.lock(order_id), "ticket_order")
        act.move(order, "answer_order", public=False)
        act.close_steps(order, "answered")
        act.also("UPDATE hotline_order SET answer = %s WHERE proceeding_id = %s", [text, order.id])
        ticket = _parent(act, order)
        act.record(ticket, "order_answered", body={"order": order.number}, public=False)
        end_watch(act, ticket, order)
        act.open_step(ticket, f"order_{order.id}", role="checker")


def _held(act: Act, task_id: int) -> Locked:
    """The task, if its step is this actor's to work on."""
    task = need_kind(act.lock(task_id), "ticket_task")
    take_step(task, "handle", act.by)
    return task


def _parent(act: Act, child: Locked) -> Locked:
    parent = act.parent_of(child)
    assert parent is not None  # noqa: S101 -- tasks and orders are opened below a ticket only
    return parent


def _need_extendable(task: Locked, now: datetime) -> None:
    clock = task.clocks.get("handle")
    used = task.facts.get("extension") not in {None, "", "declined"}
    if used or (clock and clock.ledger.extended_at):
        raise rules.ExtendedAlready("同一个任务只能申请一次延期，已经申请过。")
    if clock is None or clock.due_at is None or clock.due_at <= now:
        raise rules.ExtendedAlready("已经超过办理时限，不能再申请延期。请尽快答复并说明原因。")
    if not any(spec.extension for spec in task.law.specs(task)):
        raise rules.ExtendedAlready("这一类诉求或者重办的任务不能延期。")


def _need_good(task: Locked, text: str, now: datetime) -> None:
    clock = task.clocks.get("handle")
    faults = rules.reply_faults(
        text,
        others=replies_of_unit(task.department, apart_from=task.id),
        likeness=likeness,
        said=content_of(task)["replies"],
        is_overdue=bool(clock and clock.due_at and clock.due_at <= now),
        # Whom nobody can call owes no unit a conversation.
        contacted=bool(task.facts.get("contacted")) or is_silent(task.party_id),
    )
    if faults:
        raise rules.ReplyNotGood(
            "这份答复还不能发出，请按下面的提示修改。",
            facts={"number": task.facts["of_number"], "faults": [one.code for one in faults]},
            instead=tuple(one.sentence for one in faults),
        )


def _task(act: Act, task: Locked, **values: object) -> None:
    columns = ", ".join(f"{name} = %s" for name in values)
    act.also(
        f"UPDATE hotline_task SET {columns} WHERE proceeding_id = %s",
        [*values.values(), task.id],
    )
