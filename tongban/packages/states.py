"""The life of an application for one thing, as one table."""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move


class PackageState(StrEnum):
    """Where an application is as a whole."""

    RECEIVED = "received"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    DONE = "done"  # every item has ended, one delivery is due
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


_S = PackageState
_OPEN = (_S.RECEIVED, _S.CORRECTION, _S.ACCEPTED)

# fmt: off
LIFE = Machine(
    name="package",
    states=PackageState,
    initial=(_S.RECEIVED, _S.ACCEPTED),
    final=frozenset({_S.DELIVERED, _S.WITHDRAWN}),
    moves=(
        Move("ask_correction", _S.RECEIVED,   _S.CORRECTION, by="window",    title="发出补正告知"),
        Move("supply",         _S.CORRECTION, _S.RECEIVED,   by="applicant", title="补正"),
        Move("resume",         _S.CORRECTION, _S.RECEIVED,   by="window",    title="逾期未补正，继续办理"),
        Move("accept",         _S.RECEIVED,   _S.ACCEPTED,   by="window",    title="受理"),
        Move("deem_accept",    _S.RECEIVED,   _S.ACCEPTED,   by="system",    title="逾期未告知，视为受理"),
        Move("item_ended",     _OPEN,         None,          by="family",    title="一个事项办结"),
        Move("finish",         _OPEN,         _S.DONE,       by="family",    title="全部事项办结"),
        Move("deliver",        _S.DONE,       _S.DELIVERED,  by="window",    title="窗口送达"),
        Move("collect",        _S.DONE,       _S.DELIVERED,  by="applicant", title="在线领取"),
        Move("withdraw",       _OPEN,         _S.WITHDRAWN,  by="applicant", title="撤回"),
    ),
    titles={
        _S.RECEIVED: "已收件，等待受理", _S.CORRECTION: "等待补正", _S.ACCEPTED: "并联办理中",
        _S.DONE: "已办结，待领取", _S.DELIVERED: "已送达", _S.WITHDRAWN: "已撤回",
    },
    subject="一件事申请",
)
# fmt: on

RECORDED = {
    "submit": "提交申请，出具收件凭证", "submit_accepted": "提交申请并受理",
    "clock_warned": "时限预警", "clock_expired": "时限届满", "clocks_reindexed": "日历公布，重算时限",
}
