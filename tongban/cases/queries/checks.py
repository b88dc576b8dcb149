"""Reads of commitments: the letters of a case, the checks after decisions, who goes along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases.models import Letter, PostCheck
from tongban.cases.states.checks import CHECK_LIFE
from tongban.catalogue.queries import package_version
from tongban.engine.queries import clocks_of
from tongban.engine.rules import may_do
from tongban.kernel.clocks import ClockState
from tongban.kernel.worktime import city_date
from tongban.people.queries import officers_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from tongban.catalogue.rules.compiled import CompiledItem
    from tongban.engine.models import Proceeding
    from tongban.engine.queries import ClockReading
    from tongban.kernel.actors import Actor
    from tongban.people.queries import Officer


def fit_companions(department: str, region: str, now: datetime) -> list[Officer]:
    """Who may go along to a check: reviewers and checkers of the department."""
    on = city_date(now)
    found = {
        officer.account_id: officer
        for role in ("checker", "reviewer")
        for officer in officers_for(f"{department}.{role}", region, on=on)
    }
    return [found[account] for account in sorted(found)]


def letters_of_cases(case_ids: Sequence[int]) -> dict[int, list[Letter]]:
    """The letters that were signed with some cases, by case; one query."""
    found: dict[int, list[Letter]] = {case_id: [] for case_id in case_ids}
    for one in Letter.objects.filter(proceeding_id__in=case_ids).order_by("id"):
        found[one.proceeding_id].append(one)
    return found


def check_clock(check_id: int, now: datetime) -> tuple[str, date | None]:
    """The number of a check, and the last day of whichever of its clocks runs."""
    row = PostCheck.objects.select_related("proceeding").get(proceeding_id=check_id)
    running = (c for c in clocks_of(row.proceeding, now) if c.reading.state is ClockState.RUNNING)
    return row.proceeding.number, next((c.reading.due.on for c in running), None)


@dataclass(frozen=True, slots=True)
class CheckPage:
    """A check after a decision as the desk and its holder see it."""

    proceeding: Proceeding
    case: Proceeding
    item: CompiledItem
    row: PostCheck
    letters: tuple[Letter, ...]
    clocks: tuple[ClockReading, ...]
    open_verbs: tuple[str, ...]


def check_page(actor: Actor, proceeding: Proceeding, now: datetime) -> CheckPage:
    """The page of a check that `access_proceeding` has let this actor see."""
    row = PostCheck.objects.select_related("case").get(proceeding_id=proceeding.pk)
    verbs = [
        move.verb
        for move in CHECK_LIFE.open_moves(proceeding.state)
        if any(may_do(actor, proceeding, role) for role in move.roles)
    ]
    if proceeding.facts.get("asked") and "ask_to_correct" in verbs:
        verbs.remove("ask_to_correct")
    return CheckPage(
        proceeding=proceeding,
        case=row.case,
        item=package_version(proceeding.version_id).compiled.item(proceeding.facts["item"]),
        row=row,
        letters=tuple(letters_of_cases([row.case_id])[row.case_id]),
        clocks=tuple(clocks_of(proceeding, now)),
        open_verbs=tuple(verbs),
    )


def published_letters(limit: int = 100) -> list[Letter]:
    """The licence commitments of everybody and what became of them (公示), newest first."""
    found = Letter.objects.filter(regime="LICENCE").select_related("proceeding")
    return list(found.order_by("-id")[:limit])
