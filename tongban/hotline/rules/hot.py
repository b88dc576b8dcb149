"""Pure decisions about hot issues (热点): what is the same matter, how hot it is, what is unusual.

Two requests are about the same matter by what they are about (事), where it is (地) and what is
said; who asks (人) says how hot it is. A request joins an issue by its likeness to what the issue
consists of, not to its last request alone, so that a chain does not swallow half the city.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tongban.hotline.rules import contained
from tongban.reading.rules.likeness import containment
from tongban.reading.rules.things import ThingKind, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

NOBODY = 0
"""The caller of a request whose caller is not known."""
SAMPLE = 6
"""An issue is compared by so many of its first and of its latest requests."""
CANDIDATES = 200
"""A request is compared with so many of the newest requests near it, and with no more."""
ISSUES = 3
"""A request is compared with so many issues: those that its candidates belong to most."""
_DISTRICT = 6
_DEPTHS = ((12, "community"), (9, "street"), (_DISTRICT, "district"))
"""How long the code of a region is, by its level (GB/T 2260 and 10114)."""
_WHERE = frozenset({ThingKind.PLACE, ThingKind.ROAD})


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it is compared with others; ``issue`` is the one that it belongs to."""

    id: int
    text: str
    domain: str
    region: str
    place: str
    at: datetime
    caller: int = NOBODY
    longitude: float | None = None
    latitude: float | None = None
    issue: int | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """The weights and distances of the content (`hot.likeness` of hotline.yaml): shares, metres.

    ``where`` is the weight of the place, the rest is what is said; from ``words_of_one`` and
    ``words_of_many`` on the words agree wholly, with one request and with a sample. Of two places
    ``same_metres`` apart or less are one, ``near`` is what is left beyond and fades with
    ``fade_metres``; ``name`` is how like two names are one, ``name_elsewhere`` the share of one
    name in two districts, ``other_name`` that of two names. ``community`` to ``city`` are the
    shares of a region alone; from ``sure`` on it is surely one place.
    """

    where: float
    words_of_one: float
    words_of_many: float
    beside: float
    same_metres: float
    near: float
    fade_metres: float
    name: float
    name_elsewhere: float
    other_name: float
    community: float
    street: float
    district: float
    city: float
    sure: float

    @classmethod
    def of(cls, hotline: Mapping[str, Any]) -> Likeness:
        """The numbers as the content writes them."""
        said = hotline["hot"]["likeness"]
        return cls(**{one.name: float(said[one.name]["value"]) for one in fields(cls)})


@dataclass(frozen=True, slots=True)
class Measure:
    """The numbers of the content by which issues are found (`hot` of hotline.yaml)."""

    least: int
    window: timedelta
    alike: float
    half_life: float
    cooled: float
    warm: float
    nameless: float
    alarm_from: int
    alarm_hours: int
    usual_days: int
    unusual: float
    again: float
    like: Likeness

    @classmethod
    def of(cls, hotline: Mapping[str, Any]) -> Measure:
        """The numbers as the content writes them; hours and days as it says."""
        said = {name: one["value"] for name, one in hotline["hot"]["numbers"].items()}
        return cls(
            least=int(said["least"]),
            window=timedelta(hours=float(said["window"])),
            alike=float(said["alike"]),
            half_life=float(said["half_life"]),
            cooled=float(said["cooled"]),
            warm=float(said["warm"]),
            nameless=float(said["nameless"]),
            alarm_from=int(said["alarm_from"]),
            alarm_hours=int(said["alarm_hours"]),
            usual_days=int(said["usual_days"]),
            unusual=float(said["unusual"]),
            again=float(said["again"]),
            like=Likeness.of(hotline),
        )


# The same matter


def same_matter(one: Heard, other: Heard, near: float, by: Likeness) -> float:
    """How surely two requests are about the same thing, 0 to 1.

    Part is where it is, the rest what is said; ``near`` says how close their domains are
    (`domains_near`). Two that name different places never reach a half by their words alone.
    """
    if not near:
        return 0.0
    where = same_place(one, other, by)
    if not where:
        return 0.0
    return near * _weighed(where, _alike(one.text, other.text) / by.words_of_one, by)


def _weighed(where: float, said: float, by: Likeness) -> float:
    return by.where * where + (1 - by.where) * min(1.0, said)


def domains_near(one: str, other: str, by: Likeness) -> float:
    """1 for the same domain, less for one beside it (`utility-water-…`), 0 for any other."""
    if one == other:
        return 1.0 if one else 0.0
    return by.beside if beside(one) and beside(one) == beside(other) else 0.0


def beside(domain: str) -> str:
    """The node above a leaf, by its code: what is filed under one may belong to its neighbour."""
    above, _, _ = domain.rpartition("-")
    return above if "-" in above else ""


@lru_cache(maxsize=16384)
def _alike(one: str, other: str) -> float:
    """How far two texts or names agree: people say the same at very different length."""
    return contained(one, other)


