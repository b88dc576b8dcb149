"""Decisions: by an officer, by a machine, and a person's review of a machine's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tongban.cases import rules
from tongban.cases.actions.phases import need_phases
from tongban.cases.actions.redoing import need_new_decision
from tongban.cases.actions.route import held_step, item_of, note_opinion, open_turn
from tongban.cases.actions.sides import need_decidable
from tongban.cases.models import CaseFile, Decision
from tongban.cases.queries import accepted_before
from tongban.cases.states import CaseState, Result
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act, Locked
from tongban.engine.rules import require
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.conditions import Outcome, evaluate
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


_DECISION = (
    "INSERT INTO cases_decision (proceeding_id, result, reasons, face, explanation,"
    " is_automatic, decided_by, decided_at) VALUES (%s, %s, %s, '{}', %s::jsonb, %s, %s, %s)"
)


def grant_authorised(*, case_id: int, authority: str, by: Actor, now: datetime) -> None:
    """Grant in the department's name at a window that it has authorised (授权综窗).

    ``by`` holds the department's decision step for this act alone, by the authority that the
    caller has found in the content; its basis stands in the journal. A window never denies: what
    it would not grant goes to the department.
    """
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        rules.need_here(item_of(case), case, by)
        step = case.open_step("decide")
        if step is None or len([one for one in case.steps if one.is_open]) != 1:
            raise rules.RouteNotDone(
                "前面的环节还没有办完，还不能办理这一步。",
                facts={"number": case.number, "step": "decide"},
            )
        need_decidable(act, case, Result.GRANT, "")
        need_new_decision(case, Result.GRANT, "")
        _need_grantable(case, now)
        act.close_step(step, Result.GRANT)
        act.also(_DECISION, [case.id, Result.GRANT, "", "[]", False, by.id, now])
        verb = "grant" if item_of(case).licence else "grant_at_once"
        act.move(
            case, verb, basis=authority, body={"item": case.facts["item"], "authorised": True}
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
        step = held_step(case, "decide", by)
        need_decidable(act, case, result, reasons)
        need_new_decision(case, result, reasons)
        if result is Result.GRANT:
            _need_grantable(case, now)
        act.close_step(step, result)
        act.also(_DECISION, [case.id, result, reasons, "[]", False, by.id, now])
        verb = "deny"
        if result is Result.GRANT:
            verb = "grant" if item_of(case).licence else "grant_at_once"
        act.move(case, verb, body={"item": case.facts["item"]})


def _need_grantable(case: Locked, now: datetime) -> None:
    """Refuse a grant out of turn, on a licence that is not valid any more, or before its phase."""
    if item_of(case).is_limited:
        rules.need_first(accepted_before(case.id), case.number)
    if case.facts.get("broken"):
        raise rules.ReliesOnBrokenLicence(
            "办件所依据的证照已失效，不能准予。请核实后作出不予决定，或等待申请人补充有效证照。",
            facts={"number": case.number, "licences": case.facts["broken"]},
        )
    if case.facts.get("unsigned"):
        raise rules.SignatureMissing(
            "补正改动了别人签过名的内容，对方还没有重新签名，不能准予。",
            facts={"number": case.number},
            instead=("请等待对方重新签名。", "期满没有签的，依法作出不予决定。"),
        )
    need_phases(case, now)


def note_decision(act: Act, case: Locked, result: Result, reasons: str) -> None:
    """Keep what was decided in the department's own system: by no account of ours."""
    act.also(_DECISION, [case.id, result, reasons, "[]", False, 0, act.now])


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
    if rules.blocks_grant(file.proceeding.facts, item) or file.proceeding.facts.get("unsigned"):
        return  # looked at again when it is paid
    verdict = evaluate(
        item.automatic.when,
        rules.facts_of(file.proceeding.facts),
        on=city_date(now),
        parameters=compiled.parameters_by_name,
    )
    report = [rules.told(line, compiled) for line in verdict.lines]
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
        open_turn(act, case, item_of(case), 0)
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
        step = held_step(case, "human_review", by)
        act.close_step(step, "confirmed")
        note_opinion(act, case, step, "confirmed", opinion)
        case.facts = {**case.facts, "reviewed": True}
        act.record(case, "confirm_review", body={"item": case.facts["item"]})
