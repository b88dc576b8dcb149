"""Planting ratings in the demo city: honest windows, and windows that cheat in a known way.

Visits are invitations of no real application: their numbers carry their own prefix (YS) and they
are rated through the same verb as everybody's, so that detectors meet them as they would in life.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tongban.catalogue.queries import packages_in_force
from tongban.kernel.actors import SYSTEM
from tongban.kernel.identifiers import organisation_check, uscc_check
from tongban.kernel.numbers import public_number
from tongban.kernel.worktime import CITY_ZONE, city_date
from tongban.people.actions import register_legal_party
from tongban.people.queries import departments
from tongban.ratings.actions.counting import detect_day, fold_changes
from tongban.ratings.actions.inviting import Ended, invite
from tongban.ratings.actions.rating import rate
from tongban.ratings.models import Flag, Invitation, Review
from tongban.ratings.queries import ratings
from tongban.ratings.rules import Rating
from tongban.ratings.states import Detector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tongban.people.queries import DepartmentView

PREFIX = "YS"
# In the order in which they are planted: who cheats how.
CHEATS = (Detector.F1, Detector.F2, Detector.F3, Detector.F4, Detector.F5, Detector.F8)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is planted: days back from now, units, honest ratings of each a day, the seed."""

    days: int = 40
    units: int = 20
    per_day: int = 6
    seed: int = 1


@dataclass(slots=True)
class _Planter:
    """One run: it counts what it planted, by detector or as honest."""

    random: Random
    serial: int
    party_ids: list[int]
    version_id: int
    planted: dict[int, Detector | None]

    def rate_visit(
        self, unit: DepartmentView, at: datetime, cheat: Detector | None, **how: Any
    ) -> None:
        """Somebody is served at a window and rates what was done."""
        self.serial += 1
        served = how.pop("served", at - timedelta(minutes=5))
        party_id = how.pop("party_id", self.random.choice(self.party_ids))
        row = invite(
            ended=Ended(
                object="visit",
                number=public_number(PREFIX, unit.region[:6], city_date(at), self.serial),
                cause_id=0,
                proceeding_id=0,
                version_id=self.version_id,
                party_id=party_id,
                region=unit.region,
                department=unit.code,
                item="simulated",
                window=f"{unit.code}.window",
                prompted=True,
            ),
            now=served,
        )
        if row is None:
            return
        said = {"level": self._honest_level(), "channel": "tablet", "seconds": 45, **how}
        review_id = rate(invitation=row, rating=Rating(**said), now=at)
        self.planted[review_id] = cheat

    def _honest_level(self) -> int:
        """Mostly good, as people are when they are asked; some are not."""
        return self.random.choices((1, 2, 3, 4, 5), weights=(70, 18, 6, 4, 2))[0]


def simulate(*, plan: Plan, now: datetime) -> dict[str, Any]:
    """Plant windows and look over each day; what was found of what was planted.

    The first units of the city are honest; each of the last ones cheats in one way. ``missed``
    counts planted ratings without their flag, ``false`` honest ratings with any flag.
    """
    units = sorted(departments(), key=lambda one: one.code)[: plan.units]
    planter = _Planter(
        random=Random(plan.seed),  # noqa: S311 -- a simulation
        serial=Invitation.objects.count() + 1_000_000,
        party_ids=[_party(n, now) for n in range(40)],
        version_id=packages_in_force(city_date(now))[0].version_id,
        planted={},
    )
    cheats = dict(zip((one.code for one in units[-len(CHEATS) :]), CHEATS, strict=False))
    first = city_date(now) - timedelta(days=plan.days)
    for back in range(plan.days):
        day = first + timedelta(days=back)
        for unit in units:
            for at in _moments(planter.random, day, plan.per_day):
                planter.rate_visit(
                    unit, at, None, device=f"{unit.code}-{planter.random.random()}",
                    text=_honest_words(planter.random),
                )  # fmt: skip
            cheat = cheats.get(unit.code)
            if cheat is not None and back == plan.days - 1:
                _cheat(planter, unit, day, cheat)
        detect_day(day=day, by=SYSTEM, now=_at(day, 23, 0))
    while fold_changes():
        pass
    return _outcome(planter.planted, cheats)


def _honest_words(random: Random) -> str:
    """Few people write; who does writes something of his own."""
    if random.random() > 0.2:
        return ""
    return f"{random.choice(ratings().samples.praise)} {random.randrange(1, 900)}"


def _party(number: int, now: datetime) -> int:
    """A synthetic enterprise that visits windows."""
    body = f"MA7{number:05d}"
    most = f"91650100{body}{organisation_check(body)}"
    return register_legal_party(
        uscc=most + uscc_check(most),
        name=f"Visitor {number:02d}",
        representative_id=None,
        by=SYSTEM,
        now=now,
    )


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), CITY_ZONE)


def _moments(random: Random, day: date, count: int) -> Iterator[datetime]:
    """Moments of office hours, spread over the day."""
    for _n in range(random.randrange(max(1, count - 2), count + 3)):
        yield _at(day, random.choice((10, 11, 12, 13, 16, 17, 18)), random.randrange(60))


def _cheat(planter: _Planter, unit: DepartmentView, day: date, cheat: Detector) -> None:
    """What a window does that wants a better number."""
    how: dict[str, Any] = {"level": 1}
    for n in range(60 if cheat is Detector.F4 else 20):
        party_id = planter.party_ids[n % len(planter.party_ids)]
        at = _at(day, 11, n % 60)
        each: dict[str, Any] = {**how, "party_id": party_id, "device": f"{unit.code}-{cheat}-{n}"}
        if cheat is Detector.F1:
            each["device"] = f"{unit.code}-one"
        if cheat is Detector.F2:
            each["seconds"] = 3
        if cheat is Detector.F3:
            each["staff_session"] = True
        if cheat is Detector.F5:
            each["text"] = ratings().samples.copied
        if cheat is Detector.F8:
            # Somebody invented the visits in the night and rates them after closing.
            at = _at(day, 21, n % 60)
            each["served"] = at - timedelta(hours=5)
        planter.rate_visit(unit, at, cheat, **each)


def _outcome(planted: dict[int, Detector | None], cheats: dict[str, Detector]) -> dict[str, Any]:
    """Detection by detector, and false alarms among the honest."""
    found: dict[int, set[str]] = {}
    for review_id, detector in Flag.objects.filter(review_id__in=planted).values_list(
        "review_id", "detector"
    ):
        found.setdefault(review_id, set()).add(detector)
    meant = Counter(cheat.value for cheat in planted.values() if cheat is not None)
    caught = Counter(
        cheat.value
        for review_id, cheat in planted.items()
        if cheat is not None and cheat.value in found.get(review_id, ())
    )
    # Where a unit cheats in bulk nobody can tell which ratings of that day are honest: F4 marks
    # all of them, and they are told apart from false alarms at honest units.
    honest = [review_id for review_id, cheat in planted.items() if cheat is None]
    marked = [one for one in honest if found.get(one)]
    beside = Review.objects.filter(pk__in=marked, department__in=list(cheats)).count()
    wrong = len(marked) - beside
    return {
        "ratings": len(planted),
        "honest": len(honest),
        "planted": dict(sorted(meant.items())),
        "found": {code: caught[code] for code in sorted(meant)},
        "detection": {code: round(caught[code] / meant[code], 4) for code in sorted(meant)},
        "false_alarms": wrong,
        "marked_beside_cheating": beside,
        "false_alarm_rate": round(wrong / max(1, len(honest)), 6),
    }
