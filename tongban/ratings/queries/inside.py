"""What the unit and the administration see of reviews; never who rated, unless named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q

from tongban.engine.queries import address_of, clocks_of, steps_of, visible_to
from tongban.engine.rules import may_do, may_take
from tongban.kernel.refusals import NotFound
from tongban.people.queries import party
from tongban.ratings.models import Device, Flag, Invitation, Rectification, Review
from tongban.ratings.queries.mine import name_of
from tongban.ratings.queries.rules import (
    COMMENT,
    SPOT_CHECK,
    objects_apart,
    objects_of,
    ratings,
)
from tongban.ratings.states import LIFE, Detector, RectificationState
from tongban.records.actions import log_reads, read_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from tongban.catalogue.rules import Words
    from tongban.engine.queries import ClockReading, Proceeding
    from tongban.kernel.actors import Actor

PAGE = 50
_HIDDEN_FOR = ("reassign",)


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One review in a list; the officer is known to his head and to the administration.

    ``number`` is empty for the unit of somebody who gave no name: with the number of his case
    everybody there would know him.
    """

    id: int
    object: str
    number: str
    name: Words | None
    department: str
    item: str
    window: str
    officer_id: int | None
    channel: str
    level: int
    tags: tuple[str, ...]
    text: str
    real_name: bool
    rated_at: datetime
    weight: int
    flags: tuple[str, ...]
    rectification: str
    state: str
    is_second_round: bool = False


def unit_of(actor: Actor) -> frozenset[str]:
    """The departments whose reviews this officer may read: those that he heads or supervises."""
    return frozenset(
        queue.rpartition(".")[0]
        for queue in actor.queues
        if queue.rpartition(".")[2] in ("head", "decider", "supervisor")
    )


def is_body(actor: Actor) -> bool:
    """Whether this officer belongs to a body that decides on appeals, and may do so."""
    bodies = {ratings().body.value, ratings().body_of_body.value}
    return any(
        queue.rpartition(".")[0] in bodies and queue.rpartition(".")[2] in ("head", "supervisor")
        for queue in actor.queues
    )


def visible_departments(actor: Actor) -> frozenset[str] | None:
    """The departments whose reviews he may read; None for all of the city (administration)."""
    return None if is_body(actor) else unit_of(actor)


def reviews_of(
    actor: Actor,
    *,
    department: str = "",
    kind: str = "all",
    item: str = "",
    span: tuple[date, date] | None = None,
    cursor: int = 0,
    limit: int = PAGE,
) -> list[ReviewLine]:
    """Reviews of a department, or of everything he may see; newest first, keyset by id.

    ``kind``: all, bad, flagged; or what stands apart from these, comment or spot_check.
    ``item``: of one item; ``span``: from a day up to another, the reviews behind the figures of
    those days. Raises NotFound for a department that is not his.
    """
    seen = visible_departments(actor)
    if department and seen is not None and department not in seen:
        raise NotFound("没有找到这个部门的评价，或您无权查看。")
    found = Review.objects.order_by("-id")
    if department:
        found = found.filter(department=department)
    elif seen is not None:
        found = found.filter(department__in=sorted(seen))
    if kind in (COMMENT, SPOT_CHECK):
        found = found.filter(invitation__object__in=objects_of(kind))
    else:
        found = found.exclude(object__in=objects_apart())
    if item:
        found = found.filter(item=item)
    if span is not None:
        found = found.filter(day__gte=span[0], day__lt=span[1])
    if kind == "bad":
        # A literal: the planner proves the partial index by no parameter (820 ms at 3 million).
        bad = f"ratings_review.level >= {ratings().first_bad:d}"
        found = found.extra(where=[bad])  # noqa: S610 -- an integer of the content
    if kind == "flagged":
        found = found.filter(has_flag=True)
    if cursor:
        found = found.filter(id__lt=cursor)
    return lines(found.select_related("invitation")[:limit], actor)


def knows_matter(actor: Actor, review: Review) -> bool:
    """Whether he may know about which case, visit or request a review is.

    The administration may, but of its own unit; the unit where the person gave his name.
    """
    return review.real_name or (is_body(actor) and review.department not in actor.departments)


def lines(rows: Iterable[Review], actor: Actor) -> list[ReviewLine]:
    """Reviews with their flags and rectifications; three queries for any number."""
    found = list(rows)
    flags: dict[int, list[str]] = {}
    for review_id, detector in Flag.objects.filter(
        review_id__in=[one.pk for one in found]
    ).values_list("review_id", "detector"):
        flags.setdefault(review_id, []).append(detector)
    rounds: dict[int, list[Rectification]] = {}
    for row in (
        Rectification.objects.filter(invitation_id__in=[one.invitation_id for one in found])
        .select_related("proceeding")
        .order_by("pk")
    ):
        rounds.setdefault(row.invitation_id, []).append(row)
    return [
        _line(
            one,
            flags.get(one.pk, []),
            _round_of(one, rounds.get(one.invitation_id, ())),
            number=one.invitation.number if knows_matter(actor, one) else "",
        )
        for one in found
    ]


