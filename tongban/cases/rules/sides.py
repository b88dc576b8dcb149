"""Pure decisions about what runs below a case: hearings, interested parties, opinions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases.rules import SpecialProcedureOpen
from tongban.cases.states import SIDES
from tongban.kernel.refusals import BadInput, NotAllowed, Problem, Refusal, worded
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from tongban.catalogue.rules.compiled import CompiledPackage
    from tongban.kernel.clocks import ClockSpec
    from tongban.kernel.worktime import Calendar

HEARING_BASIS = "行政许可法第四十八条第一款"
_LONGEST = 200


class WaitsForOthers(Refusal):
    """A decision was asked for while a statement or an opinion is waited for."""

    code = "waits-for-others"


class NotificationTooLate(Refusal):
    """A hearing was called with less notice than the law gives, or after its limit."""

    code = "notification-too-late"


class NotTheChair(NotAllowed):
    """Only the chair records a hearing and closes its minutes."""

    code = "not-the-chair"


class ObjectionOpen(Refusal):
    """The head has not answered yet whether the chair must step back."""

    code = "objection-open"


class CountersignerDisagrees(Refusal):
    """A department that signs jointly does not agree."""

    code = "countersigner-disagrees"


def clocks_of_side(kind: str, compiled: CompiledPackage) -> tuple[ClockSpec, ...]:
    """The pinned clocks of a kind of side proceeding: those that its verbs start."""
    side = SIDES[kind]
    verbs = {*side.begins, *side.machine.verbs}
    return tuple(spec for spec in compiled.side_clocks if spec.starts_on & verbs)


def begun_clock(verb: str, compiled: CompiledPackage) -> ClockSpec | None:
    """The clock that a verb starts, for the days that are told in writing."""
    return next((spec for spec in compiled.side_clocks if verb in spec.starts_on), None)


def total_days(kind: str, compiled: CompiledPackage) -> int:
    """The working days that all clocks of a kind have together, as they are told at its start."""
    return sum(spec.length for spec in clocks_of_side(kind, compiled))


def need_notice(
    *, held_at: datetime, now: datetime, days: int, due_at: datetime | None, calendar: Calendar
) -> None:
    """Refuse a hearing that is called too late (行政许可法 48): `days` full working days before.

    It is also refused where it would be held after its own limit of twenty days.
    """
    earliest = calendar.add_working_days(city_date(now), days)
    if city_date(held_at) <= earliest:
        raise NotificationTooLate(
            worded(
                "听证应当提前 {days} 个工作日通知，最早可以定在 {earliest} 之后。请改期。",
                days=days,
                earliest=earliest,
            ),
            basis=HEARING_BASIS,
            facts={"after": earliest.isoformat()},
        )
    if due_at is not None and held_at >= due_at:
        raise NotificationTooLate(
            "听证应当在组织听证的期限以内举行。请改一个早些的时间。",
            basis="行政许可法第四十七条第一款",
            facts={"before": due_at.isoformat()},
        )


def need_chair(chair: int, *, fit: Collection[int], reviewers: Collection[int]) -> None:
    """Refuse a chair who reviews this application, or who is no officer of the organ."""
    if chair in reviewers:
        sentence = "听证主持人不能由审查本件申请的工作人员担任，请另选一人。"
        raise BadInput(
            sentence,
            problems=(Problem("chair", "reviews-the-case", sentence),),
            basis="行政许可法第四十八条第一款第三项",
        )
    if chair not in fit:
        sentence = "听证主持人应当是本部门在岗的工作人员。"
        raise BadInput(sentence, problems=(Problem("chair", "unknown", sentence),))


def need_being_chair(chair: int, by: int) -> None:
    """Refuse everybody but the chair."""
    if chair != by:
        raise NotTheChair("听证由主持人记录和结束。您不是本次听证的主持人。", basis=HEARING_BASIS)


def need_short(path: str, text: str, sentence: str, most: int = _LONGEST) -> str:
    """A text of one line; BadInput where there is none or too much of it."""
    kept = text.strip()
    if not kept or len(kept) > most:
        raise BadInput(sentence, problems=(Problem(path, "missing", sentence),))
    return kept


def need_nothing_open(kinds: Iterable[str], number: str) -> None:
    """Refuse a decision while something holds it; the sentence is that of the first kind."""
    for kind in kinds:
        side = SIDES[kind]
        if side.holds_decision:
            refusal = SpecialProcedureOpen if side.stops_clocks else WaitsForOthers
            raise refusal(side.sentence, basis=side.basis, facts={"number": number, "kind": kind})


def need_agreement(against: Collection[str], number: str) -> None:
    """Refuse a grant that a department which signs jointly is against."""
    if against:
        raise CountersignerDisagrees(
            "会签部门不同意，不能准予。请与该部门协商后重新请求会签，或者作出不予决定。",
            facts={"number": number, "departments": sorted(against)},
        )


def need_minutes(heard: Iterable[str], reasons: str) -> None:
    """A decision after a hearing rests on its minutes and says how (行政许可法 48(2))."""
    if any(heard) and not reasons.strip():
        sentence = "举行过听证的，应当根据听证笔录作出决定。请写明怎样依据笔录。"
        raise BadInput(
            sentence,
            problems=(Problem("reasons", "missing", sentence),),
            basis="行政许可法第四十八条第二款",
        )
