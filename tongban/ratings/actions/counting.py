"""Folding the roll-up, changing a weight, looking a day over for what one rating cannot show."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count

from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.ratings import rules, sql
from tongban.ratings.models import Flag, Invitation, Review
from tongban.ratings.queries import is_apart, ratings
from tongban.ratings.queries.inside import is_body
from tongban.ratings.queries.rules import objects_apart
from tongban.ratings.rules import Counted
from tongban.ratings.states import Detector
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from tongban.engine.actions import Act
    from tongban.kernel.actors import Actor

AT_ONCE = 5_000
_EXCLUDE = "UPDATE ratings_review SET is_excluded = true, weight = 0 WHERE invitation_id = %s"


def fold_changes(limit: int = AT_ONCE) -> int:
    """Add what was written since to the roll-up, one batch; how many changes."""
    with transaction.atomic():
        return sql.fold(limit)


def standing_of(review: Review) -> Counted | None:
    """Where a review stands in the roll-up now; what was found to be forged waits for nothing.

    None for what is about no matter: it is not added up.
    """
    if is_apart(review.object):
        return None
    waits = not review.weight and review.has_flag and not review.is_excluded
    is_good = review.level < ratings().first_bad
    held = int(waits and is_good and _has_open_flag(review) and not _is_superseded(review))
    asked = review.invitation
    return Counted(
        (city_date(asked.opened_at), asked.department, asked.item, asked.window),
        review.day, review.department, review.item, review.window, review.channel, review.level,
        review.weight, held, int(not review.prompted),
    )  # fmt: skip


def _has_open_flag(review: Review) -> bool:
    return Flag.objects.filter(review_id=review.pk, settled_at=None).exists()


def _is_superseded(review: Review) -> bool:
    return Review.objects.filter(invitation_id=review.invitation_id, turn__gt=review.turn).exists()


def recount_in(act: Act, review: Review, *, is_excluded: bool) -> None:
    """Take all turns of a matter out of the statistics, within an action. They stay on record."""
    if not is_excluded:
        return
    lock_matter(review.invitation_id)
    act.also(_EXCLUDE, [review.invitation_id])
    for turn in Review.objects.filter(invitation_id=review.invitation_id).select_related(
        "invitation"
    ):
        rows = rules.changes(standing_of(turn), None)
        if rows:
            act.also(sql.CHANGES_OF, [sql.changes_json(rows)])


def lock_matter(invitation_id: int) -> None:
    """Take the lock under which a matter is rated: nobody rates again while it is weighed."""
    Invitation.objects.select_for_update().get(pk=invitation_id)


def settle_flags(
    *, flag_ids: Collection[int], holds: bool, reason: str, by: Actor, now: datetime
) -> int:
    """The administration has looked: the flags hold, or the good reviews count; how many.

    One reason for all of them, an entry in the journal for each; all or none. Nobody of the unit
    settles its own. Raises BadInput, NotFound, NotTwoPersons.
    """
    if not is_body(by):
        raise NotFound("没有找到这条异常，或您的岗位不能办理。")
    if not flag_ids:
        raise BadInput.at("flags", "missing", "请先勾选要处理的评价。")
    reason = rules.need_text("reason", reason, "请写明核查了什么。")
    wanted = set(flag_ids)
    with transaction.atomic():
        # In one order for everybody: two who settle at once wait, and never for each other.
        found = Flag.objects.filter(pk__in=wanted).select_related("review")
        for flag in sorted(found, key=lambda one: (one.review.invitation_id, one.pk)):
            _settle(flag, holds=holds, reason=reason, by=by, now=now)
        if len(found) != len(wanted):
            raise NotFound("没有找到这条异常，或您的岗位不能办理。")
    return len(wanted)


def _settle(flag: Flag, *, holds: bool, reason: str, by: Actor, now: datetime) -> None:
    lock_matter(flag.review.invitation_id)
    row = Flag.objects.select_for_update().filter(pk=flag.pk, settled_at=None).first()
    if row is None:
        raise NotFound("这条异常已经处理过，请刷新页面。")
    review = _locked(flag.review_id)
    if review.department in by.departments:
        raise rules.NotTwoPersons("被评价单位的人员不能核查自己的评价。")
    before = standing_of(review)
    row.settled_at, row.settled_by, row.holds, row.reason = now, by.id, holds, reason
    row.save(update_fields=["settled_at", "settled_by", "holds", "reason"])
    others = Flag.objects.filter(review_id=review.pk).exclude(holds=False)
    _reweigh(review, before, flagged=others.exists())
    _tell(
        review,
        "settle_flag",
        {"detector": row.detector, "holds": holds, "reason": reason},
        by,
        now,
    )


def _locked(review_id: int) -> Review:
    found = Review.objects.select_for_update(of=("self",)).select_related("invitation")
    return found.get(pk=review_id)


def _reweigh(review: Review, before: Counted | None, *, flagged: bool) -> None:
    """Bring weight, mark and roll-up in line with the flags of a locked review.

    ``before`` is where it stood before its flags were touched.
    """
    review.has_flag = flagged
    review.weight = rules.weight_of(
        review.level,
        ratings().first_bad,
        flagged=flagged,
        excluded=review.is_excluded,
        stands=not _is_superseded(review),
    )
    review.save(update_fields=["has_flag", "weight"])
    sql.write_changes([*rules.changes(before, standing_of(review))])


def _tell(review: Review, verb: str, body: dict[str, Any], by: Actor, now: datetime) -> None:
    entry = NewEntry(
        stream="review", stream_id=review.pk, region=review.region, verb=verb, body=body
    )
    append([entry], by=by, now=now)


def detect_day(*, day: date, by: Actor, now: datetime) -> int:
    """Look a day over for bursts (F4) and ratings while nobody was served (F8); how many flags.

    Idempotent: a review has one flag of a detector.
    """
    return _bursts(day, by, now) + _idle(day, by, now)


def _bursts(day: date, by: Actor, now: datetime) -> int:
    rule = ratings().detector("F4").values
    since = day - timedelta(days=rule["days"])
    rows = (
        Review.objects.filter(day__gte=since, day__lte=day, turn=0)
        .exclude(object__in=objects_apart())
        .values_list("department", "day")
        .annotate(n=Count("id"))
        .order_by()
    )
    counts: dict[str, Counter[date]] = {}
    for department, on, n in rows:
        counts.setdefault(department, Counter())[on] = n
    raised = 0
    floods = _floods(since)
    for department, by_day in sorted(counts.items()):
        days = [day - timedelta(days=back) for back in range(1, rule["days"] + 1)]
        # The first days of a unit say nothing about its usual number.
        usual = days[: _first([by_day[one] for one in days])]
        # Nor do its bursts: whoever floods every day would raise his own limit.
        known = [by_day[one] for one in usual if (department, one) not in floods]
        burst = rules.burst_of(by_day[day], known, rule)
        if burst is not None:
            facts = {"count": burst.count, "mean": round(burst.mean, 1),
                     "limit": round(burst.limit, 1)}  # fmt: skip
            found = Review.objects.filter(department=department, day=day)
            found = found.exclude(object__in=objects_apart())
            raised += _raise(found, Detector.F4, facts, by, now)
    return raised


def _floods(since: date) -> set[tuple[str, date]]:
    """The days of units since then on which a burst was found that nobody has cleared."""
    found = Flag.objects.filter(detector=Detector.F4, review__day__gte=since).exclude(holds=False)
    return set(found.values_list("review__department", "review__day").distinct())


def _first(before: list[int]) -> int:
    """How many of the days before lie after the unit's first rating."""
    return max((at + 1 for at, n in enumerate(before) if n), default=0)


