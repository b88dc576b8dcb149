"""The verbs of a case. Each public function is one action, or takes part in the package's one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from tongban.cases import rules
from tongban.cases.models import CaseFile, Decision, Reliance, Requirement
from tongban.cases.states import LIFE, CaseState, Result
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act, Locked, NewProceeding, StepRow
from tongban.engine.queries import siblings_of
from tongban.engine.rules import require, require_step
from tongban.engine.states import StepParty
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.conditions import Condition, Outcome, evaluate
from tongban.kernel.identifiers import assign_uscc
from tongban.kernel.worktime import city_date
from tongban.licences.actions import issue_licence, record_use
from tongban.licences.queries import licences_of_proceedings
from tongban.people.actions import register_legal_party
from tongban.people.queries import find_party, party
from tongban.people.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tongban.catalogue.rules.compiled import CompiledItem

PREFIX = "BJ"


@dataclass(frozen=True, slots=True)
class Filing:
    """One item of an application: the slice of answers and materials that it consumes."""

    item: CompiledItem
    answers: Mapping[str, Any]
    sources: Mapping[str, Any]
    materials: Sequence[Mapping[str, Any]]
    waits: bool
    accepted: bool
    wants_human: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


def item_of(case: Locked) -> CompiledItem:
    """The item of a case as pinned at filing."""
    return package_version(case.version_id).compiled.item(case.facts["item"])


def new_case(filing: Filing, *, region: str, party_id: int, version_id: int) -> NewProceeding:
    """What the engine needs in order to open the proceeding of a filing."""
    state = CaseState.RECEIVED
    if filing.waits:
        state = CaseState.WAITING
    elif filing.accepted:
        state = CaseState.ACCEPTED
    return NewProceeding(
        kind="case",
        prefix=PREFIX,
        region=region,
        department=filing.item.department,
        party_id=party_id,
        version_id=version_id,
        state=state,
        facts={"item": filing.item.code, **filing.facts},
    )


_FILE = (
    "INSERT INTO cases_casefile (proceeding_id, item_code, answers, sources, materials,"
    " wants_human) SELECT t.* FROM jsonb_to_recordset(%s::jsonb) AS t (proceeding_id bigint,"
    " item_code text, answers jsonb, sources jsonb, materials jsonb, wants_human boolean)"
)
_RELY = (
    "INSERT INTO cases_reliance (proceeding_id, licence_identifier, material)"
    " SELECT t.* FROM jsonb_to_recordset(%s::jsonb) AS t (proceeding_id bigint,"
    " licence_identifier text, material text)"
)


# What waits for another item has not been received by its department: no clock of it runs yet.
_OPENINGS = {
    CaseState.WAITING: "open_waiting",
    CaseState.RECEIVED: "open",
    CaseState.ACCEPTED: "open_accepted",
}


def file_cases_in(act: Act, cases: Sequence[Locked], filings: Sequence[Filing]) -> None:
    """Take part in the submission: files, first steps and entries of all new cases."""
    rows, reliances = [], []
    for case, filing in zip(cases, filings, strict=True):
        rows.append(
            {
                "proceeding_id": case.id,
                "item_code": filing.item.code,
                "answers": filing.answers,
                "sources": filing.sources,
                "materials": list(filing.materials),
                "wants_human": filing.wants_human,
            }
        )
        reliances += [
            {"proceeding_id": case.id, "licence_identifier": licence, "material": material}
            for licence, material in rules.reliances_of(filing.materials)
        ]
        act.begin(
            case,
            _OPENINGS[CaseState(case.state)],
            body={"item": filing.item.code, "state": case.state},
            # What waits for another item is told to the applicant when its turn comes.
            public=not filing.waits,
        )
        _enter(act, case)
    act.also(_FILE, [orjson.dumps(rows).decode()])
    if reliances:
        act.also(_RELY, [orjson.dumps(reliances).decode()])


def _enter(act: Act, case: Locked) -> None:
    """Open the steps that belong to the state that the case has just entered."""
    item = item_of(case)
    if case.state == CaseState.RECEIVED:
        act.open_step(case, "intake_check", role="reviewer")
    elif case.state == CaseState.ACCEPTED:
        case.accepted_at = case.accepted_at or act.now
        if item.automatic is None or case.facts.get("human"):
            _open_turn(act, case, item, 0)


def _open_turn(act: Act, case: Locked, item: CompiledItem, turn: int) -> None:
    """Open the steps of a turn that apply to this case, or of the next turn that has any."""
    for later in range(turn, len(item.route)):
        steps = [s for s in item.route[later] if _applies(act, case, s.when)]
        for step in steps:
            act.open_step(
                case,
                step.code,
                role=step.role,
                department=step.department,
                whose=StepParty(step.whose),
                turn=later,
            )
        if steps:
            return


def _applies(act: Act, case: Locked, when: Condition | None) -> bool:
    """Whether a condition over the case's known facts holds; what is unknown applies."""
    if when is None:
        return True
    parameters = package_version(case.version_id).compiled.parameters_by_name
    on = city_date(act.now)
    verdict = evaluate(when, rules.facts_of(case.facts), on=on, parameters=parameters)
    return verdict.outcome is not Outcome.NOT_MET