def _round_of(review: Review, rounds: Sequence[Rectification]) -> Rectification | None:
    """In which round a review is put right: its own, or that during which it was written."""
    return next((one for one in rounds if one.review_id == review.pk), next(iter(rounds), None))


def _line(
    one: Review, flags: list[str], mended: Rectification | None, *, number: str
) -> ReviewLine:
    handled = mended if mended and one.level >= ratings().first_bad else None
    return ReviewLine(
        id=one.pk,
        object=one.object,
        number=number,
        name=name_of(one.invitation),
        department=one.department,
        item=one.item,
        window=one.window,
        officer_id=one.officer_id,
        channel=one.channel,
        level=one.level,
        tags=tuple(one.tags),
        text=one.text,
        real_name=one.real_name,
        rated_at=one.rated_at,
        weight=one.weight,
        flags=tuple(sorted(flags)),
        rectification=handled.proceeding.number if handled else "",
        state=handled.proceeding.state if handled else "",
        is_second_round=handled is not None and handled.earlier_id is not None,
    )


@dataclass(frozen=True, slots=True)
class RectificationPage:
    """One rectification on the desk: the review, what the unit did, what may be done now."""

    proceeding: Proceeding
    line: ReviewLine
    row: Rectification
    clocks: tuple[ClockReading, ...]
    open_verbs: tuple[str, ...]
    queue: str
    is_mine: bool
    may_contact: bool
    calls_back: bool
    hides_matter: bool
    earlier: Round | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """The round before: what was said, what the unit answered, how it ended."""

    number: str
    line: ReviewLine
    answer: str
    satisfied: bool | None
    is_open: bool


def rectification_page(actor: Actor, proceeding: Proceeding, now: datetime) -> RectificationPage:
    """The page of a rectification that `access_proceeding` has let this actor see."""
    row = Rectification.objects.select_related(
        "review__invitation", "earlier__review__invitation", "earlier__proceeding"
    ).get(proceeding_id=proceeding.pk)
    steps = [s for s in steps_of([proceeding.pk])[proceeding.pk] if s.state == "open"]
    mine = [s for s in steps if may_take(actor, proceeding, s)]
    is_named = row.review.real_name
    replied = proceeding.state == RectificationState.REPLIED
    is_over = LIFE.is_final(proceeding.state)
    return RectificationPage(
        proceeding=proceeding,
        line=lines([row.review], actor)[0],
        row=row,
        clocks=tuple(clocks_of(proceeding, now)),
        open_verbs=tuple(_open_verbs(actor, proceeding, row, {s.queue for s in mine})),
        queue=mine[0].queue if mine else "",
        is_mine=bool(mine),
        may_contact=is_named and not is_over and _is_unit(actor, row),
        calls_back=is_named and replied and bool(mine),
        hides_matter=not knows_matter(actor, row.review),
        earlier=_before(actor, row.earlier) if row.earlier else None,
    )


def _before(actor: Actor, row: Rectification) -> Round:
    is_open = visible_to(actor).filter(pk=row.pk).exists()
    line = lines([row.review], actor)[0]
    return Round(row.proceeding.number, line, row.answer, row.satisfied, is_open)


def _is_unit(actor: Actor, row: Rectification) -> bool:
    """Whether he speaks for the unit; whoever was rated himself learns nobody's name."""
    if actor.id == row.review.officer_id:
        return False
    return any(may_do(actor, row.proceeding, role) for role in ("head", "decider"))


def _open_verbs(
    actor: Actor, proceeding: Proceeding, row: Rectification, held: set[str]
) -> Iterable[str]:
    """The verbs of the steps that he may work on; what rounds and persons rule out is left out."""
    roles = {queue.rpartition(".")[2] for queue in held}
    unit = {queue for queue in held if queue.startswith(f"{proceeding.department}.")}
    for move in LIFE.open_moves(proceeding.state):
        if move.verb in _HIDDEN_FOR or not roles & set(move.roles):
            continue
        is_units = "decider" in move.roles
        if is_units != bool(unit) and not (is_units and unit):
            continue
        if _is_out(move.verb, actor, proceeding, row):
            continue
        yield move.verb


def _is_out(verb: str, actor: Actor, proceeding: Proceeding, row: Rectification) -> bool:
    """Whether a verb of the state does not fit: no name, no round left, own proposal."""
    asked = str(proceeding.facts.get("time", ""))
    most = ratings().repeats.value
    is_new = proceeding.state == RectificationState.OPEN
    out = {
        "verify": is_new and row.review.real_name,
        "appeal": is_new and row.review.real_name,
        "contact": not row.review.real_name,
        "ask_time": bool(asked),
        "grant_time": asked != "asked",
        "refuse_time": asked != "asked",
        "rehandle": row.rounds >= most,
        "settle": row.rounds < most,
        "confirm": row.proposer_id == actor.id,
        "overrule": row.proposer_id == actor.id,
    }
    return out.get(verb, False)


