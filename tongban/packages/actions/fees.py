"""Fees of an application: orders by content alone, and what waits until they are paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.engine.actions import Act
from tongban.engine.models import Proceeding, Step
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import worded
from tongban.packages.states import PackageState
from tongban.payments.actions import NewOrder, close_order, open_order, refund_order
from tongban.payments.queries import unpaid
from tongban.payments.rules import FeeUnpaid, fen, yuan_words
from tongban.payments.states import WhenDue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.catalogue.rules import CompiledPackage, Words
    from tongban.kernel.actors import Actor

# What ends a case before anything was made for the money.
GIVEN_BACK = frozenset({"withdraw", "cancel", "refuse_acceptance", "not_require"})


def _texts(words: Words | None) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en or words.zh} if words else {}


def open_orders(
    *, compiled: CompiledPackage, cases: Mapping[str, int], by: Actor, now: datetime
) -> None:
    """Open an order for each case whose item has a fee, in the transaction that files."""
    charged = [compiled.item(code) for code in cases if compiled.item(code).fee.charged]
    if not charged:
        return
    rows = {row.pk: row for row in Proceeding.objects.filter(id__in=cases.values())}
    for item in charged:
        case = rows[cases[item.code]]
        open_order(
            order=NewOrder(
                party_id=case.party_id,
                region=case.region,
                proceeding_id=case.pk,
                package_id=case.parent_id or case.pk,
                case_number=case.number,
                item=item.code,
                department=case.department,
                subject=_texts(item.name),
                payee=_texts(item.fee.payee),
                lines=[
                    (_texts(line.name), fen(line.yuan), line.standard) for line in item.fee.lines
                ],
                basis=item.fee.basis,
                when_due=WhenDue(item.fee.when),
                is_refundable=item.fee.refundable,
            ),
            by=by,
            now=now,
        )


def need_paid(package_id: int, when: WhenDue) -> None:
    """Raise FeeUnpaid where content lets this wait for a fee that is not paid yet."""
    owed = unpaid(package_id, when)
    if owed:
        names = tuple(
            worded("{what}（{yuan}元）", what=one.subject, yuan=yuan_words(one.amount_fen))
            for one in owed
        )
        raise FeeUnpaid(
            worded("还有费用没有缴：{names}。请先缴费。", names=names),
            facts={"orders": [one.number for one in owed]},
            basis="；".join(dict.fromkeys(one.basis for one in owed)),
            instead=("在办理进度里点“去缴费”。",),
        )


def wait_for_fee(*, package_id: int, now: datetime) -> None:
    """Let the clock of delivery stand still while a fee is unpaid, and run once it is paid.

    Idempotent; by reactions to the end of the last item and to payments.
    """
    owes = bool(unpaid(package_id, WhenDue.BEFORE_DELIVERY))
    with Act(by=SYSTEM, now=now) as act:
        package = act.lock(package_id)
        waits = bool(package.facts.get("fee_waits"))
        if package.state != PackageState.DONE or waits == owes:
            act.drop()
            return
        package.facts = {**package.facts, "fee_waits": owes}
        act.move(package, "fee_waits" if owes else "fee_settled")


def settle_fee(*, case_id: int, verb: str, by: Actor, now: datetime) -> None:
    """A case has ended: what was not paid is owed no more, what bought nothing goes back.

    Work has begun once a step of the case is done; then the fee stays.
    """
    if close_order(proceeding_id=case_id, by=by, now=now):
        return
    worked = Step.objects.filter(proceeding_id=case_id, state="done").exists()
    if verb in GIVEN_BACK and not worked:
        refund_order(proceeding_id=case_id, reason=verb, by=by, now=now)
