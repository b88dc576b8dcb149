"""The lists of the centre and of the units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import OuterRef, Q, Subquery

from tongban.engine.models import Clock, Proceeding
from tongban.engine.queries import visible_to
from tongban.hotline import rules
from tongban.hotline.models import Task, Ticket
from tongban.hotline.queries.lines import COLUMNS, TicketLine
from tongban.hotline.queries.tree import content, domains
from tongban.hotline.states import TASK, TICKET
from tongban.kernel.numbers import normalise_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets a list shows; what is empty is not asked for. ``late`` are overdue.

    ``domain`` names a node of the tree and all that is below it.
    """

    state: str = ""
    unit: str = ""
    domain: str = ""
    urgency: str = ""
    special: str = ""
    late: bool = False


_AT_WORK = frozenset({"received", "handling", "checking", "callback", "conferring", "merged"})

_ENDED = frozenset(state.value for state in TICKET.final)

_TASK_ENDED = frozenset(state.value for state in TASK.final)

AT_WORK_MOST = 200_000

COUNTED_MOST = 1000
"""A list says how many there are up to here; beyond it only that there are more."""


def is_of_centre(actor: Actor) -> bool:
    """Whether somebody works at the centre, which sees tickets; units see their tasks."""
    return str(content()["centre"]) in actor.departments


def listed(
    actor: Actor, wanted: Wanted, now: datetime, *, before: str = "", limit: int = 50
) -> list[TicketLine]:
    """Tickets for the centre, tasks for a unit, the newest first; keyset pages by number."""
    is_centre = is_of_centre(actor)
    found = _tickets(actor, wanted, now) if is_centre else _tasks(actor, wanted, now)
    if before:
        number = normalise_number(before)
        last = Proceeding.objects.filter(number=number).values_list("pk", flat=True).first()
        if last is not None:
            found = found.filter(pk__lt=last)
    # First which ones, then what a list says of them: a join of millions is never thought of.
    pks = list(found.order_by("-pk").values_list("pk", flat=True)[:limit])
    rows = (Ticket if is_centre else Task).objects.filter(pk__in=pks).order_by("-pk")
    return [_task_line(row) for row in rows.values_list(*_columns(is_centre=is_centre))]


def _columns(*, is_centre: bool) -> tuple[str, ...]:
    return COLUMNS if is_centre else _TASK_COLUMNS


def count_listed(actor: Actor, wanted: Wanted, now: datetime) -> int | None:
    """How many a list holds, at most `COUNTED_MOST` and one more; None where nobody counts.

    What has ended in a certain way may lie anywhere in years of tickets: it is read page by page.
    """
    is_centre = is_of_centre(actor)
    if wanted.state in (_ENDED if is_centre else _TASK_ENDED):
        return None
    found = _tickets(actor, wanted, now) if is_centre else _tasks(actor, wanted, now)
    return found.order_by()[: COUNTED_MOST + 1].count()


_TASK_COLUMNS = (
    "proceeding__number", "ticket__title", "ticket__type", "ticket__domain", "ticket__urgency",
    "proceeding__state", "ticket__channel", "unit", "sent_at", "ticket__place",
    "ticket__hot__proceeding__number", "proceeding__facts__hold_until",
    "proceeding__facts__urged",
)  # fmt: skip


def _task_line(row: Sequence[Any]) -> TicketLine:
    """A line of a list; the state of a task has its own title, which a page says."""
    number, title, kind, domain, urgency, state, channel, unit, at, place, hot = row[:-2]
    held = rules.held_until({"hold_until": row[-2]}) if state in ("handling", "held") else None
    return TicketLine(
        number, title, kind, domain, urgency, state, "", channel, unit, at, place, hot or "",
        rules.times_urged({"urged": row[-1]}), held,
    )  # fmt: skip


def _tickets(actor: Actor, wanted: Wanted, now: datetime) -> QuerySet[Ticket]:
    own = {"unit": wanted.unit, "urgency": wanted.urgency, "special": wanted.special}
    asked = Q(**{name: value for name, value in own.items() if value})
    if wanted.domain:
        asked &= Q(domain__in=_below(wanted.domain))
    found = Ticket.objects.filter(asked)
    if wanted.late:
        late = Task.objects.filter(pk__in=_late(now), proceeding__ended_at=None)
        found = found.filter(pk__in=late.values("ticket"), closed_at=None)
    elif wanted.state in _AT_WORK:
        # What is at work has an index of its own; the bound keeps it the first that is read,
        # however much has been closed since.
        at_work = found.filter(closed_at=None).order_by("-pk").values("pk")
        found = Ticket.objects.filter(pk__in=at_work[:AT_WORK_MOST])
    elif wanted.state in _ENDED:
        found = found.filter(closed_at__isnull=False)
    if wanted.state:
        found = found.filter(proceeding__state=wanted.state)
    return _seen(found, actor)


def _tasks(actor: Actor, wanted: Wanted, now: datetime) -> QuerySet[Task]:
    units = sorted(actor.departments)
    own = {"urgency": wanted.urgency, "special": wanted.special}
    asked = Q(unit__in=units, **{name: value for name, value in own.items() if value})
    if wanted.domain:
        asked &= Q(domain__in=_below(wanted.domain))
    found = Task.objects.filter(asked)
    if wanted.late:
        found = found.filter(pk__in=_late(now), proceeding__ended_at=None)
    elif wanted.state and wanted.state not in _TASK_ENDED:
        at_work = Proceeding.objects.filter(
            department__in=units, kind="ticket_task", ended_at=None
        ).order_by("-pk")
        found = found.filter(pk__in=at_work.values("pk")[:AT_WORK_MOST])
    if wanted.state:
        found = found.filter(proceeding__state=wanted.state)
    return _seen(found, actor)


_M = TypeVar("_M", Ticket, Task)


def _seen(found: QuerySet[_M], actor: Actor) -> QuerySet[_M]:
    """Those that this actor may see, asked one by one in the order of the list."""
    seen = visible_to(actor).filter(pk=OuterRef("pk")).values("pk")[:1]
    return found.alias(seen=Subquery(seen)).filter(seen__isnull=False)


def _late(now: datetime) -> QuerySet[Clock, Any]:
    """The tasks whose reply is overdue: its clock runs and its deadline has passed."""
    running = Clock.objects.filter(name="handle", stopped_at=None, due_at__lte=now)
    return running.order_by("-due_at").values("proceeding")[:AT_WORK_MOST]


def _below(code: str) -> list[str]:
    """A domain and all that is below it."""
    named = {one.code: one.path for one in domains()}
    top = named.get(code)
    if top is None:
        return [code]
    return [one for one, path in named.items() if path[: len(top)] == top]
