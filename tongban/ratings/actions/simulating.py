"""Planting ratings in the demo city: honest windows, and windows that cheat, each in its way.

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
from tongban.ratings.models import Flag, Invitation
from tongban.ratings.queries import ratings
from tongban.ratings.rules import Rating, wilson
from tongban.ratings.rules.planting import CHEATS, Planned, cheating_day, honest_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from tongban.people.queries import DepartmentView
    from tongban.ratings.states import Detector

PREFIX = "YS"
VISITORS = 40
BOLD = 0.5
"""From which boldness on a forged rating is told of as bold, below it as timid."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is planted: days back from now, units, honest ratings of each a day, the seed.

    Windows cheat on the last ``cheating`` of the days.
    """

    days: int = 40
    units: int = 20
    per_day: int = 6
    seed: int = 1
    cheating: int = 8


@dataclass(frozen=True, slots=True)
class _Given:
    """A planted rating as it was given; ``is_beside``: on a day on which its unit cheated."""

    planned: Planned
    is_beside: bool


@dataclass(slots=True)
class _Planter:
    """One run: it keeps what it planted, by review."""

    serial: int
    party_ids: list[int]
    version_id: int
    given: dict[int, _Given]

    def rate_visit(
        self, unit: DepartmentView, day: date, planned: Planned, *, is_beside: bool
    ) -> None:
        """Somebody is served at a window and rates what was done."""
        self.serial += 1
        row = invite(
            ended=Ended(
                object="visit",
                number=public_number(PREFIX, unit.region[:6], day, self.serial),
                cause_id=0,
                proceeding_id=0,
                version_id=self.version_id,
                party_id=self.party_ids[planned.visitor],
                region=unit.region,
                department=unit.code,
                item="simulated",
                window=f"{unit.code}.window",
                prompted=True,
            ),
            now=_at(day, planned.served),
        )
        if row is None:
            return
        review_id = rate(invitation=row, rating=Rating(**planned.how), now=_at(day, planned.rated))
        self.given[review_id] = _Given(planned, is_beside)


def simulate(*, plan: Plan, now: datetime) -> dict[str, Any]:
    """Plant windows and look over each day; what was found of what was planted.

    The first units of the city are honest; each of the last ones cheats in one way, on some days
    timidly and on others boldly.
    """
    units = sorted(departments(), key=lambda one: one.code)[: plan.units]
    planter = _Planter(
        serial=Invitation.objects.count() + 1_000_000,
        party_ids=[_party(n, now) for n in range(VISITORS)],
        version_id=packages_in_force(city_date(now))[0].version_id,
        given={},
    )
    random = Random(plan.seed)  # noqa: S311 -- a simulation
    cheats = dict(zip((one.code for one in units[-len(CHEATS) :]), CHEATS, strict=False))
    first = city_date(now) - timedelta(days=plan.days)
    for back in range(plan.days):
        day = first + timedelta(days=back)
        is_open = back >= plan.days - plan.cheating
        for unit in units:
            cheat = cheats.get(unit.code) if is_open else None
            for planned in _planned(random, unit.code, plan.per_day, cheat):
                planter.rate_visit(unit, day, planned, is_beside=cheat is not None)
        detect_day(day=day, by=SYSTEM, now=_at(day, 23 * 60))
    while fold_changes():
        pass
    return _outcome(planter.given)


def _planned(random: Random, unit: str, usual: int, cheat: Detector | None) -> Iterable[Planned]:
    """A day of a window in the order in which people rate."""
    samples = ratings().samples
    found = list(honest_day(random, unit, usual, VISITORS, samples.praise))
    if cheat is not None:
        found += cheating_day(random, unit, cheat, VISITORS, samples.copied)
    return sorted(found, key=lambda one: one.rated)


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE) + timedelta(minutes=minute)


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


# ---- what was found -----------------------------------------------------------------------------


def _outcome(given: Mapping[int, _Given]) -> dict[str, Any]:
    """Detection by way of cheating, timid and bold apart, and false alarms among the honest.

    Where a unit cheats in bulk nobody can tell which ratings of that day are honest: those beside
    the forged ones are told apart from false alarms at honest units.
    """
    found: dict[int, set[str]] = {}
    for review_id, detector in Flag.objects.filter(review_id__in=given).values_list(
        "review_id", "detector"
    ):
        found.setdefault(review_id, set()).add(detector)
    honest = [pk for pk, one in given.items() if one.planned.cheat is None and not one.is_beside]
    beside = [pk for pk, one in given.items() if one.planned.cheat is None and one.is_beside]
    wrong = [pk for pk in honest if found.get(pk)]
    return {
        "ratings": len(given),
        "honest": len(honest),
        "cheats": {cheat.value: _caught(given, found, cheat) for cheat in CHEATS},
        "false_alarms": len(wrong),
        "false_alarm_rate": round(len(wrong) / max(1, len(honest)), 4),
        "false_alarms_by_rule": dict(sorted(Counter(_codes(wrong, found)).items())),
        "marked_beside_cheating": sum(1 for pk in beside if found.get(pk)),
        "honest_beside_cheating": len(beside),
    }


def _caught(
    given: Mapping[int, _Given], found: Mapping[int, set[str]], cheat: Detector
) -> dict[str, Any]:
    """How much of one way of cheating has its flag: all of it with its interval, and by boldness.

    ``by_any`` counts forged ratings that any rule found.
    """
    meant = {pk: one.planned for pk, one in given.items() if one.planned.cheat is cheat}
    caught = {pk for pk in meant if cheat.value in found.get(pk, ())}
    likely = wilson(len(caught), len(meant))
    bold = {pk for pk, one in meant.items() if one.boldness >= BOLD}
    return {
        "planted": len(meant),
        "found": len(caught),
        "detection": _share(len(caught), len(meant)),
        "between": [round(likely.low, 3), round(likely.high, 3)],
        "timid": _share(len(caught - bold), len(meant) - len(bold)),
        "bold": _share(len(caught & bold), len(bold)),
        "by_any": _share(sum(1 for pk in meant if found.get(pk)), len(meant)),
    }


def _codes(pks: Iterable[int], found: Mapping[int, set[str]]) -> Iterable[str]:
    return (code for pk in pks for code in found[pk])


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
