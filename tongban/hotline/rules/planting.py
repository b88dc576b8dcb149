"""Weeks of requests with planted matters among them, and how well hot issues are found there.

The requests are labelled rows: those with an ``event`` are about one matter. They are planted
again and again at other places, hours or days long, among others about nothing in common, which
use the same words at other places. Everything follows from the seed.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from tongban.hotline.rules import hot
from tongban.hotline.rules.hot import Heard, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ESTATES = [
    "阳光",
    "金桂",
    "丽景",
    "翠竹",
    "银河",
    "明珠",
    "祥和",
    "雅居",
    "锦绣",
    "东苑",
    "西湖",
    "兴业",
    "国泰",
    "康宁",
    "华春",
    "天域",
]
_KINDS = ("小区", "花园", "公寓", "家园")
_BURSTS = (3.0, 12.0, 40.0)
"""Hours over which half of the calls about one matter come: an outage, a day, a smell."""


_SIZES = (4, 14)
_BEFORE = ("", "你好，", "我要反映一下，", "麻烦问一下，", "师傅，", "喂，")
_AFTER = ("", "", "请尽快处理。", "到底有没有人管？", "谢谢。", "已经说过好几次了。")


class Labelled(Protocol):
    """A request with its right labels."""

    @property
    def text(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def place(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is planted: days, requests a day about nothing in common, times of each matter.

    ``misfiled`` is the share of requests that are filed under a neighbour of their domain.
    """

    days: int = 42
    a_day: int = 120
    times: int = 6
    misfiled: float = 0.08
    nameless: float = 0.1
    seed: int = 12345


@dataclass(frozen=True, slots=True)
class Planted:
    """A request on its day; ``matter`` names the planted matter, empty for none."""

    heard: Heard
    matter: str


def plant(
    rows: Sequence[Labelled], streets: Sequence[str], start: datetime, plan: Plan
) -> list[Planted]:
    """Weeks of requests in the order in which they come; ids from 1, callers from 1."""
    chance = random.Random(plan.seed)  # noqa: S311 -- a repeatable draw, no secret
    found = [
        *_matters(rows, streets, start, plan, chance),
        *_noise(rows, streets, start, plan, chance),
    ]
    found.sort(key=lambda one: one.heard.at)
    return [replace(one, heard=replace(one.heard, id=n)) for n, one in enumerate(found, 1)]


def _matters(
    rows: Sequence[Labelled],
    streets: Sequence[str],
    start: datetime,
    plan: Plan,
    chance: random.Random,
) -> Iterator[Planted]:
    by_event: dict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        if row.event:
            by_event[row.event].append(row)
    for event, said in by_event.items():
        if len(said) < 3:
            continue
        for turn in range(plan.times):
            yield from _matter(f"{event}/{turn}", said, streets, start, plan, chance)


def _matter(
    name: str,
    said: Sequence[Labelled],
    streets: Sequence[str],
    start: datetime,
    plan: Plan,
    chance: random.Random,
) -> Iterator[Planted]:
    """One matter at a place of its own: its callers, one of them twice, over hours or days."""
    # The first weeks say what is usual: matters come after them.
    begins = start + timedelta(hours=24 * (plan.days * 0.5 + chance.random() * plan.days * 0.45))
    burst = chance.choice(_BURSTS)
    street, estate = chance.choice(streets), _estate(chance)
    old = said[0].place
    callers: list[int] = []
    for _ in range(chance.randint(*_SIZES)):
        # One call in ten is by somebody who has called about it already.
        again = bool(callers) and chance.random() < 0.1
        callers.append(chance.choice(callers) if again else chance.randrange(1, 10**9))
    for caller in callers:
        row = chance.choice(said)
        hours = min(60.0, chance.expovariate(1 / burst))
        text = row.text.replace(old, estate) if old else row.text
        # Not everybody says where; whoever wrote it down knows the street at least.
        one = Heard(
            0,
            f"{chance.choice(_BEFORE)}{text}{chance.choice(_AFTER)}",
            _filed(row.domain, said, plan, chance),
            street,
            estate if chance.random() < 0.8 else "",
            begins + timedelta(hours=hours),
            hot.NOBODY if chance.random() < plan.nameless else caller,
        )
        yield Planted(one, name)


