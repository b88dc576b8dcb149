"""Paying what is owed after a deficient acceptance: once, for every item that needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import actions as cases
from tongban.cases.rules import NothingOwed
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act
from tongban.engine.models import Proceeding
from tongban.packages.actions.agents import need_function
from tongban.packages.actions.pictures import need_picture
from tongban.people.states import AgentFunction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor


def supply_owed(
    *, package_id: int, material: str, files: Sequence[int], by: Actor, now: datetime
) -> None:
    """Supply a material that was promised; every case that needs it gets it.

    Raises NothingOwed where no case waits for it, PictureTooSmall for what nobody could read.
    """
    version_id = Proceeding.objects.values_list("version_id", flat=True).get(id=package_id)
    compiled = package_version(version_id).compiled
    for file_id in files:
        need_picture(compiled=compiled, material_code=material, file_id=file_id)
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        waiting = [
            one for one in act.children_of(package) if material in one.facts.get("owed", ())
        ]
        need_function(
            by=by,
            party_id=package.party_id,
            function=AgentFunction.SUBMIT,
            items={one.facts["item"] for one in waiting},
            now=now,
        )
        debts = cases.open_debts_of([one.id for one in waiting], material)
        if not debts or not files:
            raise NothingOwed(
                "这份材料现在不欠：可能已经补齐，或者期限已经过去。请刷新页面查看。",
                facts={"number": package.number, "material": material},
            )
        act.lock_all(debts)
        for debt_id in sorted(debts):
            debt = act.lock(debt_id)
            cases.pay_in(act, debt, {"material": material, "files": list(files)})
