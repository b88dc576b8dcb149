"""A case that renews a licence: asked for at filing, decided with the case (行政许可法 50)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.models import CaseFile, Decision
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act
from tongban.kernel.actors import SYSTEM
from tongban.kernel.worktime import city_date
from tongban.licences.actions import ask_renewal, end_renewal, renew_licence
from tongban.licences.queries import find_valid

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.catalogue.rules.compiled import CompiledItem


def note_renewal(*, case_id: int, now: datetime) -> None:
    """A case of an item that renews was filed: its licence knows of it. Idempotent."""
    found = _renewing(case_id)
    if found is None:
        return
    file, item = found
    licence = find_valid(file.proceeding.party_id, item.renews, city_date(now))
    if licence is None or file.proceeding.facts.get("renews"):
        return
    renewal = ask_renewal(
        identifier=licence.identifier,
        proceeding_id=case_id,
        case_number=file.proceeding.number,
        by=SYSTEM,
        now=now,
    )
    with Act(by=SYSTEM, now=now) as act:
        case = act.lock(case_id)
        case.facts = {**case.facts, "renews": licence.identifier}
        told = {"item": item.code, "licence": licence.identifier, "in_time": renewal.is_in_time}
        act.record(case, "ask_renewal", basis="行政许可法第五十条第一款", body=told)


def end_case_renewal(*, case_id: int, verb: str, now: datetime) -> None:
    """A case that renews has ended without a grant: so has the renewal."""
    if _renewing(case_id) is None:
        return
    decision = Decision.objects.filter(proceeding_id=case_id).first()
    end_renewal(
        proceeding_id=case_id,
        outcome="denied" if verb == "deny" else "ended",
        reason=decision.reasons if decision else "",
        by=SYSTEM,
        now=now,
    )


def renew_in_place(*, case_id: int, now: datetime) -> bool:
    """A granted case that renews makes the next edition of its licence; whether it is such."""
    if _renewing(case_id) is None:
        return False
    renew_licence(proceeding_id=case_id, by=SYSTEM, now=now)
    return True


def need_renewable(item: CompiledItem, party_id: int, now: datetime) -> None:
    """Refuse to file a renewal where the applicant holds no such licence in force."""
    if item.renews and find_valid(party_id, item.renews, city_date(now)) is None:
        raise rules.NothingToRenew(
            "没有找到您名下在有效期内的这种证照，不能申请延续。请核对持证人，或者申请新办。",
            basis="行政许可法第五十条",
            facts={"licence": item.renews},
        )


def _renewing(case_id: int) -> tuple[CaseFile, CompiledItem] | None:
    file = CaseFile.objects.select_related("proceeding").filter(proceeding_id=case_id).first()
    if file is None:
        return None
    item = package_version(file.proceeding.version_id).compiled.item(file.item_code)
    return (file, item) if item.renews else None
