"""What a decision that was set aside leaves to be done, and what may not be done again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tongban.cases.rules import Standing, need_text
from tongban.cases.states import CaseState, Result
from tongban.kernel.refusals import BadInput, Refusal, worded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Forum(StrEnum):
    """Who set the decision aside."""

    REVIEW = "review"  # 行政复议
    COURT = "court"  # 行政诉讼


class Relief(StrEnum):
    """What was ordered."""

    REDO = "redo"  # 撤销并责令重新作出
    QUASH = "quash"  # 撤销


@dataclass(frozen=True, slots=True)
class Order:
    """A decision on review or a judgment that sets a decision aside, as its document says."""

    forum: Forum
    relief: Relief
    body: str
    document: str
    dated: date
    reason: str
    on_procedure: bool = False


class SetAsideAlready(Refusal):
    """The decision was set aside before; the new case is another one."""

    code = "set-aside-already"


class NothingToSetAside(Refusal):
    """There is no decision that could be set aside."""

    code = "nothing-to-set-aside"


class NobodyElse(Refusal):
    """A step would be left without anybody who had no part in the old decision."""

    code = "nobody-else"


class SameDecision(Refusal):
    """The decision that was set aside would be made again on the same facts and reasons."""

    code = "same-decision"


BASES = {
    Forum.REVIEW: "行政复议法第六十四条",
    Forum.COURT: "行政诉讼法第七十条、第七十一条",
}
DECIDED = (
    CaseState.GRANTED,
    CaseState.DENIED,
    CaseState.REFUSED,
    CaseState.NOT_REQUIRED,
    CaseState.TERMINATED,
)


def need_set_aside(case: Standing) -> None:
    """Refuse to set aside what was not decided, or was set aside already."""
    facts = {"number": case.number}
    if case.state not in DECIDED:
        raise NothingToSetAside("本件还没有作出决定，没有可以撤销的决定。", facts=facts)
    if case.facts.get("set_aside"):
        raise SetAsideAlready("本件的决定已经登记为被撤销。请到重新办理的办件继续。", facts=facts)


def checked(order: Order, today: date) -> Order:
    """The order with its words cleaned; BadInput names what is missing."""
    if order.dated > today:
        raise BadInput.at("dated", "future", "文书日期不能晚于今天。")
    return Order(
        forum=order.forum,
        relief=order.relief,
        body=need_text("body", order.body, "请填写作出复议决定或者判决的机关。"),
        document=need_text("document", order.document, "请填写文书的文号。"),
        dated=order.dated,
        reason=need_text("reason", order.reason, "请写明文书认定原决定错在哪里。"),
        on_procedure=order.on_procedure,
    )


def is_done_again(order: Order, state: str) -> bool:
    """Whether the application is to be handled again.

    A grant that was only quashed leaves nothing to decide; an application that was refused or
    denied stands again when the refusal falls.
    """
    return order.relief is Relief.REDO or state != CaseState.GRANTED


def need_somebody(left: Iterable[tuple[str, int]], number: str) -> None:
    """Refuse where a step (its name and who could still do it) is left with nobody."""
    empty = [name for name, count in left if count == 0]
    if empty:
        raise NobodyElse(
            worded(
                "“{steps}”没有未参与原决定的人员。请先在“岗位”页增派人员，再登记。",
                steps=tuple(empty),
            ),
            facts={"number": number, "steps": empty},
        )


def repeats(redo: dict[str, object], result: Result) -> bool:
    """Whether a result is the one that was set aside, on more than its procedure."""
    return not redo.get("free") and redo.get("result") == result


def need_new_decision(case: Standing, result: Result, reasons: str, before: str) -> None:
    """Refuse to make the same decision on the same facts and reasons (行政诉讼法 71).

    ``before`` are the reasons of the decision that was set aside. With new facts or reasons,
    which the head of the department has stated, the same result may stand.
    """
    redo = case.facts.get("redo", {})
    if not redo or not repeats(redo, result):
        return
    facts = {"number": case.number, "before": redo["of"]}
    basis = "行政诉讼法第七十一条；行政复议法第六十四条第二款"
    if not redo.get("new_grounds"):
        raise SameDecision(
            "原决定已被撤销，不得以同一的事实和理由作出与原决定基本相同的决定。"
            "确有新的事实或者理由的，请部门负责人先在本页说明。",
            facts=facts,
            basis=basis,
        )
    if before.strip() and reasons.strip() == before.strip():
        raise SameDecision(
            "决定理由与被撤销的决定完全相同。请写明新的事实或者理由。", facts=facts, basis=basis
        )
