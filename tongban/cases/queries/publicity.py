"""Reads of public notices: which stand, of whom, until when; what was objected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases.models import Objection
from tongban.cases.rules.publicity import last_day, notice_step
from tongban.catalogue.queries import package_version
from tongban.engine.models import Step
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.people.queries import parties

if TYPE_CHECKING:
    from datetime import date

    from tongban.catalogue.rules.compiled import CompiledItem
    from tongban.engine.models import Proceeding

MOST = 100


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """A notice that stands: whose, of what, from when, and the last day for an objection."""

    case: Proceeding
    item: CompiledItem
    party_name: str
    published_on: date
    until: date
    basis: str


def public_notices() -> list[PublicNotice]:
    """The notices that stand now, newest first."""
    # The step of a notice is the public's own: no other step of a route waits for it.
    found = Step.objects.filter(state="open", code="public_notice", proceeding__kind="case")
    rows = list(found.select_related("proceeding").order_by("-id")[:MOST])
    names = parties({row.proceeding.party_id for row in rows})
    return [
        one
        for row in rows
        if (one := _notice(row, names[row.proceeding.party_id].name)) is not None
    ]


def _notice(row: Step, party_name: str) -> PublicNotice | None:
    case = row.proceeding
    item = package_version(case.version_id).compiled.item(case.facts["item"])
    spec = notice_step(item)
    if spec is None:
        return None
    on = city_date(row.opened_at)
    until = last_day(on, spec.notice_days)
    return PublicNotice(case, item, party_name, on, until, spec.basis)


def public_notice(number: str) -> PublicNotice:
    """The notice of a case by its number, while it stands. Raises NotFound."""
    wanted = normalise_number(number)
    for one in public_notices():
        if one.case.number == wanted:
            return one
    raise NotFound("没有找到这项公示，或者公示已经结束。")


def objections_of(case_id: int) -> list[Objection]:
    """What was objected to the notice of a case, in order."""
    return list(Objection.objects.filter(proceeding_id=case_id).order_by("id"))
