"""From a commitment to the ordinary way (告知承诺改按一般程序), before the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.cases import rules
from tongban.cases.actions.route import item_of, open_turn
from tongban.cases.models import CaseFile, Letter
from tongban.cases.rules import checks
from tongban.cases.states.checks import LetterState
from tongban.catalogue.queries import package_version
from tongban.catalogue.rules import variant_of
from tongban.engine.actions import Act, Locked
from tongban.engine.states import StepParty
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor

BASIS = "告知承诺制：申请人有权不选择告知承诺，作出决定前可以撤回承诺，改按一般程序办理"
_OF_THE_LETTER = ("committed", "variant", "may_leave")
OWN_WORDS = "申请人改按一般程序"


def leave_commitment(*, case_id: int, by: Actor, now: datetime) -> tuple[str, ...]:
    """Withdraw the commitment and go on in the ordinary way; answers the proofs to hand in.

    Until they are there the clocks of the case stand still (content says so) and it is not
    granted; then the route begins anew with what belongs to the ordinary way. Raises
    NothingToLeave where no letter binds.
    """
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        signed = Letter.objects.filter(proceeding_id=case.id, state=LetterState.SIGNED)
        if not case.facts.get("may_leave") and not case.is_ended:
            raise checks.NothingToLeave(
                "本件没有可以撤回的告知承诺，按一般程序办理。", facts={"number": case.number}
            )
        signed.update(state=LetterState.WITHDRAWN, ended_at=now)
        due = _ordinary(case, now)
        act.cancel_steps(case, "commitment_left")
        if due:
            case.facts["proofs"] = due
            act.open_step(case, "supply_proofs", role="applicant", whose=StepParty.APPLICANT)
        told = {"item": case.facts["item"], "materials": due}
        act.move(case, "leave_commitment", basis=BASIS, body=told)
        if not due:
            open_turn(act, case, item_of(case), 0)
    return tuple(due)


def _ordinary(case: Locked, now: datetime) -> list[str]:
    """Let the facts and the file of a case say the ordinary way; the proofs that it then needs."""
    compiled, item, on = package_version(case.version_id).compiled, item_of(case), city_date(now)
    file = CaseFile.objects.get(proceeding_id=case.id)
    facts = {k: v for k, v in case.facts.items() if k not in _OF_THE_LETTER}
    if case.facts.get("committed"):
        for field, value in checks.otherwise(item).items():
            known = {"value": value, "source": OWN_WORDS, "as_of": on.isoformat()}
            facts["known"] = {**facts.get("known", {}), field: known}
            file.answers = {**file.answers, field: value}
    variant = variant_of(compiled, item, rules.facts_of(facts), on) if item.variants else None
    if variant is not None:
        facts["variant"] = item.variants.index(variant)
    case.facts = facts
    needed = checks.proofs_of(compiled, item, rules.facts_of(facts), on)
    has = {m["material"] for m in file.materials if m.get("files") or m.get("licence")}
    stands = item.commitment is None  # a promise that the ordinary way asks for as well
    file.materials = [
        m
        for m in file.materials
        if m.get("exempt") != "COMMIT"
        or (stands and compiled.material(m["material"]).type == "form")
    ]
    file.save(update_fields=["answers", "materials"])
    return [code for code in needed if code not in has]


def supply_proof(
    *, case_id: int, material: str, files: Sequence[int], by: Actor, now: datetime
) -> None:
    """Hand in one of the proofs; with the last one the review begins and the clocks run on.

    Raises NothingOwed for what is not waited for.
    """
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        due = list(case.facts.get("proofs", ()))
        if not case.is_ended and (material not in due or not files):
            raise rules.NothingOwed(
                "这份材料现在不用交，或者没有选择文件。请刷新页面查看。",
                facts={"number": case.number, "material": material},
            )
        left = [code for code in due if code != material]
        given: dict[str, Any] = {"material": material, "files": list(files)}
        file = CaseFile.objects.get(proceeding_id=case.id)
        file.materials = [m for m in file.materials if m["material"] != material] + [given]
        case.facts = {k: v for k, v in case.facts.items() if k != "proofs"}
        if left:
            case.facts["proofs"] = left
        told = {"item": case.facts["item"], "material": material}
        if not left:
            act.close_steps(case, "supplied")
        act.move(case, "supply_proof" if left else "proofs_complete", body=told)
        file.save(update_fields=["materials"])
        if not left:
            open_turn(act, case, item_of(case), 0)
