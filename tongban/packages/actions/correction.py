"""Correction: one notice that tells everything, one supply that answers everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tongban.cases import actions as cases
from tongban.cases.models import Requirement
from tongban.cases.rules import NoticeSentAlready
from tongban.cases.states import CaseState
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act, Locked
from tongban.engine.models import Proceeding
from tongban.engine.states import StepParty
from tongban.forms.rules import check_value
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, Problem, worded
from tongban.kernel.worktime import city_date
from tongban.packages import rules
from tongban.packages.actions import resigning
from tongban.packages.actions.acceptance import DEEMED_BASIS, children_in
from tongban.packages.actions.agents import need_function
from tongban.packages.actions.pictures import need_picture
from tongban.packages.actions.resigning import Change
from tongban.packages.models import CorrectionNotice
from tongban.people.states import AgentFunction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from tongban.kernel.actors import Actor


def ask_correction(*, package_id: int, by: Actor, now: datetime) -> None:
    """Send the one notice that carries what every department misses (行政许可法 32(4)).

    Refused a second time, and refused while nothing is missing.
    """
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        if CorrectionNotice.objects.filter(proceeding_id=package.id).exists():
            raise NoticeSentAlready(
                "补正告知只能发出一次，本件已经告知过。请受理，或依法作出决定。",
                facts={"number": package.number},
                basis=DEEMED_BASIS,
            )
        lines = _notice_lines(act, package, now)
        act.close_steps(package, "ask_correction")
        act.move(package, "ask_correction", basis=DEEMED_BASIS, body={"lines": len(lines)})
        act.open_step(package, "supply", role="applicant", whose=StepParty.APPLICANT)
        CorrectionNotice.objects.create(
            proceeding_id=package.id, lines=lines, sent_at=now, sent_by=by.id
        )


def _notice_lines(act: Act, package: Locked, now: datetime) -> list[dict[str, str]]:
    by_id = {case.id: case for case in act.children_of(package)}
    found = Requirement.objects.filter(
        proceeding_id__in=list(by_id), cleared_at=None, notified_at=None
    ).order_by("id")
    lines = [
        {
            "item": by_id[r.proceeding_id].facts["item"],
            "number": by_id[r.proceeding_id].number,
            "target": r.target,
            "problem": r.problem,
            "clause": r.clause,
            "remedy": r.remedy,
        }
        for r in found
    ]
    if not lines:
        raise rules.NothingToCorrect(
            "还没有部门提出补正要求，不能发出空的补正告知。", facts={"number": package.number}
        )
    found.update(notified_at=now)
    package.facts = {**package.facts, "noticed": True}
    return lines


@dataclass(frozen=True, slots=True)
class Supply:
    """What the applicant gives for one item after the notice."""

    item: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    materials: Sequence[Mapping[str, Any]] = ()

    @property
    def targets(self) -> frozenset[str]:
        """Element and material codes that this supply answers."""
        return frozenset(self.answers) | {m["material"] for m in self.materials}


def supply_correction(
    *, package_id: int, supplies: Sequence[Supply], by: Actor, now: datetime
) -> None:
    """Answer the notice, all lines at once; the acceptance clock of the second round starts.

    Raises SupplyIncomplete naming what the notice still misses, and BadInput for an answer that
    its field does not take or that the notice did not ask for; what was uploaded stays with the
    applicant's materials. Raises PictureTooSmall for a picture that nobody could read. Where it
    changes what somebody else signed, that signature is void and asked for anew; until it is given
    the application stays with the applicant, whose time runs on.
    """
    _need_pictures(package_id, supplies)
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        need_function(
            by=by,
            party_id=package.party_id,
            function=AgentFunction.SUBMIT,
            items={s.item for s in supplies},
            now=now,
        )
        notice = CorrectionNotice.objects.filter(proceeding_id=package.id).first()
        lines = notice.lines if notice else ()
        given = {s.item: s for s in _checked(package, lines, supplies, city_date(now))}
        waiting = children_in(act, package, CaseState.RECEIVED)
        live = {case.facts["item"] for case in waiting}
        left = rules.missing_targets(
            # What was withdrawn or ended since the notice needs no answer any more.
            [line for line in lines if line["item"] in live],
            {s.item: s.targets for s in supplies},
        )
        if left:
            raise rules.SupplyIncomplete(
                worded("补正告知中还有 {n} 项没有补齐，请补齐后一次提交。", n=len(left)),
                facts={"number": package.number, "missing": left},
            )
        if _wait_for_signatures(act, package, waiting, given):
            _keep_pending(act, package, notice, given)
            return
        _supply_in(act, package, waiting, given)


def _wait_for_signatures(
    act: Act, package: Locked, waiting: Sequence[Locked], given: Mapping[str, Supply]
) -> int:
    """Void what others signed about other content; how many new signatures are waited for."""
    count = 0
    for case in waiting:
        supply = given.get(case.facts["item"])
        if supply is None:
            continue
        left = resigning.follow_in(act, case, Change(supply.answers, supply.materials))
        if left:
            resigning.note_unsigned(act, case, left)
        count += left
    return count


def _keep_pending(
    act: Act, package: Locked, notice: CorrectionNotice | None, given: Mapping[str, Supply]
) -> None:
    """Keep a supply until everybody has signed; the applicant's time runs on meanwhile."""
    CorrectionNotice.objects.filter(proceeding_id=package.id).update(
        pending=[
            {"item": one.item, "answers": dict(one.answers), "materials": list(one.materials)}
            for one in given.values()
        ]
    )
    act.record(package, "supply_waits", body={"items": sorted(given)})


