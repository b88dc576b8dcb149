"""Hot issues: what lies near a request, lists and pages, what is said on the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from tongban.catalogue.queries import live_version, part
from tongban.engine.queries import clocks_of, visible_to
from tongban.engine.rules import may_do
from tongban.hotline import sql
from tongban.hotline.models import Hot, Task, Ticket
from tongban.hotline.queries import (
    TicketLine,
    content,
    domains,
    is_of_centre,
    nobody,
    ticket_lines,
    unit_here,
)
from tongban.hotline.rules import hot
from tongban.hotline.rules.hot import Heard, Measure
from tongban.hotline.states import HOT, TicketState
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date, start_of_day
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from tongban.engine.models import Proceeding
    from tongban.engine.queries import ClockReading
    from tongban.kernel.actors import Actor
    from tongban.records.events import JournalEntry

SHOWN_DAYS = 14
"""The days of an issue that a list draws."""
MEMBERS_SHOWN = 200
SPOTS_SHOWN = 500
TO_JOIN = (TicketState.RECEIVED, TicketState.HANDLING)
"""The states in which a request can still be handled together with others."""
UNTOLD = (TicketState.RECEIVED, TicketState.HANDLING, TicketState.CHECKING, TicketState.MERGED)
"""The states in which nobody has answered the caller yet."""


def measure() -> Measure:
    """The numbers by which issues are found, as the content has them now."""
    return _measure(live_version("hotline"))


@lru_cache(maxsize=8)
def _measure(version_id: int) -> Measure:
    return Measure.of(part(version_id))


# What lies near


def heard(ticket: Ticket) -> Heard:
    """A ticket as it is compared."""
    return heard_all([ticket])[0]


def heard_all(tickets: Sequence[Ticket]) -> list[Heard]:
    """Tickets as they are compared."""
    unknown = nobody()
    return [
        Heard(
            one.pk, one.text[:1000], one.domain, one.region, one.place, one.received_at,
            _known(one.caller_id, unknown), one.longitude, one.latitude, one.hot_id,
        )
        for one in tickets
    ]  # fmt: skip


def calls_of(found: QuerySet[Ticket], most: int) -> list[tuple[int, datetime]]:
    """Who called and when, the latest first; those without a number are `hot.NOBODY`."""
    unknown = nobody()
    rows = found.order_by("-pk").values_list("caller_id", "received_at")[:most]
    return [(_known(caller, unknown), at) for caller, at in rows]


def near(new: Heard, by: Measure) -> list[Heard]:
    """Requests of the last days near a new one that may be about the same, the newest first.

    At most `hot.CANDIDATES`, whatever the city has received; those of an issue that has ended are
    left out.
    """
    district = new.region[:6]
    found = sql.near(
        {
            "districts": sorted({district, f"{district[:4]}00"}),
            "domains": _beside(new.domain, by),
            "since": new.at - by.window,
            "until": new.at,
            "apart_from": new.id,
            "apart": list(content()["hot"]["apart"]),
            "limit": hot.CANDIDATES,
        }
    )
    return _heard_rows(found)


def sample_of(issues: Sequence[int]) -> dict[int, list[Heard]]:
    """The first and the latest requests of each issue."""
    found: dict[int, list[Heard]] = {}
    for one in _heard_rows(sql.sample(issues, hot.SAMPLE)):
        found.setdefault(one.issue or 0, []).append(one)
    return found


def usual_of(members: Sequence[Heard], by: Measure) -> hot.Usual:
    """What was usual for the domain and district of these requests before the first of them."""
    first = min(one.at for one in members)
    district, domain = hot.region_of(members)[:6], hot.domain_of(members)
    return hot.usual_of(sql.days_before(district, domain, first, by.usual_days), by)


def _heard_rows(rows: Sequence[tuple[Any, ...]]) -> list[Heard]:
    unknown = nobody() if rows else None
    return [_heard_row(row, unknown) for row in rows]


def _heard_row(row: tuple[Any, ...], unknown: int | None) -> Heard:
    number, text, domain, region, place, at, caller, longitude, latitude, issue = row
    return Heard(
        number, text, domain, region, place, at, _known(caller, unknown), longitude, latitude,
        issue,
    )  # fmt: skip


def _known(party: int, unknown: int | None) -> int:
    return hot.NOBODY if party == unknown else party


def _beside(domain: str, by: Measure) -> list[str]:
    """A domain and those that hang below the same node."""
    codes = {one.code for one in domains() if hot.domains_near(one.code, domain, by.like)}
    return sorted({domain, *codes})


def issue_in(
    text: str,
    *,
    domain: str,
    region: str,
    place: str,
    now: datetime,
    at: tuple[float, float] | None = None,
) -> HotLine | None:
    """The open issue that these words sound like, for whoever is on the telephone.

    ``at`` is where it was pointed out on the map: longitude and latitude.
    """
    by = measure()
    longitude, latitude = at or (None, None)
    new = Heard(0, text[:1000], domain, region, place, now, 0, longitude, latitude)
    if not domain:
        return None
    found = sample_of(hot.issues_near(near(new, by)))
    scored = [(hot.likeness_to(new, some, by.like), n) for n, some in found.items()]
    likest, issue = max(scored, default=(0.0, 0))
    if likest < by.alike:
        return None
    row = Hot.objects.select_related("proceeding", "lead__proceeding").get(pk=issue)
    return _line(row, {}, now)


# Lists and pages


@dataclass(frozen=True, slots=True)
class HotLine:
    """One issue in a list; ``days`` are its requests on each of the last days, today at last."""

    number: str
    id: int
    title: str
    domain: str
    region: str
    place: str
    state: str
    state_title: str
    tickets: int
    callers: float
    callers_today: float
    heat: float
    usual: float
    limit: int
    first_at: datetime
    last_at: datetime
    alarmed_at: datetime | None
    unit: str
    lead: str
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HotWanted:
    """Which issues a list shows; what is empty is not asked for."""

    state: str = ""
    domain: str = ""
    region: str = ""
    ended: bool = False


def visible_hot(actor: Actor) -> QuerySet[Hot]:
    """Every issue that this person may see: the one predicate of lists, counts and pages.

    The centre sees those of its posts' regions; a unit those that its own tasks belong to.
    """
    mine = visible_to(actor).filter(kind="hot_issue", pk=OuterRef("pk"))
    tasks = Task.objects.filter(
        Exists(visible_to(actor).filter(pk=OuterRef("pk"))),
        ticket__hot=OuterRef("pk"),
        unit__in=sorted(actor.departments),
    )
    if actor.kind != "staff":
        return Hot.objects.none()
    return Hot.objects.filter(Exists(mine) | Exists(tasks))


def hot_listed(
    actor: Actor, wanted: HotWanted, now: datetime, *, limit: int = 100
) -> list[HotLine]:
    """Open issues by their heat, or those that have ended, the latest first."""
    asked = Q(closed_at__isnull=not wanted.ended)
    if wanted.state:
        asked &= Q(proceeding__state=wanted.state)
    if wanted.domain:
        asked &= Q(domain=wanted.domain) | Q(domain__startswith=f"{wanted.domain}-")
    if wanted.region:
        asked &= Q(region__startswith=wanted.region)
    found = visible_hot(actor).filter(asked).select_related("proceeding", "lead__proceeding")
    rows = list(found.order_by("-closed_at" if wanted.ended else "-warmth")[:limit])
    days = sql.each_day([row.pk for row in rows], _midnight(now)) if rows else {}
    return [_line(row, days.get(row.pk, {}), now) for row in rows]


@dataclass(frozen=True, slots=True)
class HotPage:
    """An issue with all that this actor may see and do."""

    proceeding: Proceeding
    row: Hot
    line: HotLine
    clocks: tuple[ClockReading, ...]
    members: tuple[TicketLine, ...]
    newcomers: int
    untold: int
    unit: str
    verbs: tuple[str, ...]
    timeline: tuple[JournalEntry, ...]
    is_centre: bool
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a request of an issue was pointed out, degrees."""

    number: str
    title: str
    longitude: float
    latitude: float


