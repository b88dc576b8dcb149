"""Reads of the catalogue: versions in force, the pinned version of a case, the live parts.

Published rows never change, so a process keeps them for good. Which row of a live part is the
newest it asks at most every few seconds, because calendars are needed by every action.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from tongban.catalogue.content import Item, Trade
from tongban.catalogue.content.answers import AnswerSheet
from tongban.catalogue.content.loader import load_content
from tongban.catalogue.models import Version, WrittenAnswer
from tongban.catalogue.rules import CompiledPackage, Words, from_json
from tongban.catalogue.rules.answers import AnswerShelf, AnswerView, answers_of, most_like
from tongban.catalogue.rules.changes import Change, change_of
from tongban.catalogue.rules.days import calendar_from_data
from tongban.catalogue.rules.published import Publishable, publishable
from tongban.catalogue.rules.tongues import translated
from tongban.catalogue.rules.words import Entry, best
from tongban.kernel.identifiers import region_within
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import Calendar

FRESH_SECONDS = 5.0
"""How long a process may go on with the live parts that it knows (by the machine's clock)."""


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """A published version of a package; immutable but for its translations."""

    version_id: int
    code: str
    number: int
    hash: str
    compiled: CompiledPackage


@dataclass(frozen=True, slots=True)
class PublishedItem:
    """A published version of an item."""

    version_id: int
    code: str
    number: int
    hash: str
    item: Item


# Versions


def package_version(version_id: int) -> PublishedPackage:
    """The version that a case is pinned to, with the newest translations. Raises NotFound."""
    return _package(version_id, _head("translations"))


def package_in_force(code_or_slug: str, on: date) -> PublishedPackage:
    """The version of a package that new applications use on a day. Raises NotFound."""
    found = Version.objects.filter(kind="package", valid__contains=on).values_list("id", flat=True)
    version = found.filter(code=code_or_slug).first() or found.filter(slug=code_or_slug).first()
    if version is None:
        raise NotFound(
            "没有找到这件事，或它现在不能申请。",
            facts={"package": code_or_slug, "on": on.isoformat()},
        )
    return package_version(version)


def packages_in_force(on: date) -> tuple[PublishedPackage, ...]:
    """Every package that can be applied for on a day, by code."""
    found = Version.objects.filter(kind="package", valid__contains=on).order_by("code")
    return tuple(package_version(pk) for pk in found.values_list("id", flat=True))


def item_version(code: str, on: date) -> PublishedItem:
    """The version of an item that is in force on a day. Raises NotFound."""
    row = Version.objects.filter(kind="item", code=code, valid__contains=on).first()
    if row is None:
        raise NotFound("没有找到这个事项，或它现在不办理。", facts={"item": code})
    return PublishedItem(row.pk, row.code, row.number, row.hash, _spoken_item(row))


def newest_versions() -> QuerySet[Version]:
    """The newest version of every code, in force or not."""
    return Version.objects.order_by("kind", "code", "-number").distinct("kind", "code")


def current_version() -> int | None:
    """The newest published version of anything; None where nothing is published yet."""
    return Version.objects.order_by("-id").values_list("id", flat=True).first()


def pending_changes(root: Path) -> tuple[Change, ...]:
    """What publishing a content folder would change, in words. Raises ContentBroken."""
    content = load_content(root)
    newest = {(row.kind, row.code): row for row in newest_versions()}
    found = []
    for one in publishable(content):
        before = newest.pop((one.kind, one.code), None)
        if before is None or before.hash != one.hash:
            found.append(change_of(one, before.data if before else None, content))
    gone = (row for row in newest.values() if not row.valid.isempty and row.valid.upper is None)
    found += [change_of(Publishable(row.kind, row.code, None), row.data, None) for row in gone]
    return tuple(found)


def search(text: str, on: date) -> tuple[PublishedPackage, ...]:
    """Packages whose names, everyday words or items are most like the text, best first."""
    found = {one.code: one for one in packages_in_force(on)}
    return tuple(found[code] for code in best(text, [_entry(one) for one in found.values()]))


@lru_cache(maxsize=512)
def _package(version_id: int, translations: int | None) -> PublishedPackage:
    row = Version.objects.filter(id=version_id, kind="package").first()
    if row is None:
        raise NotFound("没有找到这个版本的办事内容。", facts={"version": version_id})
    data = row.data if translations is None else translated(row.data, _part(translations))
    return PublishedPackage(row.pk, row.code, row.number, row.hash, from_json(data))


def _entry(published: PublishedPackage) -> Entry:
    compiled = published.compiled
    names = (compiled.name.zh, compiled.name.en, *compiled.everyday_words)
    items = tuple(name for i in compiled.items for name in (i.name.zh, i.name.en))
    return Entry(published.code, names, (compiled.summary.zh, *items))


# Live parts

_heads: dict[str, tuple[float, int | None]] = {}


def live(name: str) -> Any:
    """A live part of the content as it was published last. Raises NotFound."""
    head = _head(name)
    if head is None:
        raise NotFound("办事内容还没有发布，请联系管理员。", facts={"part": name})
    return _part(head)


def live_version(name: str) -> int:
    """The row of a live part that is the newest now, for what is pinned to it. Raises NotFound."""
    head = _head(name)
    if head is None:
        raise NotFound("办事内容还没有发布，请联系管理员。", facts={"part": name})
    return head


def part(version_id: int) -> Any:
    """A live part as it was published under that row, whatever has been published since."""
    return _part(version_id)


def trades() -> tuple[Trade, ...]:
    """The trades whose permits make one comprehensive licence (一业一证); none before any."""
    head = _head("trades")
    return _trades(head) if head is not None else ()


def trade(code: str) -> Trade:
    """The trade of that code. Raises NotFound."""
    for one in trades():
        if one.code == code:
            return one
    raise NotFound("没有这个行业的综合许可。", facts={"trade": code})


def forget_live() -> None:
    """Ask for the newest live parts at the next question: others were published."""
    _heads.clear()
    _answers.cache_clear()


def calendar(region: str) -> Calendar:
    """The working days and hours of a region: the national layer and those of its regions.

    Raises NotFound where no calendar is published at all.
    """
    head = _head("calendars")
    if head is None:
        raise NotFound("放假安排还没有发布，请联系管理员。")
    return _calendar(head, region[:6])


def parameters(on: date) -> Mapping[str, Sequence[tuple[date, Any]]]:
    """The dated parameters that are in force on a day, as conditions take them."""
    return {
        name: tuple(
            (since, value) for day, value in values if (since := date.fromisoformat(day)) <= on
        )
        for name, values in live("parameters").items()
    }


@dataclass(frozen=True, slots=True)
class OpinionText:
    """A ready phrase (常用意见)."""

    code: str
    text: Words


def opinions(step: str, outcome: str, item: str = "") -> tuple[OpinionText, ...]:
    """Ready phrases for a step and outcome; those of the item come before the general ones."""
    fitting = [
        one
        for one in live("opinions")
        if one["step"] == step
        and one["outcome"] == outcome
        and (not one.get("items") or item in one["items"])
    ]
    fitting.sort(key=lambda one: not one.get("items"))
    return tuple(OpinionText(one["code"], Words(**one["text"])) for one in fitting)


def clock_texts() -> Mapping[str, Words]:
    """What the clocks are called."""
    return {name: Words(**text) for name, text in live("clocks").items()}


def department_names() -> Mapping[str, Words]:
    """What the departments are called."""
    return {one["code"]: Words(**one["name"]) for one in live("departments")}


def in_languages(chinese: str) -> Words:
    """A sentence of the content that is kept in Chinese alone, with its newest translations."""
    head = _head("translations")
    known = _part(head).get(chinese, {}) if head is not None else {}
    return Words(zh=chinese, **known)


def answers(on: date) -> tuple[AnswerView, ...]:
    """The knowledge base of a day, its numbers filled in from the items in force on that day.

    What rests on an item or a package that is not in force any more is off at once.
    """
    head = _head("answers")
    if head is None:
        return ()
    return _answers(head, current_version() or 0, _written_head() or 0, on)


def find_answers(
    text: str, on: date, limit: int = 5, *, region: str = "", domain: str = ""
) -> tuple[tuple[float, AnswerView], ...]:
    """The answers to questions like this one, with their likeness (0 to 1), best first.

    With a region only those that hold there; with the hotline's domain those on it come first.
    Nothing found means that nobody has written one: then a person is asked.
    """
    here = [one for one in answers(on) if not region or region_within(region, one.region)]
    return most_like(text, here, limit, domain=domain)


def department_systems() -> Mapping[str, str]:
    """The departments that have a system of their own, each with the name of that system."""
    head = _head("departments")
    return _systems(head) if head is not None else {}


def _head(name: str) -> int | None:
    """The newest row of a live part, as this process knows it."""
    asked = time.monotonic()
    known = _heads.get(name)
    if known is None or asked - known[0] > FRESH_SECONDS:
        newest = Version.objects.filter(kind="live", code=name).order_by("-number")
        known = _heads[name] = (asked, newest.values_list("id", flat=True).first())
    return known[1]


@lru_cache(maxsize=128)
def _part(version_id: int) -> Any:
    return Version.objects.get(id=version_id).data


def _spoken_item(row: Version) -> Item:
    """A published item with the newest translations."""
    return Item.model_validate(translated(row.data, live("translations")))


def _written_head() -> int | None:
    """The newest answer that was written on the desk, as this process knows it."""
    asked = time.monotonic()
    known = _heads.get(_WRITTEN)
    if known is None or asked - known[0] > FRESH_SECONDS:
        newest = WrittenAnswer.objects.order_by("-id").values_list("id", flat=True)
        known = _heads[_WRITTEN] = (asked, newest.first())
    return known[1]


_WRITTEN = "written answers"


def written_answer(code: str) -> Mapping[str, Any] | None:
    """The fields of the newest version of an answer that a unit wrote; None while off or new."""
    row = WrittenAnswer.objects.filter(code=code).order_by("-number").first()
    return row.data if row is not None and row.is_on else None


def _with_written(
    sheets: Sequence[AnswerSheet], rows: Sequence[WrittenAnswer]
) -> list[AnswerSheet]:
    """The sheets of the content without what was written anew, and what was written."""
    anew = {row.code for row in rows}
    kept = [
        sheet.model_copy(update={"answers": tuple(a for a in sheet.answers if a.code not in anew)})
        for sheet in sheets
    ]
    written = [
        AnswerSheet.model_validate({"unit": row.unit, "answers": [{**row.data, "code": row.code}]})
        for row in rows
        if row.is_on
    ]
    return [*kept, *written]


@lru_cache(maxsize=8)
def _answers(head: int, _newest: int, written: int, on: date) -> tuple[AnswerView, ...]:
    data = _part(head)
    newest = WrittenAnswer.objects.filter(id__lte=written).order_by("code", "-number")
    texts = list(newest.distinct("code"))
    sheets = _with_written([AnswerSheet.model_validate(one) for one in data["sheets"]], texts)
    named = [one for sheet in sheets for one in sheet.answers]
    codes = {code for one in named for code in (*one.items, *one.packages)}
    rows = list(Version.objects.filter(code__in=codes, valid__contains=on))
    shelf = AnswerShelf(
        units={one["code"]: one for one in live("departments")},
        materials={code: Words(**name) for code, name in data["materials"].items()},
        items={one.code: _spoken_item(one) for one in rows if one.kind == "item"},
        packages={
            one.code: package_version(one.pk).compiled.promised_days
            for one in rows
            if one.kind == "package"
        },
    )
    behind = {row.code: row for row in texts}
    return tuple(
        replace(one, version=row.number, author=row.author, source=row.source)
        if (row := behind.get(one.code))
        else one
        for one in answers_of(sheets, shelf, on)
    )


@lru_cache(maxsize=8)
def _trades(version_id: int) -> tuple[Trade, ...]:
    return tuple(Trade.model_validate(one) for one in _part(version_id))


@lru_cache(maxsize=8)
def _systems(version_id: int) -> Mapping[str, str]:
    return {one["code"]: one["system"] for one in _part(version_id) if one.get("system")}


@lru_cache(maxsize=128)
def _calendar(version_id: int, region: str) -> Calendar:
    return calendar_from_data(_part(version_id), region)