def _noise(
    rows: Sequence[Labelled],
    streets: Sequence[str],
    start: datetime,
    plan: Plan,
    chance: random.Random,
) -> Iterator[Planted]:
    """Requests about nothing in common: every row may come again, at another place."""
    # Most by rows without an event; a tenth uses the words of events at other places.
    alone = [row for row in rows if not row.event]
    hard = [row for row in rows if row.event] or alone
    for _ in range(plan.days * plan.a_day):
        row = chance.choice(hard if chance.random() < 0.1 else alone or hard)
        estate = _estate(chance)
        said = row.text.replace(row.place, estate) if row.place else row.text
        text = f"{chance.choice(_BEFORE)}{said}{chance.choice(_AFTER)}"
        at = start + timedelta(hours=24 * plan.days * chance.random())
        place = estate if chance.random() < 0.7 else ""
        domain = _filed(row.domain, rows, plan, chance)
        caller = chance.randrange(1, 10**9)
        street = chance.choice(streets)
        yield Planted(Heard(0, text, domain, street, place, at, caller), "")


def _estate(chance: random.Random) -> str:
    return f"{chance.choice(_ESTATES)}{chance.choice(_ESTATES)[0]}{chance.choice(_KINDS)}"


def _filed(domain: str, rows: Sequence[Labelled], plan: Plan, chance: random.Random) -> str:
    """The domain under which it is filed: sometimes a neighbour's."""
    if chance.random() >= plan.misfiled:
        return domain
    others = sorted({one.domain for one in rows if hot.beside(one.domain) == hot.beside(domain)})
    return chance.choice(others)


# Finding them again, in memory: the same decisions as in the database


@dataclass
class Found:
    """An issue as it is found: its requests, and when it alarmed."""

    members: list[Heard] = field(default_factory=list)
    alarmed_at: datetime | None = None
    alarm_of: float = 0.0


def find(planted: Sequence[Planted], measure: Measure) -> dict[int, Found]:
    """Let the requests come in their order; the issues that are found, by their number."""
    near = _Near(measure)
    for one in planted:
        near.take(one.heard)
    return near.issues


