"""The life of a case as one table (domain-03 §3.1; exchange codes are derived at the border).

What runs below a case, a hearing or a request for an opinion, has its own table: `sides`.
"""

from __future__ import annotations

from enum import StrEnum

from tongban.cases.states.sides import (
    DEBT_LIFE,
    HEARING_LIFE,
    OPINION_LIFE,
    SIDE_RECORDED,
    SIDES,
    SPECIAL_LIFE,
    STATEMENT_LIFE,
    DebtState,
    HearingState,
    OpinionState,
    Side,
    SpecialState,
    StatementState,
)
from tongban.kernel.machines import Machine, Move

__all__ = [
    "DEBT_LIFE",
    "HEARING_LIFE",
    "LIFE",
    "OPINION_LIFE",
    "RECORDED",
    "SIDES",
    "SPECIAL_LIFE",
    "STATEMENT_LIFE",
    "CaseState",
    "DebtState",
    "HearingState",
    "OpinionState",
    "Result",
    "Side",
    "SpecialState",
    "StatementState",
]


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
    TERMINATED = "terminated"  # the organ ended it: death, dissolution, cheating


class Result(StrEnum):
    """What a decision says."""

    GRANT = "grant"
    DENY = "deny"


_S = CaseState
_LIVE = (_S.WAITING, _S.RECEIVED, _S.ACCEPTED)
_BEFORE_END = (_S.RECEIVED, _S.ACCEPTED, _S.PRODUCING)
_OFFICERS = ("reviewer", "checker", "decider")
# The system stands for the department's own system, which tells what was done there.
_REVIEWER = ("reviewer", "system")
_DECIDER = ("decider", "system")


_TITLES = {
    "start": "前置事项办结，自动收件",
    "start_accepted": "前置事项办结，随件受理",
    "raise_requirement": "提出补正要求",
    "clear_requirement": "撤销补正要求",
    "supply": "补正材料",
    "accept": "受理",
    "deem_accept": "视为受理",
    "refuse_acceptance": "不予受理",
    "not_require": "不需要办理",
    "refer_to_human": "转人工审查",
    "pass_step": "通过本环节",
    "report_up": "初审完毕，报上级机关",
    "return_step": "退回上一环节",
    "return_acceptance": "退回窗口：受理有误",
    "uphold_acceptance": "窗口复核：维持受理",
    "grant": "准予",
    "grant_at_once": "准予办结",
    "deny": "不予",
    "auto_grant": "系统自动准予",
    "auto_grant_at_once": "系统自动办结",
    "issue": "制证完成",
    "assign": "随机分办",
    "reassign": "改派",
    "reliance_broken": "所依据证照失效",
    "reliance_mended": "所依据证照恢复有效",
    "withdraw": "撤回",
    "leave_commitment": "撤回承诺，改按一般程序",
    "supply_proof": "提交一份证明材料",
    "proofs_complete": "证明材料交齐",
    "cancel": "因前置事项未通过而取消",
    "start_special": "启动特别程序",
    "end_special": "特别程序结束",
    "hear_interested": "告知利害关系人",
    "end_statement": "利害关系人的意见",
    "ask_opinion": "征求部门意见",
    "end_opinion": "部门意见",
    "extend": "延长办理期限",
    "terminate": "终止办理",
    "lapse": "到期未补齐，视为撤回",
}


def _move(
    verb: str,
    sources: CaseState | tuple[CaseState, ...],
    target: CaseState | None,
    by: str | tuple[str, ...],
) -> Move[CaseState]:
    return Move(verb, sources, target, by=by, title=_TITLES[verb])


