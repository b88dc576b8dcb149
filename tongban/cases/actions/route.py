"""The route of a case: which steps are open, who holds one, what he wrote on closing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tongban.cases import rules
from tongban.cases.actions.debts import open_debt_in
from tongban.cases.models import Objection
from tongban.cases.queries import companions_for
from tongban.cases.rules import publicity, visits
from tongban.cases.states import CaseState
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act
from tongban.engine.rules import excluded_from, may_take, require_step, with_excluded
from tongban.engine.states import StepParty
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.catalogue.rules.compiled import CompiledItem
    from tongban.engine.actions import Locked, StepRow
    from tongban.kernel.actors import Actor
    from tongban.kernel.conditions import Condition


def item_of(case: Locked) -> CompiledItem:
    """The item of a case as pinned at filing."""
    return package_version(case.version_id).compiled.item(case.facts["item"])


def enter(act: Act, case: Locked) -> None:
    """Open the steps that belong to the state that the case has just entered."""
    item = item_of(case)
    if case.state == CaseState.RECEIVED:
        whose = _whose(item, case, StepParty.GOVERNMENT)
        act.open_step(case, "intake_check", role="reviewer", whose=whose)
    elif case.state == CaseState.ACCEPTED:
        case.accepted_at = case.accepted_at or act.now
        if case.facts.get("owed"):
            open_debt_in(act, case)
        if item.automatic is None or case.facts.get("human"):
            open_turn(act, case, item, 0)


def open_turn(act: Act, case: Locked, item: CompiledItem, turn: int) -> None:
    """Open the steps of a turn that apply to this case, or of the next turn that has any."""
    for later in range(turn, len(item.route)):
        steps = [s for s in item.route[later] if _applies(act, case, s.when)]
        for step in steps:
            act.open_step(
                case,
                step.code,
                role=step.role,
                department=step.department,
                whose=_whose(item, case, StepParty(step.whose)),
                turn=later,
            )
        if steps:
            return


def _whose(item: CompiledItem, case: Locked, planned: StepParty) -> StepParty:
    """Whose time a step uses; what was handed over is worked on in the department's system."""
    is_there = rules.elsewhere(item, case.facts, case.state)
    return StepParty.ELSEWHERE if is_there else planned


def _applies(act: Act, case: Locked, when: Condition | None) -> bool:
    """Whether a condition over the case's known facts holds; what is unknown applies."""
    compiled = package_version(case.version_id).compiled
    return rules.applies(when, case.facts, compiled, city_date(act.now))


def pass_step(
    *,
    case_id: int,
    step_code: str,
    opinion: str,
    companions: Sequence[int] = (),
    by: Actor,
    now: datetime,
) -> None:
    """Close a review step with an opinion and open the next ones when its turn is complete.

    ``companions`` are the accounts of those who did it together with ``by``; a check on site
    takes two officers (行政许可法 34(3)). Raises BadInput where one is missing.
    """
    opinion = rules.need_text("opinion", opinion, "请填写办理意见，可从常用意见中选择。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        step = held_step(case, step_code, by)
        if step.code == "decide":
            raise rules.RouteNotDone("决定环节请作出“准予”或“不予”的决定。")
        _need_notice_over(case, step, now)
        others = _companions(case, step, companions, by, now)
        act.close_step(step, "pass")
        note_opinion(act, case, step, "pass", opinion, others)
        if "reviewer" in item_of(case).decides_apart:
            case.facts = with_excluded(case.facts, [by.id, *others], "decide")
        if not any(s.is_open and s.turn == step.turn for s in case.steps):
            open_turn(act, case, item_of(case), step.turn + 1)
        told: dict[str, Any] = {"step": step.code, "item": case.facts["item"]}
        if others:
            told["companions"] = others
        act.move(case, _passing(case, step), body=told, holds=step)


def _need_notice_over(case: Locked, step: StepRow, now: datetime) -> None:
    """Refuse to end a public notice before its days have passed, or over an open objection."""
    spec = publicity.notice_step(item_of(case))
    if spec is None or spec.code != step.code:
        return
    publicity.need_over(spec, city_date(step.opened_at), city_date(now), case.number)
    waiting = Objection.objects.filter(proceeding_id=case.id, answered_at=None).count()
    publicity.need_answered(waiting, case.number)


def _passing(case: Locked, step: StepRow) -> str:
    """The verb with which a step is passed: a first review is reported to the upper level (43)."""
    spec = next((s for turn in item_of(case).route for s in turn if s.code == step.code), None)
    return "report_up" if spec is not None and spec.reports_up else "pass_step"


def _companions(
    case: Locked, step: StepRow, companions: Sequence[int], by: Actor, now: datetime
) -> list[int]:
    """The others who did a step that takes several officers; nobody for any other step."""
    spec = next((s for turn in item_of(case).route for s in turn if s.code == step.code), None)
    if spec is None or spec.officers == 1:
        return []
    fit = {one.account_id for one in companions_for(spec, case.region, on=city_date(now))}
    fit -= excluded_from(case.facts, step.code)
    visits.need_after_visit(case.facts, now, case.number)
    others = visits.companions_of(case.facts, by.id, companions)
    rules.need_officers(spec, by.id, others, fit)
    return others


def return_step(*, case_id: int, step_code: str, opinion: str, by: Actor, now: datetime) -> None:
    """Send a case back to the previous steps inside the department; the clocks run on."""
    opinion = rules.need_text("opinion", opinion, "请写明退回的原因。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        step = held_step(case, step_code, by)
        if step.turn == 0:
            raise rules.RouteNotDone("这是第一个审查环节，没有可以退回的上一环节。")
        act.cancel_steps(case, "returned")
        note_opinion(act, case, step, "return", opinion)
        open_turn(act, case, item_of(case), step.turn - 1)
        act.move(
            case, "return_step", public=False, body={"step": step.code, "item": case.facts["item"]}
        )


def held_step(case: Locked, code: str, by: Actor) -> StepRow:
    rules.need_here(item_of(case), case, by)
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


def require_work(case: Locked, by: Actor) -> None:
    """Refuse an officer who works on none of the open steps."""
    opened = [step for step in case.steps if step.is_open]
    if opened and not any(may_take(by, case, step) for step in opened):
        require_step(by, case, opened[0])


_OPINION = (
    "INSERT INTO cases_opinion (proceeding_id, step_code, outcome, text, by_account, at,"
    " with_accounts) VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb)"
)


def note_opinion(
    act: Act,
    case: Locked,
    step: StepRow,
    outcome: str,
    text: str,
    companions: Sequence[int] = (),
) -> None:
    """Keep what an officer wrote on closing a step, and who did it with him."""
    others = orjson.dumps(list(companions)).decode()
    act.also(_OPINION, [case.id, step.code, outcome, text, act.by.id, act.now, others])
