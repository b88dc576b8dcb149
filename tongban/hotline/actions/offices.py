"""What every act of the hotline needs: whose step it is, which unit, which limits, which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.catalogue.queries import live, live_version, part
from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.engine.rules import require_step
from tongban.hotline.states import OrderState, TaskState
from tongban.kernel.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    facts = {
        "of_number": ticket.number,
        "title": ticket.facts["title"],
        "type": ticket.facts["type"],
        "urgency": ticket.facts["urgency"],
        "domain": ticket.facts["domain"],
        "round": ticket.facts["round"],
        "lead": is_lead,
        "designated": is_designated,
    }
    new = NewProceeding(
        kind="ticket_task",
        prefix=TASK_PREFIX,
        region=region_of(ticket),
        department=unit,
        # Who reports a wrong is not told to whom it is sent (hides_caller).
        party_id=ticket.facts.get("shown_party", ticket.party_id),
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
    level = level_of(content_of(ticket), trigger)
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
        },
    )
    order = act.open([new], parent=ticket)[0]
    ticket.open_children += 1
    act.begin(order, "order_out", body={"unit": unit, "of": ticket.number, "trigger": trigger})
    act.open_step(order, "order", role="head" if level in {"listed", "talk"} else "reviewer")
    act.also(_ORDER, [order.id, ticket.id, unit, trigger, level, text])
    return order


def level_of(hotline: Mapping[str, Any], trigger: str) -> str:
    """The form in which an order of this trigger begins. Raises NotFound for an unknown one."""
    for one in hotline["triggers"]:
        if one["code"] == trigger:
            return str(one["level"])
    raise NotFound("没有这种督办情形。", facts={"trigger": trigger})


def note(act: Act, ticket: Locked, **values: object) -> None:
    """Write columns of the ticket's own row in this action."""
    columns = ", ".join(f"{name} = %s" for name in values)
    act.also(
        f"UPDATE hotline_ticket SET {columns} WHERE proceeding_id = %s",
        [*values.values(), ticket.id],
    )