def _supply_in(
    act: Act, package: Locked, waiting: Sequence[Locked], given: Mapping[str, Supply]
) -> None:
    """The supply is there: the departments get it, the second round of acceptance starts."""
    act.close_steps(package, "supplied")
    act.move(package, "supply", body={"items": sorted(given)})
    act.open_step(package, "acceptance", role="window")
    CorrectionNotice.objects.filter(proceeding_id=package.id).update(
        supplied_at=act.now, pending=None
    )
    answers = {code: value for one in given.values() for code, value in one.answers.items()}
    for case in waiting:
        supply = given.get(case.facts["item"])
        resigning.clear_unsigned(case)
        if supply is None:
            cases.follow_supply_in(act, case, answers)
            continue
        cases.supply_in(act, case, answers=supply.answers, materials=supply.materials)
        Requirement.objects.filter(proceeding_id=case.id, cleared_at=None).update(
            cleared_at=act.now
        )
    for case in children_in(act, package, CaseState.WAITING):
        cases.follow_supply_in(act, case, answers)


def signatures_given(*, case_id: int, now: datetime) -> None:
    """Somebody signed anew, or a case ended: with the last one the supply is handed over.

    What has ended is not waited for. Where the window went on without the supply, the case may be
    granted again. Idempotent.
    """
    parent_id = Proceeding.objects.values_list("parent_id", flat=True).get(id=case_id)
    with Act(by=SYSTEM, now=now) as act:
        package = act.lock(parent_id or case_id, family=True)
        unsigned = [
            case
            for case in act.children_of(package)
            if case.facts.get(resigning.UNSIGNED) and not case.is_ended
        ]
        notice = CorrectionNotice.objects.filter(proceeding_id=package.id).first()
        received = children_in(act, package, CaseState.RECEIVED)
        pending = notice.pending if notice is not None and received else None
        waited = unsigned or pending is not None
        if not waited or resigning.waiting_for([case.id for case in unsigned]):
            act.drop()
            return
        if pending is not None:
            _supply_in(act, package, received, {one["item"]: Supply(**one) for one in pending})
            return
        for case in unsigned:
            resigning.clear_unsigned(case)
            act.record(case, "signatures_there", body={"item": case.facts["item"]})


def _need_pictures(package_id: int, supplies: Sequence[Supply]) -> None:
    """Look at the pictures before anything is locked: their bytes are read."""
    if not any(one.materials for one in supplies):
        return
    version_id = Proceeding.objects.values_list("version_id", flat=True).get(id=package_id)
    compiled = package_version(version_id).compiled
    for one in supplies:
        for given in one.materials:
            for file_id in given.get("files", ()):
                need_picture(
                    compiled=compiled,
                    material_code=given["material"],
                    file_id=file_id,
                    path=f"{one.item}:{given['material']}",
                )


def _checked(
    package: Locked, lines: Sequence[Mapping[str, str]], supplies: Sequence[Supply], on: date
) -> list[Supply]:
    """The supplies with every answer checked and in its kept form. Raises BadInput."""
    compiled = package_version(package.version_id).compiled
    asked = {(line["item"], line["target"]) for line in lines}
    problems: list[Problem] = []
    checked = []
    for one in supplies:
        problems += [
            Problem(f"{one.item}:{target}", "not-asked", "补正告知没有要求修改这一项。")
            for target in sorted(one.targets)
            if (one.item, target) not in asked
        ]
        answers: dict[str, Any] = {}
        for code, raw in one.answers.items():
            if (one.item, code) in asked:
                answers[code], faults = check_value(compiled.field(code), raw, on=on)
                problems += [Problem(f"{one.item}:{code}", f.code, f.sentence) for f in faults]
        checked.append(Supply(one.item, answers, one.materials))
    if problems:
        raise BadInput("还有需要修改的地方，请逐项核对。", problems=problems)
    return checked


def lapse_correction_in(act: Act, package: Locked, clock: str) -> None:
    """The applicant's time to correct is over: the window is told and decides what follows.

    Deeming the application withdrawn needs a basis in the city's own law (domain §0.7); without
    one the procedure goes on and ends with a decision that carries reasons and remedies.
    """
    if package.open_step("correction_lapsed") is None:
        act.open_step(package, "correction_lapsed", role="window")
    act.record(package, "clock_expired", body={"clock": clock, "owner": "applicant"})


def _ask_for_the_old(act: Act, package: Locked) -> None:
    """The supply never came: what stands in the cases is asked to be signed again."""
    CorrectionNotice.objects.filter(proceeding_id=package.id).update(pending=None)
    for case in act.children_of(package):
        if case.facts.get(resigning.UNSIGNED):
            resigning.note_unsigned(act, case, resigning.follow_in(act, case, Change()))


def resume_application(*, package_id: int, by: Actor, now: datetime) -> None:
    """Go on without the supply after its time is over; the departments decide with reasons."""
    with Act(by=by, now=now) as act:
        package = act.lock(package_id, family=True)
        if package.open_step("correction_lapsed") is None:
            raise rules.NothingToCorrect(
                "补正期限还没有届满，请等待申请人补正。", facts={"number": package.number}
            )
        act.close_steps(package, "resumed")
        _ask_for_the_old(act, package)
        act.move(package, "resume")
        act.open_step(package, "acceptance", role="window")
        Requirement.objects.filter(
            proceeding_id__in=[c.id for c in act.children_of(package)], cleared_at=None
        ).update(cleared_at=now)
