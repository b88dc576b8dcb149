"""One ticket as a page: its tasks, its orders, what may be done, what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from tongban.catalogue.queries import live_version, part
from tongban.engine.models import Clock, Proceeding, Step
from tongban.engine.queries import clocks_of, visible_to
from tongban.engine.rules import may_do, may_take
from tongban.hotline import rules
from tongban.hotline.models import Order, Task, Ticket
from tongban.hotline.queries.lines import TicketLine, line_of, lines_of
from tongban.hotline.queries.orders import Risen, risen_of
from tongban.hotline.queries.tree import node_of
from tongban.hotline.states import ORDER, TASK, TICKET
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.people.queries import contact_of, find_party
from tongban.people.states import NOBODY, PartyKind
from tongban.reading.rules.likeness import likeness
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from tongban.engine.queries import ClockReading
    from tongban.kernel.actors import Actor
    from tongban.records.events import JournalEntry


TOLD = frozenset(
    {
        "receive", "answer_directly", "refuse", "transfer", "dispatch", "designate", "merge",
        "take_apart", "answer_together", "approve_return", "grant_extension", "grant_hold",
        "reply_in", "pass_reply", "rehandle", "confer", "close", "supervise", "urge", "withdraw",
        "sign", "note_progress", "resume",
    }
)  # fmt: skip
"""The verbs of a ticket and its tasks that its caller reads in the story."""


def replies_of_unit(unit: str, *, apart_from: int, most: int = 50) -> list[str]:
    """The latest replies of a unit, to see whether a new one is a copy."""
    found = Task.objects.filter(unit=unit, replied_at__isnull=False).exclude(pk=apart_from)
    return list(found.order_by("-pk").values_list("reply", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class TaskPart:
    """What one unit does for a ticket, as a page shows it."""

    number: str
    proceeding_id: int
    unit: str
    round: int
    is_lead: bool
    is_designated: bool
    state: str
    state_title: str
    reply: str
    plan: str
    reason: str
    sent_at: datetime
    signed_at: datetime | None
    contacted_at: datetime | None
    replied_at: datetime | None
    extension: str
    clocks: tuple[ClockReading, ...]
    verbs: tuple[str, ...]
    may_return: bool = True
    urged: int = 0
    urged_at: datetime | None = None
    held_until: date | None = None
    is_hold_over: bool = False
    extension_reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderPart:
    """An order about a ticket, as a page shows it; ``levels`` are those it had, the latest last.

    ``may_rise`` are the levels to which it may be raised; none of one that is closed.
    """

    number: str
    proceeding_id: int
    unit: str
    trigger: str
    level: str
    text: str
    answer: str
    state: str
    state_title: str
    clocks: tuple[ClockReading, ...]
    verbs: tuple[str, ...]
    levels: tuple[Risen, ...] = ()
    may_rise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with everything that this actor may see and do.

    ``steps`` are the open steps of the ticket and what is below it, each with its proceeding's id;
    ``mine`` those of them that this actor may work on; ``holders`` who holds one of them, by
    proceeding and account.
    """

    proceeding: Proceeding
    ticket: Ticket
    node: rules.Node | None
    state_title: str
    shows_caller: bool
    clocks: tuple[ClockReading, ...]
    tasks: tuple[TaskPart, ...]
    orders: tuple[OrderPart, ...]
    members: tuple[TicketLine, ...]
    timeline: tuple[JournalEntry, ...]
    verbs: tuple[str, ...]
    steps: frozenset[tuple[int, str]] = field(default_factory=frozenset)
    mine: frozenset[tuple[int, str]] = field(default_factory=frozenset)
    holders: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def holds(self, proceeding_id: int, step: str) -> bool:
        """Whether the actor may work on an open step of the ticket, a task or an order."""
        return (proceeding_id, step) in self.mine


