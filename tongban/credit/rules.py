"""Pure decisions about a record: how long it bars, and what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tongban.kernel.clocks import ClockSpec, Unit
from tongban.kernel.refusals import BadInput, Problem, Refusal, worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class ObjectedAlready(Refusal):
    """A record may be objected to once; what was upheld goes to review or to court."""

    code = "objected-already"


def until(noted_on: date, months: int) -> date:
    """The last day on which a record bars: so many months later, at most the month's last day."""
    month = noted_on.month - 1 + months
    year, month = noted_on.year + month // 12, month % 12 + 1
    for day in range(noted_on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, min(noted_on.day, 27))


def bars(kind: Mapping[str, Any], regime: str) -> bool:
    """Whether a kind of event stands in the way of a promise under this regime."""
    return regime in kind["bars"]


def objection_clock(days: int) -> ClockSpec:
    """The clock of an objection: so many working days for an answer."""
    return ClockSpec(
        name="objection",
        length=days,
        unit=Unit.WORKDAY,
        starts_on=frozenset({"object"}),
        stops_on=frozenset({"uphold", "lift"}),
        basis="信用异议的答复期限",
        mark="A",
    )


def need_text(path: str, text: str, sentence: str) -> str:
    """The text without surrounding blanks; BadInput with the sentence where nothing is left."""
    kept = text.strip()
    if not kept:
        raise BadInput(sentence, problems=(Problem(path, "missing", sentence),))
    return kept


def sentences(found: Iterable[tuple[str, str, date]]) -> tuple[str, ...]:
    """Why nothing may be promised: the kind's name, its case and its last day, in words."""
    return tuple(
        worded(
            "信用记录“{name}”（{number}）{until}以前仍有效，期间不能使用容缺受理和告知承诺。",
            name=name,
            number=number,
            until=until,
        )
        for name, number, until in found
    )