def same_place(one: Heard, other: Heard, by: Likeness) -> float:
    """How surely two requests are about the same place, 0 to 1.

    Coordinates say it best, names next, the region at last. Two that name different places in
    one street may still be neighbours; the same words at two places are two things.
    """
    metres = _metres(one, other)
    if metres is not None:
        is_one = metres < by.same_metres
        return 1.0 if is_one else max(0.0, by.near - metres / by.fade_metres)
    if _names_the_same(one, other, by) or _names_the_same(other, one, by):
        return 1.0 if _within(one.region, other.region) else by.name_elsewhere
    share = _share_of_region(one.region, other.region, by)
    return min(share, by.other_name) if one.place and other.place else share


def _names_the_same(one: Heard, other: Heard, by: Likeness) -> bool:
    """Whether the place where one is said to be is named by the other.

    What reads like a road inside a text proves nothing by itself: it may be half a sentence.
    """
    if not one.place:
        return False
    names = [other.place, *names_in(other.text)] if other.place else names_in(other.text)
    return any(one.place == name or _alike(one.place, name) >= by.name for name in names)


@lru_cache(maxsize=8192)
def names_in(text: str) -> tuple[str, ...]:
    """The roads and places that a text seems to name."""
    return tuple(thing.text for thing in named(text) if thing.kind in _WHERE)


def _within(one: str, other: str) -> bool:
    """Whether one region lies in the other, or both in one district."""
    return one[:_DISTRICT] == other[:_DISTRICT] or one.startswith(other) or other.startswith(one)


def _share_of_region(one: str, other: str, by: Likeness) -> float:
    """What two regions alone say: a street much, a district little."""
    if not (one.startswith(other) or other.startswith(one)):
        return by.other_name if one[:_DISTRICT] == other[:_DISTRICT] else 0.0
    depth = min(len(one), len(other))
    level = next((name for least, name in _DEPTHS if depth >= least), "city")
    return float(getattr(by, level))


def _metres(one: Heard, other: Heard) -> float | None:
    """The distance on the ground, near enough for a city; None where one has no coordinates."""
    if one.longitude is None or other.longitude is None:
        return None
    if one.latitude is None or other.latitude is None:
        return None
    north = (one.latitude - other.latitude) * 111_320
    east = (one.longitude - other.longitude) * 111_320 * math.cos(math.radians(one.latitude))
    return math.hypot(north, east)


# Joining and founding


@dataclass(frozen=True, slots=True)
class Placed:
    """What becomes of a request: it joins an issue, founds one with others, or stands alone.

    ``callers`` found it. Where they are not ``is_placed``, because nobody says more than the
    street, it is an issue only if that many callers are unusual there (`usual_of`).
    """

    joins: int | None = None
    founds: tuple[int, ...] = ()
    callers: float = 0.0
    is_placed: bool = True


def place(
    new: Heard,
    near: Sequence[Heard],
    sample: Mapping[int, Sequence[Heard]],
    measure: Measure,
) -> Placed:
    """Where a request belongs among those near it, and samples of the issues these belong to.

    It joins the issue that it is most like on average over the sample; with requests that belong
    to none it founds one when enough different callers speak of the same thing.
    """
    scored = [(likeness_to(new, some, measure.like), issue) for issue, some in sample.items()]
    likest, issue = max(scored, default=(0.0, 0))
    if likest >= measure.alike:
        return Placed(joins=issue)
    founders = _founders(new, [one for one in near if one.issue is None], measure)
    callers = callers_of([new, *founders], measure.nameless)
    if callers < measure.least:
        return Placed()
    sure = measure.like.sure
    placed = [one for one in founders if same_place(new, one, measure.like) >= sure]
    is_placed = callers_of([new, *placed], measure.nameless) >= measure.least
    return Placed(None, tuple(one.id for one in founders), callers, is_placed)


def issues_near(near: Iterable[Heard]) -> list[int]:
    """The issues that the candidates belong to, those with most of them first; a few only."""
    counted = Counter(one.issue for one in near if one.issue is not None)
    return [issue for issue, _ in counted.most_common(ISSUES)]


def likeness_to(new: Heard, sample: Sequence[Heard], by: Likeness) -> float:
    """How like a request is to what an issue consists of, 0 to 1.

    Where it is: on average over the sample. What is said: how much of it stands in all that the
    sample says, for nobody says everything.
    """
    if not sample:
        return 0.0
    near = sum(domains_near(new.domain, one.domain, by) for one in sample) / len(sample)
    where = sum(same_place(new, one, by) for one in sample) / len(sample)
    said = containment(new.text, "\n".join(one.text for one in sample))
    return near * _weighed(where, said / by.words_of_many, by)


def _mean(new: Heard, some: Sequence[Heard], by: Likeness) -> float:
    if not some:
        return 0.0
    alike = (same_matter(new, one, domains_near(new.domain, one.domain, by), by) for one in some)
    return sum(alike) / len(some)


def _founders(new: Heard, near: Sequence[Heard], measure: Measure) -> list[Heard]:
    """Those that speak of the same thing as the new request and as each other."""
    alike, by = measure.alike, measure.like
    scored = [(_mean(new, [one], by), one) for one in near]
    likest = sorted((pair for pair in scored if pair[0] >= alike), key=lambda pair: -pair[0])
    kept: list[Heard] = []
    for _, one in likest:
        if not kept or _mean(one, kept[: 2 * SAMPLE], by) >= alike:
            kept.append(one)
    return kept


