"""Commitment (告知承诺): the letter kept with the case, the check after the decision, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction

from tongban.cases import rules
from tongban.cases.models import CaseFile, Letter, PostCheck
from tongban.cases.queries.checks import fit_companions
from tongban.cases.rules import checks
from tongban.cases.states.checks import CheckState, LetterState
from tongban.catalogue.queries import package_version
from tongban.credit.actions import Event, note_event
from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.worktime import city_date
from tongban.licences.actions import change_state
from tongban.licences.queries import get_licence
from tongban.licences.states import LicenceState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.cases.actions.filing import Filing
    from tongban.catalogue.rules.compiled import CompiledItem

PREFIX = "HC"
_LETTER = (
    "INSERT INTO cases_letter (proceeding_id, regime, letter, version, words, text_hash,"
    " signed_by, signed_at, state) SELECT t.*, %s, %s, 'signed'"
    " FROM jsonb_to_recordset(%s::jsonb) AS t (proceeding_id bigint, regime text, letter text,"
    " version int, words jsonb, text_hash text)"
)


def sign_letters_in(act: Act, cases: Sequence[Locked], filings: Sequence[Filing]) -> None:
    """Keep the letters that were signed with an application, word for word and by version."""
    rows: list[dict[str, Any]] = []
    for case, filing in zip(cases, filings, strict=True):
        rows += _letters(act, case, filing)
    if rows:
        act.also(_LETTER, [act.by.id, act.now, orjson.dumps(rows).decode()])


def _letters(act: Act, case: Locked, filing: Filing) -> list[dict[str, Any]]:
    item = filing.item
    if item.commitment is None and item.proof_letter is None:
        return []
    compiled = package_version(case.version_id).compiled
    facts = rules.facts_of(case.facts)
    chosen = checks.committed(item, facts, compiled, city_date(act.now))
    if chosen:
        case.facts = {**case.facts, "committed": True}
    if chosen or checks.replaced(compiled, filing.materials):
        case.facts = {**case.facts, "may_leave": True}
    proofs = [
        compiled.material(m["material"]).name.zh
        for m in filing.materials
        if m.get("exempt") == "COMMIT"
    ]
    rows = []
    for letter in checks.letters_of(item, filing.materials, is_committed=chosen):
        words = checks.words_of(letter, item, proofs)
        rows.append(
            {
                "proceeding_id": case.id,
                "regime": letter.regime,
                "letter": letter.code,
                "version": letter.version,
                "words": words,
                "text_hash": checks.hash_of(words),
            }
        )
    return rows


def begin_check(*, case_id: int, now: datetime) -> str:
    """A decision rests on a commitment: its check begins; answers its number, empty for none.

    Idempotent. Which cases are checked where content names a share is drawn by their numbers.
    """
    file = CaseFile.objects.select_related("proceeding").get(proceeding_id=case_id)
    case = file.proceeding
    item = package_version(case.version_id).compiled.item(file.item_code)
    rule = item.commitment
    if (
        rule is None
        or not case.facts.get("committed")
        or not checks.is_drawn(case.number, rule.percent)
    ):
        return ""
    before = PostCheck.objects.filter(case_id=case_id).select_related("proceeding").first()
    if before is not None:
        return before.proceeding.number
    with Act(by=SYSTEM, now=now) as act:
        check = act.open([_check(case, item)])[0]
        act.begin(check, "begin_check", body={"item": item.code, "of": case.number})
        act.open_step(check, "post_check", role="checker")
        act.also(
            "INSERT INTO cases_postcheck (proceeding_id, case_id, with_accounts, result, finding)"
            " VALUES (%s, %s, '[]', '', '')",
            [check.id, case_id],
        )
    return check.number


def _check(case: Any, item: CompiledItem) -> NewProceeding:
    rule = item.commitment
    assert rule is not None  # noqa: S101 -- the caller has looked
    return NewProceeding(
        kind="check",
        prefix=PREFIX,
        region=case.region,
        department=case.department,
        party_id=case.party_id,
        version_id=case.version_id,
        state=CheckState.DUE,
        facts={
            "item": item.code,
            "case": case.pk,
            "of_number": case.number,
            "days": int(rule.check.value),
            "correct": int(rule.correct.value),
        },
    )


def pass_check(
    *, check_id: int, finding: str, companions: Sequence[int] = (), by: Actor, now: datetime
) -> None:
    """What was committed to holds: the letter is fulfilled. Two officers (行政许可法 34(3))."""
    finding = rules.need_text("finding", finding, "请写明核查的方式和结果。")
    with Act(by=by, now=now) as act:
        check = act.lock(check_id)
        others = _companions(check, companions, by, now)
        act.close_steps(check, "fulfilled")
        act.move(check, "pass_check", body=_told(check, finding, others))
        _note(act, check, "fulfilled", finding, others)


def ask_to_correct(
    *, check_id: int, problem: str, companions: Sequence[int] = (), by: Actor, now: datetime
) -> None:
    """What was found differs from the commitment: it is to be put right in time, once.

    Raises CorrectedOnce the second time.
    """
    problem = rules.need_text("finding", problem, "请写明与承诺不符的地方和怎样改正。")
    with Act(by=by, now=now) as act:
        check = act.lock(check_id)
        if check.facts.get("asked"):
            raise checks.CorrectedOnce(
                "已经责令改正过一次。仍不符合的，由决定岗位认定承诺不实并撤销决定。",
                facts={"number": check.number},
            )
        others = _companions(check, companions, by, now)
        check.facts = {**check.facts, "asked": problem}
        act.close_steps(check, "to_correct")
        act.move(check, "ask_to_correct", body=_told(check, problem, others))
        _note(act, check, "to_correct", problem, others)


def report_corrected(*, check_id: int, report: str, by: Actor, now: datetime) -> None:
    """The holder says what was put right; it is checked again."""
    report = rules.need_text("report", report, "请写明怎样改正的。")
    with Act(by=by, now=now) as act:
        check = act.lock(check_id)
        check.facts = {**check.facts, "report": report}
        act.move(check, "report_corrected", body={"item": check.facts["item"], "reason": report})
        act.open_step(check, "post_check", role="checker")


def lapse_correcting_in(act: Act, check: Locked, clock: str) -> None:
    """The time to put it right is over without a word: it is checked again, or decided."""
    act.move(check, "lapse_correcting", body={"item": check.facts["item"], "clock": clock})
    act.open_step(check, "post_check", role="checker")


def fail_check(*, check_id: int, reasons: str, by: Actor, now: datetime) -> None:
    """The commitment was false or was not put right: by the decider, with reasons.

    The licence is revoked in the same transaction (行政许可法 69); one that is not in force any
    more, or that a department's own system issued, is left as it is.
    """
    reasons = rules.need_text("reasons", reasons, "请写明承诺不实的事实、理由和依据。")
    with transaction.atomic():
        with Act(by=by, now=now) as act:
            check = act.lock(check_id)
            act.close_steps(check, "breached")
            told = {"item": check.facts["item"], "reason": reasons}
            act.move(check, "fail_check", basis=_basis(check), body=told)
            _note(act, check, "breached", reasons, [])
        case = PostCheck.objects.select_related("case").get(proceeding_id=check_id).case
        identifier = str(case.facts.get("licence", ""))
        if identifier and not case.facts.get("system"):
            _revoke(identifier, reasons, by, now)


def _basis(check: Locked) -> str:
    rule = package_version(check.version_id).compiled.item(check.facts["item"]).commitment
    return rule.basis if rule else ""


def end_breach(*, check_id: int, reasons: str, now: datetime) -> None:
    """After a breach: the letters are broken, and it goes on the credit record. Idempotent."""
    row = PostCheck.objects.select_related("proceeding", "case").get(proceeding_id=check_id)
    case, check = row.case, row.proceeding
    Letter.objects.filter(proceeding_id=case.pk, state=LetterState.SIGNED).update(
        state=LetterState.BREACHED, ended_at=now
    )
    item = package_version(case.version_id).compiled.item(check.facts["item"])
    note_event(
        event=Event(
            kind="false-commitment",
            party_id=case.party_id,
            region=case.region,
            department=case.department,
            version_id=case.version_id,
            case_number=case.number,
            reason=f"“{item.name.zh}”的告知承诺不实：{reasons}",
            cause=f"check/{check.number}",
        ),
        now=now,
    )


def _revoke(identifier: str, reasons: str, by: Actor, now: datetime) -> None:
    if get_licence(identifier, city_date(now)).is_in_force:
        change_state(
            identifier=identifier,
            to=LicenceState.REVOKED,
            reason=reasons,
            basis="行政许可法第六十九条；告知承诺不实",
            by=by,
            now=now,
        )


def fulfil_letters(*, check_id: int, now: datetime) -> None:
    """After a check that found everything as promised. Idempotent."""
    row = PostCheck.objects.get(proceeding_id=check_id)
    Letter.objects.filter(proceeding_id=row.case_id, state=LetterState.SIGNED).update(
        state=LetterState.FULFILLED, ended_at=now
    )


def withdraw_letters(*, case_id: int, now: datetime) -> None:
    """The applicant has withdrawn before the decision: the letters bind no more. Idempotent."""
    Letter.objects.filter(proceeding_id=case_id, state=LetterState.SIGNED).update(
        state=LetterState.WITHDRAWN, ended_at=now
    )


def _companions(check: Locked, companions: Sequence[int], by: Actor, now: datetime) -> list[int]:
    rule = package_version(check.version_id).compiled.item(check.facts["item"]).commitment
    fit = {one.account_id for one in fit_companions(check.department, check.region, now)}
    return checks.need_companions(rule.officers if rule else 2, by.id, companions, fit)


def _told(check: Locked, finding: str, others: Sequence[int]) -> dict[str, Any]:
    return {"item": check.facts["item"], "reason": finding, "companions": list(others)}


def _note(act: Act, check: Locked, result: str, finding: str, others: Sequence[int]) -> None:
    act.also(
        "UPDATE cases_postcheck SET by_account = %s, with_accounts = %s::jsonb, result = %s,"
        " finding = %s, checked_at = %s WHERE proceeding_id = %s",
        [act.by.id, orjson.dumps(list(others)).decode(), result, finding, act.now, check.id],
    )
