"""What the people of a journey may do: each verb is one action of the product."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tests.city import applying
from tests.city.house import moment
from tests.city.lives import Life, applied
from tests.city.registers import mirrored
from tests.city.wishes import wish
from tests.journeys import walkin
from tests.journeys.reviews import REVIEW_VERBS
from tongban.cases import actions as cases
from tongban.cases.models import Requirement
from tongban.cases.rules.redoing import Forum, Order, Relief
from tongban.cases.states import Result
from tongban.catalogue.queries import package_in_force
from tongban.credit import actions as credit
from tongban.engine.actions import reassign_step
from tongban.engine.models import Proceeding
from tongban.kernel.actors import Actor as Anybody
from tongban.kernel.worktime import city_date
from tongban.licences.actions import NewGrant, expire_licences, grant_use, revoke_grant
from tongban.licences.queries import find_valid, grants_by, licences_of
from tongban.packages import actions as packages
from tongban.packages.models import CorrectionNotice
from tongban.packages.queries import check_draft
from tongban.packages.queries.signing import papers_asked_of
from tongban.payments import actions as payments
from tongban.payments.actions import start_payment, take_notice
from tongban.payments.queries import bank, orders_of
from tongban.payments.states import OrderState
from tongban.people.actions import end_guardianship
from tongban.people.queries import party, wards_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.runner import Journey
    from tongban.kernel.actors import Actor


PASSER_BY = Anybody(kind="citizen", id=0, name="利害关系人")


def expire(journey: Journey, by: Actor | None) -> None:
    """What the worker does every minute: licences whose last day has passed end, or go on."""
    expire_licences(now=journey.now)


def wait(journey: Journey, by: Actor) -> None:
    """Nobody does anything; only time passes."""


def submit(journey: Journey, by: Actor, name: str, *flags: str) -> None:
    key = f"{name} again" if "再次" in flags else name
    journey.life = applied(journey.house, name, wants_human="人工" in flags, key=key)


def type_at_window(journey: Journey, by: Actor, name: str, *changes: str) -> None:
    """The clerk finds the person by his card and types all of the application.

    `element=value` differs from the wish; typing again changes the same draft.
    """
    walkin.type_in(journey, by, name, dict(pair.split("=", 1) for pair in changes))


def confirm(journey: Journey, by: Actor, how: str) -> None:
    """Who stands there answers: 屏 agrees on the second screen, 不对 refuses, 纸 signs."""
    walkin.confirm(journey, by, how)


def file_at_window(journey: Journey, by: Actor) -> None:
    walkin.file(journey, by)


def draft(journey: Journey, by: Actor, name: str) -> None:
    """Fill everything in; nothing is filed yet."""
    journey.draft = applying.write_draft(journey.house, wish(name))


def lend(journey: Journey, by: Actor, licence: str, grantee: str, until: str) -> None:
    """Let somebody use a licence for the application, once."""
    held = find_valid(by.party_id, licence, city_date(journey.now))
    to = party(journey.house.actor(grantee).party_id)
    published = package_in_force("P05", city_date(journey.now))
    offered = next(one for one in published.compiled.grants if one.licence == licence)
    grant_use(
        grant=NewGrant(
            held.identifier, offered.fields, to.code, to.name, "P05", offered.role, 1,
            date.fromisoformat(until),
        ),
        by=by,
        now=journey.now,
    )  # fmt: skip


def take_back(journey: Journey, by: Actor, licence: str) -> None:
    """Take back what lets somebody use a licence."""
    given = grants_by([by.party_id], city_date(journey.now))
    (one,) = (g for g in given if g.held.type_code == licence and not g.why_not)
    revoke_grant(grant_id=one.id, by=by, now=journey.now)


def pay(journey: Journey, by: Actor, trouble: str = "") -> None:
    """Pay what is due at the built-in bank, which may have a bad day."""
    for one in orders_of([journey.package.id]):
        if one.state is OrderState.DUE:
            reference = start_payment(number=one.number, by=by, now=journey.now)
            for body, signature in bank().pay(reference, at=journey.now, trouble=trouble):
                take_notice(body=body, signature=signature, now=journey.now)


def ask_bank(journey: Journey, by: Actor) -> None:
    """Ask what became of the payments that nobody heard of."""
    for one in orders_of([journey.package.id]):
        payments.ask_bank(number=one.number, now=journey.now)


def ask(journey: Journey, by: Actor) -> None:
    """Ask everybody who must sign."""
    assert journey.draft is not None
    packages.ask_signatures(draft_id=journey.draft, by=by, now=journey.now)


def sign(journey: Journey, by: Actor) -> None:
    """Sign what waits for this person."""
    (paper,) = papers_asked_of(by, city_date(journey.now))
    packages.sign_paper(signature_id=paper.id, seen=paper.content_hash, by=by, now=journey.now)


def decline(journey: Journey, by: Actor, reason: str) -> None:
    (paper,) = papers_asked_of(by, city_date(journey.now))
    packages.decline_paper(signature_id=paper.id, reason=reason, by=by, now=journey.now)


def change(journey: Journey, by: Actor, element: str, value: str) -> None:
    """Change an answer of the draft."""
    assert journey.draft is not None
    check = check_draft(by, journey.draft, journey.now)
    packages.write_answers(
        draft_id=journey.draft,
        typed=packages.Typed({element: value}, check.draft.revision),
        fields=check.published.compiled.fields,
        by=by,
        now=journey.now,
    )


def file(journey: Journey, by: Actor, name: str) -> None:
    """File the draft that lies there."""
    assert journey.draft is not None
    filed = packages.submit_application(draft_id=journey.draft, key="once", by=by, now=journey.now)
    journey.house.rest()
    journey.life = Life(journey.house, wish(name), filed.proceeding_id, filed.number)


def withdraw(journey: Journey, by: Actor, item: str = "") -> None:
    if item:
        cases.withdraw_case(case_id=journey.case(item).id, by=by, now=journey.now)
    else:
        packages.withdraw_application(package_id=journey.package.id, by=by, now=journey.now)


def supply(journey: Journey, by: Actor, *given: str) -> None:
    """`element=value` answers, `material` alone uploads a new one; for whoever asked for it."""
    answers = dict(pair.split("=", 1) for pair in given if "=" in pair)
    uploads = [code for code in given if "=" not in code]
    notice = CorrectionNotice.objects.get(proceeding_id=journey.package.id)
    supplies = [
        packages.Supply(
            item=item,
            answers={t: answers[t] for t in targets if t in answers},
            materials=[journey.uploaded(t, by) for t in targets if t in uploads],
        )
        for item, targets in _targets(notice.lines).items()
    ]
    packages.supply_correction(
        package_id=journey.package.id, supplies=supplies, by=by, now=journey.now
    )


def supply_owed(journey: Journey, by: Actor, material: str) -> None:
    """Supply a material that was promised: a new picture, bound to the cases that wait for it."""
    given = journey.uploaded(material, by)
    packages.supply_owed(
        package_id=journey.package.id,
        material=material,
        files=given["files"],
        by=by,
        now=journey.now,
    )


def supply_first(journey: Journey, by: Actor, material: str) -> None:
    """The same for the applicant's first application, where this journey tells of several."""
    mine = Proceeding.objects.filter(kind="package", party_id=journey.package.party_id)
    given = journey.uploaded(material, by)
    packages.supply_owed(
        package_id=mine.order_by("id")[0].id,
        material=material,
        files=given["files"],
        by=by,
        now=journey.now,
    )


