"""Deficient acceptance (容缺受理): what is owed, how it is paid, what follows when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tongban.cases import rules
from tongban.cases.models import CaseFile, Owed
from tongban.cases.states import SIDES, CaseState, DebtState
from tongban.catalogue.queries import package_version
from tongban.credit.actions import Event, note_event
from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.kernel.actors import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tongban.catalogue.rules.compiled import CompiledDeficiency, CompiledItem
    from tongban.kernel.actors import Actor

_OWED = (
    "INSERT INTO cases_owed (proceeding_id, material, licence_type, paid_with)"
    " SELECT t.*, '' FROM jsonb_to_recordset(%s::jsonb) AS t (proceeding_id bigint,"
    " material text, licence_type text)"
)
_PAID = (
    "UPDATE cases_owed SET paid_at = %s, paid_with = %s WHERE proceeding_id = %s AND material = %s"
)
_FILE = (
    "UPDATE cases_casefile SET materials = (SELECT coalesce(jsonb_agg(CASE WHEN"
    " one->>'material' = %s THEN %s::jsonb ELSE one END), '[]'::jsonb)"
    " FROM jsonb_array_elements(materials) AS one) WHERE proceeding_id = %s"
)
_RELY = (
    "INSERT INTO cases_reliance (proceeding_id, licence_identifier, material)"
    " VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
)


def _item(case: Locked) -> CompiledItem:
    return package_version(case.version_id).compiled.item(case.facts["item"])


def open_debt_in(act: Act, case: Locked) -> None:
    """A case is accepted that lacks what was promised: the debt and its clock begin."""
    rule = _item(case).deficiency
    if rule is None:  # the content of the version allows nothing to be owed
        return
    debt = act.open([_debt(case, rule)], parent=case)[0]
    case.open_children += 1
    told = {"materials": case.facts["owed"], "days": debt.facts["days"]}
    act.begin(debt, "begin_debt", body={"item": case.facts["item"], **told})
    act.also(_OWED, [orjson.dumps(_rows(case, debt)).decode()])


def _debt(case: Locked, rule: CompiledDeficiency) -> NewProceeding:
    return NewProceeding(
        kind="debt",
        prefix=SIDES["debt"].prefix,
        region=case.region,
        department=case.department,
        party_id=case.party_id,
        version_id=case.version_id,
        state=DebtState.OWED,
        facts={
            "item": case.facts["item"],
            "of_number": case.number,
            "owed": case.facts["owed"],
            "days": rules.debt_days(rule, _item(case).promise.value),
        },
    )


def _rows(case: Locked, debt: Locked) -> list[dict[str, Any]]:
    compiled = package_version(case.version_id).compiled
    rows = []
    for code in case.facts["owed"]:
        uses = (u for u in compiled.material(code).uses if u.item == case.facts["item"])
        licence = next((u.licence for u in uses if u.exempt == "LICENCE"), "")
        rows.append({"proceeding_id": debt.id, "material": code, "licence_type": licence})
    return rows


def open_debts_of(case_ids: Sequence[int], material: str) -> list[int]:
    """The debts below some cases in which this material is still owed."""
    found = Owed.objects.filter(
        proceeding__parent_id__in=case_ids, material=material, paid_at=None
    )
    return list(found.values_list("proceeding_id", flat=True))


def pay_in(act: Act, debt: Locked, given: Mapping[str, Any]) -> None:
    """Pay one material of a debt; ``given`` is its line of the set, files or a licence.

    Raises NothingOwed where it is not owed (any more).
    """
    material = given["material"]
    owed = debt.facts["owed"]
    if material not in owed or debt.is_ended:
        raise rules.NothingOwed(
            "这份材料现在不欠：可能已经补齐，或者期限已经过去。请刷新页面查看。",
            facts={"number": debt.facts["of_number"], "material": material},
        )
    case = act.parent_of(debt)
    assert case is not None  # noqa: S101 -- a debt stands below its case
    left = [one for one in owed if one != material]
    debt.facts = {**debt.facts, "owed": left}
    case.facts = {k: v for k, v in case.facts.items() if k != "owed"}
    if left:
        case.facts["owed"] = left
    told = {"item": case.facts["item"], "material": material, "left": left}
    act.record(case, "pay_owed", body=told)
    act.move(debt, "pay_part" if left else "settle", body=told)
    licence = given.get("licence", "")
    act.also(_PAID, [act.now, licence or "files", debt.id, material])
    act.also(_FILE, [material, orjson.dumps(dict(given)).decode(), case.id])
    if licence:
        act.also(_RELY, [case.id, licence, material])


def pay_with_licence(
    *, party_id: int, licence_type: str, identifier: str, now: datetime
) -> list[int]:
    """A licence of the applicant has appeared: what it replaces is paid by itself (免交).

    Answers the debts that were paid. Idempotent.
    """
    found = Owed.objects.filter(
        licence_type=licence_type, paid_at=None, proceeding__party_id=party_id
    ).values_list("proceeding_id", "material")
    paid = []
    for debt_id, material in found:
        with Act(by=SYSTEM, now=now) as act:
            debt = act.lock(debt_id)
            if debt.is_ended or material not in debt.facts["owed"]:
                act.drop()
                continue
            line = {"material": material, "exempt": "LICENCE", "licence": identifier}
            pay_in(act, debt, line)
        paid.append(debt_id)
    return paid


def extend_debt(*, debt_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Give the applicant more time, once, with a reason that he sees.

    Raises NotExtendable where the rules give none, or it was used.
    """
    reason = rules.need_text("reason", reason, "请写明延长补交期限的理由，申请人会看到。")
    with Act(by=by, now=now) as act:
        debt = act.lock(debt_id)
        rule = _item(debt).deficiency
        clock = debt.clocks.get("debt")
        if rule is None or rule.extension is None or clock is None or clock.ledger.extended_at:
            raise rules.NotExtendable(
                "补交期限只能延长一次，现在不能再延长。", facts={"number": debt.number}
            )
        told = {"item": debt.facts["item"], "days": rule.extension.value, "reason": reason}
        act.move(debt, "extend_debt", body=told)


