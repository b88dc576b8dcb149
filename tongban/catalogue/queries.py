"""Reads of the catalogue: versions in force, the pinned version of a case, the live calendar."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from tongban.catalogue.models import Live, Version
from tongban.catalogue.rules import CompiledPackage, Words, from_json
from tongban.catalogue.rules.days import calendar_from_data
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import Calendar


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """A published version of a package; immutable."""

    version_id: int
    code: str
    number: int
    hash: str
    compiled: CompiledPackage


@lru_cache(maxsize=256)
def package_version(version_id: int) -> PublishedPackage:
    """The version that a case is pinned to; kept in the process, for it never changes.

    Raises NotFound for an unknown version.
    """
    row = Version.objects.filter(id=version_id, kind="package").first()
    if row is None:
        raise NotFound("没有找到这个版本的办事内容。")
    return _published(row)


def _published(row: Version) -> PublishedPackage:
    return PublishedPackage(row.pk, row.code, row.number, row.hash, from_json(row.data))


def package_in_force(code_or_slug: str, on: date) -> PublishedPackage:
    """The version of a package that new applications use on that day. Raises NotFound."""
    found = Version.objects.filter(kind="package", valid__contains=on)
    row = (
        found.filter(code=code_or_slug).only("id").first()
        or found.filter(slug=code_or_slug).only("id").first()
    )
    if row is None:
        raise NotFound("没有找到这件事，或它现在不能申请。")
    return package_version(row.pk)


def packages_in_force(on: date) -> tuple[PublishedPackage, ...]:
    """Every package that can be applied for on that day, by code."""
    ids = Version.objects.filter(kind="package", valid__contains=on).order_by("code")
    return tuple(package_version(pk) for pk in ids.values_list("id", flat=True))


def search(text: str, on: date) -> tuple[PublishedPackage, ...]:
    """Packages whose names or everyday words share most with the text, best first."""
    wanted = _pairs(text)
    scored = [(len(wanted & _words_of(one.compiled)), one) for one in packages_in_force(on)]
    best = sorted((s for s in scored if s[0]), key=lambda s: (-s[0], s[1].code))
    return tuple(one for _score, one in best)


def _pairs(text: str) -> frozenset[str]:
    tidy = "".join(text.split()).lower()
    return frozenset(tidy[i : i + 2] for i in range(max(1, len(tidy) - 1)))


def _words_of(compiled: CompiledPackage) -> frozenset[str]:
    names = [compiled.name.zh, compiled.name.en, compiled.summary.zh, *compiled.everyday_words]
    names += [item.name.zh for item in compiled.items]
    return frozenset(pair for name in names for pair in _pairs(name))


def current_version() -> int | None:
    """The newest published version, None where nothing is published yet."""
    return Version.objects.order_by("-id").values_list("id", flat=True).first()


@lru_cache(maxsize=64)
def _live(live_id: int) -> Any:
    return Live.objects.get(id=live_id).data


def live(name: str) -> Any:
    """A live part of the content as it was published last. Raises NotFound."""
    return _live(_newest(name))


def _newest(name: str) -> int:
    newest = Live.objects.filter(name=name).order_by("-id").values_list("id", flat=True).first()
    if newest is None:
        raise NotFound("办事内容还没有发布。请先运行 tongban content publish。")
    return newest


@lru_cache(maxsize=64)
def _calendar(live_id: int, region: str) -> Calendar:
    return calendar_from_data(_live(live_id), region)


# A process asks at most every few seconds whether another calendar was published; a new year is
# published weeks ahead, and re-indexing reads it at once.
_FRESH_SECONDS = 5.0
_known: dict[str, tuple[float, Calendar]] = {}


def calendar(region: str) -> Calendar:
    """The working days and hours of a region, national and regional layers together.

    Raises NotFound where no calendar is published at all.
    """
    place = region[:6]
    asked = time.monotonic()
    found = _known.get(place)
    if found is None or asked - found[0] > _FRESH_SECONDS:
        found = _known[place] = (asked, _calendar(_newest("calendars"), place))
    return found[1]


def forget_calendar() -> None:
    """Read the calendar anew at the next question: another one was published."""
    _known.clear()


@dataclass(frozen=True, slots=True)
class OpinionText:
    """A ready phrase (常用意见)."""

    code: str
    text: Words


def opinions(step: str, outcome: str, item: str = "") -> tuple[OpinionText, ...]:
    """Ready phrases for a step and outcome; those of the item come before the general ones."""
    found = [
        o for o in live("opinions")
        if o["step"] == step and o["outcome"] == outcome and (not o["items"] or item in o["items"])
    ]
    found.sort(key=lambda o: not o["items"])
    return tuple(OpinionText(o["code"], Words(**o["text"])) for o in found)


def parameters(on: date) -> Mapping[str, Sequence[tuple[date, Any]]]:
    """Dated parameters as conditions take them."""
    del on
    return {
        name: tuple((date.fromisoformat(since), value) for since, value in values)
        for name, values in live("parameters").items()
    }
