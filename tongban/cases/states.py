"""The life of a case as one table (domain-03 §3.1; exchange codes are derived at the border)."""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move


class CaseState(StrEnum):
    """Where a case is in its life. Steps and periods are rows, not states."""

    WAITING = "waiting"  # another item must be done first
    RECEIVED = "received"  # receipt given, acceptance pending
    ACCEPTED = "accepted"  # under review, legal and promised clocks run
    PRODUCING = "producing"  # granted, the licence is being made
    GRANTED = "granted"
    DENIED = "denied"
    REFUSED = "refused"  # not competent: the right body is named
    NOT_REQUIRED = "not_required"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"  # an item that it depends on was refused


class Result(StrEnum):
    """What a decision says."""

    GRANT = "grant"
    DENY = "deny"


_S = CaseState
_LIVE = (_S.WAITING, _S.RECEIVED, _S.ACCEPTED)
_BEFORE_END = (_S.RECEIVED, _S.ACCEPTED, _S.PRODUCING)
_OFFICERS = ("reviewer", "checker", "decider")

# `family` moves happen only together with a move of the package in the same action.
# fmt: off
LIFE = Machine(
    name="case",
    states=CaseState,
    initial=(_S.WAITING, _S.RECEIVED, _S.ACCEPTED),
    final=frozenset({_S.GRANTED, _S.DENIED, _S.REFUSED, _S.NOT_REQUIRED, _S.WITHDRAWN,
                     _S.CANCELLED}),
    moves=(
        Move("start",              _S.WAITING,   _S.RECEIVED,     by="system",    title="前置事项办结，自动收件"),
        Move("start_accepted",     _S.WAITING,   _S.ACCEPTED,     by="system",    title="前置事项办结，随件受理"),
        Move("raise_requirement",  _S.RECEIVED,  None,            by="reviewer",  title="提出补正要求"),
        Move("clear_requirement",  _S.RECEIVED,  None,            by="reviewer",  title="撤销补正要求"),
        Move("supply",             _S.RECEIVED,  None,            by="family",    title="补正材料"),
        Move("accept",             _S.RECEIVED,  _S.ACCEPTED,     by="family",    title="受理"),
        Move("deem_accept",        _S.RECEIVED,  _S.ACCEPTED,     by="family",    title="视为受理"),
        Move("refuse_acceptance",  _S.RECEIVED,  _S.REFUSED,      by="reviewer",  title="不予受理"),
        Move("not_require",        _S.RECEIVED,  _S.NOT_REQUIRED, by="reviewer",  title="不需要办理"),
        Move("refer_to_human",     _S.ACCEPTED,  None,            by="system",    title="转人工审查"),
        Move("pass_step",          _S.ACCEPTED,  None,            by=_OFFICERS,   title="通过本环节"),
        Move("return_step",        _S.ACCEPTED,  None,            by=_OFFICERS,   title="退回上一环节"),
        Move("grant",              _S.ACCEPTED,  _S.PRODUCING,    by="decider",   title="准予"),
        Move("grant_at_once",      _S.ACCEPTED,  _S.GRANTED,      by="decider",   title="准予办结"),
        Move("deny",               _S.ACCEPTED,  _S.DENIED,       by="decider",   title="不予"),
        Move("auto_grant",         _S.ACCEPTED,  _S.PRODUCING,    by="system",    title="系统自动准予"),
        Move("auto_grant_at_once", _S.ACCEPTED,  _S.GRANTED,      by="system",    title="系统自动办结"),
        Move("issue",              _S.PRODUCING, _S.GRANTED,      by="system",    title="制证完成"),
        Move("assign",             _BEFORE_END,  None,            by="system",    title="随机分办"),
        Move("reassign",           _BEFORE_END,  None,            by="head",      title="改派"),
        Move("reliance_broken",    _LIVE,        None,            by="system",    title="所依据证照状态变化"),
        Move("withdraw",           _LIVE,        _S.WITHDRAWN,    by="applicant", title="撤回"),
        Move("cancel",             _LIVE,        _S.CANCELLED,    by="system",    title="因前置事项未通过而取消"),
    ),
    titles={
        _S.WAITING: "等待前置事项", _S.RECEIVED: "已收件", _S.ACCEPTED: "已受理，审查中",
        _S.PRODUCING: "已准予，制证中", _S.GRANTED: "已准予", _S.DENIED: "不予许可",
        _S.REFUSED: "不予受理", _S.NOT_REQUIRED: "不需要办理", _S.WITHDRAWN: "已撤回",
        _S.CANCELLED: "已取消",
    },
)
# fmt: on

# Verbs told beside the table: the opening, the review of a machine's decision, the clocks.
RECORDED = {
    "open": "收件", "open_accepted": "收件并受理", "ask_human": "申请人工复核",
    "confirm_review": "人工复核答复", "clock_warned": "时限预警", "clock_expired": "时限届满",
    "clocks_reindexed": "日历公布，重算时限",
}