def lapse_debt_in(act: Act, debt: Locked, clock: str) -> None:
    """The promised time is over and something is missing.

    The case hears of it also where it was decided first (签批先行): the promise is broken all the
    same, and stands on the record.
    """
    case = act.parent_of(debt)
    told = {"item": debt.facts["item"], "owed": debt.facts["owed"]}
    if case is not None:
        facts = {k: v for k, v in case.facts.items() if k != "owed"}
        case.facts = {**facts, "owed_lapsed": debt.facts["owed"]}
        act.record(case, "debt_lapsed", body=told)
    act.move(debt, "lapse_debt", body={**told, "clock": clock})


def lapse_case(*, case_id: int, now: datetime) -> bool:
    """What was promised did not come: the application for this item counts as withdrawn.

    Only where the item's rules say so; otherwise the department decides on what is there.
    Answers whether the case ended. Idempotent.
    """
    with Act(by=SYSTEM, now=now) as act:
        case = act.lock(case_id)
        rule = _item(case).deficiency
        ends = rule is not None and rule.on_lapse == "withdrawn"
        if not ends or case.state != CaseState.ACCEPTED or not case.facts.get("owed_lapsed"):
            act.drop()
            return False
        told = {"item": case.facts["item"], "owed": case.facts["owed_lapsed"]}
        act.move(case, "lapse", basis=rule.basis if rule else "", body=told)
    return True


def note_broken_promise(*, case_id: int, cause: str, now: datetime) -> None:
    """A promise to supply was not kept: it is noted on the applicant's credit record."""
    file = CaseFile.objects.select_related("proceeding").get(proceeding_id=case_id)
    case = file.proceeding
    compiled = package_version(case.version_id).compiled
    names = "、".join(
        compiled.material(code).name.zh for code in case.facts.get("owed_lapsed", ())
    )
    item = compiled.item(file.item_code)
    note_event(
        event=Event(
            kind="broken-promise",
            party_id=case.party_id,
            region=case.region,
            department=case.department,
            version_id=case.version_id,
            case_number=case.number,
            reason=f"“{item.name.zh}”容缺的材料到期没有补齐：{names}。",
            cause=cause,
        ),
        now=now,
    )


def outlives(case: Locked, side: Locked) -> bool:
    """Whether a side goes on after the end of its case: the debt of a grant that came first."""
    rule = _item(case).deficiency
    granted = case.state in (CaseState.PRODUCING, CaseState.GRANTED)
    return side.kind == "debt" and granted and rule is not None and rule.after_decision
