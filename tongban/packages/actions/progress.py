"""The join, and what waits for it: dependants start or are cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import actions as cases
from tongban.cases.states import CaseState
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act, Locked
from tongban.kernel.actors import SYSTEM
from tongban.packages import rules
from tongban.packages.actions.acceptance import children_in
from tongban.packages.states import PackageState

if TYPE_CHECKING:
    from datetime import datetime


def child_ended_in(act: Act, package: Locked, case: Locked) -> None:
    """The join: count an ended item, and finish the whole with the last one."""
    told = {"item": case.facts["item"], "number": case.number, "state": case.state}
    if package.open_children == 0:
        act.move(package, "finish", body=told)
        act.cancel_steps(package, "finished")
        act.open_step(package, "delivery", role="window")
    elif not act.has_entry(package):
        act.move(package, "item_ended", body=told, public=False)


def hold_clocks(*, package_id: int, verb: str, now: datetime) -> None:
    """Stop or resume the clocks of the whole with those of an item (行政许可法 45).

    ``verb`` is hold or go_on; pauses nest, so that two procedures at once count once. An
    application that has ended is left alone.
    """
    with Act(by=SYSTEM, now=now) as act:
        package = act.lock(package_id)
        if package.state != PackageState.ACCEPTED:
            act.drop()
            return
        act.move(package, verb, basis="行政许可法第四十五条", public=False)


def advance_dependants(*, package_id: int, now: datetime) -> int:
    """Start what is ready and cancel what cannot come any more; answers how many. Idempotent."""
    changed = 0
    while step := _advance_once(package_id, now):
        changed += step
    return changed


def _advance_once(package_id: int, now: datetime) -> int:
    with Act(by=SYSTEM, now=now) as act:
        package = act.lock(package_id, family=True)
        compiled = package_version(package.version_id).compiled
        children = act.children_of(package)
        by_item = {case.facts["item"]: case for case in children}
        states = {code: case.state for code, case in by_item.items()}
        ready = []
        for case in children_in(act, package, CaseState.WAITING):
            verdict = rules.readiness(compiled.item(case.facts["item"]).depends_on, states)
            if verdict.cancelled_by is not None:
                because = by_item[verdict.cancelled_by]
                cases.cancel_in(act, case, because=because, reason=str(because.state))
                return 1
            if verdict.may_start:
                ready.append(case)
        for case in ready:
            _start(act, package, case)
        if not ready:
            act.drop()
        return len(ready)


def _start(act: Act, package: Locked, case: Locked) -> None:
    item = cases.item_of(case)
    accepted = package.accepted_at is not None or item.acceptance == "on_submit"
    cases.start_in(act, case, accepted=accepted)