def hot_page(actor: Actor, number: str, now: datetime) -> HotPage:
    """The page of an issue; a unit sees its own requests among the members, and no verbs.

    Raises NotFound where this person may not see it.
    """
    row = (
        visible_hot(actor)
        .select_related("proceeding", "lead__proceeding")
        .filter(proceeding__number=normalise_number(number))
        .first()
    )
    if row is None:
        raise NotFound("没有找到这个热点，或您无权查看。请核对编号后再试。")
    members = Ticket.objects.filter(hot=row)
    is_centre = is_of_centre(actor)
    if not is_centre:
        members = members.filter(
            Exists(Task.objects.filter(ticket=OuterRef("pk"), unit__in=sorted(actor.departments)))
        )
    one = row.proceeding
    days = sql.each_day([row.pk], _midnight(now)).get(row.pk, {})
    return HotPage(
        proceeding=one,
        row=row,
        line=_line(row, days, now),
        clocks=tuple(clocks_of(one, now)) if is_centre else (),
        members=tuple(ticket_lines(members, MEMBERS_SHOWN)),
        newcomers=_newcomers(row).count() if row.lead_id else 0,
        untold=untold_of(row.pk),
        unit=_unit_for(row),
        verbs=_verbs(one, actor) if is_centre else (),
        timeline=tuple(entries_of("proceeding", [one.pk])[one.pk]) if is_centre else (),
        is_centre=is_centre,
        spots=tuple(_spots(members)),
    )