def _idle(day: date, by: Actor, now: datetime) -> int:
    rule = ratings().detector("F8").values
    counters = [one.code for one in ratings().channels if one.at_counter]
    found = list(
        Review.objects.filter(day=day, channel__in=counters).exclude(window="").order_by("id")
    )
    within = timedelta(minutes=rule["minutes"])
    raised = 0
    for window in sorted({(one.window, one.region) for one in found}):
        mine = [one for one in found if (one.window, one.region) == window]
        served = list(
            Invitation.objects.filter(
                window=window[0], region=window[1], object="visit",
                opened_at__gte=min(one.rated_at for one in mine) - within,
                opened_at__lte=max(one.rated_at for one in mine) + within,
            ).values_list("opened_at", flat=True)
        )  # fmt: skip
        idle, total = rules.idle_share((one.rated_at for one in mine), served, within)
        if total >= rule["least"] and idle * 100 >= rule["percent"] * total:
            facts = {"idle": idle, "of": total}
            alone = [
                one.pk
                for one in mine
                if not any(abs(one.rated_at - at) <= within for at in served)
            ]
            raised += _raise(Review.objects.filter(pk__in=alone), Detector.F8, facts, by, now)
    return raised


def _raise(
    found: Iterable[Review], detector: Detector, facts: dict[str, Any], by: Actor, now: datetime
) -> int:
    """Flag reviews; good ones weigh nothing until somebody has looked, bad ones go on counting."""
    raised = 0
    for one in found:
        with transaction.atomic():
            lock_matter(one.invitation_id)
            review = _locked(one.pk)
            before = standing_of(review)
            _, is_new = Flag.objects.get_or_create(
                review_id=review.pk,
                detector=detector.value,
                defaults={"facts": facts, "raised_at": now},
            )
            if not is_new:
                continue
            _reweigh(review, before, flagged=True)
            _tell(review, "flag", {"detector": detector.value, **facts}, by, now)
            raised += 1
    return raised
