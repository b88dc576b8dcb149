"""How a case and what runs below it hear of each other: begun, ended, cancelled, waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.cases import rules
from tongban.cases.actions.debts import outlives
from tongban.cases.actions.route import item_of
from tongban.cases.rules import sides as side_rules
from tongban.cases.states import SIDES, CaseState, Result
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.engine.rules import with_excluded
from tongban.engine.states import StepParty
from tongban.kernel.refusals import worded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.kernel.actors import Actor


def new_side(
    case: Locked, kind: str, facts: Mapping[str, Any], *, department: str = ""
) -> NewProceeding:
    """What the engine needs in order to open a proceeding below a case."""
    side = SIDES[kind]
    return NewProceeding(
        kind=kind,
        prefix=side.prefix,
        region=case.region,
        department=department or case.department,
        party_id=case.party_id,
        version_id=case.version_id,
        state=side.machine.initials[0],
        facts={"item": case.facts["item"], "of_number": case.number, **facts},
    )


def begin_side(
    act: Act,
    case: Locked,
    new: NewProceeding,
    *,
    verb: str,
    body: Mapping[str, Any] | None = None,
    role: str = "reviewer",
    whose: StepParty = StepParty.GOVERNMENT,
) -> Locked:
    """Open a proceeding below a case with its one step; the caller tells the case of it."""
    opened = act.open([new], parent=case)[0]
    case.open_children += 1
    act.begin(opened, verb, body={"item": case.facts["item"], **(body or {})})
    act.open_step(opened, new.kind, role=role, whose=whose)
    return opened


def side_ended_in(act: Act, case: Locked, side: Locked) -> None:
    """Something below a live case has ended: the case hears of it, unless it was told already.

    After a special procedure or a hearing its clocks run again, once all have ended.
    """
    if act.has_entry(case):
        return
    kind = SIDES[side.kind]
    if "chair" in side.facts and "chair" in item_of(case).decides_apart:
        case.facts = with_excluded(case.facts, [side.facts["chair"]], "decide")
    told = {"item": case.facts["item"], "side": side.number, "outcome": side.state}
    if "procedure" in side.facts:
        told["procedure"] = side.facts["procedure"]
    act.move(case, kind.case_hears, basis=kind.basis, body=told)


def cancel_sides_in(act: Act, case: Locked) -> None:
    """The case ended first: what was still going on for it ends with it."""
    for side in act.children_of(case):
        if not side.is_ended and not outlives(case, side):
            act.move(side, SIDES[side.kind].cancel, body={"item": case.facts["item"]})


def need_decidable(act: Act, case: Locked, result: Result, reasons: str) -> None:
    """Refuse a decision that must wait for others, or that passes over what they said."""
    need_nothing_open(act, case)
    side_rules.need_minutes(case.facts.get("heard", ()), reasons)
    if result is Result.GRANT:
        need_nothing_owed(case)
        side_rules.need_agreement(case.facts.get("against", ()), case.number)


def need_nothing_owed(case: Locked) -> None:
    """Refuse a grant before what was promised is there; a denial needs no more material."""
    item = item_of(case)
    if case.facts.get("proofs"):
        raise rules.MaterialOwed(
            "申请人已改按一般程序，证明材料还没有交齐。交齐以前不能准予。",
            facts={"number": case.number, "owed": case.facts["proofs"]},
        )
    owed = rules.blocks_grant(case.facts, item)
    if owed:
        compiled = package_version(case.version_id).compiled
        names = tuple(compiled.material(code).name for code in owed)
        raise rules.MaterialOwed(
            worded("容缺的材料还没有补齐：{names}。补齐以前不能准予。", names=names),
            facts={"number": case.number, "owed": owed},
            basis=item.deficiency.basis if item.deficiency else "",
        )


def need_nothing_open(act: Act, case: Locked) -> None:
    """Refuse a decision while something below the case holds it."""
    if case.open_children:
        act.lock_all([case.id], family=True)
        waited = [side.kind for side in act.children_of(case) if not side.is_ended]
        side_rules.need_nothing_open(waited, case.number)


def need_accepted(case: Locked, by: Actor) -> None:
    """Refuse an officer a case that is worked on elsewhere or not under review."""
    rules.need_here(item_of(case), case, by)
    if case.state != CaseState.ACCEPTED:
        raise rules.RouteNotDone(
            "办件还没有受理或者已经办结，现在不能这样办理。", facts={"number": case.number}
        )
