"""The applicant's situation: the questions on one page, reading the answers, and the guide.

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
from django.utils.translation import ngettext

from tongban.catalogue.rules import guide
from tongban.doors.citizen import guides, pages
from tongban.doors.parts import Fact, Field, Link, Notice, Option, Problem, Source
from tongban.doors.texts import named, say
from tongban.doors.units import days, number, unit_words
from tongban.kernel.conditions import All, Leaf, Outcome
from tongban.kernel.conditions import Fact as KnownFact
from tongban.kernel.conditions.operators import Op
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.packages.queries import outlook

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import QueryDict

    from tongban.catalogue.queries import PublishedPackage
    from tongban.catalogue.rules import (
        CompiledPackage,
        CompiledQuestion,
        ItemAdvice,
        PersonalGuide,
    )
    from tongban.doors.parts import FieldKind, Step
    from tongban.kernel.conditions import Line
    from tongban.packages.queries import Outlook

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


# ---- the page of questions ---------------------------------------------------------------------


def ask_page(
    standing: Standing,
    *,
    steps: tuple[Step, ...],
    applicants: tuple[pages.Applicant, ...] = (),
    typed: QueryDict | None = None,
    wrong: Mapping[str, str] | None = None,
    fresh: int = 0,
) -> pages.AskPage:
    """All questions that can be asked now; those behind others come when these are answered."""
    compiled = standing.compiled
    faults = wrong or {}
    asked = standing.guide.questions
    fields = [_field(one, standing, typed, faults.get(one.id, "")) for one in asked]
    hidden = [
        pages.Question(_field(q, standing, typed, ""), _needs(q, compiled))
        for q in in_browser(standing)
    ]
    return pages.AskPage(
        name=say(compiled.name),
        steps=steps,
        questions=(*(pages.Question(one) for one in fields), *hidden),
        action=f"/packages/{compiled.slug}/ask/",
        back=Link(_("返回说明"), f"/packages/{compiled.slug}/"),
        applicants=applicants,
        known=sum(1 for one in fields if one.source),
        problems=tuple(
            Problem(f"{one.label} {faults[one.name]}", one.key)
            for one in fields
            if one.name in faults
        ),
        notice=_fresh(fresh),
    )


def in_browser(standing: Standing) -> list[CompiledQuestion]:
    """Questions behind choices, which the browser itself shows and hides."""
    asked = standing.guide.questions
    compiled = standing.compiled
    return [q for q in compiled.questions if q not in asked and _needs(q, compiled)]


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


def more_questions(
    standing: Standing, shown: Collection[str], typed: QueryDict
) -> tuple[pages.Question, ...]:
    """What the answers typed so far reveal beyond the questions that the page shows."""
    return tuple(
        pages.Question(_field(one, standing, typed, ""))
        for one in standing.guide.questions
        if one.id not in shown
    )


def _fresh(count: int) -> Notice | None:
    if not count:
        return None
    title = ngettext(
        "根据您的回答，还要再问 %(n)s 个问题", "根据您的回答，还要再问 %(n)s 个问题", count
    )
    return Notice(title=title % {"n": count}, text=_("前面的回答都保留着。"))


def _needs(question: CompiledQuestion, compiled: CompiledPackage) -> str:
    """The condition for the browser, where it is a choice or several of them; else empty."""
    when = question.show_if
    leaves = when.members if isinstance(when, All) else (when,)
    needs = [_need(one, compiled) if isinstance(one, Leaf) else "" for one in leaves]
    return ";".join(needs) if all(needs) else ""


def _need(leaf: Leaf, compiled: CompiledPackage) -> str:
    if leaf.op not in (Op.EQ, Op.IN) or leaf.parameter or leaf.other:
        return ""
    asked = next((q for q in compiled.questions if q.fact == leaf.field), None)
    if asked is None or asked.type not in ("boolean", "choice", "multi"):
        return ""
    values = leaf.value if isinstance(leaf.value, list | tuple) else [leaf.value]
    return f"{asked.id}=" + "|".join(_posted(value) for value in values)


def _posted(value: object) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def _field(
    question: CompiledQuestion, standing: Standing, typed: QueryDict | None, error: str
) -> Field:
    situation = standing.situation
    fact = standing.known.get(question.fact)
    value = situation.answers.get(question.id, fact.value if fact else None)
    chosen = {_posted(one) for one in (value if isinstance(value, list | tuple) else [value])}
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


# ---- the personal guide ------------------------------------------------------------------------


def guide_page(
    standing: Standing, *, steps: tuple[Step, ...], address: str, qr: str, login_needed: bool
) -> pages.GuidePage:
    """What this applicant needs, and why."""
    compiled, seen = standing.compiled, standing.outlook
    found = seen.guide
    facts, on = standing.facts, standing.on
    names = guides.department_names()
    until, note = guides.promised_on(on, found.promised_days, compiled.region)
    return pages.GuidePage(
        name=say(compiled.name),
        steps=steps,
        made_at=standing.now,
        needed=tuple(_choice(one, compiled, names) for one in found.items),
        not_needed=tuple(_choice(one, compiled, names) for one in found.not_needed),
        answers=_answers(standing),
        figures=guides.figures(found.figures),
        plan=guides.personal_plan(compiled, found, facts, on),
        to_give=tuple(guides.guide_material(one, compiled) for one in found.to_bring),
        exempt=tuple(guides.guide_material(one, compiled) for one in found.spared),
        start=Link(_("开始填表"), f"/packages/{compiled.slug}/guide/"),
        change=Link(_("修改我的回答"), f"/packages/{compiled.slug}/ask/"),
        open_questions=_open(standing),
        fields_known=seen.known,
        fields_total=seen.total,
        optional=sum(not one.required for one in found.to_bring),
        charge=_("全部不收费。")
        if not found.fee_yuan
        else _("合计 %(yuan)s 元。") % {"yuan": found.fee_yuan},
        promise=until,
        promise_note=note
        or _("按今天受理计算：最慢的一项要 %(days)s，休息日和节假日不算。")
        % {"days": days(found.promised_days)},
        where=guides.hall_facts(),
        qr=qr,
        address=address,
        login_needed=login_needed,
        is_empty=not found.items,
    )


def _choice(
    advice: ItemAdvice, compiled: CompiledPackage, names: Mapping[str, str]
) -> pages.Choice:
    item = advice.item
    return pages.Choice(
        name=say(item.name),
        department=names.get(item.department, ""),
        reason=_reason(advice, compiled),
        result=say(item.result.name) if advice.outcome is Outcome.MET else "",
    )


def _reason(advice: ItemAdvice, compiled: CompiledPackage) -> str:
    if advice.item.internal:
        return _("部门之间自动核验，您不用管。")
    decided = advice.outcome is not Outcome.UNKNOWN
    # What is still unknown does not matter once the other answers have decided.
    telling = [one for one in advice.lines if not (decided and one.outcome is Outcome.UNKNOWN)]
    if telling:
        return " ".join(dict.fromkeys(_line(line, compiled) for line in telling))
    return _("办这件事都要办。")


_OUTCOMES = {
    Outcome.MET: "是",
    Outcome.NOT_MET: "否",
    Outcome.UNKNOWN: "还不清楚",
}


def _line(line: Line, compiled: CompiledPackage) -> str:
    """Why a condition is met or not, in words: “店里卖烟吗？”您的回答：否。"""
    question = next((q for q in compiled.questions if q.fact == line.field), None)
    found = _found(line, question) if question else str(line.value)
    if not line.text and question:
        if line.value is None:
            return _("“%(question)s”还没有回答。") % {"question": say(question.text)}
        return _("“%(question)s”您的回答：%(found)s。") % {
            "question": say(question.text),
            "found": found,
        }
    asked = line.text or line.field
    if line.value is None:
        return _("%(asked)s：还不清楚。") % {"asked": asked}
    return _("%(asked)s：%(outcome)s（您的情况：%(found)s）。") % {
        "asked": asked,
        "outcome": _(_OUTCOMES[line.outcome]),
        "found": found,
    }


def _found(line: Line, question: CompiledQuestion) -> str:
    """The answer in words; of several choices only those that the condition asks about."""
    if line.op is not Op.IN or not isinstance(line.value, list | tuple):
        return shown_value(question, line.value)
    wanted = line.expected if isinstance(line.expected, tuple) else (line.expected,)
    chosen = [one for one in line.value if one in wanted]
    if chosen:
        return shown_value(question, chosen)
    return _("没有选%(names)s") % {"names": shown_value(question, wanted)}


def _answers(standing: Standing) -> tuple[Fact, ...]:
    compiled, situation = standing.compiled, standing.situation
    rows = []
    for question in standing.guide.questions:
        change = Link(_("修改"), f"/packages/{compiled.slug}/ask/#f-{question.id}")
        fact = standing.facts.get(question.fact)
        if question.id in situation.unsure or fact is None:
            rows.append(Fact(say(question.text), _("不清楚"), change=change))
            continue
        told = fact.source not in ("", ANSWERED)
        source = source_of(fact) if told else None
        rows.append(Fact(say(question.text), shown_value(question, fact.value), source, change))
    return tuple(rows)


def _open(standing: Standing) -> tuple[Fact, ...]:
    """What cannot be told yet, with the advice of the questions that would tell it."""
    rows = []
    for advice in standing.guide.undecided:
        asked = [standing.compiled.question(one) for one in advice.questions]
        words = " ".join(say(q.advice) for q in asked if q.id in standing.situation.unsure)
        if advice.ask_person:
            words = f"{words} {guides.ask_words(standing.compiled.item(advice.item.code))}".strip()
        rows.append(Fact(say(advice.item.name), words or _("请先回答有关的问题。")))
    return tuple(rows)
