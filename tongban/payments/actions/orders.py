"""Orders: opened by what content says, closed where nothing is owed any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.kernel.numbers import public_number
from tongban.kernel.worktime import city_date
from tongban.payments import sql
from tongban.payments.models import Order
from tongban.payments.queries import OrderView, order_view
from tongban.payments.states import ORDER, OrderState, WhenDue
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor

STREAM = "payment"
PREFIX = "JF"


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is owed: ``lines`` are (name, fen, standard), names and subject are language maps."""

    party_id: int
    region: str
    proceeding_id: int
    package_id: int
    case_number: str
    item: str
    department: str
    subject: Mapping[str, str]
    payee: Mapping[str, str]
    lines: Sequence[tuple[Mapping[str, str], int, str]]
    basis: str
    when_due: WhenDue
    is_refundable: bool


def open_order(*, order: NewOrder, by: Actor, now: datetime) -> OrderView:
    """Open the order of a case, once; asked again, the first is answered."""
    with transaction.atomic():
        found = Order.objects.filter(proceeding_id=order.proceeding_id).first()
        if found is not None:
            return order_view(found)
        serial = sql.next_order()
        row = Order.objects.create(
            id=serial,
            number=public_number(PREFIX, order.region[:6], city_date(now), serial),
            region=order.region,
            party_id=order.party_id,
            proceeding_id=order.proceeding_id,
            package_id=order.package_id,
            case_number=order.case_number,
            item=order.item,
            department=order.department,
            subject=dict(order.subject),
            payee=dict(order.payee),
            lines=[{"name": dict(n), "fen": fen, "standard": s} for n, fen, s in order.lines],
            amount_fen=sum(fen for _, fen, _ in order.lines),
            basis=order.basis,
            when_due=order.when_due,
            is_refundable=order.is_refundable,
            opened_at=now,
        )
        record(row, "order_opened", by=by, now=now)
    return order_view(row)


def close_order(*, proceeding_id: int, by: Actor, now: datetime) -> bool:
    """Nothing is owed any more for a case that ended unpaid; whether something was."""
    with transaction.atomic():
        row = Order.objects.select_for_update().filter(proceeding_id=proceeding_id).first()
        if row is None or row.state != OrderState.DUE:
            return False
        row.state = ORDER.target(row.state, "close").value
        row.save(update_fields=["state"])
        record(row, "order_closed", by=by, now=now)
    return True


def record(row: Order, verb: str, *, by: Actor, now: datetime, **more: Any) -> None:
    """One line of history on the stream of an order; amounts in fen."""
    body = {
        "order": row.number,
        "proceeding": row.proceeding_id,
        "package": row.package_id,
        "party": row.party_id,
        "item": row.item,
        "fen": row.amount_fen,
        "state": row.state,
        **more,
    }
    entry = NewEntry(
        stream=STREAM,
        stream_id=row.pk,
        region=row.region,
        verb=verb,
        basis=row.basis,
        fields=("state",),
        body=body,
    )
    append([entry], by=by, now=now)
