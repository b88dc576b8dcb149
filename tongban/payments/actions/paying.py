"""Paying: a try at the bank, the bank's notice, and the question where no notice came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.kernel.worktime import city_date
from tongban.payments.actions.orders import record
from tongban.payments.actions.refunds import give_back
from tongban.payments.gateways import BankUnclear, Bill, Standing
from tongban.payments.models import Attempt, Order
from tongban.payments.queries import bank
from tongban.payments.rules import NothingToPay, NoticeNotTrusted
from tongban.payments.states import ORDER, AttemptState, OrderState
from tongban.people.queries import why_not_agent
from tongban.people.states import AgentFunction

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

# How long after a try without a notice the bank is asked.
PATIENCE = timedelta(minutes=2)


def start_payment(*, number: str, by: Actor, now: datetime) -> str:
    """Open a payment at the bank for an order; answers the bank's reference.

    A second press while a try is open answers the same reference. Raises NotFound, NotAllowed
    for an agent whose authorisation does not include paying, NothingToPay.
    """
    with transaction.atomic():
        row = Order.objects.select_for_update().filter(number=number).first()
        if row is None or row.party_id not in by.acts_for:
            raise NotFound("没有找到这张缴费单。")
        _need_payer(row, by, now)
        if row.state != OrderState.DUE:
            raise NothingToPay("这张缴费单不用再缴。", facts={"state": row.state})
        open_try = row.attempts.filter(state=AttemptState.OPEN).first()
        if open_try is not None:
            return open_try.reference
        reference = bank().create(Bill(row.number, row.amount_fen, row.subject["zh"]))
        Attempt.objects.create(
            order=row,
            reference=reference,
            amount_fen=row.amount_fen,
            started_by=by.id,
            started_at=now,
        )
    return reference


def _need_payer(row: Order, by: Actor, now: datetime) -> None:
    reasons = why_not_agent(
        agent_id=by.party_id or 0,
        principal_id=row.party_id,
        function=AgentFunction.PAY,
        items=[row.item],
        on=city_date(now),
    )
    if reasons:
        raise NotAllowed("".join(reasons) + "请对方补充授权，或由对方本人缴费。")


def take_notice(*, body: bytes, signature: str, now: datetime) -> None:
    """Hear the bank. The same notice again changes nothing; one that is not the bank's is refused.

    Raises NoticeNotTrusted.
    """
    told = bank().trusted(body, signature, now)
    if told is None or not Attempt.objects.filter(reference=told.reference).exists():
        raise NoticeNotTrusted("支付通知的签名不对，或者没有这笔支付。")
    _settle(told, now)


def ask_bank(*, number: str, now: datetime) -> None:
    """Ask the bank about every open try of an order: a lost notice is found out here."""
    found = Attempt.objects.filter(order__number=number, state=AttemptState.OPEN)
    for reference in list(found.values_list("reference", flat=True)):
        _ask(reference, now)


def settle_open_payments(*, now: datetime, limit: int = 200) -> int:
    """Ask the bank about tries that nobody told anything about; how many were settled."""
    waiting = Attempt.objects.filter(state=AttemptState.OPEN, started_at__lte=now - PATIENCE)
    references = list(waiting.order_by("started_at").values_list("reference", flat=True)[:limit])
    return sum(_ask(reference, now) for reference in references)


def _ask(reference: str, now: datetime) -> bool:
    try:
        told = bank().query(reference)
    except BankUnclear:
        return False
    return _settle(told, now)


def _settle(told: Standing, now: datetime) -> bool:
    """Take over what the bank says of one try; whether something changed. Idempotent.

    A wrong amount pays nothing and goes back; a second payment of a paid order goes back too.
    """
    with transaction.atomic():
        order_id = Attempt.objects.values_list("order_id", flat=True).get(reference=told.reference)
        row = Order.objects.select_for_update().get(pk=order_id)
        attempt = Attempt.objects.select_for_update().get(reference=told.reference)
        if attempt.state != AttemptState.OPEN or told.state == "open":
            return False
        attempt.ended_at = now
        if told.state == "declined":
            attempt.state = AttemptState.FAILED
            attempt.save(update_fields=["state", "ended_at"])
            return True
        attempt.collected_fen = told.amount_fen
        counts = told.order == row.number and told.amount_fen == row.amount_fen
        if counts and row.state == OrderState.DUE:
            _pay(row, attempt, now)
            return True
        attempt.state = AttemptState.RETURNED
        attempt.amount_fen = told.amount_fen
        attempt.save(update_fields=["state", "ended_at", "collected_fen", "amount_fen"])
        record(row, "payment_returned", by=SYSTEM, now=now, reference=attempt.reference)
        give_back(attempt, now)
    return True


def _pay(row: Order, attempt: Attempt, now: datetime) -> None:
    attempt.state = AttemptState.SUCCEEDED
    attempt.save(update_fields=["state", "ended_at", "collected_fen"])
    row.state = ORDER.target(row.state, "pay").value
    row.reference, row.paid_at = attempt.reference, now
    row.save(update_fields=["state", "reference", "paid_at"])
    record(row, "order_paid", by=SYSTEM, now=now, reference=attempt.reference)
