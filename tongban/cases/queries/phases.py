"""Reads of phased permits: what does not stand yet for the project of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.cases.models import CaseFile, Owed
from tongban.cases.rules.phases import is_for, missing_before
from tongban.cases.states import DebtState
from tongban.licences.queries import valid_licences_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from tongban.catalogue.rules.compiled import CompiledItem, CompiledPackage, Words
    from tongban.kernel.conditions import Fact


def owed_before(
    case_id: int, party_id: int, element: str, project: Any, given: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Materials that earlier steps of the project still owe (签批先行、流程后补).

    What was promised and never came may still be handed in with the next step: then it is not
    owed any more, though the broken promise stays on the record.
    """
    debts = Owed.objects.filter(paid_at=None, proceeding__party_id=party_id)
    rows = debts.exclude(proceeding__parent_id=case_id).select_related("proceeding")
    found = list(rows.order_by("id"))
    parents = CaseFile.objects.in_bulk([one.proceeding.parent_id for one in found])
    here = {one["material"] for one in given if not one.get("owed")}
    owed = []
    for one in found:
        file = parents.get(one.proceeding.parent_id or 0)
        if file is None or project in (None, "") or file.answers.get(element) != project:
            continue
        if one.proceeding.state == DebtState.CANCELLED or one.material in owed:
            continue
        if one.proceeding.state == DebtState.OWED or one.material not in here:
            owed.append(one.material)
    return owed


def permits_missing(
    compiled: CompiledPackage,
    item: CompiledItem,
    party_id: int,
    facts: Mapping[str, Fact],
    on: date,
) -> tuple[Words, ...]:
    """The permits of earlier steps that are not in force for the same project."""
    phase = item.phase
    if phase is None or not phase.follows:
        return ()
    project = facts.get(phase.project)
    wanted = project.value if project else None
    standing = {
        one.type_code
        for one in valid_licences_of([party_id], on)
        if is_for(one.items, phase.project, wanted)
    }
    return tuple(one.name for one in missing_before(phase, standing, compiled, facts, on))
