"""Handling again (重办): what becomes of a decision that was set aside, and of its application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.cases import rules
from tongban.cases.actions.filing import Filing, new_case
from tongban.cases.actions.route import enter, item_of
from tongban.cases.models import CaseFile, Decision, Opinion, SetAside
from tongban.cases.rules import redoing
from tongban.cases.states import CaseState, Result
from tongban.catalogue.queries import package_version
from tongban.engine.actions import Act, Locked
from tongban.engine.rules import require, with_excluded
from tongban.kernel.worktime import city_date
from tongban.people.queries import officers_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tongban.cases.rules.redoing import Order
    from tongban.engine.actions import NewProceeding
    from tongban.kernel.actors import Actor

_RESULTS = {CaseState.GRANTED: Result.GRANT, CaseState.DENIED: Result.DENY}
_SET_ASIDE = (
    "INSERT INTO cases_setaside (proceeding_id, forum, relief, body, document, dated, reason,"
    " on_procedure, recorded_by, recorded_at, again_id)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_LETTERS = (
    "INSERT INTO cases_letter (proceeding_id, regime, letter, version, words, text_hash,"
    " signed_by, signed_at, state) SELECT %s, regime, letter, version, words, text_hash,"
    " signed_by, signed_at, state FROM cases_letter WHERE proceeding_id = %s AND state = 'signed'"
)
_FILE = (
    "INSERT INTO cases_casefile (proceeding_id, item_code, answers, sources, materials,"
    " wants_human) SELECT %s, item_code, answers, sources, materials, true FROM cases_casefile"
    " WHERE proceeding_id = %s"
)
_RELY = (
    "INSERT INTO cases_reliance (proceeding_id, licence_identifier, material)"
    " SELECT %s, licence_identifier, material FROM cases_reliance WHERE proceeding_id = %s"
)


def took_part(case_id: int) -> set[int]:
    """The accounts that reviewed or decided a case, alone or together with others."""
    found: set[int] = set()
    for one in Opinion.objects.filter(proceeding_id=case_id):
        found |= {one.by_account, *one.with_accounts}
    found |= set(
        Decision.objects.filter(proceeding_id=case_id).values_list("decided_by", flat=True)
    )
    return found - {0}


def need_others(case: Locked, without: Iterable[int], now: datetime) -> None:
    """Refuse to open a case anew while a step of it has nobody but those who decided before."""
    away = set(without)
    on = city_date(now)
    left = [
        (step.name.zh, len({o.account_id for o in found} - away))
        for turn in item_of(case).route
        for step in turn
        for found in [officers_for(step.queue, case.region, on=on)]
    ]
    redoing.need_somebody(left, case.number)


def again_of(case: Locked, order: Order, without: Iterable[int]) -> NewProceeding:
    """What the engine needs to open the new case: the old answers, fresh clocks, other people."""
    file = CaseFile.objects.get(proceeding_id=case.id)
    kept: dict[str, Any] = {
        k: case.facts[k] for k in ("known", "variant", "committed") if k in case.facts
    }
    redo = {
        "of": case.number,
        "result": _RESULTS.get(CaseState(case.state), ""),
        "free": order.on_procedure,
    }
    facts = with_excluded({**kept, "human": True, "redo": redo}, without)
    filing = Filing(
        item=package_version(case.version_id).compiled.item(file.item_code),
        answers=file.answers,
        sources=file.sources,
        materials=[],
        waits=False,
        accepted=True,
        facts=facts,
    )
    return new_case(filing, region=case.region, party_id=case.party_id, version_id=case.version_id)


def open_again_in(act: Act, old: Locked, new: Locked) -> None:
    """Take part in the recording: the new case is accepted with the old application's slice."""
    act.also(_FILE, [new.id, old.id])
    act.also(_RELY, [new.id, old.id])
    act.also(_LETTERS, [new.id, old.id])
    told = {"item": old.facts["item"], "state": new.state, "again": old.number}
    act.begin(new, "open_accepted", body=told)
    enter(act, new)


def set_aside_in(act: Act, case: Locked, order: Order, again: Locked | None, number: str) -> None:
    """Take part in the recording: the old decision is marked, with what follows it."""
    case.facts = {**case.facts, "set_aside": {"document": order.document, "again": number}}
    act.also(
        _SET_ASIDE,
        [
            case.id, order.forum, order.relief, order.body, order.document, order.dated,
            order.reason, order.on_procedure, act.by.id, act.now, again.id if again else None,
        ],
    )  # fmt: skip
    told = {
        "item": case.facts["item"],
        "forum": order.forum,
        "body": order.body,
        "document": order.document,
        "dated": order.dated.isoformat(),
        "reason": order.reason,
        "again": number,
    }
    act.record(case, "set_aside", basis=redoing.BASES[order.forum], body=told)


def need_new_decision(case: Locked, result: Result, reasons: str) -> None:
    """Refuse the decision that was set aside, unless the head has stated new grounds."""
    if not case.facts.get("redo"):
        return
    before = (
        SetAside.objects.filter(again_id=case.id)
        .values_list("proceeding__decision__reasons", flat=True)
        .first()
    )
    redoing.need_new_decision(case, result, reasons, before or "")


def state_new_grounds(*, case_id: int, grounds: str, by: Actor, now: datetime) -> None:
    """The head answers the warning: which facts or reasons are new (行政诉讼法 71).

    Only with a case that is handled again; from then on the same result may be decided, with
    other reasons. Raises BadInput without the grounds, MoveNotAllowed's kin for any other case.
    """
    grounds = rules.need_text("grounds", grounds, "请写明原决定没有认定过的新的事实或者理由。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id)
        require(by, case, "head")
        redo = case.facts.get("redo")
        if not redo or case.state != CaseState.ACCEPTED:
            raise redoing.NothingToSetAside(
                "只有正在重新办理的办件需要说明新的事实或者理由。", facts={"number": case.number}
            )
        case.facts = {**case.facts, "redo": {**redo, "new_grounds": grounds}}
        told = {"item": case.facts["item"], "reason": grounds}
        act.record(case, "state_new_grounds", basis="行政诉讼法第七十一条", body=told)