def ticket_of(actor: Actor, number: str) -> Ticket:
    """The ticket of that number, or that the task or order of that number is about.

    NotFound where this person may see neither. A unit sees a ticket through its own task.
    """
    found = (
        visible_to(actor)
        .filter(
            number=normalise_number(number), kind__in=("ticket", "ticket_task", "ticket_order")
        )
        .first()
    )
    if found is None:
        raise NotFound("没有找到这个工单，或您无权查看。请核对编号后再试。")
    ticket_id = found.pk if found.kind == "ticket" else found.parent_id
    beside = ("lead__proceeding", "hot__proceeding", "caller")
    return Ticket.objects.select_related("proceeding", *beside).get(pk=ticket_id)


def ticket_page(actor: Actor, number: str, now: datetime) -> TicketPage:
    """The page of a ticket; a unit sees its own task only, and no caller who is hidden."""
    ticket = ticket_of(actor, number)
    one = ticket.proceeding
    mine = visible_to(actor).filter(pk=ticket.pk).exists()
    tasks = Task.objects.select_related("proceeding").filter(ticket=ticket).order_by("pk")
    answered = Task.objects.filter(
        ticket=OuterRef("ticket"), unit=OuterRef("unit"), proceeding__state="done"
    )
    tasks = tasks.annotate(has_answered=Exists(answered))
    orders = Order.objects.select_related("proceeding").filter(ticket=ticket).order_by("pk")
    if not mine:
        tasks = tasks.filter(unit__in=actor.departments)
        orders = orders.filter(unit__in=actor.departments)
    family = [one, *(row.proceeding for row in tasks), *(row.proceeding for row in orders)]
    steps = list(Step.objects.filter(proceeding_id__in=[p.pk for p in family], state="open"))
    return TicketPage(
        proceeding=one,
        ticket=ticket,
        node=node_of(ticket.domain, live_version("hotline")),
        state_title=TICKET.title(one.state),
        shows_caller=mine or not ticket.hides_caller,
        clocks=tuple(clocks_of(one, now)) if mine else (),
        tasks=tuple(_task_part(row, actor, now) for row in tasks),
        orders=tuple(_order_part(row, actor, now) for row in orders),
        members=tuple(map(line_of, lines_of(Ticket.objects.filter(lead=ticket)))) if mine else (),
        timeline=_told(actor, one, is_mine=mine),
        verbs=_open_verbs(TICKET, one, actor),
        steps=frozenset((step.proceeding_id, step.code) for step in steps),
        mine=_mine(actor, family, steps),
        holders=frozenset(
            (one.proceeding_id, one.assignee_id) for one in steps if one.assignee_id
        ),
    )


def _mine(
    actor: Actor, family: Sequence[Proceeding], steps: Sequence[Step]
) -> frozenset[tuple[int, str]]:
    known = {one.pk: one for one in family}
    return frozenset(
        (step.proceeding_id, step.code)
        for step in steps
        if may_take(actor, known[step.proceeding_id], step)
    )


def child_of(ticket_id: int, number: str) -> int:
    """The task or order of that number below a ticket. Raises NotFound for any other."""
    found = Proceeding.objects.filter(parent_id=ticket_id, number=normalise_number(number))
    child = found.values_list("pk", flat=True).first()
    if child is None:
        raise NotFound("没有找到这个任务，请刷新页面后再试。")
    return child


def ticket_numbered(actor: Actor, number: str) -> int | None:
    """The ticket of that number that this actor may see; None where there is none."""
    found = visible_to(actor).filter(number=normalise_number(number), kind="ticket")
    return found.values_list("pk", flat=True).first()


def faults_of(task: Proceeding, text: str, now: datetime) -> tuple[rules.Fault, ...]:
    """What would be wrong with this reply of a unit if it went out now; none for a helping unit.

    The same rules as `actions.reply_ticket`, asked while it is written.
    """
    if not task.facts["lead"]:
        return ()
    clock = Clock.objects.filter(proceeding_id=task.pk, name="handle").first()
    return rules.reply_faults(
        text,
        others=replies_of_unit(task.department, apart_from=task.pk),
        likeness=likeness,
        said=part(task.version_id)["replies"],
        is_overdue=bool(clock and clock.due_at and clock.due_at <= now),
        contacted=bool(task.facts.get("contacted")) or task.party_id == nobody(),
    )