def callers_of(some: Iterable[Heard], nameless: float) -> float:
    """How many different people ask these."""
    return people_of([one.caller for one in some], nameless)


def people_of(callers: Sequence[int], nameless: float) -> float:
    """How many different people speak: each known one once, each unknown by a part."""
    return len(set(callers) - {NOBODY}) + nameless * callers.count(NOBODY)


# Heat


def heat_of(calls: Iterable[tuple[int, datetime]], now: datetime, measure: Measure) -> float:
    """How hot it is: each caller's last call, halved for every half-life that has passed.

    Ten calls of one person are one; a caller whom nobody knows counts by a part.
    """
    last: dict[int, datetime] = {}
    total = 0.0
    for caller, at in calls:
        if caller == NOBODY:
            total += measure.nameless * _faded(at, now, measure.half_life)
        elif caller not in last or last[caller] < at:
            last[caller] = at
    return total + sum(_faded(at, now, measure.half_life) for at in last.values())


def _faded(at: datetime, now: datetime, half_life: float) -> float:
    hours = max(0.0, (now - at).total_seconds() / 3600)
    return float(2.0 ** (-hours / half_life))


def warmth_of(heat: float, now: datetime, half_life: float) -> float:
    """Heat as a number that does not change while it decays, so that it can be sorted and kept.

    The base-two logarithm of the heat, moved by the half-lives since 1970.
    """
    return math.log2(heat) + now.timestamp() / 3600 / half_life if heat > 0 else -math.inf


def heat_from(warmth: float, now: datetime, half_life: float) -> float:
    """The heat at a moment of what was kept as warmth."""
    return float(2.0 ** min(60.0, warmth - now.timestamp() / 3600 / half_life))


# What is usual


@dataclass(frozen=True, slots=True)
class Usual:
    """Requests a day that are usual, and how many callers at once are not any more."""

    mean: float
    limit: int


def usual_of(days: Sequence[int], measure: Measure) -> Usual:
    """What is usual for a domain in a district, by its requests on each of the past days.

    Requests come in bursts, so days spread wider than chance alone would have it: the upper limit
    is that of a negative binomial distribution with the mean and variance of these days, of a
    Poisson distribution where they spread no wider. Half a request is added to the sum: what never
    happened before is rare, not impossible.
    """
    mean = (sum(days) + 0.5) / max(1, len(days))
    spread = sum((one - mean) ** 2 for one in days) / max(1, len(days) - 1)
    limit = _upper(mean, spread, measure.unusual)
    return Usual(mean, max(limit + 1, measure.alarm_from))


def _upper(mean: float, spread: float, beyond: float) -> int:
    """The smallest number that is passed with less than this probability."""
    size = mean * mean / (spread - mean) if spread > mean else None
    chance = math.exp(-mean) if size is None else (size / (size + mean)) ** size
    total, n = chance, 0
    while total < 1 - beyond and n < 10_000:
        n += 1
        chance *= mean / n if size is None else (n - 1 + size) / n * mean / (size + mean)
        total += chance
    return n


def alarms(callers: float, usual: Usual, alarmed: float, again: float) -> bool:
    """Whether so many callers at once call for an alarm: the first time, then at each step.

    ``alarmed`` is how many there were at the last alarm, 0 where there was none; the next one
    comes when there are ``again`` times as many, so that an alarm does not ring at every call.
    """
    return callers >= max(usual.limit, again * alarmed)


# What it is called


def title_of(place: str, name: str) -> str:
    """Where it is and what it is about (the name of its domain)."""
    return f"{place} · {name}" if place else name


def domain_of(some: Sequence[Heard]) -> str:
    """The domain of most of them, the first one's where none has more."""
    return Counter(one.domain for one in some).most_common(1)[0][0]


def place_of(some: Sequence[Heard]) -> str:
    """The place that most of them name; empty where none does."""
    counted = Counter(one.place for one in some if one.place)
    return counted.most_common(1)[0][0] if counted else ""


def region_of(some: Sequence[Heard]) -> str:
    """The smallest region that holds them: a street, a district or the city."""
    first, last = min(one.region for one in some), max(one.region for one in some)
    depth = next((n for n in (12, 9, 6) if first[:n] == last[:n] and len(first) >= n), 4)
    return first[:depth] if depth > 4 else f"{first[:4]}00"


def words_of(texts: Sequence[str], most: int = 5) -> list[str]:
    """The pieces of three characters or two that most of the texts share, without overlaps."""
    counted: Counter[str] = Counter()
    for text in texts:
        run = "".join(filter(str.isalnum, text))[:500]
        counted.update({run[at : at + n] for n in (2, 3) for at in range(len(run) - n + 1)})
    shared = [
        (n * len(piece), piece) for piece, n in counted.items() if n >= max(2, len(texts) // 3)
    ]
    found: list[str] = []
    for _, piece in sorted(shared, key=lambda one: (-one[0], one[1])):
        if not any(set(piece) & set(other) for other in found):
            found.append(piece)
    return found[:most]
