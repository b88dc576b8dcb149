"""Pure decisions of payments: what may be charged, and how the bank's day fits the orders."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tongban.kernel.refusals import NotAllowed, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tongban.payments.gateways import StatementLine


class NothingToPay(Refusal):
    """The order is paid, given back or closed."""

    code = "nothing-to-pay"


class FeeUnpaid(Refusal):
    """What the law lets wait for the fee waits for it."""

    code = "fee-unpaid"


class NoticeNotTrusted(NotAllowed):
    """A notice that the bank has not signed, or about a payment that nobody made."""

    code = "payment-notice-not-trusted"


def fen(yuan: Decimal) -> int:
    """Yuan as fen. Raises ValueError for a part of a fen: money is not rounded here."""
    exact = yuan * 100
    if exact != int(exact):
        raise ValueError(f"{yuan} yuan is no whole number of fen")
    return int(exact)


def yuan_words(amount_fen: int) -> str:
    """Fen as yuan with two places: 32000 → 320.00."""
    return f"{Decimal(amount_fen) / 100:.2f}"


@dataclass(frozen=True, slots=True)
class Ours:
    """One movement as the orders know it."""

    kind: str
    reference: str
    order: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the bank's day and the orders do not agree; amounts in fen, None for nothing there."""

    kind: str
    reference: str
    order: str
    at_bank: int | None
    with_us: int | None

    @property
    def sentence(self) -> str:
        """The difference in words."""
        what = "缴费" if self.kind == "pay" else "退费"
        if self.with_us is None:
            return f"{self.order} {what} {self.reference}：银行有 {self.at_bank} 分，平台没有记录"
        if self.at_bank is None:
            return f"{self.order} {what} {self.reference}：平台有 {self.with_us} 分，银行没有记录"
        return (
            f"{self.order} {what} {self.reference}："
            f"银行 {self.at_bank} 分，平台 {self.with_us} 分，金额不一致"
        )


def differences(
    statement: Iterable[StatementLine], ours: Iterable[Ours]
) -> tuple[Difference, ...]:
    """Compare line by line, whatever the order of either side. Empty when both days agree."""
    bank = {(line.kind, line.reference): line for line in statement}
    house: Mapping[tuple[str, str], Ours] = {(one.kind, one.reference): one for one in ours}
    found = []
    for key in sorted(bank.keys() | house.keys()):
        there, here = bank.get(key), house.get(key)
        if there is None or here is None or there.amount_fen != here.amount_fen:
            named = there or here
            if named is not None:
                found.append(
                    Difference(
                        *key,
                        named.order,
                        there.amount_fen if there else None,
                        here.amount_fen if here else None,
                    )
                )
    return tuple(found)
