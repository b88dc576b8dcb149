"""Proceedings below a case: what runs beside its route, each with a small life of its own.

One table, `SIDES`, says of each kind what the case hears when it ends and whether the clocks of
the case stand still meanwhile; a new kind is a machine and a line of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tongban.kernel.machines import Machine, Move

OFFICERS = ("reviewer", "checker", "decider")
# The chair of a hearing is one of them, whom the action asks for by account.
# Whoever the case concerns: the applicant, or an interested party by its own proceeding, whose
# entry stands in the same action.
CONCERNED = ("applicant", "family")


class SpecialState(StrEnum):
    """Where a special procedure is: a test, an expert review (行政许可法 45)."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"  # its case ended before it


class HearingState(StrEnum):
    """Where a hearing is (行政许可法 47, 48)."""

    TOLD = "told"  # the right to it was told, five days to ask
    REQUESTED = "requested"  # asked for, to be held within twenty days
    CALLED = "called"  # time and place were notified
    RECORDED = "recorded"  # held, the minutes wait for signatures
    DONE = "done"
    WAIVED = "waived"  # nobody asked for it in time
    CANCELLED = "cancelled"


class StatementState(StrEnum):
    """Where the hearing of an interested party's view is (行政许可法 36)."""

    ASKED = "asked"
    STATED = "stated"
    SILENT = "silent"  # the period passed without a word
    CANCELLED = "cancelled"


class OpinionState(StrEnum):
    """Where a request for another department's opinion is."""

    ASKED = "asked"
    ANSWERED = "answered"
    SILENT = "silent"  # no answer in time, which content counts as no objection
    CANCELLED = "cancelled"


class DebtState(StrEnum):
    """Where a debt of deficient acceptance is (容缺受理, domain-03 §3.7)."""

    OWED = "owed"
    PAID = "paid"
    LAPSED = "lapsed"  # the time is over and something is still missing
    CANCELLED = "cancelled"  # its case ended before


_P, _H, _T, _O, _D = SpecialState, HearingState, StatementState, OpinionState, DebtState

