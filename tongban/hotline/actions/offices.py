"""What every act of the hotline needs: whose step it is, which unit, which limits, which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.catalogue.queries import live, live_version, part
from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.engine.rules import require_step
from tongban.hotline.states import OrderState, TaskState
from tongban.kernel.refusals import NotFound
from tongban.people.actions import caller_party

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tongban.engine.actions import StepRow
    from tongban.kernel.actors import Actor

TICKET_PREFIX, TASK_PREFIX, ORDER_PREFIX = "GD", "CB", "DB"


def content_of(proceeding: Locked | None = None) -> Mapping[str, Any]:
    """The hotline's content: as it is now, or as a ticket is pinned to it."""
    found: Mapping[str, Any] = (
        live("hotline") if proceeding is None else part(proceeding.version_id)
    )
    return found


def version_now() -> int:
    """The published row that a new ticket is pinned to."""
    return live_version("hotline")


def need_kind(proceeding: Locked, kind: str) -> Locked:
    """The proceeding if it is of this kind; NotFound for any other."""
    if proceeding.kind != kind:
        raise NotFound("没有找到这个工单。请核对编号后再试。")
    return proceeding


def region_of(ticket: Locked) -> str:
    """Where it is: as it was corrected, else as it was received."""
    return str(ticket.facts.get("region") or ticket.region)


def is_silent(party_id: int) -> bool:
    """Whether that is nobody: who is hidden, or left no number."""
    return party_id == caller_party("")


def take_step(proceeding: Locked, code: str, by: Actor) -> StepRow | None:
    """The open step of that code, if this actor may work on it; None where none is open."""
    step = proceeding.open_step(code)
    if step is not None and by.kind == "staff":
        require_step(by, proceeding, step)
    return step


def close_step(act: Act, proceeding: Locked, code: str, outcome: str) -> None:
    """Close the open step of that code as this actor's work; nothing where none is open."""
    step = take_step(proceeding, code, act.by)
    if step is not None:
        act.close_step(step, outcome)


# What a unit asks of the centre: the step of the ticket, and whether a task waits for it. One step
# stands for all units that ask; it is done with when nobody waits any more.
_ASKED: Mapping[str, Callable[[Locked], bool]] = {
    "return": lambda task: task.state == TaskState.RETURN_ASKED,
    "extension": lambda task: bool(task.facts.get("extension") == "endorsed"),
    "hold": lambda task: task.state == TaskState.HOLD_ASKED,
    # The centre looks after a hold that is over until the unit replies or asks anew.
    "hold_over": lambda task: bool(task.facts.get("hold_over")),
}


def ask_centre(act: Act, ticket: Locked, code: str) -> None:
    """Let the centre answer what a unit asks; another unit may have asked the same already."""
    if ticket.open_step(code) is None:
        act.open_step(ticket, code, role="checker")


def close_answered(act: Act, ticket: Locked, code: str, outcome: str) -> None:
    """What this officer answered is done, where no other unit of the locked family waits."""
    step = take_step(ticket, code, act.by)
    if step is not None and not _is_awaited(act, ticket, code):
        act.close_step(step, outcome)


def drop_moot(act: Act, ticket: Locked) -> None:
    """Nobody has to answer what no unit of the locked family waits for any more."""
    for code in _ASKED:
        step = ticket.open_step(code)
        if step is not None and not _is_awaited(act, ticket, code):
            act.cancel_step(step, "moot")


def _is_awaited(act: Act, ticket: Locked, code: str) -> bool:
    return any(_ASKED[code](task) for task in open_tasks(act, ticket))


def drop_extension(act: Act, task: Locked) -> None:
    """A task goes another way before its request for more time was answered: it is not used up."""
    if task.facts.get("extension") not in {"asked", "endorsed"}:
        return
    task.facts = {**task.facts, "extension": ""}
    if (step := task.open_step("endorse")) is not None:
        act.cancel_step(step, "moot")
    ticket = act.parent_of(task)
    assert ticket is not None  # noqa: S101 -- tasks are opened below a ticket only
    act.lock_all([ticket.id], family=True)
    drop_moot(act, ticket)


def leave_hold(act: Act, task: Locked) -> None:
    """The unit replies or asks anew after a hold was over: the centre need not look after it."""
    if not task.facts.get("hold_over"):
        return
    task.facts = {**task.facts, "hold_over": False}
    ticket = act.parent_of(task)
    assert ticket is not None  # noqa: S101 -- tasks are opened below a ticket only
    act.lock_all([ticket.id], family=True)
    drop_moot(act, ticket)


def end_hold(act: Act, task: Locked, *, clock: str = "") -> None:
    """A held task is worked on again: by its unit, or by ``clock`` where its days are over."""
    ticket = act.parent_of(task)
    assert ticket is not None  # noqa: S101 -- tasks are opened below a ticket only
    is_over = bool(clock)
    if task.facts["lead"]:
        ticket.facts = {**ticket.facts, "hold_until": ""}
    task.facts = {**task.facts, "hold_until": "", "hold_over": is_over}
    act.move(task, "resume", body={"clock": clock} if clock else None)
    body = {"unit": task.department, **({"clock": clock} if clock else {})}
    act.record(ticket, "hold_ended", body=body, public=False)
    if is_over:
        ask_centre(act, ticket, "hold_over")


