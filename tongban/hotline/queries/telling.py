"""What was asked and how it ended, as other rooms and the caller are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.engine.models import Proceeding
from tongban.engine.queries import clocks_of
from tongban.hotline.models import Task, Ticket
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.people.states import NOBODY, PartyKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from tongban.engine.queries import ClockReading


ENDING = 4
"""How many last digits of a telephone number prove that a ticket is somebody's."""


def is_number(number: str) -> bool:
    """Whether an application, a case or a request has that number."""
    return Proceeding.objects.filter(number=number, kind__in=_NAMED).exists()


_NAMED = ("package", "case", "ticket", "rectification")


def party_of(number: str) -> int:
    """Whose ticket that is; whoever asks must have proved that it is his. Raises NotFound."""
    found = Ticket.objects.filter(proceeding__number=normalise_number(number))
    party = found.values_list("caller_id", flat=True).first()
    if party is None:
        raise NotFound("没有找到这个工单。请核对编号后再试。")
    return party


def is_callers(number: str, ending: str) -> bool:
    """Whether a ticket is of a caller without account whose number ends with these digits."""
    found = Ticket.objects.select_related("caller").filter(
        proceeding__number=normalise_number(number), caller__kind=PartyKind.CALLER
    )
    one = found.first()
    return one is not None and len(ending) == ENDING and one.caller.code.endswith(ending)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for the rooms above: by whom, about what; ``unit`` has it, or had it last."""

    id: int
    number: str
    type: str
    caller_id: int
    hides_caller: bool
    of_number: str
    of_item: str
    unit: str
    received_at: datetime

    @property
    def is_complaint(self) -> bool:
        """Whether it complains of something that was done to its caller."""
        return self.type == COMPLAINT


@dataclass(frozen=True, slots=True)
class AnsweredWell:
    """A request that was answered, checked and solved, as its caller says."""

    number: str
    type: str
    title: str
    text: str
    reply: str
    unit: str
    domain: str
    item: str
    region: str
    satisfied: int | None


def answered_well(ticket_id: int) -> AnsweredWell | None:
    """A closed request whose caller says that it is solved; None for others and for reports."""
    found = Ticket.objects.filter(
        pk=ticket_id, proceeding__state="closed", outcome="solved", hides_caller=False
    )
    row = (
        found.exclude(reply="")
        .exclude(unit="")
        .values_list(
            "proceeding__number", "type", "title", "text", "reply", "unit", "domain", "of_item",
            "region", "satisfied",
        )
        .first()
    )  # fmt: skip
    return AnsweredWell(*row) if row else None


def said_in(ticket_id: int) -> str:
    """What a request says, masked; empty for none."""
    return Ticket.objects.filter(pk=ticket_id).values_list("text", flat=True).first() or ""


def words_of(ticket_id: int) -> tuple[str, str]:
    """What a request says, and the number of the thing that it is about. Raises NotFound."""
    row = Ticket.objects.filter(pk=ticket_id).values_list("text", "of_number").first()
    if row is None:
        raise NotFound("没有找到这个工单。请核对编号后再试。")
    return row


COMPLAINT = "complaint"

_ASKED = (
    "pk", "proceeding__number", "type", "caller_id", "hides_caller", "of_number", "of_item",
    "unit", "received_at",
)  # fmt: skip


def asked(ticket_id: int) -> Asked | None:
    """One request; None for a proceeding that is none."""
    row = Ticket.objects.filter(pk=ticket_id).values_list(*_ASKED).first()
    return Asked(*row) if row else None


def about_what(ticket_id: int) -> str:
    """The number of the thing that a ticket is about; empty for none.

    Whoever reports a wrong may be found by what he reports about: then it is not said either.
    """
    found = Ticket.objects.filter(pk=ticket_id, hides_caller=False)
    return found.values_list("of_number", flat=True).first() or ""


def complaint_of(
    callers: Collection[int], numbers: Collection[str], since: datetime
) -> Asked | None:
    """The newest complaint of these callers about these things; nothing that hides its caller."""
    found = Ticket.objects.filter(
        caller_id__in=sorted(callers), of_number__in=sorted(numbers), type=COMPLAINT,
        hides_caller=False, received_at__gte=since,
    )  # fmt: skip
    row = found.exclude(of_number="").order_by("-pk").values_list(*_ASKED).first()
    return Asked(*row) if row else None


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket for the messages about it: to whom, what about, who has it and by when.

    ``task`` is the one that answers, None before the dispatch; ``due`` is None where no day is
    set. ``dispatch_due`` is the day by which the centre does something about it.
    """

    ticket: Ticket
    number: str
    task: Task | None
    due: date | None
    dispatch_due: date | None

    @property
    def party_id(self) -> int:
        """Who is told."""
        return self.ticket.caller_id

    @property
    def is_for_nobody(self) -> bool:
        """Whether the caller gave no number: then there is nobody to tell."""
        return self.ticket.caller.code == NOBODY


def told_of(proceeding_id: int, now: datetime) -> Told | None:
    """A ticket for the messages about it; None for any other proceeding."""
    ticket = (
        Ticket.objects.select_related("proceeding", "caller", "lead__proceeding")
        .filter(pk=proceeding_id)
        .first()
    )
    if ticket is None:
        return None
    task = lead_task_of(ticket)
    return Told(
        ticket=ticket,
        number=ticket.proceeding.number,
        task=task,
        due=_due(clocks_of(task.proceeding, now), "handle") if task else None,
        dispatch_due=_due(clocks_of(ticket.proceeding, now), "dispatch"),
    )


def lead_task_of(ticket: Ticket) -> Task | None:
    """The newest task of the unit that answers; None before the dispatch."""
    found = Task.objects.select_related("proceeding").filter(ticket=ticket, is_lead=True)
    return found.order_by("-pk").first()


def _due(clocks: Sequence[ClockReading], name: str) -> date | None:
    return next((one.reading.due.on for one in clocks if one.spec.name == name), None)
