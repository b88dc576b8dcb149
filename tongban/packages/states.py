"""The lives of an application for one thing and of a signature beside it, as tables."""

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
# Whoever works on the application in its lead department.
_LEADING = ("window", "reviewer", "checker", "head")

_TITLES = {
    "ask_correction": "发出补正告知",
    "supply": "补正",
    "resume": "逾期未补正，继续办理",
    "accept": "受理",
    "deem_accept": "逾期未告知，视为受理",
    "item_ended": "一个事项办结",
    "finish": "全部事项办结",
    "deliver": "窗口送达",
    "collect": "在线领取",
    "post": "邮寄送达，已寄出",
    "post_arrived": "邮件已签收，送达",
    "post_returned": "邮件退回",
    "withdraw": "撤回",
    "hold": "特别程序期间暂停计时",
    "go_on": "特别程序结束，恢复计时",
    "extend_joint": "批准延长联合办理期限",
    "fee_waits": "费用未缴，送达等待缴费",
    "fee_settled": "费用已缴，恢复送达计时",
    "propose_visit": "约定综合踏勘",
    "cancel_visit": "取消综合踏勘",
}


def _move(
    verb: str,
    sources: PackageState | tuple[PackageState, ...],
    target: PackageState | None,
    by: str | tuple[str, ...],
) -> Move[PackageState]:
    return Move(verb, sources, target, by=by, title=_TITLES[verb])


# fmt: off
LIFE = Machine(
    name="package",
    states=PackageState,
    initial=(_S.RECEIVED, _S.ACCEPTED),
    final=frozenset({_S.DELIVERED, _S.WITHDRAWN}),
    moves=(
        _move("ask_correction", _S.RECEIVED,   _S.CORRECTION, by="window"),
        _move("supply",         _S.CORRECTION, _S.RECEIVED,   by=("applicant", "system")),
        _move("resume",         _S.CORRECTION, _S.RECEIVED,   by="window"),
        _move("accept",         _S.RECEIVED,   _S.ACCEPTED,   by="window"),
        _move("deem_accept",    _S.RECEIVED,   _S.ACCEPTED,   by="system"),
        _move("item_ended",     _OPEN,         None,          by="family"),
        _move("finish",         _OPEN,         _S.DONE,       by="family"),
        _move("deliver",        _S.DONE,       _S.DELIVERED,  by="window"),
        _move("collect",        _S.DONE,       _S.DELIVERED,  by="applicant"),
        _move("post",           _S.DONE,       None,          by="window"),
        _move("post_arrived",   _S.DONE,       _S.DELIVERED,  by="window"),
        _move("post_returned",  _S.DONE,       None,          by="window"),
        _move("fee_waits",      _S.DONE,       None,          by="system"),
        _move("fee_settled",    _S.DONE,       None,          by="system"),
        _move("hold",           _S.ACCEPTED,   None,          by="system"),
        _move("go_on",          _S.ACCEPTED,   None,          by="system"),
        _move("extend_joint",   _S.ACCEPTED,   None,          by="head"),
        _move("propose_visit",  _S.ACCEPTED,   None,          by=_LEADING),
        _move("cancel_visit",   _S.ACCEPTED,   None,          by=_LEADING),
        _move("withdraw",       _OPEN,         _S.WITHDRAWN,  by="applicant"),
    ),
    titles={
        _S.RECEIVED: "已收件，等待受理", _S.CORRECTION: "等待补正", _S.ACCEPTED: "并联办理中",
        _S.DONE: "已办结，待领取", _S.DELIVERED: "已送达", _S.WITHDRAWN: "已撤回",
    },
    subject="一件事申请",
)
# fmt: on

RECORDED = {
    "submit": "提交申请，出具收件凭证",
    "submit_accepted": "提交申请并受理",
    "handle_again": "决定被撤销，重新办理",
    "supply_waits": "已补正，等待共同签名人重新签名",
    "clock_warned": "时限预警",
    "clock_expired": "时限届满",
    "clocks_reindexed": "日历公布，重算时限",
}


class SignatureState(StrEnum):
    """Where the signature of somebody besides the applicant is."""

    ASKED = "asked"
    SIGNED = "signed"
    DECLINED = "declined"
    VOID = "void"


_W = SignatureState

# fmt: off
SIGNATURE = Machine(
    name="signature",
    states=SignatureState,
    initial=(_W.ASKED, _W.SIGNED),
    final=frozenset({_W.VOID}),
    moves=(
        Move("sign",    _W.ASKED,                            _W.SIGNED,
             by="signer", title="签名"),
        Move("decline", _W.ASKED,                            _W.DECLINED,
             by="signer", title="不同意签名"),
        Move("void",    (_W.ASKED, _W.SIGNED, _W.DECLINED),  _W.VOID,
             by=("applicant", "system"), title="作废"),
    ),
    titles={
        _W.ASKED: "等待签名", _W.SIGNED: "已签名", _W.DECLINED: "不同意签名", _W.VOID: "已作废",
    },
    subject="签名",
)
# fmt: on

SIGNATURE_RECORDED = {
    "signature_asked": "请人签名",
    "signature_reminded": "提醒签名",
    "signature_signed": "签名",
    "signature_declined": "不同意签名",
    "signature_void": "签名作废",
}