def start_in(act: Act, case: Locked, *, accepted: bool) -> None:
    """Start a case whose dependencies are done; accepted already where the package is."""
    act.move(case, "start_accepted" if accepted else "start", body={"item": case.facts["item"]})
    _enter(act, case)


def accept_in(act: Act, case: Locked, verb: str, *, effective_at: datetime | None = None) -> None:
    """Accept a case together with its package; ``verb`` is accept or deem_accept."""
    act.close_steps(case, verb)
    act.move(
        case,
        verb,
        effective_at=effective_at,
        basis="行政许可法第三十二条",
        body={"item": case.facts["item"]},
    )
    case.accepted_at = effective_at or act.now
    _enter(act, case)


def cancel_in(act: Act, case: Locked, *, because: Locked, reason: str) -> None:
    """Cancel a case by the name of the item that it depends on."""
    case.facts = {**case.facts, "cancelled_because": because.facts["item"]}
    act.move(
        case,
        "cancel",
        body={
            "item": case.facts["item"],
            "because": because.facts["item"],
            "because_number": because.number,
            "reason": reason,
        },
    )


def withdraw_in(act: Act, case: Locked) -> None:
    """Withdraw a case together with its package."""
    act.move(case, "withdraw", body={"item": case.facts["item"]})


def refuse_acceptance(
    *, case_id: int, reason: str, right_body: str, by: Actor, now: datetime
) -> None:
    """Refuse to accept because the body is not competent; the right body must be named.

    行政许可法 32(1)(2). Raises BadInput without reason or right body.
    """
    reason = rules.need_text("reason", reason, "请写明不予受理的理由。")
    right_body = rules.need_text("right_body", right_body, "请写明应当向哪个机关申请。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        act.move(
            case,
            "refuse_acceptance",
            basis="行政许可法第三十二条第一款第二项",
            body={"right_body": right_body, "item": case.facts["item"], "reason": reason},
        )


