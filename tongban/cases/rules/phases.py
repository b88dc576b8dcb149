"""Phased permits (分阶段许可): which earlier permits a step needs for the same project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.kernel.conditions import Outcome, evaluate
from tongban.kernel.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from tongban.catalogue.rules.compiled import CompiledFollows, CompiledPackage, CompiledPhase
    from tongban.kernel.conditions import Fact
    from tongban.licences.queries import FaceItem


class EarlierPhaseMissing(Refusal):
    """A step of a phased permit was to be granted before the steps that it builds on."""

    code = "earlier-phase-missing"


class EarlierDebtOpen(Refusal):
    """What an earlier step of the project still owes keeps the next one from its result."""

    code = "earlier-debt-open"


def is_for(items: Iterable[FaceItem], element: str, value: Any) -> bool:
    """Whether the face of a licence names this value for the element, as a project's code."""
    return value not in (None, "") and any(
        one.element == element and one.value == value for one in items
    )


def missing_before(
    phase: CompiledPhase,
    standing: Collection[str],
    compiled: CompiledPackage,
    facts: Mapping[str, Fact],
    on: date,
) -> tuple[CompiledFollows, ...]:
    """The permits that are needed and do not stand; `standing` are those of the same project.

    Where a fact is not known, the permit counts as needed.
    """

    def is_needed(one: CompiledFollows) -> bool:
        if one.when is None:
            return True
        verdict = evaluate(one.when, facts, on=on, parameters=compiled.parameters_by_name)
        return verdict.outcome is not Outcome.NOT_MET

    return tuple(one for one in phase.follows if one.licence not in standing and is_needed(one))
