"""Reads of payments: what is owed, what was paid, how the day agrees with the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import CITY_ZONE
from tongban.payments.models import Attempt, Order
from tongban.payments.rules import Difference, Ours, differences
from tongban.payments.states import ORDER, AttemptState, OrderState, WhenDue

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from tongban.kernel.actors import Actor
    from tongban.payments.gateways import Bank


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line of an order, in fen."""

    name: Mapping[str, str]
    fen: int
    standard: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its people see it."""

    id: int
    number: str
    party_id: int
    proceeding_id: int
    package_id: int
    case_number: str
    item: str
    subject: Mapping[str, str]
    payee: Mapping[str, str]
    lines: tuple[FeeLine, ...]
    amount_fen: int
    basis: str
    when_due: WhenDue
    is_refundable: bool
    state: OrderState
    opened_at: datetime
    paid_at: datetime | None
    refunded_at: datetime | None

    @property
    def state_title(self) -> str:
        return ORDER.title(self.state)


def bank() -> Bank:
    """The bank that the settings name."""
    name, options = settings.PAYMENT_BANK
    found: Bank = import_string(name)(**options)
    return found


def access_order(person: Actor, number: str) -> OrderView:
    """An order of somebody whom this person acts for. Raises NotFound."""
    row = Order.objects.filter(number=number, party_id__in=person.acts_for).first()
    if row is None:
        raise NotFound("没有找到这张缴费单。")
    return order_view(row)


def has_open_payment(number: str) -> bool:
    """Whether the bank owes an answer about an order."""
    return Attempt.objects.filter(order__number=number, state=AttemptState.OPEN).exists()


def orders_of(package_ids: Collection[int]) -> list[OrderView]:
    """The orders of these applications, in the order in which they were opened."""
    rows = Order.objects.filter(package_id__in=list(package_ids)).order_by("id")
    return [order_view(row) for row in rows]


def order_of_case(proceeding_id: int) -> OrderView | None:
    """The order of a case, where its item has a fee."""
    row = Order.objects.filter(proceeding_id=proceeding_id).first()
    return order_view(row) if row else None


def unpaid(package_id: int, when: WhenDue) -> list[OrderView]:
    """What is owed and keeps this from going on."""
    return [
        one
        for one in orders_of([package_id])
        if one.state is OrderState.DUE and one.when_due is when
    ]


def order_view(row: Order) -> OrderView:
    """A row as a view."""
    return OrderView(
        id=row.pk,
        number=row.number,
        party_id=row.party_id,
        proceeding_id=row.proceeding_id,
        package_id=row.package_id,
        case_number=row.case_number,
        item=row.item,
        subject=row.subject,
        payee=row.payee,
        lines=tuple(FeeLine(one["name"], one["fen"], one["standard"]) for one in row.lines),
        amount_fen=row.amount_fen,
        basis=row.basis,
        when_due=WhenDue(row.when_due),
        is_refundable=row.is_refundable,
        state=OrderState(row.state),
        opened_at=row.opened_at,
        paid_at=row.paid_at,
        refunded_at=row.refunded_at,
    )


def reconcile(day: date) -> tuple[Difference, ...]:
    """Compare the bank's statement of a day with what the orders say of it, line by line."""
    since = datetime.combine(day, time(), CITY_ZONE)
    until = since + timedelta(days=1)
    paid = Attempt.objects.filter(
        state__in=[AttemptState.SUCCEEDED, AttemptState.RETURNED],
        ended_at__gte=since,
        ended_at__lt=until,
    )
    ours = [_ours("pay", row) for row in paid.select_related("order")]
    back = Attempt.objects.filter(returned_at__gte=since, returned_at__lt=until)
    ours += [_ours("refund", row) for row in back.select_related("order")]
    return differences(bank().statement(day), ours)


def _ours(kind: str, row: Any) -> Ours:
    return Ours(kind, row.reference, row.order.number, row.amount_fen)