def extend_debt(journey: Journey, by: Actor, item: str, reason: str) -> None:
    debt = Proceeding.objects.get(parent_id=journey.case(item).id, kind="debt")
    cases.extend_debt(debt_id=debt.id, reason=reason, by=by, now=journey.now)


def registers(journey: Journey, by: Actor, kind: str, number: str) -> None:
    """Another register gives the applicant a licence: it is mirrored, never reissued."""
    mirrored(journey.house, kind, number, journey.package.party_id, journey.now)


def _checked(journey: Journey, item: str) -> Proceeding:
    return Proceeding.objects.get(kind="check", facts__case=journey.case(item).id)


def pass_check(journey: Journey, by: Actor, item: str, finding: str, *companions: str) -> None:
    cases.pass_check(
        check_id=_checked(journey, item).id,
        finding=finding,
        companions=[journey.house.actor(login).id for login in companions],
        by=by,
        now=journey.now,
    )


def ask_to_correct(journey: Journey, by: Actor, item: str, problem: str, *companions: str) -> None:
    cases.ask_to_correct(
        check_id=_checked(journey, item).id,
        problem=problem,
        companions=[journey.house.actor(login).id for login in companions],
        by=by,
        now=journey.now,
    )


def report_corrected(journey: Journey, by: Actor, item: str, report: str) -> None:
    cases.report_corrected(
        check_id=_checked(journey, item).id, report=report, by=by, now=journey.now
    )


