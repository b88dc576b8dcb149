"""The knowledge base: numbers filled in from the catalogue, and what answers a question best."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log
from typing import Any

from tongban.catalogue.content.answers import Answer, AnswerSheet
from tongban.catalogue.content.items import Exempt, Item
from tongban.catalogue.rules.compiled import Words
from tongban.catalogue.rules.words import pairs
from tongban.kernel.clocks import Unit
from tongban.kernel.values import LANGUAGES, Limit, Mark, Text

LIKE_ENOUGH = 0.34
"""The least likeness of what is offered: about a third of what was asked, the rarer words first.

Below it the honest answer is that nobody has written one (domain-04 §5.7: ask a person).
"""

_STRANGE = 1.2
"""What a pair weighs that no entry has: glue between words for the most part."""
_KNOWN_DOMAIN = 0.2

_UNITS: Mapping[Unit, Words] = {
    Unit.WORKDAY: Words("{n}个工作日", "{n} working days", "{n} خىزمەت كۈنى"),
    Unit.DAY: Words("{n}日", "{n} days", "{n} كۈن"),
    Unit.HOUR: Words("{n}小时", "{n} hours", "{n} سائەت"),
    Unit.MINUTE: Words("{n}分钟", "{n} minutes", "{n} مىنۇت"),
    Unit.WORKMINUTE: Words(
        "{n}分钟（工作时间）", "{n} working minutes", "{n} مىنۇت (خىزمەت ۋاقتى)"
    ),
}
_AT_ONCE = Words("当场", "at once", "نەق مەيداندا")
_NOTHING = Words("不用另交", "nothing", "ئايرىم تاپشۇرۇلمايدۇ")
_PERHAPS = Words("视情形提供{what}", "{what} where it applies", "ئەھۋالغا قاراپ {what}")
_BETWEEN = Words("、", ", ", "، ")
_APART = Words("；", "; ", "؛ ")


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer of the knowledge base as it is given on a day, its numbers filled in.

    `unit` stands behind it, `updated` is the day on which it was last read. Only a basis that
    `may_be_quoted` is shown as law. What was written on the desk has its `version`, who wrote
    it and the number of the request that it came from.
    """

    code: str
    title: Words
    text: Words
    questions: tuple[str, ...]
    unit: str
    unit_name: Words
    region: str
    since: date
    until: date | None
    updated: date
    items: tuple[str, ...]
    packages: tuple[str, ...]
    domains: tuple[str, ...]
    basis: str
    mark: Mark
    version: int = 0
    author: str = ""
    source: str = ""

    @property
    def may_be_quoted(self) -> bool:
        """Whether its basis may be shown as law or as a stated requirement."""
        return self.mark.may_be_quoted


@dataclass(frozen=True, slots=True)
class AnswerShelf:
    """What is in force on a day: departments as published, names of materials, items, packages.

    Of a package its promised working days are enough.
    """

    units: Mapping[str, Mapping[str, Any]]
    materials: Mapping[str, Words]
    items: Mapping[str, Item]
    packages: Mapping[str, float]


def answers_of(
    sheets: Iterable[AnswerSheet], shelf: AnswerShelf, on: date
) -> Iterator[AnswerView]:
    """The answers that hold on a day. One whose item or package is not in force is left out."""
    for sheet in sheets:
        for one in sheet.answers:
            is_on = one.since <= on and (one.until is None or on <= one.until)
            if (
                is_on
                and shelf.items.keys() >= {*one.items}
                and shelf.packages.keys() >= {*one.packages}
            ):
                yield _view(sheet.unit, one, shelf)


def _view(unit: str, answer: Answer, shelf: AnswerShelf) -> AnswerView:
    known = shelf.units[unit]
    facts = {"phone": Words(known.get("phone", ""))}
    if answer.packages:
        days = Limit(value=shelf.packages[answer.packages[0]], mark=answer.mark)
        facts["promise"] = length(days)
    if answer.items:
        facts |= facts_of(shelf.items[answer.items[0]], shelf.materials)
    return AnswerView(
        code=answer.code,
        title=_spoken(answer.title),
        text=filled(_spoken(answer.answer), facts),
        unit=unit,
        unit_name=Words(**known["name"]),
        **{name: getattr(answer, name) for name in _TAKEN_OVER},
    )


