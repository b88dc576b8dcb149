"""What a person is asked to rate, and what he said: found by his link or by his own account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tongban.catalogue.queries import package_version
from tongban.catalogue.rules import Words
from tongban.engine.queries import Proceeding, children_of
from tongban.hotline.queries import domains, hidden_from
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.people.queries import is_nobody, keyed_hash, parties
from tongban.ratings import rules
from tongban.ratings.models import Device, Invitation, Rectification, Review
from tongban.ratings.queries.comments import name_of_subject
from tongban.ratings.queries.rules import is_apart, ratings
from tongban.ratings.states import LIFE, RectificationState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tongban.kernel.actors import Actor
    from tongban.ratings.content import ObjectKind

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Part:
    """An item of the thing, which can be meant by itself, with the department that did it."""

    item: str
    name: Words
    department: str


@dataclass(frozen=True, slots=True)
class Invited:
    """One thing that may be rated; ``name`` None where its content is not published any more."""

    id: int
    token: str
    object: str
    number: str
    name: Words | None
    department: str
    opened_at: datetime
    closes_at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of a rating."""

    id: int
    turn: int
    level: int
    tags: tuple[str, ...]
    text: str
    real_name: bool
    rated_at: datetime
    department: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the unit says that it has mended; ``is_second`` in the second round."""

    text: str
    answered_at: datetime
    is_second: bool


@dataclass(frozen=True, slots=True)
class MyRating:
    """One thing with what was said about it and how a bad review was put right.

    ``may_rate`` says that a rating is possible now, ``asks_back`` that the callback waits,
    ``is_kept`` that something was said which this reader is not to see.
    """

    invited: Invited
    parts: tuple[Part, ...]
    said: tuple[Said, ...]
    may_rate: bool
    state: str = ""
    state_title: str = ""
    rectification: str = ""
    answers: tuple[Answer, ...] = ()
    is_second_round: bool = False
    asks_back: bool = False
    is_kept: bool = False


def invitation_by_token(token: str) -> Invitation:
    """The invitation of a link. Raises NothingToRate (F6)."""
    found = Invitation.objects.filter(token=token).first() if token.isascii() else None
    if found is None:
        raise nothing()
    return found


def nothing() -> rules.NothingToRate:
    """F6: there is nothing behind it that could be rated."""
    return rules.NothingToRate(
        "没有找到可以评价的办件或者到访。评价必须对应真实的服务。",
        instead=("请用办结通知、回执或者窗口上的评价链接；也可以登录后在“我的评价”里评价。",),
    )


def nothing_more() -> rules.RatedAlready:
    """It was rated, or its days are over: there is nothing to say now."""
    return rules.RatedAlready("这件事已经评价过了，或者评价的期限已经过了。")


def find_by_code(number: str, code: str) -> Invitation:
    """The open invitation of a number with the short code of its slip (kiosk, telephone)."""
    wanted, slip = normalise_number(number), code.strip()
    if not all(one.isascii() and one.isalnum() for one in (wanted, slip)):
        raise nothing()
    found = Invitation.objects.filter(number=wanted, code=slip).order_by("-id").first()
    if found is None:
        raise nothing()
    return found


def slip_of(number: str) -> Invitation | None:
    """The invitation for the slip of a visit, while nobody has rated it; None for none."""
    return Invitation.objects.filter(number=number, object="visit", rated_at=None).first()


def scanned(text: str) -> Invitation:
    """The invitation of a code that was scanned where a number is typed. Raises NothingToRate."""
    found = _LINK.search(text)
    return invitation_by_token(found[1] if found else "")


_LINK = re.compile(r"/rate/([A-Za-z0-9_-]{10,60})(?:/|$)")


def waiting_at(window: str, region: str, now: datetime) -> Invitation | None:
    """The newest visit of a window that nobody has rated, for its tablet, while it is fresh."""
    since = now - timedelta(minutes=ratings().tablet.value)
    return (
        Invitation.objects.filter(
            window=window, region__startswith=region, rated_at=None,
            opened_at__gt=since, closes_at__gt=now,
        )
        .order_by("-id")
        .first()
    )  # fmt: skip


def my_invitations(actor: Actor, now: datetime, limit: int = SHOWN) -> list[Invited]:
    """Everything that a citizen was asked to rate, the newest first."""
    found = Invitation.objects.filter(party_id__in=sorted(actor.acts_for))
    found = found.exclude(number__in=sorted(hidden_from(actor))).order_by("-id")
    return [invited(one, now) for one in found[:limit]]


def rating_of(actor: Actor, proceeding_id: int, now: datetime) -> Invited | None:
    """The open or given rating of one of his own things."""
    found = (
        Invitation.objects.filter(proceeding_id=proceeding_id, party_id__in=sorted(actor.acts_for))
        .exclude(object="visit")
        .order_by("-id")
        .first()
    )
    return invited(found, now) if found else None


def ended_thing(proceeding_id: int, kind: ObjectKind) -> tuple[Proceeding, str, str] | None:
    """What an entry is about, its item and who is answerable; None for another kind.

    Of what a unit handles for a centre, the unit that leads is answerable (谁办理、谁负责).
    """
    found = Proceeding.objects.filter(pk=proceeding_id, kind=kind.kind).first()
    if found is None:
        return None
    if kind.item == "package":
        return found, package_version(found.version_id).compiled.code, found.department
    leading = [one.department for one in children_of([found.pk]) if one.facts.get("lead")]
    answerable = leading[-1] if leading else found.department
    return found, str(found.facts.get(kind.item, "")), answerable


def names_behind(row: Invitation) -> tuple[str, ...]:
    """What whoever was asked is called, himself and the one who acts for his enterprise.

    For hiding in what others read, and for nothing else.
    """
    if is_nobody(row.party_id):
        return ()
    asked = parties([row.party_id]).get(row.party_id)
    if asked is None:
        return ()
    speaks = parties([asked.representative_id]) if asked.representative_id else {}
    return tuple(one.name for one in (asked, *speaks.values()))


def name_of(row: Invitation) -> Words | None:
    """What the package is called that the thing belongs to, or what a request is about."""
    kind = next((one.item for one in ratings().kinds if one.code == row.object), "")
    if is_apart(row.object):
        return name_of_subject(row.object, row.item)
    if kind == "domain":
        return next((Words(**one.name) for one in domains() if one.code == row.item), None)
    if kind != "package":
        return None
    try:
        return package_version(row.version_id).compiled.name
    except NotFound:
        return None


def invited(row: Invitation, now: datetime) -> Invited:
    """An invitation as its person sees it."""
    return Invited(
        row.pk, row.token, row.object, row.number, name_of(row), row.department, row.opened_at,
        row.closes_at, row.rated_at is None and row.closes_at > now,
    )  # fmt: skip


def rating_page(row: Invitation, now: datetime) -> MyRating:
    """The page of one rating: what may be said, what was said, and what came of it."""
    reviews = list(Review.objects.filter(invitation_id=row.pk).order_by("turn"))
    rounds = _rounds(row.pk)
    mended = rounds[-1] if rounds else None
    state = mended.proceeding.state if mended else ""
    return MyRating(
        invited=invited(row, now),
        parts=tuple(_parts(row.object, row.version_id, row.proceeding_id)),
        said=tuple(_said(reviews)),
        may_rate=_may_rate(row, reviews, mended, now),
        state=state,
        state_title=LIFE.title(state) if state else "",
        rectification=mended.proceeding.number if mended else "",
        answers=tuple(
            Answer(one.answer, one.answered_at, one.earlier_id is not None)
            for one in rounds
            if one.answered_at is not None
        ),
        is_second_round=mended is not None and mended.earlier_id is not None,
        asks_back=state == RectificationState.REPLIED,
    )


def is_own(row: Invitation, actor: Actor | None, device: str) -> bool:
    """Whether this is the person: by his account, or by the device on which he rated.

    A device of the hall is everybody's and says nothing.
    """
    if actor is not None and row.party_id in actor.acts_for:
        return True
    if not device:
        return False
    key = keyed_hash("device", device)
    hall = Device.objects.filter(key=key).exists()
    return not hall and Review.objects.filter(invitation_id=row.pk, device=key).exists()


def rating_page_of(row: Invitation, now: datetime, *, own: bool) -> MyRating:
    """The page for whoever has the link: where staff had the slip, what was said is the person's.

    Of others nobody learns more than that it was rated.
    """
    one = rating_page(row, now)
    if own or not one.said or not row.prompted:
        return one
    return MyRating(one.invited, (), (), may_rate=False, is_kept=True)


def _may_rate(
    row: Invitation, reviews: list[Review], mended: Rectification | None, now: datetime
) -> bool:
    if not reviews:
        return row.closes_at > now
    within = timedelta(days=float(ratings().again.value))
    first = reviews[0]
    return rules.may_rate_again(
        reviews[-1].turn, first.rated_at, now, within, was_mended=is_mended(mended)
    )


def _rounds(invitation_id: int) -> list[Rectification]:
    """How a matter was put right, the first round first."""
    found = Rectification.objects.filter(invitation_id=invitation_id)
    return list(found.select_related("proceeding").order_by("pk"))


def last_round(invitation_id: int) -> Rectification | None:
    """The rectification of a matter that counts, with its proceeding; None where none is."""
    found = Rectification.objects.filter(invitation_id=invitation_id, later=None)
    return found.select_related("proceeding").first()


def is_mended(mended: Rectification | None) -> bool:
    """Whether a bad review was put right, so that it may be rated once more."""
    return mended is not None and mended.proceeding.state == RectificationState.CLOSED


def _said(reviews: Iterable[Review]) -> Iterable[Said]:
    for one in reviews:
        yield Said(
            one.pk, one.turn, one.level, tuple(one.tags), one.text, one.real_name, one.rated_at,
            one.department,
        )  # fmt: skip


def _parts(kind: str, version_id: int, proceeding_id: int) -> Iterable[Part]:
    """The items of an application that a person may mean; none for what has no parts."""
    if kind != "application":
        return
    compiled = package_version(version_id).compiled
    for case in children_of([proceeding_id]):
        code = str(case.facts.get("item", ""))
        if case.kind == "case" and code and not compiled.item(code).internal:
            yield Part(code, compiled.item(code).name, case.department)


def parts_of(kind: str, version_id: int, proceeding_id: int) -> dict[str, str]:
    """Item to department, for whoever means one part."""
    return {part.item: part.department for part in _parts(kind, version_id, proceeding_id)}