def fail_check(journey: Journey, by: Actor, item: str, reasons: str) -> None:
    cases.fail_check(check_id=_checked(journey, item).id, reasons=reasons, by=by, now=journey.now)


def object_(journey: Journey, by: Actor, reason: str) -> None:
    """The applicant says that what is on record about him is wrong."""
    credit.object_to_record(record_id=_record(journey).id, reason=reason, by=by, now=journey.now)


def lift(journey: Journey, by: Actor, answer: str) -> None:
    credit.answer_objection(
        record_id=_record(journey).id, upheld=False, answer=answer, by=by, now=journey.now
    )


def _record(journey: Journey) -> Proceeding:
    return Proceeding.objects.filter(kind="credit", party_id=journey.package.party_id).latest("id")


def _targets(lines: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(line["item"], []).append(line["target"])
    return found


def collect(journey: Journey, by: Actor) -> None:
    packages.collect_results(package_id=journey.package.id, by=by, now=journey.now)


def ask_human(journey: Journey, by: Actor, item: str, reason: str = "") -> None:
    cases.ask_human(case_id=journey.case(item).id, reason=reason, by=by, now=journey.now)


def require(
    journey: Journey,
    by: Actor,
    item: str,
    target: str,
    problem: str,
    remedy: str,
    clause: str = "",
) -> None:
    cases.raise_requirement(
        case_id=journey.case(item).id,
        missing=cases.Missing(target, problem, remedy, clause),
        by=by,
        now=journey.now,
    )


def clear(journey: Journey, by: Actor, item: str, target: str) -> None:
    case = journey.case(item)
    found = Requirement.objects.get(proceeding_id=case.id, target=target, cleared_at=None)
    cases.clear_requirement(case_id=case.id, requirement_id=found.pk, by=by, now=journey.now)


def accept(journey: Journey, by: Actor) -> None:
    packages.accept_application(package_id=journey.package.id, by=by, now=journey.now)


def ask_correction(journey: Journey, by: Actor) -> None:
    packages.ask_correction(package_id=journey.package.id, by=by, now=journey.now)


def resume(journey: Journey, by: Actor) -> None:
    packages.resume_application(package_id=journey.package.id, by=by, now=journey.now)


def refuse(journey: Journey, by: Actor, item: str, reason: str, right_body: str) -> None:
    cases.refuse_acceptance(
        case_id=journey.case(item).id, reason=reason, right_body=right_body, by=by, now=journey.now
    )


def not_required(journey: Journey, by: Actor, item: str, reason: str) -> None:
    cases.declare_not_required(
        case_id=journey.case(item).id, reason=reason, by=by, now=journey.now
    )


def pass_(
    journey: Journey, by: Actor, item: str, step: str, opinion: str, *companions: str
) -> None:
    """Pass a step; `同事` goes along as whoever may."""
    assert journey.life is not None
    others = [journey.house.actor(login).id for login in companions if login != "同事"]
    if "同事" in companions:
        others += journey.life.companions(item, by)
    cases.pass_step(
        case_id=journey.case(item).id,
        step_code=step,
        opinion=opinion,
        companions=others,
        by=by,
        now=journey.now,
    )


def return_(journey: Journey, by: Actor, item: str, step: str, opinion: str) -> None:
    cases.return_step(
        case_id=journey.case(item).id, step_code=step, opinion=opinion, by=by, now=journey.now
    )


def grant(journey: Journey, by: Actor, item: str, reasons: str = "") -> None:
    _decide(journey, by, item, Result.GRANT, reasons)


def deny(journey: Journey, by: Actor, item: str, reasons: str) -> None:
    _decide(journey, by, item, Result.DENY, reasons)


def _decide(journey: Journey, by: Actor, item: str, result: Result, reasons: str) -> None:
    cases.decide_case(
        case_id=journey.case(item).id, result=result, reasons=reasons, by=by, now=journey.now
    )


def start_special(
    journey: Journey, by: Actor, item: str, procedure: str, days: str, reason: str
) -> None:
    cases.start_special(
        case_id=journey.case(item).id,
        procedure=procedure,
        days=int(days),
        reason=reason,
        by=by,
        now=journey.now,
    )


def assign_inspectors(
    journey: Journey, by: Actor, item: str, procedure: str, *logins: str
) -> None:
    case = journey.case(item)
    special = Proceeding.objects.get(parent_id=case.id, facts__procedure=procedure)
    cases.assign_inspectors(
        special_id=special.id,
        accounts=[journey.house.actor(login).id for login in logins],
        by=by,
        now=journey.now,
    )


def conclude_special(journey: Journey, by: Actor, item: str, procedure: str, finding: str) -> None:
    case = journey.case(item)
    special = Proceeding.objects.get(parent_id=case.id, facts__procedure=procedure)
    cases.conclude_special(special_id=special.id, finding=finding, by=by, now=journey.now)


def _hearing(journey: Journey, item: str) -> Proceeding:
    found = Proceeding.objects.filter(parent_id=journey.case(item).id, kind="hearing")
    return found.latest("id")


def tell_hearing(journey: Journey, by: Actor, item: str, reason: str) -> None:
    cases.tell_hearing(case_id=journey.case(item).id, reason=reason, by=by, now=journey.now)


def ask_hearing(journey: Journey, by: Actor, item: str) -> None:
    cases.ask_hearing(hearing_id=_hearing(journey, item).id, by=by, now=journey.now)


def call_hearing(journey: Journey, by: Actor, item: str, at: str, place: str, chair: str) -> None:
    call = cases.Call(moment(at), place, journey.house.actor(chair).id)
    cases.call_hearing(hearing_id=_hearing(journey, item).id, call=call, by=by, now=journey.now)


def object_to_chair(journey: Journey, by: Actor, item: str, reason: str) -> None:
    cases.object_to_chair(
        hearing_id=_hearing(journey, item).id, reason=reason, by=by, now=journey.now
    )


def answer_objection(journey: Journey, by: Actor, item: str, chair: str, reason: str) -> None:
    cases.answer_objection(
        hearing_id=_hearing(journey, item).id,
        chair=journey.house.actor(chair).id,
        reason=reason,
        by=by,
        now=journey.now,
    )


def record_hearing(journey: Journey, by: Actor, item: str, present: str, text: str) -> None:
    cases.record_hearing(
        hearing_id=_hearing(journey, item).id, present=present, text=text, by=by, now=journey.now
    )


def sign_minutes(journey: Journey, by: Actor, item: str) -> None:
    cases.sign_minutes(hearing_id=_hearing(journey, item).id, by=by, now=journey.now)


def conclude_hearing(journey: Journey, by: Actor, item: str, unsigned: str = "") -> None:
    cases.conclude_hearing(
        hearing_id=_hearing(journey, item).id, unsigned_because=unsigned, by=by, now=journey.now
    )


def hear_interested(journey: Journey, by: Actor, item: str, name: str, concerns: str) -> None:
    who = cases.Concerned(name, concerns)
    cases.hear_interested(case_id=journey.case(item).id, who=who, by=by, now=journey.now)


def make_statement(journey: Journey, by: Actor | None, item: str, text: str) -> None:
    """The last interested party of the item speaks by his link."""
    found = Proceeding.objects.filter(parent_id=journey.case(item).id, kind="statement")
    cases.make_statement(
        statement_id=found.latest("id").id,
        text=text,
        by=PASSER_BY,
        now=journey.now,
        is_by_link=True,
    )


def extend(journey: Journey, by: Actor, item: str, reason: str) -> None:
    cases.extend_case(case_id=journey.case(item).id, reason=reason, by=by, now=journey.now)


def terminate(journey: Journey, by: Actor, item: str, reason: str) -> None:
    cases.terminate_case(case_id=journey.case(item).id, reason=reason, by=by, now=journey.now)


def object_to_notice(
    journey: Journey, by: Actor | None, item: str, name: str, contact: str, *said: str
) -> None:
    """Somebody who is concerned objects on the public page."""
    objection = cases.NewObjection(name, contact, *said)
    cases.object_to_notice(
        case_id=journey.case(item).id, objection=objection, by=PASSER_BY, now=journey.now
    )


def uphold_objection(journey: Journey, by: Actor, item: str, reason: str) -> None:
    cases.answer_notice_objection(
        case_id=journey.case(item).id, upheld=True, reason=reason, by=by, now=journey.now
    )


def leave_commitment(journey: Journey, by: Actor, item: str) -> None:
    cases.leave_commitment(case_id=journey.case(item).id, by=by, now=journey.now)


def supply_proof(journey: Journey, by: Actor, item: str, material: str) -> None:
    given = journey.uploaded(material, by)
    cases.supply_proof(
        case_id=journey.case(item).id, material=material, files=given["files"], by=by,
        now=journey.now,
    )  # fmt: skip


def ask_early(journey: Journey, by: Actor, item: str, project: str, question: str) -> None:
    """The builder asks for the enterprise that he represents, before anything is applied for."""
    party_id = next(one for one in sorted(by.acts_for) if one != by.party_id)
    asked = cases.EarlyQuestion("P13-S3", item, project, question)
    cases.ask_early(asked=asked, party_id=party_id, by=by, now=journey.now)


def answer_early(journey: Journey, by: Actor, text: str) -> None:
    """The officer answers the last question."""
    last = Proceeding.objects.filter(kind="early").latest("id")
    cases.answer_early(early_id=last.id, answer=text, by=by, now=journey.now)


def propose_visit(journey: Journey, by: Actor, at: str, place: str) -> None:
    packages.propose_visit(
        package_id=journey.package.id, held_at=moment(at), place=place, by=by, now=journey.now
    )


def join_visit(journey: Journey, by: Actor, item: str) -> None:
    """Two of the department go: who names them, and a colleague."""
    assert journey.life is not None
    case = journey.case(item)
    going = [by.id, *journey.life.companions(item, by)]
    cases.join_visit(case_id=case.id, officers=going, by=by, now=journey.now)


def set_aside(journey: Journey, by: Actor, item: str, *said: str) -> None:
    """The head records a decision on review; the journey goes on with the new application."""
    forum, relief, body, document, dated, reason = said
    order = Order(Forum(forum), Relief(relief), body, document, date.fromisoformat(dated), reason)
    case = journey.case(item)
    filed = packages.set_aside(case_id=case.id, order=order, by=by, now=journey.now)
    if filed is not None:
        assert journey.life is not None
        journey.house.rest()
        journey.life = Life(journey.house, journey.life.wish, filed.proceeding_id, filed.number)


def state_new_grounds(journey: Journey, by: Actor, item: str, grounds: str) -> None:
    cases.state_new_grounds(case_id=journey.case(item).id, grounds=grounds, by=by, now=journey.now)


def answer(journey: Journey, by: Actor, item: str, opinion: str) -> None:
    cases.confirm_review(case_id=journey.case(item).id, opinion=opinion, by=by, now=journey.now)


def reassign(journey: Journey, by: Actor, item: str, step: str, to: str, reason: str) -> None:
    reassign_step(
        proceeding_id=journey.case(item).id,
        step_code=step,
        to_account=journey.house.actor(to).id,
        reason=reason,
        by=by,
        now=journey.now,
    )


def deliver(journey: Journey, by: Actor, receiver: str) -> None:
    packages.deliver_results(
        package_id=journey.package.id, receiver=receiver, by=by, now=journey.now
    )


def post(journey: Journey, by: Actor, carrier: str, number: str) -> None:
    packages.post_results(
        package_id=journey.package.id, carrier=carrier, number=number, by=by, now=journey.now
    )


def post_returned(journey: Journey, by: Actor) -> None:
    packages.note_return(package_id=journey.package.id, by=by, now=journey.now)


def post_arrived(journey: Journey, by: Actor) -> None:
    packages.note_arrival(package_id=journey.package.id, by=by, now=journey.now)


def family(journey: Journey, by: Actor) -> None:
    """Whom this person guards today, and how many licences of theirs he sees."""
    on = city_date(journey.now)
    found = wards_of(by.party_id or 0, on)
    for one in found:
        held = licences_of({one.child_id} & by.acts_for, on)
        number = "有" if one.child_code else "没有"
        journey.told.append(
            f"家人：{one.child}，监护到{one.until}，{number}公民身份号码，"
            f"看得到 {len(held)} 份证照"
        )
    if not found:
        journey.told.append("家人：没有")


def end_guardian(journey: Journey, by: Actor, login: str, reason: str) -> None:
    """The window ends a guardianship from the judgment that is shown."""
    guardian = journey.house.actor(login).party_id
    [one] = wards_of(guardian or 0, city_date(journey.now))
    end_guardianship(guardianship_id=one.id, reason=reason, by=by, now=journey.now)


VERBS: dict[str, Callable[..., None]] = {
    **REVIEW_VERBS,
    "wait": wait,
    "expire": expire,
    "submit": submit,
    "type": type_at_window,
    "confirm": confirm,
    "file": file_at_window,
    "draft": draft,
    "pay": pay,
    "ask_bank": ask_bank,
    "lend": lend,
    "take_back": take_back,
    "ask": ask,
    "sign": sign,
    "decline": decline,
    "change": change,
    "file_draft": file,
    "withdraw": withdraw,
    "supply": supply,
    "supply_owed": supply_owed,
    "supply_first": supply_first,
    "extend_debt": extend_debt,
    "registers": registers,
    "object": object_,
    "pass_check": pass_check,
    "ask_to_correct": ask_to_correct,
    "report_corrected": report_corrected,
    "fail_check": fail_check,
    "lift": lift,
    "collect": collect,
    "ask_human": ask_human,
    "require": require,
    "clear": clear,
    "accept": accept,
    "ask_correction": ask_correction,
    "resume": resume,
    "refuse": refuse,
    "not_required": not_required,
    "pass": pass_,
    "return": return_,
    "grant": grant,
    "deny": deny,
    "start_special": start_special,
    "conclude_special": conclude_special,
    "assign_inspectors": assign_inspectors,
    "tell_hearing": tell_hearing,
    "ask_hearing": ask_hearing,
    "call_hearing": call_hearing,
    "object_to_chair": object_to_chair,
    "answer_objection": answer_objection,
    "record_hearing": record_hearing,
    "sign_minutes": sign_minutes,
    "conclude_hearing": conclude_hearing,
    "hear_interested": hear_interested,
    "make_statement": make_statement,
    "extend": extend,
    "terminate": terminate,
    "object_to_notice": object_to_notice,
    "uphold_objection": uphold_objection,
    "leave_commitment": leave_commitment,
    "supply_proof": supply_proof,
    "ask_early": ask_early,
    "answer_early": answer_early,
    "propose_visit": propose_visit,
    "join_visit": join_visit,
    "set_aside": set_aside,
    "state_new_grounds": state_new_grounds,
    "answer": answer,
    "reassign": reassign,
    "deliver": deliver,
    "post": post,
    "post_returned": post_returned,
    "post_arrived": post_arrived,
    "family": family,
    "end_guardian": end_guardian,
}