_TAKEN_OVER = (
    "questions",
    "region",
    "since",
    "until",
    "updated",
    "items",
    "packages",
    "domains",
    "basis",
    "mark",
)


def facts_of(item: Item, materials: Mapping[str, Words]) -> dict[str, Words]:
    """What answers may name of an item: its times, what is brought, visits, the telephone."""
    facts = {
        "promise": length(item.limits.promise),
        "bring": _bring(item, materials),
        "visits": Words(str(item.visits.value)),
        "phone": Words(item.contacts.consult),
    }
    if item.limits.legal is not None:
        facts["legal"] = length(item.limits.legal)
    return facts


def _bring(item: Item, materials: Mapping[str, Words]) -> Words:
    """What must be brought always, and behind it what is asked for in some situations alone."""
    asked = [use for use in item.materials if use.exempt is Exempt.NONE]
    always, perhaps = (
        [
            materials.get(use.material, Words(use.material))
            for use in asked
            if (use.required and use.when is None) is sure
        ]
        for sure in (True, False)
    )
    parts = [_joined(always, _BETWEEN)] if always else []
    if perhaps:
        named = _joined(perhaps, _BETWEEN)
        parts.append(filled(_PERHAPS, {"what": named}))
    return _joined(parts, _APART) if parts else _NOTHING


def length(limit: Limit) -> Words:
    """A length of time in words."""
    if limit.is_instant:
        return _AT_ONCE
    unit = _UNITS[limit.unit]
    if limit.value == 1:
        unit = replace(unit, en=unit.en.removesuffix("s"))
    return _each(unit, lambda _, text: text.replace("{n}", f"{limit.value:g}"))


def filled(text: Words, facts: Mapping[str, Words]) -> Words:
    """The text with what it names put in, in each of its languages."""

    def one(language: str, said: str) -> str:
        for name, value in facts.items():
            said = said.replace(f"{{{name}}}", value.say(language))
        return said

    return _each(text, one)


def most_like(
    text: str, answers: Sequence[AnswerView], limit: int, *, domain: str = ""
) -> tuple[tuple[float, AnswerView], ...]:
    """The answers to questions like this one with their likeness (0 to 1), best first.

    Words are compared by their pairs of characters, like everywhere in the catalogue. A pair
    that stands in many entries says little and weighs less. Where it is known what the question
    is about, answers on that domain need less likeness.
    """
    wanted = pairs(text)
    named = [(one, [pairs(name) for name in _said(one)]) for one in answers]
    spread = Counter(pair for _, names in named for pair in frozenset[str]().union(*names))
    weights = {pair: log(1 + len(named) / count) for pair, count in spread.items()}

    def weight(found: Iterable[str]) -> float:
        return sum(weights.get(pair, _STRANGE) for pair in found)

    scored = [
        (_likeness(wanted, names, weight) + (_KNOWN_DOMAIN if domain in one.domains else 0), one)
        for one, names in named
    ]
    good = [(min(score, 1.0), one) for score, one in scored if score >= LIKE_ENOUGH]
    return tuple(sorted(good, key=lambda found: (-found[0], found[1].code))[:limit])


def _likeness(
    wanted: frozenset[str],
    names: Sequence[frozenset[str]],
    weight: Callable[[Iterable[str]], float],
) -> float:
    """How far one saying of an entry is this question, or all of them together cover it."""
    asked = weight(wanted)
    if not asked:
        return 0.0
    alike = max(
        (weight(wanted & name) / (asked * weight(name)) ** 0.5 for name in names if name),
        default=0.0,
    )
    return max(alike, weight(wanted & frozenset[str]().union(*names)) / asked)


def _spoken(text: Text) -> Words:
    return Words(**text.model_dump(exclude_none=True))


def _said(answer: AnswerView) -> list[str]:
    titles = [getattr(answer.title, language) for language in LANGUAGES]
    return [name for name in (*titles, *answer.questions) if name]


def _joined(many: Sequence[Words], between: Words) -> Words:
    return Words(
        **{
            language: between.say(language).join(one.say(language) for one in many)
            for language in ("zh", "en", "ug")
        }
    )


def _each(text: Words, change: Callable[[str, str], str]) -> Words:
    said = {
        language: change(language, getattr(text, language))
        for language in LANGUAGES
        if getattr(text, language)
    }
    return replace(text, **said)