def declare_not_required(*, case_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Tell at once that no licence is needed (行政许可法 32(1)(1)); BadInput without reason."""
    reason = rules.need_text("reason", reason, "请写明不需要办理的理由。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        act.move(
            case,
            "not_require",
            basis="行政许可法第三十二条第一款第一项",
            body={"item": case.facts["item"], "reason": reason},
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """One missing or wrong thing as an officer writes it."""

    target: str
    problem: str
    remedy: str
    clause: str = ""


def raise_requirement(*, case_id: int, missing: Missing, by: Actor, now: datetime) -> None:
    """Note what the applicant must correct; the lead window collects all in one notice.

    Refused once the notice has been sent (行政许可法 32(4): once, everything).
    """
    problem = rules.need_text("problem", missing.problem, "请写明缺什么或错在哪里。")
    remedy = rules.need_text("remedy", missing.remedy, "请写明怎样补正。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_target(item_of(case), missing.target)
        package = act.parent_of(case)
        if package is not None and package.facts.get("noticed"):
            raise rules.NoticeSentAlready(
                "补正告知书已经一次性发出，不能再追加要求。确需追加的，请报监督部门处理。",
                basis="行政许可法第三十二条第一款第四项",
                facts={"number": case.number},
            )
        Requirement.objects.create(
            proceeding_id=case.id,
            target=missing.target,
            problem=problem,
            remedy=remedy,
            clause=missing.clause,
            raised_by=by.id,
            raised_at=now,
        )
        act.move(case, "raise_requirement", body={"target": missing.target}, public=False)


def clear_requirement(*, case_id: int, requirement_id: int, by: Actor, now: datetime) -> None:
    """Take a requirement back before the notice, or mark it as met after the supply."""
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        found = Requirement.objects.filter(
            id=requirement_id, proceeding_id=case.id, cleared_at=None
        ).update(cleared_at=now)
        if not found:
            act.drop()
            return
        act.move(case, "clear_requirement", body={"requirement": requirement_id}, public=False)


def pass_step(*, case_id: int, step_code: str, opinion: str, by: Actor, now: datetime) -> None:
    """Close a review step with an opinion and open the next ones when its turn is complete."""
    opinion = rules.need_text("opinion", opinion, "请填写办理意见，可从常用意见中选择。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        step = _step(case, step_code, by)
        if step.code == "decide":
            raise rules.RouteNotDone("决定环节请作出“准予”或“不予”的决定。")
        act.close_step(step, "pass")
        _note(act, case, step, "pass", opinion)
        if not any(s.is_open and s.turn == step.turn for s in case.steps):
            _open_turn(act, case, item_of(case), step.turn + 1)
        act.move(case, "pass_step", body={"step": step.code, "item": case.facts["item"]})


def return_step(*, case_id: int, step_code: str, opinion: str, by: Actor, now: datetime) -> None:
    """Send a case back to the previous steps inside the department; the clocks run on."""
    opinion = rules.need_text("opinion", opinion, "请写明退回的原因。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        step = _step(case, step_code, by)
        if step.turn == 0:
            raise rules.RouteNotDone("这是第一个审查环节，没有可以退回的上一环节。")
        act.cancel_steps(case, "returned")
        _note(act, case, step, "return", opinion)
        _open_turn(act, case, item_of(case), step.turn - 1)
        act.move(
            case, "return_step", public=False, body={"step": step.code, "item": case.facts["item"]}
        )


def _step(case: Locked, code: str, by: Actor) -> StepRow:
    step = case.open_step(code)
    if step is None and not case.is_ended and all(s.code != code for s in case.steps):
        raise rules.RouteNotDone(
            "前面的环节还没有办完，还不能办理这一步。",
            facts={"number": case.number, "step": code},
        )
    if step is None:
        raise rules.DecidedByAnother(
            "这一步已经办理完毕，可能是同事刚刚处理过。请刷新页面查看最新进展。",
            facts={"number": case.number, "step": code},
        )
    require_step(by, case, step)
    return step


_OPINION = (
    "INSERT INTO cases_opinion (proceeding_id, step_code, outcome, text, by_account, at)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)


def _note(act: Act, case: Locked, step: StepRow, outcome: str, text: str) -> None:
    act.also(_OPINION, [case.id, step.code, outcome, text, act.by.id, act.now])


_DECISION = (
    "INSERT INTO cases_decision (proceeding_id, result, reasons, face, explanation,"
    " is_automatic, decided_by, decided_at) VALUES (%s, %s, %s, '{}', %s::jsonb, %s, %s, %s)"
)


def decide_case(*, case_id: int, result: Result, reasons: str, by: Actor, now: datetime) -> None:
    """Decide: grant or deny, once, by the officer who holds the decision step.

    A denial carries its reasons (行政许可法 38); BadInput without. The loser of a race gets
    `DecidedByAnother`, and the first decision stands.
    """
    reasons = reasons.strip()
    if result is Result.DENY:
        reasons = rules.need_text("reasons", reasons, "不予许可必须写明理由。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        step = _step(case, "decide", by)
        if result is Result.GRANT and case.facts.get("broken"):
            raise rules.ReliesOnBrokenLicence(
                "办件所依据的证照已失效，不能准予。请核实后作出不予决定，或等待申请人补充有效证照。",
                facts={"number": case.number, "licences": case.facts["broken"]},
            )
        act.close_step(step, result)
        act.also(_DECISION, [case.id, result, reasons, "[]", False, by.id, now])
        verb = "deny"
        if result is Result.GRANT:
            verb = "grant" if item_of(case).licence else "grant_at_once"
        act.move(case, verb, body={"item": case.facts["item"]})


def decide_by_machine(
    *, case_id: int, explanation: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Grant by machine with its explanation; a machine never denies (domain-03 §3.12)."""
    with Act(by=SYSTEM, now=now) as act:
        case = act.lock(case_id)
        if case.state != CaseState.ACCEPTED or any(s.is_open for s in case.steps):
            act.drop()
            return
        told = orjson.dumps(list(explanation)).decode()
        act.also(_DECISION, [case.id, Result.GRANT, "", told, True, 0, now])
        verb = "auto_grant" if item_of(case).licence else "auto_grant_at_once"
        act.move(case, verb, body={"item": case.facts["item"], "automatic": True})


def try_machine(*, case_id: int, now: datetime) -> None:
    """Let the machine look at an accepted case of an automatic item; any doubt goes to a person.

    Idempotent: a case that has steps or has moved on is left alone.
    """
    file = CaseFile.objects.select_related("proceeding").filter(proceeding_id=case_id).first()
    if file is None or file.proceeding.state != CaseState.ACCEPTED:
        return
    compiled = package_version(file.proceeding.version_id).compiled
    item = compiled.item(file.item_code)
    if item.automatic is None or file.proceeding.facts.get("human"):
        return
    verdict = evaluate(
        item.automatic.when,
        rules.facts_of(file.proceeding.facts),
        on=city_date(now),
        parameters=compiled.parameters_by_name,
    )
    report = [rules.told(line) for line in verdict.lines]
    if verdict.outcome is Outcome.MET and not file.proceeding.facts.get("broken"):
        decide_by_machine(case_id=case_id, explanation=report, now=now)
    else:
        refer_to_human(case_id=case_id, explanation=report, now=now)


def refer_to_human(
    *, case_id: int, explanation: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Hand a case from the machine to the human lane, with the machine's report."""
    with Act(by=SYSTEM, now=now) as act:
        case = act.lock(case_id)
        if case.state != CaseState.ACCEPTED or any(s.is_open for s in case.steps):
            act.drop()
            return
        case.facts = {**case.facts, "human": True}
        _open_turn(act, case, item_of(case), 0)
        act.move(
            case,
            "refer_to_human",
            public=False,
            body={"report": list(explanation), "item": case.facts["item"]},
        )


def ask_human(*, case_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Ask that a person reviews a machine's decision (个人信息保护法 24)."""
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        require(by, case, "applicant")
        decided = Decision.objects.filter(proceeding_id=case.id, is_automatic=True).exists()
        if not decided or case.open_step("human_review") or case.facts.get("reviewed"):
            raise rules.HumanReviewNotOpen(
                "只有由系统自动作出的决定才能申请人工复核，且每个决定复核一次。",
                facts={"number": case.number},
                basis="个人信息保护法第二十四条",
            )
        act.open_step(case, "human_review", role="decider")
        act.record(
            case,
            "ask_human",
            body={"item": case.facts["item"]},
            private={"reason": reason} if reason.strip() else None,
        )


def confirm_review(*, case_id: int, opinion: str, by: Actor, now: datetime) -> None:
    """Answer a request for human review: the officer has looked and says what he found."""
    opinion = rules.need_text("opinion", opinion, "请写明复核结论和理由。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        step = _step(case, "human_review", by)
        act.close_step(step, "confirmed")
        _note(act, case, step, "confirmed", opinion)
        case.facts = {**case.facts, "reviewed": True}
        act.record(case, "confirm_review", body={"item": case.facts["item"]})


def mark_issued(*, case_id: int, identifier: str, now: datetime) -> None:
    """The licence of a granted case exists: the case is done. Idempotent."""
    with Act(by=SYSTEM, now=now) as act:
        case = act.lock(case_id)
        if case.state != CaseState.PRODUCING:
            act.drop()
            return
        case.facts = {**case.facts, "licence": identifier}
        act.move(case, "issue", body={"licence": identifier, "item": case.facts["item"]})


def break_reliance(*, identifier: str, state: str, now: datetime) -> int:
    """A licence lost its validity: tell every undecided case that relies on it. Idempotent."""
    return sum(
        _reliance_changed(case_id, identifier, "reliance_broken", state, now)
        for case_id in _relying(identifier, broken_at=None)
    )


def mend_reliance(*, identifier: str, state: str, now: datetime) -> int:
    """A suspended licence is valid again: the cases that rely on it may be granted again."""
    return sum(
        _reliance_changed(case_id, identifier, "reliance_mended", state, now)
        for case_id in _relying(identifier, broken_at__isnull=False)
    )


def _relying(identifier: str, **broken: Any) -> list[int]:
    found = Reliance.objects.filter(licence_identifier=identifier, **broken)
    return list(found.order_by("proceeding_id").values_list("proceeding_id", flat=True).distinct())


def _reliance_changed(case_id: int, identifier: str, verb: str, state: str, now: datetime) -> bool:
    """Note the change with the case; one that is decided already stays as it was decided."""
    broken = verb == "reliance_broken"
    with Act(by=SYSTEM, now=now) as act:
        case = act.lock(case_id)
        Reliance.objects.filter(proceeding_id=case_id, licence_identifier=identifier).update(
            broken_at=now if broken else None
        )
        if verb not in LIFE.open_verbs(case.state):
            act.drop()
            return False
        others = [known for known in case.facts.get("broken", ()) if known != identifier]
        case.facts = {**case.facts, "broken": [*others, identifier] if broken else others}
        told = {"licence": identifier, "state": state, "item": case.facts["item"]}
        act.move(case, verb, body=told)
    return True


def withdraw_case(*, case_id: int, by: Actor, now: datetime) -> None:
    """Withdraw one item of an application before its decision."""
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        act.move(case, "withdraw", body={"item": case.facts["item"]})


def supply_in(
    act: Act, case: Locked, *, answers: Mapping[str, Any], materials: Sequence[Mapping[str, Any]]
) -> None:
    """Take part in the applicant's one supply: new answers and materials of this item."""
    file = CaseFile.objects.get(proceeding_id=case.id)
    replaced = {m["material"] for m in materials}
    file.answers = {**file.answers, **answers}
    file.materials = [m for m in file.materials if m["material"] not in replaced] + list(materials)
    file.save(update_fields=["answers", "materials"])
    act.move(case, "supply", fields=[*answers, *sorted(replaced)])


def note_licence_uses(*, case_id: int, now: datetime) -> None:
    """Note that this case's department used the licences that it relies on (domain-05 §6.6)."""
    reliances = Reliance.objects.filter(proceeding_id=case_id).select_related("proceeding")
    for one in reliances:
        case = one.proceeding
        item = package_version(case.version_id).compiled.item(case.facts["item"])
        record_use(
            identifier=one.licence_identifier,
            purpose=item.name.zh,
            by=SYSTEM,
            now=now,
            department=case.department,
            case_number=case.number,
            item_code=item.code,
        )


def order_licence(*, case_id: int, now: datetime) -> None:
    """Have the licence of a granted case made from the decision's data. Idempotent.

    What stands on its face was answered and reviewed, and is never typed again (domain-05 §6.5).
    A registration brings about the enterprise itself: its party is made with a new credit code.
    """
    file = CaseFile.objects.select_related("proceeding").get(proceeding_id=case_id)
    case = file.proceeding
    compiled = package_version(case.version_id).compiled
    item = compiled.item(file.item_code)
    if item.licence is None or case.state != CaseState.PRODUCING:
        return
    kind = compiled.licence_type(item.licence)
    face = {
        one.field: file.answers[one.element] for one in kind.face if one.element in file.answers
    }
    holder_id, code = _holder(
        case,
        file,
        creates=any(f.rule == "new_uscc" for f in kind.face),
        is_legal=kind.holder == "legal",
        now=now,
    )
    if code:
        face |= {one.field: code for one in kind.face if one.rule == "new_uscc"}
    on = city_date(now)
    issue_licence(
        licence_type=kind,
        face=face,
        holder_id=holder_id,
        proceeding_id=case.pk,
        case_number=case.number,
        department=item.department,
        region=case.region,
        valid_from=on,
        valid_to=rules.valid_until(on, kind.years),
        by=SYSTEM,
        now=now,
        content_version_id=case.version_id,
        number=code,
        shown=rules.shown_words(compiled, kind.face, file.answers),
    )


def _holder(
    case: Any, file: CaseFile, *, creates: bool, is_legal: bool, now: datetime
) -> tuple[int, str]:
    """Who gets the licence, and the credit code where the licence creates the enterprise.

    A person who opens an enterprise applies for it before it exists; from its registration on,
    the other items of the same application issue to the enterprise.
    """
    applicant = party(case.party_id)
    if applicant.kind != PartyKind.NATURAL or not is_legal:
        return applicant.id, ""
    if not creates:
        siblings = siblings_of(case)
        issued = licences_of_proceedings(siblings, city_date(now))
        holders = [one.holder_id for one in issued.values() if one.holder_id != applicant.id]
        return (holders[0] if holders else applicant.id), ""
    code = assign_uscc(case.region, case.pk)
    said = file.answers.get("registration.legal_representative_id", "")
    representative = find_party(PartyKind.NATURAL, said) if said else None
    enterprise = register_legal_party(
        uscc=code,
        name=str(file.answers.get("registration.name", applicant.name)),
        representative_id=representative.id if representative else applicant.id,
        by=SYSTEM,
        now=now,
    )
    return enterprise, code
