"""Reads of questions before the application (提前介入)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases.models import CaseFile, Early
from tongban.cases.states.early import EARLY_LIFE
from tongban.catalogue.queries import package_version, parameters
from tongban.engine.rules import may_do

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tongban.catalogue.rules.compiled import CompiledItem, CompiledPackage
    from tongban.engine.models import Proceeding
    from tongban.kernel.actors import Actor

MOST = 100


def offers_early(package: str, on: date) -> bool:
    """Whether a package may be asked about before it is applied for; content says which."""
    values = parameters(on).get("early_consult_packages", ())
    return bool(values) and package in values[-1][1]


@dataclass(frozen=True, slots=True)
class EarlyPage:
    """One question before the application, as the desk and its party see it."""

    proceeding: Proceeding
    compiled: CompiledPackage
    item: CompiledItem
    row: Early
    open_verbs: tuple[str, ...]


def early_page(actor: Actor, proceeding: Proceeding) -> EarlyPage:
    """The page of a question that `access_proceeding` has let this actor see."""
    row = Early.objects.get(proceeding_id=proceeding.pk)
    return _page(actor, proceeding, row)


def _page(actor: Actor, proceeding: Proceeding, row: Early) -> EarlyPage:
    compiled = package_version(proceeding.version_id).compiled
    verbs = [
        move.verb
        for move in EARLY_LIFE.open_moves(proceeding.state)
        if any(may_do(actor, proceeding, role) for role in move.roles)
    ]
    return EarlyPage(proceeding, compiled, compiled.item(row.item_code), row, tuple(verbs))


def early_of(actor: Actor, party_ids: Iterable[int]) -> list[EarlyPage]:
    """The questions of some parties, newest first."""
    found = Early.objects.filter(proceeding__party_id__in=list(party_ids))
    rows = found.select_related("proceeding").order_by("-proceeding_id")[:MOST]
    return [_page(actor, row.proceeding, row) for row in rows]


def early_for(
    party_id: int, compiled: CompiledPackage, files: Sequence[CaseFile], on: date
) -> dict[int, list[Early]]:
    """What was answered before about the items of these cases and their project; one query.

    By case; the project is the answer that the item's `phase` names, or any answer that is it.
    """
    if not files or not offers_early(compiled.code, on):
        return {}
    rows = Early.objects.filter(
        proceeding__party_id=party_id,
        item_code__in=[file.item_code for file in files],
        answered_at__isnull=False,
    )
    answered = list(rows.select_related("proceeding").order_by("proceeding_id"))
    return {
        file.proceeding_id: [
            one
            for one in answered
            if one.item_code == file.item_code and one.project in _said(file)
        ]
        for file in files
    }


def _said(file: CaseFile) -> set[str]:
    return {value for value in file.answers.values() if isinstance(value, str)}
