"""Orders of supervision as lines, and how each has risen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from tongban.engine.models import Clock, Proceeding
from tongban.engine.queries import clock_rows, visible_to
from tongban.hotline.models import Order
from tongban.hotline.queries.desk import is_of_centre
from tongban.kernel.numbers import normalise_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Risen:
    """A level that an order had, and since when; ``by_itself`` where nobody answered it below."""

    level: str
    at: datetime
    by_itself: bool = False


def risen_of(facts: Mapping[str, Any]) -> tuple[Risen, ...]:
    """How an order rose from level to level, the oldest first."""
    return tuple(
        Risen(said["level"], datetime.fromisoformat(said["at"]), bool(said.get("by_itself")))
        for said in facts.get("levels", ())
    )


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a list: about which ticket, to whom, at which level, by when to be answered."""

    number: str
    of_number: str
    title: str
    unit: str
    trigger: str
    levels: tuple[Risen, ...]
    level: str
    state: str
    due_at: datetime | None
    region: str


STANDING = "standing"


@dataclass(frozen=True, slots=True)
class WantedOrders:
    """Which orders a list shows; what is empty is not asked for. ``STANDING`` are not closed."""

    state: str = STANDING
    level: str = ""
    unit: str = ""


def orders_listed(
    actor: Actor, wanted: WantedOrders, *, before: str = "", limit: int = 50
) -> list[OrderLine]:
    """Orders of the city for the centre, its own for a unit, the newest first; keyset pages."""
    own = {"level": wanted.level, "unit": wanted.unit}
    if wanted.state != STANDING:
        own["proceeding__state"] = wanted.state
    found = Order.objects.filter(**{name: value for name, value in own.items() if value})
    if wanted.state == STANDING:
        found = found.filter(proceeding__ended_at=None)
    if before:
        number = normalise_number(before)
        last = Proceeding.objects.filter(number=number).values_list("pk", flat=True).first()
        found = found.filter(pk__lt=last) if last is not None else found
    of = "ticket_id" if is_of_centre(actor) else "pk"
    seen = visible_to(actor).filter(pk=OuterRef(of)).values("pk")[:1]
    found = found.alias(seen=Subquery(seen)).filter(seen__isnull=False)
    rows = list(found.select_related("proceeding").order_by("-pk")[:limit])
    clocks = clock_rows([row.pk for row in rows])
    return [_order_line(row, clocks.get(row.pk, {}).get("answer_order")) for row in rows]


def _order_line(row: Order, clock: Clock | None) -> OrderLine:
    one = row.proceeding
    is_running = clock is not None and clock.stopped_at is None
    return OrderLine(
        number=one.number,
        of_number=str(one.facts["of_number"]),
        title=str(one.facts["title"]),
        unit=row.unit,
        trigger=row.trigger,
        levels=risen_of(one.facts),
        level=row.level,
        state=one.state,
        due_at=clock.due_at if clock is not None and is_running else None,
        region=one.region,
    )
