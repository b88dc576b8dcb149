"""The kinds of proceedings of the hotline, and what follows when something happens to one."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tongban.catalogue.queries import part
from tongban.engine.actions import assign_open_steps
from tongban.engine.states import Kind, Named, register
from tongban.hotline import actions, rules
from tongban.hotline.states import ORDER, TASK, TICKET
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from tongban.kernel.clocks import ClockSpec


@lru_cache(maxsize=32)
def _of_ticket(version_id: int) -> tuple[ClockSpec, ...]:
    lengths = {name: one["limit"] for name, one in part(version_id)["clocks"].items()}
    return rules.ticket_clocks(lengths)


@lru_cache(maxsize=2048)
def _of_task(version_id: int, kind: str, urgency: str, domain: str, round_no: int) -> Any:
    limits = rules.task_limits(
        part(version_id), kind=kind, urgency=urgency, domain=domain, again=round_no > 1
    )
    return rules.task_clocks(limits)


@lru_cache(maxsize=32)
def _of_order(version_id: int) -> tuple[ClockSpec, ...]:
    return rules.order_clocks(part(version_id)["clocks"]["answer_order"]["limit"])


def _task_specs(task: Named) -> tuple[ClockSpec, ...]:
    facts = task.facts
    found: tuple[ClockSpec, ...] = _of_task(
        task.version_id, facts["type"], facts["urgency"], facts["domain"], int(facts["round"])
    )
    return found


TICKET_KIND = register(
    Kind(
        name="ticket",
        machine=TICKET,
        specs=lambda ticket: _of_ticket(ticket.version_id),
        expiries={"close_unreached": actions.close_unreached_in},
        on_ended_before_children=actions.end_children_in,
    )
)
TASK_KIND = register(
    Kind(
        name="ticket_task",
        machine=TASK,
        specs=_task_specs,
        expiries={
            "note_refused": actions.note_refused_in,
            "note_overdue": actions.note_overdue_in,
        },
    )
)
ORDER_KIND = register(
    Kind(name="ticket_order", machine=ORDER, specs=lambda order: _of_order(order.version_id))
)


def dispatch(entry: FedEntry) -> None:
    """A request came in: where the guess is sure enough it goes to its unit without a person."""
    actions.dispatch_by_itself(ticket_id=entry.stream_id, now=entry.at)


def assign(entry: FedEntry) -> None:
    """A task came to a unit: one of its officers is drawn."""
    assign_open_steps(entry.stream_id, now=entry.at)


def answer_members(entry: FedEntry) -> None:
    """A reply went out: those whose requests are handled with this one get it too."""
    actions.answer_members(ticket_id=entry.stream_id, now=entry.at)


def free_members(entry: FedEntry) -> None:
    """A request ended without a reply: those that were to be answered with it go their own way."""
    actions.free_members(ticket_id=entry.stream_id, now=entry.at)


subscribe("hotline.dispatch", dispatch, verbs={"receive"}, streams={"proceeding"})
subscribe("hotline.assign", assign, verbs={"task_out"}, streams={"proceeding"})
subscribe("hotline.members", answer_members, verbs={"pass_reply"}, streams={"proceeding"})
subscribe("hotline.free", free_members, verbs={"withdraw", "merge"}, streams={"proceeding"})
