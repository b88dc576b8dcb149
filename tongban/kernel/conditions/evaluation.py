"""Evaluating a condition: three-valued, with every leaf explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongban.kernel.conditions.operators import OPERATORS, Op, Unusable, plain, value_fault
from tongban.kernel.conditions.tree import All, Any, Condition, Leaf, Not

Parameters = Mapping[str, Sequence[tuple[date, object]]]


class Outcome(StrEnum):
    """Kleene's three values."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


OUTCOME_WORDS = {Outcome.MET: "符合", Outcome.NOT_MET: "不符合", Outcome.UNKNOWN: "尚不清楚"}


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known, from where, and as of when. A value of None is known to be absent."""

    value: object
    source: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One leaf explained: what was asked, what was found, where it comes from.

    `missing` names what was needed and not there: the fact, or `parameter:<name>`.
    """

    path: str
    field: str
    op: Op
    outcome: Outcome
    expected: object
    value: object = None
    source: str = ""
    as_of: date | None = None
    parameter: str = ""
    text: str = ""
    missing: str = ""

    @property
    def zh(self) -> str:
        asked = self.text or f"{self.field}{OPERATORS[self.op].words}{_words(self.expected)}"
        return f"{asked.rstrip('。')}：{OUTCOME_WORDS[self.outcome]}（{self._found()}）。"

    def _found(self) -> str:
        if self.missing and self.value is None:
            return f"缺少{self.missing}"
        found = f"实际为{_words(self.value)}"
        if self.missing:
            found += "，无法比较"
        if self.source:
            found += f"，来源：{self.source}"
        return found if self.as_of is None else f"{found}，截至{self.as_of}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, what is missing to decide it (only while unknown), and all leaves' lines."""

    outcome: Outcome
    missing: tuple[str, ...]
    lines: tuple[Line, ...]


def evaluate(
    condition: Condition,
    facts: Mapping[str, Fact],
    *,
    on: date,
    parameters: Parameters | None = None,
) -> Verdict:
    """What the facts say on this day.

    A fact that is not there makes its leaf unknown; so does one of a kind that cannot be
    compared, and a parameter that is not in force. Every leaf is evaluated and explained, even
    where the outcome is decided without it. Never raises for facts or parameters.
    """
    lines: list[Line] = []
    outcome, missing = _node(condition, "", _Asked(facts, on, parameters or {}), lines)
    return Verdict(outcome, tuple(dict.fromkeys(missing)), tuple(lines))


def parameter_on(parameters: Parameters, name: str, on: date) -> object:
    """The value of a dated parameter that is in force on a day; None where there is none yet."""
    in_force = [(since, value) for since, value in parameters.get(name, ()) if since <= on]
    return max(in_force, key=lambda pair: pair[0])[1] if in_force else None


@dataclass(frozen=True, slots=True)
class _Asked:
    facts: Mapping[str, Fact]
    on: date
    parameters: Parameters


def _node(
    condition: Condition, path: str, asked: _Asked, lines: list[Line]
) -> tuple[Outcome, list[str]]:
    dot = f"{path}." if path else ""
    match condition:
        case Leaf():
            line = _leaf(condition, path, asked)
            lines.append(line)
            return line.outcome, [line.missing] if line.missing else []
        case Not(member):
            outcome, missing = _node(member, f"{dot}not", asked, lines)
            return _NEGATION[outcome], missing
        case All(members):
            parts = [_node(m, f"{dot}all[{i}]", asked, lines) for i, m in enumerate(members)]
            return _joined(parts, decisive=Outcome.NOT_MET, otherwise=Outcome.MET)
        case Any(members):
            parts = [_node(m, f"{dot}any[{i}]", asked, lines) for i, m in enumerate(members)]
            return _joined(parts, decisive=Outcome.MET, otherwise=Outcome.NOT_MET)


_NEGATION = {
    Outcome.MET: Outcome.NOT_MET,
    Outcome.NOT_MET: Outcome.MET,
    Outcome.UNKNOWN: Outcome.UNKNOWN,
}


def _joined(
    parts: list[tuple[Outcome, list[str]]], *, decisive: Outcome, otherwise: Outcome
) -> tuple[Outcome, list[str]]:
    outcomes = {outcome for outcome, _ in parts}
    if decisive in outcomes:
        return decisive, []
    if Outcome.UNKNOWN in outcomes:
        return Outcome.UNKNOWN, [name for _, names in parts for name in names]
    return otherwise, []


def _leaf(leaf: Leaf, path: str, asked: _Asked) -> Line:
    fact = asked.facts.get(leaf.field)
    expected = leaf.value
    missing = ""
    if leaf.parameter:
        expected = plain(parameter_on(asked.parameters, leaf.parameter, asked.on))
        if value_fault(leaf.op, expected):
            missing = f"parameter:{leaf.parameter}"
    if leaf.other:
        other = asked.facts.get(leaf.other)
        expected = plain(other.value) if other else None
        if value_fault(leaf.op, expected):
            missing = leaf.other
    if fact is None:
        missing = leaf.field
    outcome = None if missing or fact is None else _decide(leaf.op, fact, expected, asked.on)
    if outcome is None:
        missing = missing or leaf.field
    return Line(
        path=path,
        field=leaf.field,
        op=leaf.op,
        outcome=Outcome.UNKNOWN if outcome is None else outcome,
        expected=expected,
        value=None if fact is None else fact.value,
        source="" if fact is None else fact.source,
        as_of=None if fact is None else fact.as_of,
        parameter=leaf.parameter,
        text=leaf.sentence,
        missing=missing,
    )


def _decide(op: Op, fact: Fact, expected: object, on: date) -> Outcome | None:
    operator = OPERATORS[op]
    value = plain(fact.value)
    if value is None and op is not Op.EXISTS:
        met = operator.absent
    else:
        try:
            met = operator.decide(value, expected, on)
        except (Unusable, ValueError, OverflowError):
            # The last two come from days beyond the calendar, such as a year above 9999.
            return None
    return Outcome.MET if met else Outcome.NOT_MET


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(_words(member) for member in value) or "无"
    if isinstance(value, Mapping):
        return str(value.get("grade", ""))
    return "无" if value is None else str(value)