@dataclass(frozen=True, slots=True)
class WhoRated:
    """Whoever gave his name so that the unit could speak to him, and his words as written."""

    name: str
    phone: str
    text: str


def who_rated(actor: Actor, page: RectificationPage) -> WhoRated | None:
    """Name and telephone for the unit of a real-name review, and for who calls back, meanwhile.

    The reading is logged. The words as written are for the unit alone.
    """
    if not (page.may_contact or page.calls_back):
        return None
    review = page.row.review
    party_id = review.invitation.party_id
    contact = address_of(party_id, review.invitation.number)
    log_reads([party_id], by=actor, what=f"review:{review.pk}", why=page.proceeding.number)
    text = review.text
    if page.may_contact and review.entry_id is not None:
        text = read_private(review.entry_id, by=actor, why=page.proceeding.number)["text"]
    return WhoRated(party(party_id).name, contact.phone if contact else "", text)


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag, settled or waiting for the administration."""

    id: int
    detector: str
    facts: dict[str, Any]
    raised_at: datetime
    review: ReviewLine


@dataclass(frozen=True, slots=True)
class FlagGroup:
    """What one rule found at one window, or at a unit away from windows: how many wait."""

    department: str
    window: str
    detector: str
    count: int
    good: int
    since: datetime


def flag_groups(actor: Actor) -> list[FlagGroup]:
    """The flags that nobody has settled, by window and rule, the most of them first."""
    _need_body(actor)
    found = (
        Flag.objects.filter(settled_at=None)
        .values_list("review__department", "review__window", "detector")
        .annotate(
            count=Count("pk"),
            good=Count("pk", filter=Q(review__level__lt=ratings().first_bad)),
            since=Min("raised_at"),
        )
    )
    return [FlagGroup(*row) for row in found.order_by("-count", "review__department", "detector")]


def flags_of(
    actor: Actor, group: tuple[str, str, str], *, cursor: int = 0, limit: int = PAGE
) -> list[FlagLine]:
    """The waiting flags of a department, window and rule, the newest first."""
    _need_body(actor)
    department, window, detector = group
    found = Flag.objects.filter(
        settled_at=None, detector=detector, review__department=department, review__window=window
    )
    if cursor:
        found = found.filter(id__lt=cursor)
    return _flag_lines(actor, found.order_by("-id")[:limit])


def _flag_lines(actor: Actor, found: QuerySet[Flag]) -> list[FlagLine]:
    rows = list(found.select_related("review__invitation"))
    known = {one.id: one for one in lines([row.review for row in rows], actor)}
    return [
        FlagLine(row.pk, row.detector, row.facts, row.raised_at, known[row.review_id])
        for row in rows
    ]


def evidence_of(
    actor: Actor, flag_id: int, limit: int = PAGE
) -> tuple[FlagLine, list[ReviewLine]]:
    """A flag and every review that its rule saw together with this one, the oldest first.

    Raises NotFound; for the administration alone.
    """
    _need_body(actor)
    flag = Flag.objects.select_related("review").filter(pk=flag_id).first()
    if flag is None:
        raise NotFound("没有找到这条异常，或您的岗位不能办理。")
    found = _seen_with(flag.review, Detector(flag.detector)).order_by("id")
    shown = lines(found.select_related("invitation")[:limit], actor)
    return _flag_lines(actor, Flag.objects.filter(pk=flag_id))[0], shown


def _seen_with(one: Review, detector: Detector) -> QuerySet[Review]:
    """What a rule counted: of the device, of the words, of the unit's day, of the window's day."""
    day = Review.objects.filter(day=one.day)
    if detector is Detector.F1 and one.device is not None:
        return day.filter(device=one.device)
    if detector is Detector.F5 and one.text_key is not None:
        since = one.day - timedelta(days=ratings().detector(detector).values["days"])
        same = Review.objects.filter(
            text_key=one.text_key, level=one.level, department=one.department
        )
        return same.filter(day__gt=since, day__lte=one.day)
    if detector is Detector.F4:
        return day.filter(department=one.department)
    if detector is Detector.F8:
        counters = [channel.code for channel in ratings().channels if channel.at_counter]
        return day.filter(window=one.window, region=one.region, channel__in=counters)
    return Review.objects.filter(pk=one.pk)


def _need_body(actor: Actor) -> None:
    if not is_body(actor):
        raise NotFound("没有找到这个页面，或您的岗位不能查看。")


def devices(actor: Actor) -> list[Device]:
    """The registered devices of the halls, for the administration."""
    _need_body(actor)
    return list(Device.objects.order_by("window", "id"))


def device_of(code: str) -> Device:
    """The registered device of an address. Raises NotFound."""
    found = Device.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise NotFound("这台评价器没有登记，或者已经停用。")
    return found


def waiting_for_reminder(before: datetime, now: datetime, limit: int) -> list[Invitation]:
    """Invitations that nobody answered, opened before a moment."""
    found = Invitation.objects.filter(
        reminded_at=None, rated_at=None, opened_at__lte=before, closes_at__gt=now
    )
    return list(found.order_by("opened_at", "id")[:limit])