# `family` moves happen only together with a move of the package in the same action.
# fmt: off
LIFE = Machine(
    name="case",
    states=CaseState,
    initial=(_S.WAITING, _S.RECEIVED, _S.ACCEPTED),
    final=frozenset({_S.GRANTED, _S.DENIED, _S.REFUSED, _S.NOT_REQUIRED, _S.WITHDRAWN,
                     _S.CANCELLED, _S.TERMINATED}),
    moves=(
        _move("start",              _S.WAITING,   _S.RECEIVED,     by="system"),
        _move("start_accepted",     _S.WAITING,   _S.ACCEPTED,     by="system"),
        _move("raise_requirement",  _S.RECEIVED,  None,            by=_REVIEWER),
        _move("clear_requirement",  _S.RECEIVED,  None,            by="reviewer"),
        _move("supply",             _S.RECEIVED,  None,            by="family"),
        _move("accept",             _S.RECEIVED,  _S.ACCEPTED,     by="family"),
        _move("deem_accept",        _S.RECEIVED,  _S.ACCEPTED,     by="family"),
        _move("refuse_acceptance",  _S.RECEIVED,  _S.REFUSED,      by="reviewer"),
        _move("not_require",        _S.RECEIVED,  _S.NOT_REQUIRED, by="reviewer"),
        _move("return_acceptance",  _S.ACCEPTED,  None,            by="reviewer"),
        _move("uphold_acceptance",  _S.ACCEPTED,  None,            by="window"),
        _move("refuse_acceptance",  _S.ACCEPTED,  _S.REFUSED,      by="window"),
        _move("refer_to_human",     _S.ACCEPTED,  None,            by="system"),
        _move("pass_step",          _S.ACCEPTED,  None,            by=(*_OFFICERS, "system")),
        _move("report_up",          _S.ACCEPTED,  None,            by=(*_OFFICERS, "system")),
        _move("return_step",        _S.ACCEPTED,  None,            by=_OFFICERS),
        _move("start_special",      _S.ACCEPTED,  None,            by=_OFFICERS),
        _move("end_special",        _S.ACCEPTED,  None,            by="family"),
        _move("hear_interested",    _S.ACCEPTED,  None,            by=_OFFICERS),
        _move("end_statement",      _S.ACCEPTED,  None,            by="family"),
        _move("ask_opinion",        _S.ACCEPTED,  None,            by=_OFFICERS),
        _move("end_opinion",        _S.ACCEPTED,  None,            by="family"),
        _move("extend",             _S.ACCEPTED,  None,            by="head"),
        _move("grant",              _S.ACCEPTED,  _S.PRODUCING,    by=_DECIDER),
        _move("grant_at_once",      _S.ACCEPTED,  _S.GRANTED,      by=_DECIDER),
        _move("deny",               _S.ACCEPTED,  _S.DENIED,       by=_DECIDER),
        _move("auto_grant",         _S.ACCEPTED,  _S.PRODUCING,    by="system"),
        _move("auto_grant_at_once", _S.ACCEPTED,  _S.GRANTED,      by="system"),
        _move("issue",              _S.PRODUCING, _S.GRANTED,      by="system"),
        _move("assign",             _BEFORE_END,  None,            by="system"),
        _move("reassign",           _BEFORE_END,  None,            by="head"),
        _move("reliance_broken",    _LIVE,        None,            by="system"),
        _move("reliance_mended",    _LIVE,        None,            by="system"),
        _move("leave_commitment",   _S.ACCEPTED,  None,            by="applicant"),
        _move("supply_proof",       _S.ACCEPTED,  None,            by="applicant"),
        _move("proofs_complete",    _S.ACCEPTED,  None,            by="applicant"),
        _move("withdraw",           _LIVE,        _S.WITHDRAWN,    by="applicant"),
        _move("terminate",          _LIVE,        _S.TERMINATED,   by="decider"),
        _move("cancel",             _LIVE,        _S.CANCELLED,    by="system"),
        _move("lapse",              _S.ACCEPTED,  _S.WITHDRAWN,    by="system"),
    ),
    titles={
        _S.WAITING: "等待前置事项", _S.RECEIVED: "已收件", _S.ACCEPTED: "已受理，审查中",
        _S.PRODUCING: "已准予，制证中", _S.GRANTED: "已准予", _S.DENIED: "不予办理",
        _S.REFUSED: "不予受理", _S.NOT_REQUIRED: "不需要办理", _S.WITHDRAWN: "已撤回",
        _S.CANCELLED: "已取消", _S.TERMINATED: "已终止",
    },
)
# fmt: on

# Verbs told beside the table: the opening, the review of a machine's decision, the clocks.
RECORDED = {
    "open": "收件",
    "open_accepted": "收件并受理",
    "open_waiting": "随件提交，等待前置事项",
    "ask_human": "申请人工复核",
    "confirm_review": "人工复核答复",
    **SIDE_RECORDED,
    "urge": "催办",
    "signatures_wait": "内容改动，等待重新签名",
    "signatures_there": "重新签名已齐",
    "follow_supply": "随补正更新同一内容",
    "take_in_elsewhere": "部门业务系统已接收",
    "ask_renewal": "申请延续证照",
    "bar": "决定不得再次申请",
    "lift_bar": "撤销不得再次申请的决定",
    "object_to_notice": "公示期内收到异议",
    "reject_objection": "异议不成立，公示继续",
    "set_visit": "约定综合踏勘",
    "join_visit": "确定参加综合踏勘的人员",
    "drop_visit": "取消综合踏勘",
    "set_aside": "决定被复议机关或者法院撤销",
    "state_new_grounds": "负责人说明新的事实或者理由",
    "interested_ask_hearing": "利害关系人申请听证",
    "interested_object_to_chair": "利害关系人申请主持人回避",
    "interested_sign_minutes": "利害关系人确认听证笔录",
    "clock_warned": "时限预警",
    "clock_expired": "时限届满",
    "clocks_reindexed": "日历公布，重算时限",
}
