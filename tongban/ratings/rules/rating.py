"""What a rating must be, what it weighs, what it changes in the roll-up, and by when it is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tongban.kernel.clocks import ClockSpec, Unit
from tongban.kernel.refusals import BadInput, NotFound, Problem, Refusal
from tongban.ratings.states import OPENED, REOPENED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime, timedelta

    from tongban.ratings.content import Ratings

LONGEST = 1000


class NothingToRate(NotFound):
    """F6: there is no case, visit or ticket behind it."""

    code = "nothing-to-rate"


class RatedAlready(Refusal):
    """One matter, one review, and once more: what was said stays."""

    code = "rated-already"


class InvitationClosed(Refusal):
    """The days in which one may rate are over."""

    code = "invitation-closed"


NOT_THE_PERSON = (
    "这次服务已经评价过了。回执经过工作人员的手，看评价、追评和回答回访要由本人登录，"
    "或者用评价时的那台设备。"
)


class NotThePerson(Refusal):
    """The slip was in the hands of staff: what was said is the person's own to read and change."""

    code = "not-the-person"
    status = 403


class NotTwoPersons(Refusal):
    """An exclusion takes two persons, none of whom is of the unit that was rated."""

    code = "not-two-persons"
    status = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What somebody says. ``level`` 0 says nothing: there is no default.

    ``seconds`` is how long the page was open, ``staff_session`` that an officer was signed in
    there, ``item`` which part of the thing is meant (empty: all of it), ``is_own`` that the
    person is known, by his account or by the device on which he rated before.
    """

    level: int
    channel: str
    aspects: Mapping[str, int] = field(default_factory=dict)
    tags: Sequence[str] = ()
    text: str = ""
    real_name: bool = False
    item: str = ""
    device: str = ""
    seconds: int | None = None
    staff_session: bool = False
    is_own: bool = False


def checked(rating: Rating, content: Ratings) -> Rating:
    """The rating with its text trimmed. Raises BadInput naming everything that is wrong."""
    problems = list(_problems(rating, content))
    if problems:
        raise BadInput(problems[0].sentence, problems=problems)
    return Rating(
        level=rating.level, channel=rating.channel, aspects=dict(rating.aspects),
        tags=tuple(dict.fromkeys(rating.tags)), text=rating.text.strip(),
        real_name=rating.real_name, item=rating.item, device=rating.device,
        seconds=rating.seconds, staff_session=rating.staff_session, is_own=rating.is_own,
    )  # fmt: skip


def _problems(rating: Rating, content: Ratings) -> Iterator[Problem]:
    levels = {one.value for one in content.levels}
    if rating.level not in levels:
        yield Problem("level", "missing", "请选择满意程度。没有选择就不会计为好评。")
    if rating.channel not in {one.code for one in content.channels}:
        yield Problem("channel", "unknown", "没有这种评价渠道。")
    if set(rating.tags) - {one.code for one in content.tags}:
        yield Problem("tags", "unknown", "请从列出的标签中选择。")
    aspects = {one.code for one in content.aspects}
    if set(rating.aspects) - aspects or set(rating.aspects.values()) - levels:
        yield Problem("aspects", "unknown", "请按列出的方面评价。")
    if len(rating.text) > LONGEST:
        yield Problem("text", "too-long", "写得太长了，请精简到一千字以内。")


def need_text(path: str, text: str, sentence: str) -> str:
    """The text without surrounding blanks; BadInput with the sentence where nothing is left."""
    kept = text.strip()
    if not kept:
        raise BadInput.at(path, "missing", sentence)
    return kept


def may_rate_again(
    turn: int, first_at: datetime, now: datetime, within: timedelta, *, was_mended: bool
) -> bool:
    """Whether somebody may rate once more: within some days, or after a rectification."""
    return turn == 0 and (was_mended or now <= first_at + within)


def is_second_round(
    handled: int, ended_at: datetime | None, review: int, rated_at: datetime
) -> bool:
    """Whether a bad review says anew that something was not put right.

    It does where the handling of an earlier review had ended before it was written; what is said
    while the handling goes on belongs to that one.
    """
    return review != handled and ended_at is not None and ended_at <= rated_at


def weight_of(level: int, first_bad: int, *, flagged: bool, excluded: bool, stands: bool) -> int:
    """What a review weighs.

    A good one with an open or upheld flag weighs nothing; a bad one counts until two persons
    have excluded it, so that a burst of true complaints is never muted (domain-04 §4.3).
    """
    if excluded or not stands:
        return 0
    return 0 if flagged and level < first_bad else 1


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a review stands in the roll-up; ``held`` is 1 where it waits to be confirmed.

    ``asked`` is the day, department, item and window under which its invitation was counted:
    whoever is asked in one month and speaks in the next belongs to those who were asked.
    """

    asked: tuple[object, ...]
    day: date
    department: str
    item: str
    window: str
    channel: str
    level: int
    weight: int
    held: int
    unprompted: int

    @property
    def heard(self) -> int:
        """1 where its invitation counts as answered: what is excluded or forged does not."""
        return int(bool(self.weight or self.held))


INVITED_LEVEL = 0
"""The level of the rows that count invitations: ``n`` were asked, ``held`` of them spoke."""


def changes(before: Counted | None, after: Counted | None) -> list[tuple[object, ...]]:
    """The rows that bring the roll-up from one standing to another; empty where nothing moves."""
    if before == after:
        return []
    rows: list[tuple[object, ...]] = []
    for one, sign in ((before, -1), (after, 1)):
        if one is not None and (one.weight or one.held):
            rows.append(
                (
                    one.day, one.department, one.item, one.window, one.channel, one.level,
                    sign * one.weight, sign * one.held, sign * one.unprompted * one.weight,
                )
            )  # fmt: skip
    known = after or before
    heard = (after.heard if after else 0) - (before.heard if before else 0)
    if known is not None and heard:
        rows.append((*known.asked, "", INVITED_LEVEL, 0, heard, 0))
    return rows


# ---- clocks -------------------------------------------------------------------------------------


def clocks(days: Mapping[str, int], bases: Mapping[str, str]) -> tuple[ClockSpec, ...]:
    """The clocks of a rectification with the days that were in force when it was opened."""
    again = {"dismiss", "overrule", "rehandle"}
    runs = {
        "contact": ({OPENED, REOPENED}, {"contact", "verify", "appeal"}),
        "rectify": ({"verify", *again}, {"reply", "grant_time"}),
        "complex": ({"grant_time"}, {"reply"}),
        "callback": ({"reply"}, {"satisfy", "rehandle", "settle", "unheard"}),
        "review": ({"appeal"}, {"dismiss", "confirm", "overrule"}),
    }
    return tuple(
        ClockSpec(
            name=f"rating_{name}",
            length=days[name],
            unit=Unit.WORKDAY,
            starts_on=frozenset(starts),
            stops_on=frozenset(stops),
            on_expiry="supervise",
            basis=bases[name],
        )
        for name, (starts, stops) in runs.items()
    )
