"""The questions of a situation: what was answered, read from a form, shown as fields.

Before anything is applied for, the answers live in the session, so that nobody has to sign in to
see the guide; the draft takes them over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.utils.translation import gettext as _

from tongban.catalogue.rules import guide
from tongban.doors.parts import Field, Option, Source
from tongban.doors.texts import named, say
from tongban.doors.units import number, unit_words
from tongban.kernel.conditions import Fact as KnownFact
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.packages.queries import outlook
from tongban.people.queries import parties

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import QueryDict

    from tongban.catalogue.queries import PublishedPackage
    from tongban.catalogue.rules import CompiledPackage, CompiledQuestion, PersonalGuide
    from tongban.doors.parts import FieldKind
    from tongban.packages.queries import Outlook
    from tongban.people.queries import PartyView

UNSURE = "__unsure__"
# How the source of an answer is stored; said in the reader's language when shown.
ANSWERED = "您的回答"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Situation:
    """What this person has answered about one package.

    ``answers`` are by question id, ``unsure`` the ids answered with "I don't know". ``party_id``
    is for whom the application is (None: not signed in), ``draft`` the draft that it changes.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    party_id: int | None = None
    draft: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been answered yet."""
        return not self.answers and not self.unsure


def load(session: SessionBase, slug: str) -> Situation:
    """The situation that the session remembers."""
    kept = session.get(f"situation:{slug}", {})
    return Situation(
        kept.get("answers", {}),
        tuple(kept.get("unsure", ())),
        kept.get("party"),
        kept.get("draft", ""),
    )


def keep(session: SessionBase, slug: str, situation: Situation) -> None:
    """Remember a situation in the session."""
    session[f"situation:{slug}"] = {
        "answers": dict(situation.answers),
        "unsure": list(situation.unsure),
        "party": situation.party_id,
        "draft": situation.draft,
    }


def forget(session: SessionBase, slug: str) -> None:
    """Drop what the session remembers: a draft has taken it over."""
    session.pop(f"situation:{slug}", None)


def draft_id(text: str) -> UUID:
    """The id of a draft from an address. Raises NotFound for anything else."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def facts_of(
    compiled: CompiledPackage, situation: Situation, known: Mapping[str, KnownFact], on: date
) -> dict[str, KnownFact]:
    """Known facts and answers together; an answer that repeats what is known keeps its source."""
    facts = dict(known)
    for question in compiled.questions:
        if question.id in situation.unsure:
            facts.pop(question.fact, None)
        elif question.id in situation.answers:
            value = situation.answers[question.id]
            before = known.get(question.fact)
            if before is None or before.value != value:
                facts[question.fact] = KnownFact(value, ANSWERED, on)
    return facts


@dataclass(frozen=True)
class Standing:
    """A situation seen on a day: what is known, what was answered, and the guide from both."""

    published: PublishedPackage
    situation: Situation
    known: Mapping[str, KnownFact]
    now: datetime
    remembered: Mapping[str, KnownFact] = field(default_factory=dict)

    @property
    def compiled(self) -> CompiledPackage:
        """The package."""
        return self.published.compiled

    @cached_property
    def facts(self) -> dict[str, KnownFact]:
        """Known facts and answers together."""
        return facts_of(self.compiled, self.situation, self.known, self.on)

    @property
    def answered(self) -> dict[str, KnownFact]:
        """The answers as facts, each with its source; what is only known is not among them."""
        return {
            q.fact: self.facts[q.fact]
            for q in self.compiled.questions
            if q.id in self.situation.answers and q.fact in self.facts
        }

    @property
    def on(self) -> date:
        """The city's day."""
        return city_date(self.now)

    @cached_property
    def guide(self) -> PersonalGuide:
        """What applies to this situation."""
        return guide(self.compiled, self.facts, self.on, unsure=self.situation.unsure)

    @cached_property
    def outlook(self) -> Outlook:
        """The form that will be opened, as it will be opened."""
        return outlook(
            self.compiled,
            self.known,
            self.on,
            answered=self.answered,
            remembered=self.remembered,
            unsure=self.situation.unsure,
        )


def fitting(
    acts_for: Iterable[int], own: int | None, published: PublishedPackage
) -> list[PartyView]:
    """For whom a person may apply for a package, enterprises first where it is for them.

    ``acts_for`` are the parties that the person acts for, ``own`` the person himself, who comes
    before everybody else of flesh and blood.
    """
    audience = set(published.compiled.audience)
    for_people = bool(audience & {"natural", "person"})
    for_enterprises = bool(audience - {"natural", "person"})
    found = sorted(parties(acts_for).values(), key=lambda one: (one.kind, one.id != own, one.id))
    fit = [
        one
        for one in found
        if (one.kind == "legal" and for_enterprises) or (one.kind == "natural" and for_people)
    ]
    return fit or [one for one in found if one.id == own]


# ---- reading answers ---------------------------------------------------------------------------


