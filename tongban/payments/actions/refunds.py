"""Giving money back: once, whole, and tried again until the bank has done it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.actors import SYSTEM
from tongban.payments.actions.orders import record
from tongban.payments.gateways import BankUnclear
from tongban.payments.models import Attempt, Order
from tongban.payments.queries import bank
from tongban.payments.states import ORDER, AttemptState, OrderState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def refund_order(*, proceeding_id: int, reason: str, by: Actor, now: datetime) -> bool:
    """Ask the bank to give back what was paid for a case; whether something is given back.

    Only what content calls refundable. Idempotent: a second time finds it on its way.
    """
    with transaction.atomic():
        row = Order.objects.select_for_update().filter(proceeding_id=proceeding_id).first()
        if row is None or row.state != OrderState.PAID or not row.is_refundable:
            return False
        row.state = ORDER.target(row.state, "ask_refund").value
        row.reason = reason
        row.save(update_fields=["state", "reason"])
        record(row, "order_refund_asked", by=by, now=now)
    finish_refunds(now=now)
    return True


def finish_refunds(*, now: datetime, limit: int = 200) -> int:
    """Do every refund that is not done yet, and every return of a surplus; how many."""
    asked = Order.objects.filter(state=OrderState.REFUNDING).order_by("id")
    done = sum(_refund(pk, now) for pk in list(asked.values_list("pk", flat=True)[:limit]))
    waiting = Attempt.objects.filter(state=AttemptState.RETURNED, returned_at=None)
    for attempt in waiting.order_by("id")[:limit]:
        with transaction.atomic():
            done += give_back(Attempt.objects.select_for_update().get(pk=attempt.pk), now)
    return done


def _refund(order_id: int, now: datetime) -> bool:
    with transaction.atomic():
        row = Order.objects.select_for_update().get(pk=order_id)
        if row.state != OrderState.REFUNDING:
            return False
        attempt = Attempt.objects.select_for_update().get(reference=row.reference)
        if not give_back(attempt, now):
            return False
        row.state = ORDER.target(row.state, "refund").value
        row.refunded_at = now
        row.save(update_fields=["state", "refunded_at"])
        record(row, "order_refunded", by=SYSTEM, now=now, reference=attempt.reference)
    return True


def give_back(attempt: Attempt, now: datetime) -> bool:
    """Have the bank give one payment back; False where it cannot be asked now."""
    if attempt.returned_at is not None:
        return True
    try:
        told = bank().refund(attempt.reference, attempt.amount_fen, now)
    except BankUnclear:
        return False
    if told.state != "refunded":
        return False
    attempt.returned_at = now
    attempt.save(update_fields=["returned_at"])
    return True
