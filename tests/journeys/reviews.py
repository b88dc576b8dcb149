"""What people of a journey say of the service, and how a bad review is put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.kernel.worktime import city_date
from tongban.ratings import actions
from tongban.ratings.models import Flag, Invitation, Rectification, Review
from tongban.ratings.queries import figures_of, month_of
from tongban.ratings.rules import Rating
from tongban.ratings.states import LIFE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.runner import Journey
    from tongban.kernel.actors import Actor

LEVELS = {"非常满意": 1, "满意": 2, "基本满意": 3, "不满意": 4, "非常不满意": 5}


def _invitation(journey: Journey, kind: str = "application") -> Invitation:
    return Invitation.objects.get(number=journey.package.number, object=kind)


def rate(journey: Journey, by: Actor, level: str, *words: str) -> None:
    """`rate 不满意 实名 办得慢`: whoever has the link says it; 评价器, 代评 say how."""
    flags = {"实名", "评价器", "代评"}
    said = [word for word in words if word not in flags]
    actions.rate(
        invitation=_invitation(journey, "visit" if "评价器" in words else "application"),
        rating=Rating(
            level=LEVELS[level],
            channel="tablet" if "评价器" in words else "mobile",
            text=" ".join(said),
            real_name="实名" in words,
            seconds=60,
            staff_session="代评" in words,
        ),
        now=journey.now,
    )
    journey.house.rest()
    tell(journey)


def tell(journey: Journey) -> None:
    """What is on record now: each turn with its weight and flags, the rectification, the rate."""
    for one in Review.objects.filter(invitation__number=journey.package.number).order_by("id"):
        flags = "、".join(Flag.objects.filter(review=one).values_list("detector", flat=True))
        words = next(name for name, level in LEVELS.items() if level == one.level)
        counts = "计入" if one.weight else "不计入"
        turn = "追评" if one.turn else "评价"
        journey.told.append(
            f"{turn}：{words}，{one.department}，{counts}" + (f"，标记 {flags}" if flags else "")
        )
    mended = Rectification.objects.filter(invitation__number=journey.package.number)
    for one in mended.order_by("pk"):
        which = "第二次整改" if one.earlier_id else "差评整改"
        journey.told.append(f"{which}：{LIFE.title(one.proceeding.state)}")
    since, until = month_of(city_date(journey.now))
    whole = figures_of("all", since, until).get("")
    if whole is not None:
        journey.told.append(f"本月：计入 {whole.total}，好评 {whole.good}，待核实 {whole.held}")


def _mend(verb: Callable[..., object], word: str) -> Callable[..., None]:
    def do(journey: Journey, by: Actor, *words: str) -> None:
        row = Rectification.objects.get(invitation__number=journey.package.number, later=None)
        said = {word: " ".join(words)} if word else {}
        verb(rectification_id=row.pk, by=by, now=journey.now, **said)
        journey.house.rest()
        tell(journey)

    return do


def answer(journey: Journey, by: Actor, solved: str, note: str = "") -> None:
    """The person answers the callback on his page."""
    actions.answer_callback(
        invitation=_invitation(journey), is_solved=solved == "解决", note=note, now=journey.now
    )
    journey.house.rest()
    tell(journey)


def settle(journey: Journey, by: Actor, holds: str, reason: str) -> None:
    """The administration has looked at the flag that waits."""
    flag = Flag.objects.get(review__invitation__number=journey.package.number, settled_at=None)
    actions.settle_flags(
        flag_ids=[flag.pk], holds=holds == "刷评", reason=reason, by=by, now=journey.now
    )
    tell(journey)


REVIEW_VERBS: dict[str, Callable[..., None]] = {
    "rate": rate,
    "contact": _mend(actions.contact_evaluator, "note"),
    "verify": _mend(actions.verify_review, "finding"),
    "reply": _mend(actions.reply_evaluator, "answer"),
    "ask-time": _mend(actions.ask_time, "reason"),
    "grant-time": _mend(actions.grant_time, ""),
    "appeal": _mend(actions.appeal_review, "grounds"),
    "propose": _mend(actions.propose_exclusion, "reason"),
    "confirm-exclusion": _mend(actions.confirm_exclusion, "reason"),
    "solved": _mend(actions.satisfied_at_callback, "note"),
    "answer-back": answer,
    "settle": _mend(actions.settle_callback, "note"),
    "settle-flag": settle,
}