# fmt: off
SPECIAL_LIFE = Machine(
    name="special",
    subject="特别程序",
    states=SpecialState,
    initial=_P.RUNNING,
    final=frozenset({_P.DONE, _P.CANCELLED}),
    moves=(
        Move("assign_inspectors", _P.RUNNING, None, by=OFFICERS, title="指派检验人员"),
        Move("conclude_special", _P.RUNNING, _P.DONE, by=OFFICERS, title="记录结果并结束"),
        Move("cancel_special", _P.RUNNING, _P.CANCELLED, by="family", title="随办件结束"),
    ),
    titles={_P.RUNNING: "进行中", _P.DONE: "已结束", _P.CANCELLED: "已取消"},
)
HEARING_LIFE = Machine(
    name="hearing",
    subject="听证",
    states=HearingState,
    initial=_H.TOLD,
    final=frozenset({_H.DONE, _H.WAIVED, _H.CANCELLED}),
    moves=(
        Move("ask_hearing", _H.TOLD, _H.REQUESTED, by=CONCERNED, title="申请听证"),
        Move("waive_hearing", _H.TOLD, _H.WAIVED, by="applicant", title="放弃听证"),
        Move("lapse_hearing", _H.TOLD, _H.WAIVED, by="system", title="逾期未申请，视为放弃听证"),
        Move("call_hearing", (_H.REQUESTED, _H.CALLED), _H.CALLED, by=OFFICERS,
             title="通知听证的时间和地点"),
        Move("object_to_chair", _H.CALLED, None, by=CONCERNED, title="申请听证主持人回避"),
        Move("answer_objection", _H.CALLED, None, by="head", title="决定是否回避"),
        Move("record_hearing", _H.CALLED, _H.RECORDED, by=OFFICERS, title="记录听证笔录"),
        Move("sign_minutes", _H.RECORDED, None, by=CONCERNED, title="确认听证笔录"),
        Move("conclude_hearing", _H.RECORDED, _H.DONE, by=OFFICERS, title="结束听证"),
        Move("cancel_hearing", (_H.TOLD, _H.REQUESTED, _H.CALLED, _H.RECORDED), _H.CANCELLED,
             by="family", title="随办件结束"),
    ),
    titles={
        _H.TOLD: "已告知听证权利", _H.REQUESTED: "已申请听证", _H.CALLED: "已通知时间地点",
        _H.RECORDED: "已举行，笔录待确认", _H.DONE: "已结束", _H.WAIVED: "已放弃",
        _H.CANCELLED: "已取消",
    },
)
STATEMENT_LIFE = Machine(
    name="statement",
    subject="听取意见",
    states=StatementState,
    initial=_T.ASKED,
    final=frozenset({_T.STATED, _T.SILENT, _T.CANCELLED}),
    moves=(
        Move("make_statement", _T.ASKED, _T.STATED, by=(*CONCERNED, "reviewer"),
             title="陈述和申辩"),
        Move("lapse_statement", _T.ASKED, _T.SILENT, by="system", title="期满没有提出意见"),
        Move("cancel_statement", _T.ASKED, _T.CANCELLED, by="family", title="随办件结束"),
    ),
    titles={
        _T.ASKED: "等待意见", _T.STATED: "已提出意见", _T.SILENT: "没有提出意见",
        _T.CANCELLED: "已取消",
    },
)
OPINION_LIFE = Machine(
    name="opinion",
    subject="征求意见",
    states=OpinionState,
    initial=_O.ASKED,
    final=frozenset({_O.ANSWERED, _O.SILENT, _O.CANCELLED}),
    moves=(
        Move("give_opinion", _O.ASKED, _O.ANSWERED, by=OFFICERS, title="答复意见"),
        Move("lapse_opinion", _O.ASKED, _O.SILENT, by="system", title="逾期未答复，视为没有意见"),
        Move("cancel_opinion", _O.ASKED, _O.CANCELLED, by="family", title="随办件结束"),
    ),
    titles={
        _O.ASKED: "等待答复", _O.ANSWERED: "已答复", _O.SILENT: "逾期未答复",
        _O.CANCELLED: "已取消",
    },
)
DEBT_LIFE = Machine(
    name="debt",
    subject="容缺后补",
    states=DebtState,
    initial=_D.OWED,
    final=frozenset({_D.PAID, _D.LAPSED, _D.CANCELLED}),
    moves=(
        Move("pay_part", _D.OWED, None, by=("applicant", "system"), title="补交一份"),
        Move("settle", _D.OWED, _D.PAID, by=("applicant", "system"), title="全部补齐"),
        Move("extend_debt", _D.OWED, None, by=("reviewer", "decider"), title="延长补交期限"),
        Move("lapse_debt", _D.OWED, _D.LAPSED, by="system", title="到期未补齐"),
        Move("cancel_debt", _D.OWED, _D.CANCELLED, by="family", title="随办件结束"),
    ),
    titles={
        _D.OWED: "等待补交", _D.PAID: "已补齐", _D.LAPSED: "到期未补齐",
        _D.CANCELLED: "已取消",
    },
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Side:
    """A kind of proceeding below a case.

    ``begins`` are its first entries; ``case_hears`` the verb with which the case notes its end,
    and ``cancel`` how it ends with the case. While one that ``stops_clocks`` is open the clocks of
    the case, and of the whole application, stand still (行政许可法 45). While one that
    ``holds_decision`` is open nothing is decided: ``sentence`` says why, by ``basis``.
    """

    machine: Machine[Any]
    prefix: str
    title: str
    begins: tuple[str, ...]
    case_hears: str
    cancel: str
    sentence: str
    basis: str
    stops_clocks: bool = False
    holds_decision: bool = True

    @property
    def ends(self) -> frozenset[str]:
        """The verbs with which it ends."""
        moves = self.machine.moves
        return frozenset(m.verb for m in moves if m.target in self.machine.final)


SIDES = {
    "special": Side(
        SPECIAL_LIFE,
        prefix="TB",
        title="特别程序",
        begins=("begin_special",),
        case_hears="end_special",
        cancel="cancel_special",
        sentence="特别程序还没有结束，不能作出决定。请先记录特别程序的结果。",
        basis="行政许可法第四十五条",
        stops_clocks=True,
    ),
    "hearing": Side(
        HEARING_LIFE,
        prefix="TZ",
        title="听证",
        begins=("begin_hearing",),
        case_hears="end_special",
        cancel="cancel_hearing",
        sentence="听证还没有结束，不能作出决定。应当根据听证笔录作出决定。",
        basis="行政许可法第四十七条、第四十八条",
        stops_clocks=True,
    ),
    "statement": Side(
        STATEMENT_LIFE,
        prefix="CS",
        title="听取利害关系人意见",
        begins=("begin_statement",),
        case_hears="end_statement",
        cancel="cancel_statement",
        sentence="利害关系人陈述和申辩的期限还没有满，不能作出决定。请等他提出意见或期满。",
        basis="行政许可法第三十六条",
    ),
    "opinion": Side(
        OPINION_LIFE,
        prefix="ZQ",
        title="征求意见",
        begins=("begin_opinion", "begin_countersign"),
        case_hears="end_opinion",
        cancel="cancel_opinion",
        sentence="征求的部门意见还没有答复，不能作出决定。请等待答复，或者催办。",
        basis="",
    ),
    # What is owed blocks a grant by the case's own facts: a denial needs no more material.
    "debt": Side(
        DEBT_LIFE,
        prefix="RQ",
        title="容缺后补",
        begins=("begin_debt",),
        case_hears="pay_owed",
        cancel="cancel_debt",
        sentence="容缺的材料还没有补齐，补齐以前不能准予。",
        basis="",
        holds_decision=False,
    ),
}

# Entries that begin a side proceeding, and the late finding that a deadline of it made.
SIDE_RECORDED = {
    "begin_special": "特别程序开始",
    "begin_hearing": "告知听证权利",
    "begin_statement": "告知陈述和申辩的权利",
    "begin_opinion": "征求意见",
    "begin_countersign": "请求会签",
    "begin_debt": "容缺受理，等待补交",
}