def _spots(members: QuerySet[Ticket]) -> Iterator[Spot]:
    found = members.exclude(longitude=None).order_by("-pk")[:SPOTS_SHOWN]
    rows = found.values_list("proceeding__number", "title", "longitude", "latitude")
    for number, title, longitude, latitude in rows:
        if longitude is not None and latitude is not None:
            yield Spot(number, title, longitude, latitude)


def _newcomers(row: Hot) -> QuerySet[Ticket]:
    return Ticket.objects.filter(hot=row, lead=None, proceeding__state__in=TO_JOIN).exclude(
        pk=row.lead_id
    )


def untold_of(issue_id: int) -> int:
    """How many callers of an issue have no answer yet."""
    return Ticket.objects.filter(hot_id=issue_id, proceeding__state__in=UNTOLD).count()


def hot_numbered(actor: Actor, number: str) -> int:
    """The issue of that number. Raises NotFound where this actor may not see it."""
    found = visible_hot(actor).filter(proceeding__number=normalise_number(number))
    issue = found.values_list("pk", flat=True).first()
    if issue is None:
        raise NotFound("没有找到这个热点，或您无权查看。请核对编号后再试。")
    return issue


def _unit_for(row: Hot) -> str:
    """The unit that handles it, else the one that the content names for its domain and place."""
    if row.lead is not None and row.lead.unit:
        return row.lead.unit
    node = next((one for one in domains() if one.code == row.domain), None)
    return unit_here(node, row.region) if node else ""


def _verbs(one: Proceeding, actor: Actor) -> tuple[str, ...]:
    return tuple(
        move.verb
        for move in HOT.open_moves(one.state)
        if any(may_do(actor, one, role) for role in move.roles)
    )


def _midnight(now: datetime) -> datetime:
    return start_of_day(city_date(now) - timedelta(days=SHOWN_DAYS - 1))


def _line(row: Hot, days: Mapping[date, int], now: datetime) -> HotLine:
    today = city_date(now)
    back = range(SHOWN_DAYS - 1, -1, -1)
    state = row.proceeding.state
    return HotLine(
        number=row.proceeding.number,
        id=row.pk,
        title=row.title,
        domain=row.domain,
        region=row.region,
        place=row.place,
        state=state,
        state_title=HOT.title(state),
        tickets=row.tickets_count,
        callers=row.callers,
        callers_today=row.callers_today,
        heat=hot.heat_from(row.warmth, now, measure().half_life),
        usual=row.usual,
        limit=row.limit,
        first_at=row.first_at,
        last_at=row.last_at,
        alarmed_at=row.alarmed_at,
        unit=row.lead.unit if row.lead else "",
        lead=row.lead.proceeding.number if row.lead else "",
        days=tuple(days.get(today - timedelta(days=n), 0) for n in back),
    )
