"""The lives of an answer (domain-04 §5.7) and of a task about an element of a guide."""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move


class AnswerState(StrEnum):
    """Where an answer is on its way to the knowledge base."""

    DRAFT = "draft"  # with an officer of its unit
    APPROVING = "approving"  # with the head of its unit: another person than who wrote it
    REVIEWING = "reviewing"  # with the hotline centre
    PUBLISHED = "published"
    DUE = "due"  # published, and its unit must read it again
    RETIRED = "retired"
    DROPPED = "dropped"  # not worth an entry


class ElementState(StrEnum):
    """Where a task about an element of a guide is."""

    OPEN = "open"
    CHANGED = "changed"  # a new version of it was published
    STAYS = "stays"  # it is right as it is, for a reason
    MISTAKEN = "mistaken"  # whoever was thought to speak of it speaks of something else


_A, _E = AnswerState, ElementState
WRITERS = ("reviewer", "head", "decider")
"""The roles of a unit that write its answers and own its guides."""
LEADS = ("head", "decider")
"""The roles that stand behind what their unit publishes."""
_ON_SHELF = (_A.PUBLISHED, _A.DUE)
_IN_WORK = (_A.DRAFT, _A.APPROVING, _A.REVIEWING)

# fmt: off
ANSWER = Machine(
    name="answer",
    subject="知识条目",
    states=AnswerState,
    initial=_A.DRAFT,
    final=frozenset({_A.RETIRED, _A.DROPPED}),
    moves=(
        Move("submit_answer",    _A.DRAFT,     _A.APPROVING, by=WRITERS, title="提交本单位审核"),
        Move("drop_answer",      _A.DRAFT,     _A.DROPPED,   by=WRITERS, title="不收入知识库"),
        Move("drop_revision",    _A.DRAFT,     _A.PUBLISHED, by=WRITERS, title="放弃修订"),
        Move("approve_answer",   _A.APPROVING, _A.REVIEWING, by=LEADS, title="单位审核同意"),
        Move("return_answer",    _A.APPROVING, _A.DRAFT,     by=LEADS, title="退回修改"),
        Move("publish_answer",   _A.REVIEWING, _A.PUBLISHED, by="checker", title="审核发布"),
        Move("send_back_answer", _A.REVIEWING, _A.DRAFT,     by="checker", title="审核退回"),
        Move("answer_review_due", _A.PUBLISHED, _A.DUE,      by="system", title="到了复核的日子"),
        Move("confirm_answer",   _A.DUE,       _A.PUBLISHED, by=WRITERS, title="复核无误"),
        Move("revise_answer",    _ON_SHELF,    _A.DRAFT,     by=WRITERS, title="修订"),
        Move("retire_answer",    (*_ON_SHELF, *_IN_WORK), _A.RETIRED, by=LEADS, title="下架"),
        Move("reassign", (_A.DRAFT, _A.APPROVING, _A.DUE), None, by="head", title="改派"),
    ),
    titles={
        _A.DRAFT: "草稿", _A.APPROVING: "单位审核中", _A.REVIEWING: "热线中心审核中",
        _A.PUBLISHED: "已发布", _A.DUE: "已发布，待复核",
        _A.RETIRED: "已下架", _A.DROPPED: "未收入",
    },
)
ELEMENT = Machine(
    name="guide_element",
    subject="指南要素核对",
    states=ElementState,
    initial=_E.OPEN,
    final=frozenset({_E.CHANGED, _E.STAYS, _E.MISTAKEN}),
    moves=(
        Move("element_changed", _E.OPEN, _E.CHANGED, by=WRITERS, title="已经改正"),
        Move("element_stays",   _E.OPEN, _E.STAYS,   by=WRITERS, title="维持不变，说明理由"),
        Move("element_mistaken", _E.OPEN, _E.MISTAKEN, by="system", title="说的不是这一项"),
        Move("reassign",        _E.OPEN, None,       by="head", title="改派"),
    ),
    titles={
        _E.OPEN: "待核对", _E.CHANGED: "已改正", _E.STAYS: "维持不变", _E.MISTAKEN: "不用核对",
    },
)
# fmt: on
DRAFTED, ASKED_AGAIN = "draft_answer", "asked_again"
OPENED, REPORTED, UNSAID = "open_element", "element_reported", "element_unsaid"
ANSWER_RECORDED = {
    DRAFTED: "形成草稿",
    ASKED_AGAIN: "又有人问到同样的问题",
    "clock_expired": "时限届满",
    "clock_warned": "时限临近",
}
ELEMENT_RECORDED = {
    OPENED: "收到对指南要素的反映",
    REPORTED: "又有人反映同一要素",
    UNSAID: "有人更正：说的不是这一项",
    "clock_expired": "时限届满",
    "clock_warned": "时限临近",
}
