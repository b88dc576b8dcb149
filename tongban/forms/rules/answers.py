"""The whole form: which fields are asked now, what the answers come to, and every problem."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tongban.forms.rules.values import Value, check_value, same_value
from tongban.kernel.conditions import Fact, Outcome, Parameters, evaluate
from tongban.kernel.refusals import Problem, worded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from tongban.catalogue.rules.compiled import CompiledField
    from tongban.forms.rules.prefilling import Prefilled

TODAY = "today"
NOTHING: Mapping[str, Any] = MappingProxyType({})
TYPED = "typed"


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field that is asked now; not certain while its condition cannot be told yet."""

    field: CompiledField
    required: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A form as it stands: what is asked, the kept values, where each comes from, the problems.

    ``values`` hold valid answers of asked fields only: what was typed into a field that is no
    longer asked stays in the draft and is not filed. ``sources`` name "typed" or a source key.
    ``facts`` are what conditions see.
    """

    asked: tuple[AskedField, ...]
    values: Mapping[str, Value]
    sources: Mapping[str, str]
    facts: Mapping[str, Fact]
    problems: tuple[Problem, ...]


def asked_fields(
    fields: Iterable[CompiledField],
    facts: Mapping[str, Fact],
    on: date,
    *,
    items: Collection[str] | None = None,
    parameters: Parameters = NOTHING,
) -> tuple[AskedField, ...]:
    """The fields that these facts make the form ask, in its order.

    ``items`` are the codes of the items applied for, None for all. A field that one of them
    brings about itself is not asked.
    """
    found = []
    for field in fields:
        if items is not None and field.produced_by and field.produced_by in items:
            continue
        uses = [use for use in field.uses if items is None or use.item in items]
        outcomes = [(use, _outcome(use.when, facts, on, parameters)) for use in uses]
        live = [(use, outcome) for use, outcome in outcomes if outcome is not Outcome.NOT_MET]
        if live:
            sure = [use for use, outcome in live if outcome is Outcome.MET]
            found.append(AskedField(field, any(use.required for use in sure), bool(sure)))
    return tuple(found)


def _outcome(when: Any, facts: Mapping[str, Fact], on: date, parameters: Parameters) -> Outcome:
    if when is None:
        return Outcome.MET
    return evaluate(when, facts, on=on, parameters=parameters).outcome


def read_answers(
    fields: Iterable[CompiledField],
    answers: Mapping[str, object],
    facts: Mapping[str, Fact],
    on: date,
    *,
    items: Collection[str] | None = None,
    parameters: Parameters = NOTHING,
    prefilled: Mapping[str, Prefilled] = NOTHING,
) -> Reading:
    """Read a form: every answer checked anew, whatever a browser said about it.

    ``answers`` are as typed; an element that is not among them has its prefilled value, an empty
    answer has none. ``facts`` are those of the situation; answers of asked fields are facts as
    well and decide on other fields.
    """
    known = tuple(fields)
    taken = {field.code: _take(field, answers, prefilled, on) for field in known}
    situation = _Situation(facts, on, items, parameters)
    asked = _settle(known, taken, situation)
    codes = {one.field.code for one in asked}
    values = {
        code: take.value
        for code, take in taken.items()
        if code in codes and take.value is not None
    }
    seen = dict(facts) | _as_facts(values, on)
    return Reading(
        asked=asked,
        values=values,
        sources={code: taken[code].source for code in values},
        facts=seen,
        problems=tuple(
            problem
            for one in asked
            for problem in _problems(one, taken[one.field.code])
            or _disagreements(one.field, values, seen, situation)
        ),
    )


def check_answers(
    fields: Iterable[CompiledField],
    answers: Mapping[str, object],
    facts: Mapping[str, Fact],
    on: date,
    *,
    items: Collection[str] | None = None,
    parameters: Parameters = NOTHING,
    prefilled: Mapping[str, Prefilled] = NOTHING,
) -> tuple[Problem, ...]:
    """Every problem of a form at once, in its order; the paths are element codes."""
    return read_answers(
        fields, answers, facts, on, items=items, parameters=parameters, prefilled=prefilled
    ).problems


@dataclass(frozen=True, slots=True)
class _Taken:
    value: Value | None
    source: str
    problems: tuple[Problem, ...]


def _take(
    field: CompiledField,
    answers: Mapping[str, object],
    prefilled: Mapping[str, Prefilled],
    on: date,
) -> _Taken:
    known = prefilled.get(field.code)
    if field.code not in answers:
        return _Taken(known.value, known.source_key, ()) if known else _Taken(None, TYPED, ())
    value, problems = check_value(field, answers[field.code], on=on)
    if known is not None and value is not None and same_value(value, known.value):
        return _Taken(known.value, known.source_key, ())
    if known is not None and known.locked:
        return _Taken(known.value, known.source_key, (_locked(field, known),))
    return _Taken(None if problems else value, TYPED, problems)


def _locked(field: CompiledField, known: Prefilled) -> Problem:
    return Problem(
        field.code,
        "locked",
        worded(
            "这一项取自“{source}”，不能在表里改；有误请先到来源处更正。", source=known.source_label
        ),
    )


@dataclass(frozen=True, slots=True)
class _Situation:
    facts: Mapping[str, Fact]
    on: date
    items: Collection[str] | None
    parameters: Parameters

    def asked(
        self, fields: tuple[CompiledField, ...], facts: Mapping[str, Fact]
    ) -> tuple[AskedField, ...]:
        return asked_fields(fields, facts, self.on, items=self.items, parameters=self.parameters)


def _settle(
    fields: tuple[CompiledField, ...], taken: Mapping[str, _Taken], situation: _Situation
) -> tuple[AskedField, ...]:
    """The fields asked once hidden answers no longer count: hiding one may hide another.

    Conditions that contradict each other in a circle stop after as many rounds as there are
    fields; content with such a circle does not pass the linter.
    """
    asked: tuple[AskedField, ...] = ()
    shown = {field.code for field in fields}
    for _ in range(len(fields) + 1):
        values = {code: taken[code].value for code in shown if taken[code].value is not None}
        asked = situation.asked(fields, dict(situation.facts) | _as_facts(values, situation.on))
        now_shown = {one.field.code for one in asked}
        if now_shown == shown:
            break
        shown = now_shown
    return asked


def _as_facts(values: Mapping[str, Any], on: date) -> dict[str, Fact]:
    return {code: Fact(value, "您的填写", on) for code, value in values.items()}


def _disagreements(
    field: CompiledField,
    values: Mapping[str, Value],
    facts: Mapping[str, Fact],
    situation: _Situation,
) -> tuple[Problem, ...]:
    """The content's checks of an answer that do not hold; what is not known yet is no fault."""
    if field.code not in values:
        return ()
    seen = {**facts, TODAY: Fact(situation.on)}
    return tuple(
        Problem(field.code, "check", check.text.zh)
        for check in field.checks
        if _outcome(check.must, seen, situation.on, situation.parameters) is Outcome.NOT_MET
    )


def _problems(one: AskedField, taken: _Taken) -> tuple[Problem, ...]:
    if taken.problems or taken.value is not None or not one.required:
        return taken.problems
    chosen = one.field.options or one.field.kind == "boolean"
    return (Problem(one.field.code, "required", "请选择这一项。" if chosen else "请填写这一项。"),)