def story_of(page: TicketPage) -> tuple[JournalEntry, ...]:
    """What its caller may know of a ticket and of the work of its units, the newest first."""
    ids = [page.proceeding.pk, *(one.proceeding_id for one in page.tasks if one.is_lead)]
    found = entries_of("proceeding", ids)
    told = [e for one in ids for e in found[one] if e.public and e.verb in TOLD]
    return tuple(sorted(told, key=lambda entry: entry.id, reverse=True))


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom to call about a ticket; ``phone`` is whole: mask it where it need not be."""

    name: str
    phone: str


def reach_of(ticket: Ticket) -> Reach | None:
    """Whom to call: the contact that was named, else the caller; None where nobody can be."""
    name = ticket.contact_name or ticket.caller.name
    # Who is hidden is not looked for at his guardian's.
    told = contact_of(ticket.contact_id or ticket.caller_id, own=ticket.hides_caller)
    return Reach(name, told.phone) if told and told.phone else None


def _told(actor: Actor, one: Proceeding, *, is_mine: bool) -> tuple[JournalEntry, ...]:
    entries = entries_of("proceeding", [one.pk])[one.pk]
    if is_mine and actor.kind == "staff":
        return tuple(entries)
    return tuple(entry for entry in entries if entry.public)


def _open_verbs(machine: Any, one: Proceeding, actor: Actor) -> tuple[str, ...]:
    return tuple(
        move.verb
        for move in machine.open_moves(one.state)
        if any(may_do(actor, one, role) for role in move.roles)
    )


def nobody() -> int | None:
    """The party that stands for everybody who gives no number, and for who is hidden."""
    found = find_party(PartyKind.CALLER, NOBODY)
    return found.id if found else None


def _task_part(row: Any, actor: Actor, now: datetime) -> TaskPart:
    one = row.proceeding
    return TaskPart(
        number=one.number,
        proceeding_id=one.pk,
        unit=row.unit,
        round=row.round,
        is_lead=row.is_lead,
        is_designated=row.is_designated,
        state=one.state,
        state_title=TASK.title(one.state),
        reply=row.reply,
        plan=row.plan,
        reason=row.reason,
        sent_at=row.sent_at,
        signed_at=row.signed_at,
        contacted_at=row.contacted_at,
        replied_at=row.replied_at,
        extension=str(one.facts.get("extension", "")),
        clocks=tuple(clocks_of(one, now)),
        verbs=_open_verbs(TASK, one, actor),
        may_return=not (row.is_designated or one.facts.get("must_handle") or row.has_answered),
        urged=rules.times_urged(one.facts),
        urged_at=rules.urged_at(one.facts),
        held_until=rules.held_until(one.facts) if one.state == "held" else None,
        is_hold_over=bool(one.facts.get("hold_over")),
        extension_reason=str(one.facts.get("extension_reason", "")),
    )


def _order_part(row: Order, actor: Actor, now: datetime) -> OrderPart:
    one = row.proceeding
    return OrderPart(
        number=one.number,
        proceeding_id=one.pk,
        unit=row.unit,
        trigger=row.trigger,
        level=row.level,
        text=row.text,
        answer=row.answer,
        state=one.state,
        state_title=ORDER.title(one.state),
        clocks=tuple(clocks_of(one, now)),
        verbs=_open_verbs(ORDER, one, actor),
        levels=risen_of(one.facts),
        may_rise=() if one.ended_at else _above(one),
    )


def _above(order: Proceeding) -> tuple[str, ...]:
    above = rules.levels_above(part(order.version_id), str(order.facts["level"]))
    return tuple(str(one["code"]) for one in above)
