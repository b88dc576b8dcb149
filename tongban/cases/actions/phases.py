"""Phased permits (分阶段许可): what must stand before a step, and what the last step closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases.models import CaseFile
from tongban.cases.queries.phases import owed_before, permits_missing
from tongban.cases.rules.phases import EarlierDebtOpen, EarlierPhaseMissing, is_for
from tongban.catalogue.queries import package_version
from tongban.kernel.actors import SYSTEM
from tongban.kernel.conditions import Fact
from tongban.kernel.refusals import worded
from tongban.kernel.worktime import city_date
from tongban.licences.actions import change_state
from tongban.licences.queries import licences_of, licences_of_proceedings
from tongban.licences.states import LicenceState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.engine.actions import Locked

CLOSED = "已由“{name}”{number}取代"


def need_phases(case: Locked, now: datetime) -> None:
    """Refuse a grant before the earlier steps of the same project stand (`phase` of the item)."""
    compiled = package_version(case.version_id).compiled
    item = compiled.item(case.facts["item"])
    if item.phase is None:
        return
    on = city_date(now)
    file = CaseFile.objects.get(proceeding_id=case.id)
    facts = {code: Fact(value, "", on) for code, value in file.answers.items()}
    project = file.answers.get(item.phase.project)
    owed = owed_before(case.id, case.party_id, item.phase.project, project, file.materials)
    if owed:
        names = tuple(compiled.material(code).name for code in owed)
        raise EarlierDebtOpen(
            worded(
                "同一项目前一步承诺后补的材料还没有补齐：{names}。这一步不能准予，请先补齐。",
                names=names,
            ),
            facts={"number": case.number, "materials": owed},
        )
    missing = permits_missing(compiled, item, case.party_id, facts, on)
    if missing:
        raise EarlierPhaseMissing(
            worded("同一项目还没有有效的许可：{names}。这一步不能准予。", names=tuple(missing)),
            facts={"number": case.number},
        )


def close_phases(*, case_id: int, now: datetime) -> int:
    """The whole permit exists: the permits of the steps are closed by it. How many; idempotent."""
    file = CaseFile.objects.select_related("proceeding").filter(proceeding_id=case_id).first()
    if file is None:
        return 0
    phase = package_version(file.proceeding.version_id).compiled.item(file.item_code).phase
    if phase is None or not phase.closes:
        return 0
    on = city_date(now)
    whole = licences_of_proceedings([case_id], on)[case_id]
    closed = 0
    for one in licences_of([whole.holder_id], on):
        stands = one.state in (LicenceState.VALID, LicenceState.SUSPENDED)
        same = is_for(one.items, phase.project, file.answers.get(phase.project))
        if one.type_code in phase.closes and stands and same:
            change_state(
                identifier=one.identifier,
                to=LicenceState.CANCELLED,
                reason=CLOSED.format(name=whole.name, number=whole.number),
                basis="分阶段施工许可：正式施工许可证取代各阶段许可",
                by=SYSTEM,
                now=now,
            )
            closed += 1
    return closed