def open_tasks(act: Act, ticket: Locked) -> list[Locked]:
    """The tasks of a locked family that have not ended, the oldest first."""
    return [
        one for one in act.children_of(ticket) if one.kind == "ticket_task" and not one.is_ended
    ]


def lead_task(act: Act, ticket: Locked) -> Locked | None:
    """The task of the unit that answers, if one is open."""
    return next((one for one in open_tasks(act, ticket) if one.facts["lead"]), None)


_TASK = (
    "INSERT INTO hotline_task (proceeding_id, ticket_id, unit, domain, urgency, special, round,"
    " is_lead, is_designated, sent_at, reply, plan, reason)"
    " SELECT %s, t.proceeding_id, %s, t.domain, t.urgency, t.special, %s, %s, %s, %s, '', '', ''"
    " FROM hotline_ticket t WHERE t.proceeding_id = %s"
)


def send_task(
    act: Act,
    ticket: Locked,
    unit: str,
    *,
    is_lead: bool = True,
    is_designated: bool = False,
) -> Locked:
    """Open the task of a unit below a locked ticket; its clocks begin (派单)."""
    if is_lead:
        ticket.facts = {**ticket.facts, "hold_until": ""}
    # Who reports a wrong is not told to whom it is sent (hides_caller).
    shown = ticket.facts.get("shown_party", ticket.party_id)
    facts = {
        "of_number": ticket.number,
        "title": ticket.facts["title"],
        "type": ticket.facts["type"],
        "urgency": ticket.facts["urgency"],
        "domain": ticket.facts["domain"],
        "round": ticket.facts["round"],
        "lead": is_lead,
        "designated": is_designated,
        # Whom nobody can call: of him no contact is expected.
        "silent": is_silent(shown),
    }
    new = NewProceeding(
        kind="ticket_task",
        prefix=TASK_PREFIX,
        region=region_of(ticket),
        department=unit,
        party_id=shown,
        version_id=ticket.version_id,
        state=TaskState.DISPATCHED,
        facts=facts,
    )
    task = act.open([new], parent=ticket)[0]
    ticket.open_children += 1
    act.begin(task, "task_out", body={"unit": unit, "of": ticket.number})
    act.open_step(task, "handle", role="reviewer")
    act.also(
        _TASK,
        [task.id, unit, facts["round"], is_lead, is_designated, act.now, ticket.id],
    )
    return task


_ORDER = (
    "INSERT INTO hotline_order (proceeding_id, ticket_id, unit, trigger, level, text, answer)"
    " VALUES (%s, %s, %s, %s, %s, %s, '')"
)


def send_order(act: Act, ticket: Locked, unit: str, trigger: str, text: str) -> Locked:
    """Open an order to a unit below a locked ticket (督办单); the caller tells the ticket."""
    hotline = content_of(ticket)
    level = level_of(hotline, trigger)
    new = NewProceeding(
        kind="ticket_order",
        prefix=ORDER_PREFIX,
        region=region_of(ticket),
        department=unit,
        party_id=ticket.facts.get("shown_party", ticket.party_id),
        version_id=ticket.version_id,
        state=OrderState.ISSUED,
        facts={
            "of_number": ticket.number,
            "title": ticket.facts["title"],
            "trigger": trigger,
            "level": level,
            "levels": [{"level": level, "at": act.now.isoformat()}],
        },
    )
    order = act.open([new], parent=ticket)[0]
    ticket.open_children += 1
    act.begin(order, "order_out", body={"unit": unit, "of": ticket.number, "trigger": trigger})
    # A ticket of before orders rose is pinned to content without levels.
    known = {one["code"]: one["by"] for one in hotline.get("levels", ())}
    by = known.get(level, "reviewer")
    act.open_step(order, "order", role=by)
    act.also(_ORDER, [order.id, ticket.id, unit, trigger, level, text])
    return order


def level_of(hotline: Mapping[str, Any], trigger: str) -> str:
    """The form in which an order of this trigger begins. Raises NotFound for an unknown one."""
    for one in hotline["triggers"]:
        if one["code"] == trigger:
            return str(one["level"])
    raise NotFound("没有这种督办情形。", facts={"trigger": trigger})


def watch_steps(order: Locked) -> tuple[str, str]:
    """The steps by which the centre and its lead hear that an order stays without an answer."""
    return f"risen_{order.id}", f"unheard_{order.id}"


def end_watch(act: Act, ticket: Locked, order: Locked) -> None:
    """The order has its answer or is closed: nobody at the centre has to look after it."""
    for code in watch_steps(order):
        if (step := ticket.open_step(code)) is not None:
            act.cancel_step(step, "moot")


def forget_answer(act: Act, ticket: Locked) -> None:
    """A unit begins anew: neither the old reply nor what its caller said of it counts any more."""
    ticket.facts = {**ticket.facts, "outcome": ""}
    note(
        act,
        ticket,
        reply="",
        replied_at=None,
        outcome="",
        satisfied=None,
        contacted=None,
    )


def note(act: Act, ticket: Locked, **values: object) -> None:
    """Write columns of the ticket's own row in this action."""
    columns = ", ".join(f"{name} = %s" for name in values)
    act.also(
        f"UPDATE hotline_ticket SET {columns} WHERE proceeding_id = %s",
        [*values.values(), ticket.id],
    )