def read(
    shown: Iterable[CompiledQuestion], data: QueryDict
) -> tuple[dict[str, Any], list[str], dict[str, str]]:
    """The answers to the shown questions, the unsure ones, and what is wrong by question id."""
    answers: dict[str, Any] = {}
    unsure: list[str] = []
    wrong: dict[str, str] = {}
    for question in shown:
        given = [one for one in data.getlist(question.id) if one.strip()]
        if UNSURE in given or data.get(f"{question.id}.unsure"):
            unsure.append(question.id)
        elif not given:
            wrong[question.id] = _("请回答，或选“不清楚”。")
        else:
            value, fault = _value(question, given)
            if fault:
                wrong[question.id] = fault
            else:
                answers[question.id] = value
    return answers, unsure, wrong


def _value(question: CompiledQuestion, given: Sequence[str]) -> tuple[Any, str]:
    codes = {option.code for option in question.options}
    first = given[0].strip()
    if question.type == "boolean":
        return (first == YES, "") if first in (YES, NO) else (None, _("请选“是”或“否”。"))
    if question.type == "choice":
        return (first, "") if first in codes else (None, _("请从选项中选一个。"))
    if question.type == "multi":
        chosen = [one for one in given if one in codes]
        return (chosen, "") if chosen else (None, _("请至少选一个。"))
    if question.type == "date":
        return _date(first)
    return _number(question, first)


def _date(text: str) -> tuple[Any, str]:
    try:
        return date.fromisoformat(text).isoformat(), ""
    except ValueError:
        return None, _("日期应写成 2026-09-18 的样子。")


def _number(question: CompiledQuestion, text: str) -> tuple[Any, str]:
    try:
        value = float(text.translate(_WIDE).replace(",", ""))
    except ValueError:
        return None, _("请填数字，例如 120。")
    low, high = question.min, question.max
    if not value < float("inf") or (low is not None and value < low):
        return None, _("不能小于 %(n)s。") % {"n": number(low or 0)}
    if high is not None and value > high:
        return None, _("不能大于 %(n)s。") % {"n": number(high)}
    return int(value) if value == int(value) else value, ""


# Full-width digits come from Chinese input methods.
_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,")


def read_on(
    standing: Standing, data: QueryDict, asked: Iterable[CompiledQuestion]
) -> tuple[Situation, dict[str, str]]:
    """Read the answers to what was asked and, round by round, to what these answers reveal.

    A question may be revealed by an answer to a revealed one. What is wrong is told for the
    questions that were asked; an answer that is missing elsewhere is asked for next.
    """
    answers, unsure, wrong = read(asked, data)
    seen = {one.id for one in asked}
    while True:
        situation = Situation(
            answers, tuple(unsure), standing.situation.party_id, standing.situation.draft
        )
        shown = replace(standing, situation=situation).guide.questions
        fresh = [q for q in shown if q.id not in seen and _is_given(q, data)]
        if not fresh:
            return situation, wrong
        seen.update(q.id for q in fresh)
        more, more_unsure, _wrong = read(fresh, data)
        answers, unsure = {**answers, **more}, [*unsure, *more_unsure]


def _is_given(question: CompiledQuestion, data: QueryDict) -> bool:
    return question.id in data or f"{question.id}.unsure" in data


def posted(value: object) -> str:
    """An answer as a form posts it."""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def question_field(
    question: CompiledQuestion, standing: Standing, typed: QueryDict | None, error: str
) -> Field:
    """One question with its answer so far, and where a known answer comes from."""
    situation = standing.situation
    fact = standing.known.get(question.fact)
    value = situation.answers.get(question.id, fact.value if fact else None)
    chosen = {posted(one) for one in (value if isinstance(value, list | tuple) else [value])}
    unsure = question.id in situation.unsure
    if typed is not None:
        chosen = set(typed.getlist(question.id))
        unsure = UNSURE in chosen or bool(typed.get(f"{question.id}.unsure"))
    same = fact is not None and fact.value == value and not unsure
    return Field(
        name=question.id,
        label=say(question.text),
        kind=cast("FieldKind", {"number": "decimal"}.get(question.type, question.type)),
        value="" if value is None and typed is None else next(iter(sorted(chosen)), ""),
        help=say(question.help),
        error=error,
        options=_options(question, chosen),
        source=source_of(fact) if fact and same and fact.source else None,
        unit=unit_words(question.unit) if question.unit else "",
        unsure=say(question.advice),
        chosen_unsure=unsure,
    )


def source_of(fact: KnownFact) -> Source:
    """Where a known answer comes from: a licence by its name, or a record."""
    return Source(named(_(fact.source)), fact.as_of)


def _options(question: CompiledQuestion, chosen: set[str]) -> tuple[Option, ...]:
    if question.type == "boolean":
        return (
            Option(YES, _("是"), chosen=YES in chosen),
            Option(NO, _("否"), chosen=NO in chosen),
        )
    return tuple(
        Option(one.code, say(one.name), say(one.help), one.code in chosen)
        for one in question.options
    )


def shown_value(question: CompiledQuestion, value: object) -> str:
    """An answer in words."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    names = {one.code: say(one.name) for one in question.options}
    if isinstance(value, list | tuple):
        return _("、").join(names.get(str(one), str(one)) for one in value)
    if isinstance(value, int | float):
        return f"{number(value)} {unit_words(question.unit)}".strip()
    return names.get(str(value), str(value))
