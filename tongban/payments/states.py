"""The life of an order, and of one try to pay it."""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move


class OrderState(StrEnum):
    """Where an order is."""

    DUE = "due"
    PAID = "paid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CLOSED = "closed"


class AttemptState(StrEnum):
    """Where one try to pay is; what the bank says of it is asked of the bank."""

    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"


class WhenDue(StrEnum):
    """What waits for the payment, as the content says."""

    BEFORE_ACCEPTANCE = "before_acceptance"
    BEFORE_DELIVERY = "before_delivery"


_S = OrderState

ORDER = Machine(
    name="order",
    subject="缴费单",
    states=OrderState,
    initial=_S.DUE,
    final=frozenset({_S.REFUNDED, _S.CLOSED}),
    moves=(
        Move("pay", _S.DUE, _S.PAID, by="bank", title="缴费成功"),
        Move("ask_refund", _S.PAID, _S.REFUNDING, by="system", title="发起退费"),
        Move("refund", _S.REFUNDING, _S.REFUNDED, by="bank", title="退费成功"),
        Move("close", _S.DUE, _S.CLOSED, by="system", title="不用缴了"),
    ),
    titles={
        _S.DUE: "待缴费",
        _S.PAID: "已缴费",
        _S.REFUNDING: "退费中",
        _S.REFUNDED: "已退费",
        _S.CLOSED: "不用缴了",
    },
)

RECORDED = {
    "order_opened": "开出缴费单",
    "order_paid": "缴费成功",
    "order_refund_asked": "发起退费",
    "order_refunded": "退费成功",
    "order_closed": "不用缴了",
    "payment_returned": "多收的款退回",
}