class _Near:
    """What lies near: requests by district, the issues with their members."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.by_district: dict[str, list[Heard]] = defaultdict(list)
        self.issues: dict[int, Found] = {}
        self.issue_of: dict[int, int] = {}

    def take(self, new: Heard) -> None:
        some = self.by_district[new.region[:6]]
        since = new.at - self.measure.window
        near = [
            replace(one, issue=self.issue_of.get(one.id))
            for one in reversed(some[-2000:])
            if one.at >= since and hot.domains_near(one.domain, new.domain, self.measure.like)
        ][: hot.CANDIDATES]
        sample = {n: self._sample(n) for n in hot.issues_near(near)}
        placed = hot.place(new, near, sample, self.measure)
        some.append(new)
        if placed.joins is not None:
            self._add(placed.joins, [new])
        elif placed.founds:
            known = {one.id: one for one in near}
            members = [*(known[n] for n in sorted(placed.founds)), new]
            if placed.is_placed or placed.callers >= self._usual(members).limit:
                number = len(self.issues) + 1
                self.issues[number] = Found()
                self._add(number, members)

    def _sample(self, number: int) -> list[Heard]:
        members = self.issues[number].members
        if len(members) <= 2 * hot.SAMPLE:
            return members
        return [*members[: hot.SAMPLE], *members[-hot.SAMPLE :]]

    def _add(self, number: int, some: Sequence[Heard]) -> None:
        issue = self.issues[number]
        issue.members.extend(some)
        self.issue_of.update(dict.fromkeys((one.id for one in some), number))
        now = some[-1].at
        since = now - timedelta(hours=self.measure.alarm_hours)
        callers = hot.callers_of(
            (one for one in issue.members if one.at > since), self.measure.nameless
        )
        if hot.alarms(callers, self._usual(issue.members), issue.alarm_of, self.measure.again):
            issue.alarmed_at = issue.alarmed_at or now
            issue.alarm_of = callers

    def _usual(self, members: Sequence[Heard]) -> hot.Usual:
        first = members[0].at
        domain = hot.domain_of(members)
        own = {one.id for one in members}
        days = [0] * self.measure.usual_days
        for one in self.by_district[members[0].region[:6]]:
            back = (first - one.at) // timedelta(days=1)
            if one.domain == domain and 0 <= back < len(days) and one.id not in own:
                days[back] += 1
        return hot.usual_of(days, self.measure)


# How well


@dataclass(frozen=True, slots=True)
class Judged:
    """How well planted matters were found; shares between 0 and 1.

    Pairs: two requests in one issue that are about one matter. Clusters: an issue is right when
    most of it is one matter, a matter is found when an issue that is mostly it holds half of it.
    ``alarm_calls`` and ``alarm_hours`` are from the first call of an alarming matter to its alarm.
    """

    requests: int
    matters: int
    issues: int
    pair_precision: float
    pair_recall: float
    cluster_precision: float
    cluster_recall: float
    alarms: int
    false_alarms: int
    alarm_calls: float
    alarm_hours: float

    def to_data(self) -> dict[str, float]:
        """The judgement as one object of JSON, shares with four places."""
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


def judge(planted: Sequence[Planted], issues: dict[int, Found]) -> Judged:
    """Compare what was found with what was planted."""
    matter_of = {one.heard.id: one.matter for one in planted}
    sizes = Counter(one.matter for one in planted if one.matter)
    groups = [[matter_of[m.id] for m in one.members] for one in issues.values()]
    same = sum(_pairs(n) for one in groups for name, n in Counter(one).items() if name)
    made, real = sum(_pairs(len(one)) for one in groups), sum(map(_pairs, sizes.values()))
    main = [_main(one) for one in groups]
    held = {
        name
        for name, one in zip(main, groups, strict=True)
        if name and 2 * one.count(name) >= sizes[name]
    }
    rung = [(name, one) for name, one in zip(main, issues.values(), strict=True) if one.alarmed_at]
    late = [_delay(planted, name, one) for name, one in rung if name]
    return Judged(
        requests=len(planted),
        matters=len(sizes),
        issues=len(groups),
        pair_precision=same / made if made else 1.0,
        pair_recall=same / real if real else 1.0,
        cluster_precision=sum(1 for name in main if name) / len(main) if main else 1.0,
        cluster_recall=len(held) / len(sizes) if sizes else 1.0,
        alarms=len(rung),
        false_alarms=sum(1 for name, _ in rung if not name),
        alarm_calls=_middle([calls for calls, _ in late]),
        alarm_hours=_middle([hours for _, hours in late]),
    )


def _pairs(n: int) -> int:
    return n * (n - 1) // 2


def _main(matters: Sequence[str]) -> str:
    """The matter that more than half of an issue is about; empty for none."""
    name, n = Counter(matters).most_common(1)[0]
    return name if 2 * n > len(matters) else ""


def _delay(planted: Sequence[Planted], matter: str, issue: Found) -> tuple[float, float]:
    """How many calls had come, and how many hours had passed, when the alarm rang."""
    own = [one.heard.at for one in planted if one.matter == matter]
    rung = issue.alarmed_at or own[-1]
    return float(sum(1 for at in own if at <= rung)), (rung - own[0]).total_seconds() / 3600


def _middle(numbers: Sequence[float]) -> float:
    return sorted(numbers)[len(numbers) // 2] if numbers else 0.0
