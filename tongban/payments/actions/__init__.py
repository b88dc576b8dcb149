"""Writing payments: open an order, pay it, hear the bank, give back."""

from tongban.payments.actions.orders import NewOrder, close_order, open_order
from tongban.payments.actions.paying import (
    ask_bank,
    settle_open_payments,
    start_payment,
    take_notice,
)
from tongban.payments.actions.refunds import finish_refunds, refund_order

__all__ = [
    "NewOrder",
    "ask_bank",
    "close_order",
    "finish_refunds",
    "open_order",
    "refund_order",
    "settle_open_payments",
    "start_payment",
    "take_notice",
]
