"""A hearing from the telling of the right to its signed minutes (行政许可法 46 to 48).

The clocks of the case stand still from the telling until the hearing has ended or was waived
(45). Interested parties act by their own proceeding, `statement_id`, which the door has checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tongban.cases import rules
from tongban.cases.actions.route import item_of, require_work
from tongban.cases.actions.sides import begin_side, need_accepted, new_side
from tongban.cases.models import Minutes, Opinion, Signature
from tongban.cases.rules import sides as side_rules
from tongban.cases.rules.sides import HEARING_BASIS, ObjectionOpen
from tongban.catalogue.queries import calendar, package_version, parameters
from tongban.engine.actions import Act, Locked
from tongban.engine.states import StepParty
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.people.queries import officers_for

if TYPE_CHECKING:
    from tongban.kernel.actors import Actor

_CHAIRS = ("decider", "checker", "reviewer")


def tell_hearing(*, case_id: int, reason: str, by: Actor, now: datetime) -> str:
    """Tell the applicant and the interested parties of the right to a hearing; answers its number.

    The time needed is told in writing, and the clocks of the case stand still (45). Raises
    BadInput where the item announces no hearing, or without the reason.
    """
    reason = rules.need_text("reason", reason, "请写明为什么需要告知听证权利，申请人会看到。")
    with Act(by=by, now=now) as act:
        case = act.lock(case_id, family=True)
        need_accepted(case, by)
        require_work(case, by)
        if any(one.kind == "hearing" and not one.is_ended for one in act.children_of(case)):
            raise BadInput.at("reason", "hearing-open", "本件已经有一次听证在进行。")
        found = rules.need_procedure(item_of(case), "hearing", life="hearing")
        days = side_rules.total_days("hearing", package_version(case.version_id).compiled)
        told = {"procedure": found.code, "reason": reason}
        hearing = begin_side(
            act,
            case,
            new_side(case, "hearing", told),
            verb="begin_hearing",
            body=told,
            whose=StepParty.APPLICANT,
        )
        body = {"item": case.facts["item"], **told, "days": days, "special": hearing.number}
        act.move(case, "start_special", basis=found.basis, body=body)
    return hearing.number


def ask_hearing(
    *, hearing_id: int, by: Actor, now: datetime, statement_id: int | None = None
) -> None:
    """Ask for the hearing within five working days; it is then held within twenty (47)."""
    with Act(by=by, now=now) as act:
        hearing = _concerned(act, hearing_id, statement_id, "ask_hearing")
        act.close_steps(hearing, "asked")
        act.move(hearing, "ask_hearing", basis="行政许可法第四十七条第一款", body=_told(hearing))
        act.open_step(hearing, "call_hearing", role="reviewer")


def waive_hearing(*, hearing_id: int, by: Actor, now: datetime) -> None:
    """The applicant does not want the hearing; the clocks of the case run on at once."""
    with Act(by=by, now=now) as act:
        hearing = act.lock(hearing_id)
        act.move(hearing, "waive_hearing", body=_told(hearing))


def lapse_hearing_in(act: Act, hearing: Locked, clock: str) -> None:
    """Nobody asked in time: the hearing counts as waived (47)."""
    del clock
    act.move(hearing, "lapse_hearing", basis="行政许可法第四十七条第一款", body=_told(hearing))


@dataclass(frozen=True, slots=True)
class Call:
    """When and where a hearing is held, and who chairs it.

    A hearing is public; ``closed_because`` says which secret or privacy closes it (48(1)(2)).
    """

    held_at: datetime
    place: str
    chair: int
    closed_because: str = ""


def call_hearing(*, hearing_id: int, call: Call, by: Actor, now: datetime) -> None:
    """Notify time, place and chair, seven working days before at the least (48(1)).

    Raises NotificationTooLate for too short a notice, or a day after the limit; BadInput for a
    chair who reviews the application. Called again before it is held, the hearing is moved.
    """
    place = side_rules.need_short("place", call.place, "请写明听证的地点，200 字以内。")
    with Act(by=by, now=now) as act:
        hearing = act.lock(hearing_id)
        if hearing.state not in ("requested", "called"):
            act.move(hearing, "call_hearing")  # refused in words, by the machine
        holding = hearing.clocks["hearing_holding"]
        side_rules.need_notice(
            held_at=call.held_at,
            now=now,
            days=_notice_days(now),
            due_at=holding.due_at,
            calendar=calendar(hearing.region),
        )
        role = _chair_role(act, hearing, call.chair, now)
        told = {
            "held_at": call.held_at.isoformat(),
            "place": place,
            "chair": call.chair,
            "closed": call.closed_because.strip(),
        }
        hearing.facts = {**hearing.facts, **told, "objection": ""}
        act.cancel_steps(hearing, "called")
        act.move(hearing, "call_hearing", basis=HEARING_BASIS, body={**_told(hearing), **told})
        act.open_step(hearing, "hold_hearing", role=role)


def _notice_days(now: datetime) -> int:
    """The working days of notice that content gives today."""
    return int(parameters(city_date(now))["hearing_notice_days"][-1][1])


def _chair_role(act: Act, hearing: Locked, chair: int, now: datetime) -> str:
    """The role by which the chair gets the hearing into his inbox; refused where he may not."""
    case = act.parent_of(hearing)
    reviewers = {step.assignee_id for step in case.steps if step.assignee_id} if case else set()
    written = Opinion.objects.filter(proceeding_id=hearing.parent_id or 0)
    for author, others in written.values_list("by_account", "with_accounts"):
        reviewers |= {author, *others}
    fit = {
        officer.account_id: role
        for role in _CHAIRS
        for officer in officers_for(
            f"{hearing.department}.{role}", hearing.region, on=city_date(now)
        )
    }
    side_rules.need_chair(chair, fit=fit.keys(), reviewers=reviewers)
    return fit[chair]


def object_to_chair(
    *,
    hearing_id: int,
    reason: str,
    by: Actor,
    now: datetime,
    statement_id: int | None = None,
) -> None:
    """Say that the chair has an interest in the matter; the head decides (48(1)(3))."""
    reason = side_rules.need_short(
        "reason", reason, "请写明主持人与本件有什么直接利害关系，500 字以内。", 500
    )
    with Act(by=by, now=now) as act:
        hearing = _concerned(act, hearing_id, statement_id, "object_to_chair")
        hearing.facts = {**hearing.facts, "objection": "open"}
        act.move(
            hearing,
            "object_to_chair",
            basis=HEARING_BASIS,
            body=_told(hearing),
            private={"reason": reason},
        )
        act.open_step(hearing, "objection", role="head")


def answer_objection(
    *, hearing_id: int, chair: int, reason: str, by: Actor, now: datetime
) -> None:
    """The head decides on the objection: another chair, or the same one with the reason why."""
    reason = rules.need_text("reason", reason, "请写明是否回避的理由。")
    with Act(by=by, now=now) as act:
        hearing = act.lock(hearing_id)
        if hearing.facts.get("objection") != "open":
            raise BadInput.at("chair", "nothing-asked", "现在没有要决定的回避申请。")
        told: dict[str, Any] = {"reason": reason, "chair": chair}
        act.cancel_steps(hearing, "answered")
        role = _chair_role(act, hearing, chair, now)
        hearing.facts = {**hearing.facts, "chair": chair, "objection": "answered"}
        act.move(hearing, "answer_objection", basis=HEARING_BASIS, body=_told(hearing) | told)
        act.open_step(hearing, "hold_hearing", role=role)


def record_hearing(*, hearing_id: int, present: str, text: str, by: Actor, now: datetime) -> None:
    """The chair writes the minutes of the hearing that was held (48(1)(5)).

    ``present`` names who took part. Refused before the time of the hearing, to anybody but the
    chair, and while an objection to him is open.
    """
    present = rules.need_text("present", present, "请写明哪些人参加了听证。")
    text = rules.need_text("text", text, "请写明听证的经过：审查意见的证据和理由、申辩和质证。")
    with Act(by=by, now=now) as act:
        hearing = act.lock(hearing_id)
        if hearing.state == "called":
            _need_held(hearing, by, now)
        act.close_steps(hearing, "held")
        act.move(hearing, "record_hearing", basis=HEARING_BASIS, body=_told(hearing))
        Minutes.objects.create(
            proceeding_id=hearing.id, present=present, text=text, recorded_by=by.id,
            recorded_at=now,
        )  # fmt: skip
        act.open_step(hearing, "close_minutes", role=_role_of(hearing, now))


def _need_held(hearing: Locked, by: Actor, now: datetime) -> None:
    side_rules.need_being_chair(hearing.facts["chair"], by.id)
    if hearing.facts.get("objection") == "open":
        raise ObjectionOpen(
            "有人申请主持人回避，负责人还没有决定，现在不能举行听证。",
            basis=HEARING_BASIS,
            facts={"number": hearing.number},
        )
    if now < datetime.fromisoformat(hearing.facts["held_at"]):
        raise BadInput.at("text", "too-early", "听证的时间还没有到，不能提前记录笔录。")


def _role_of(hearing: Locked, now: datetime) -> str:
    """The role by which the chair holds his step."""
    chair = hearing.facts["chair"]
    on = city_date(now)
    return next(
        (
            role
            for role in _CHAIRS
            for one in officers_for(f"{hearing.department}.{role}", hearing.region, on=on)
            if one.account_id == chair
        ),
        "reviewer",
    )


def sign_minutes(
    *, hearing_id: int, by: Actor, now: datetime, statement_id: int | None = None
) -> None:
    """A participant has read the minutes and confirms them (48(1)(5)); once for each person."""
    with Act(by=by, now=now) as act:
        hearing = _concerned(act, hearing_id, statement_id, "sign_minutes")
        act.move(hearing, "sign_minutes", basis=HEARING_BASIS, body=_told(hearing))
        Signature.objects.get_or_create(
            proceeding_id=hearing.id,
            account=by.id,
            statement=statement_id or 0,
            defaults={"name": by.name, "at": now},
        )


def conclude_hearing(*, hearing_id: int, unsigned_because: str, by: Actor, now: datetime) -> None:
    """The chair closes the minutes; the decision must rest on them (48(2)).

    Where the applicant has not confirmed them the chair says why, for instance a refusal.
    """
    with Act(by=by, now=now) as act:
        hearing = act.lock(hearing_id)
        if hearing.state == "recorded":
            side_rules.need_being_chair(hearing.facts["chair"], by.id)
            signed = Signature.objects.filter(proceeding_id=hearing.id, statement=0).exists()
            if not signed:
                unsigned_because = rules.need_text(
                    "unsigned_because",
                    unsigned_because,
                    "申请人还没有确认笔录。请等他确认，或者写明他没有签字的原因。",
                )
        case = act.parent_of(hearing)
        if case is not None:
            case.facts = {
                **case.facts,
                "heard": [*case.facts.get("heard", ()), hearing.number],
            }
        hearing.facts = {**hearing.facts, "unsigned": unsigned_because.strip()}
        act.close_steps(hearing, "closed")
        body = _told(hearing) | {"unsigned": unsigned_because.strip()}
        act.move(hearing, "conclude_hearing", basis=HEARING_BASIS, body=body)


def _told(hearing: Locked) -> dict[str, Any]:
    return {"item": hearing.facts["item"], "procedure": hearing.facts["procedure"]}


def _concerned(act: Act, hearing_id: int, statement_id: int | None, verb: str) -> Locked:
    """The hearing under lock; an interested party acts through an entry of its case."""
    if statement_id is not None:
        act.lock_all([hearing_id, statement_id])
    hearing = act.lock(hearing_id)
    if statement_id is not None:
        case = act.parent_of(hearing)
        statement = act.lock(statement_id)
        if case is None or statement.parent_id != case.id:
            raise NotFound("这次听证与您的意见不属于同一个办件。")
        told = {"item": case.facts["item"], "side": statement.number, "hearing": hearing.number}
        act.record(case, f"interested_{verb}", body=told)
    return hearing
