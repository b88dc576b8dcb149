"""A bad review is put right: contact, verification, reply, callback; or appeal and exclusion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.engine.actions import Act, NewProceeding
from tongban.engine.rules import require_step
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.kernel.worktime import city_date
from tongban.people.actions import party_of_unit
from tongban.people.queries import officers_for
from tongban.ratings import rules
from tongban.ratings.actions.counting import recount_in
from tongban.ratings.models import Rectification, Review
from tongban.ratings.queries import ratings
from tongban.ratings.queries.mine import last_round, names_behind
from tongban.ratings.rules import need_text
from tongban.ratings.states import OPENED, REOPENED, SUPERVISED, RectificationState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.engine.actions import Locked, StepRow
    from tongban.kernel.actors import Actor
    from tongban.ratings.models import Invitation

PREFIX = "ZG"
HANDLE, TIME, CALL, APPEAL, SECOND, LATE = (
    "rating_handle", "rating_time", "rating_callback", "rating_appeal", "rating_second",
    "rating_late",
)  # fmt: skip
_UNIT_ROLES = ("head", "decider")

_ROW = (
    "INSERT INTO ratings_rectification (proceeding_id, invitation_id, review_id, earlier_id,"
    " rounds, contact, finding, grounds, answer, proposal)"
    " VALUES (%s, %s, %s, %s, %s, '', '', '', '', '')"
)


def open_rectification(*, review_id: int, now: datetime) -> str:
    """Give a bad review to the unit that is answerable; its number. Idempotent by the matter.

    Nobody whom the review is about is asked: it lies with the head of the unit, or with its
    deciders where it has none. The party of the proceeding is the unit itself, so that no list
    and no log of the desk names whoever rated.

    Whoever says once more that it is bad after it had ended opens the second round; it is the one
    time that it is handled again. Whoever says so while the answer waits for him answers it.
    """
    review = Review.objects.select_related("invitation").get(pk=review_id)
    known = last_round(review.invitation_id)
    if known is None:
        return _open(review, None, now)
    ended_at = known.proceeding.ended_at
    if rules.is_second_round(known.review_id, ended_at, review.pk, review.rated_at):
        return _open(review, known, now)
    if _waits_for(known, review):
        _answer_back(known, is_solved=False, note=review.text, now=now)
    return known.proceeding.number


def _open(review: Review, earlier: Rectification | None, now: datetime) -> str:
    party_id = party_of_unit(unit=review.department, now=now)
    body: dict[str, Any] = {"review": review.pk, "level": review.level}
    if earlier is not None:
        body["earlier"] = earlier.proceeding.number
    with Act(by=SYSTEM, now=now) as act:
        one = act.open([_proceeding(review, party_id, earlier)])[0]
        act.begin(one, REOPENED if earlier else OPENED, body=body, public=False)
        act.open_step(one, HANDLE, role=_unit_role(review, now))
        rounds = ratings().repeats.value if _was_handled(earlier) else 0
        before = earlier.pk if earlier else None
        act.also(_ROW, [one.id, review.invitation_id, review.pk, before, rounds])
    return one.number


def _was_handled(earlier: Rectification | None) -> bool:
    """Whether the unit has put it right before: of what two persons excluded it has not."""
    return earlier is not None and earlier.proceeding.state == RectificationState.CLOSED


def _waits_for(known: Rectification, review: Review) -> bool:
    """Whether the unit's answer stood before the person when he rated."""
    replied = known.proceeding.state == RectificationState.REPLIED
    return replied and known.answered_at is not None and known.answered_at <= review.rated_at


def _proceeding(review: Review, party_id: int, earlier: Rectification | None) -> NewProceeding:
    content = ratings()
    days = {
        name: int(getattr(content, name).value)
        for name in ("contact", "rectify", "complex", "callback", "review")
    }
    return NewProceeding(
        kind="rectification",
        prefix=PREFIX,
        region=review.region,
        department=review.department,
        party_id=party_id,
        version_id=review.invitation.version_id,
        state=RectificationState.OPEN,
        facts={
            "of": review.invitation.number,
            "object": review.object,
            "level": review.level,
            "days": days,
            **({"earlier": earlier.proceeding.number} if earlier else {}),
        },
    )


def _unit_role(review: Review, now: datetime) -> str:
    for role in _UNIT_ROLES:
        queue = f"{review.department}.{role}"
        if officers_for(queue, review.region, on=city_date(now)):
            return role
    return _UNIT_ROLES[0]


def _body_of(unit: str) -> str:
    """Who decides on appeals of a unit: never the unit itself."""
    content = ratings()
    body = content.body.value
    return content.body_of_body.value if unit == body else body


def _row(proceeding_id: int) -> Rectification:
    found = (
        Rectification.objects.select_related("review__invitation").filter(pk=proceeding_id).first()
    )
    if found is None:
        raise NotFound("没有找到这件差评整改。")
    return found


def _held(act: Act, one: Locked, *codes: str) -> StepRow:
    """The open step that the actor works on; refuses a stranger."""
    step = next((s for s in one.steps if s.is_open and s.code in codes), None)
    if step is None:
        raise NotFound("这一步已经办完，请刷新页面。")
    require_step(act.by, one, step)
    return step


def _set(act: Act, proceeding_id: int, **values: Any) -> None:
    """Columns of the room's row, written with the action."""
    names = ", ".join(f"{name} = %s" for name in values)
    act.also(
        f"UPDATE ratings_rectification SET {names} WHERE proceeding_id = %s",
        [*values.values(), proceeding_id],
    )


# ---- the unit -----------------------------------------------------------------------------------


def contact_evaluator(*, rectification_id: int, note: str, by: Actor, now: datetime) -> None:
    """The unit has spoken to the real-name evaluator; within one working day.

    Raises NotAllowed where nobody gave his name: nobody may go looking for who rated.
    """
    note = need_text("note", note, "请写明什么时候、怎样联系，评价人说了什么。")
    row = _row(rectification_id)
    if not row.review.real_name:
        raise NotAllowed("这条评价没有实名，不能查找评价人。请直接核实。")
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, HANDLE)
        act.move(one, "contact", holds=step, private={"note": note}, public=False)
        _set(act, one.id, contact=note)


def verify_review(*, rectification_id: int, finding: str, by: Actor, now: datetime) -> None:
    """The unit has found that the review is true, and mends what was wrong.

    A real-name evaluator is spoken to first.
    """
    finding = need_text("finding", finding, "请写明核实的经过和存在的问题。")
    row = _row(rectification_id)
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, HANDLE)
        _need_contact(row, one, "finding")
        act.move(one, "verify", holds=step, body={"finding": finding}, public=False)
        _set(act, one.id, finding=finding)


def _need_contact(row: Rectification, one: Locked, path: str) -> None:
    """Whoever gave his name is spoken to before anything is found, true or not."""
    if row.review.real_name and one.state == RectificationState.OPEN:
        raise BadInput.at(path, "not-contacted", "评价人留了姓名，请先联系他，再核实。")


def appeal_review(*, rectification_id: int, grounds: str, by: Actor, now: datetime) -> None:
    """The unit says that it is a slip or malicious; it counts until the administration decides.

    A real-name evaluator is spoken to first: whoever never asked him cannot know.
    """
    grounds = need_text("grounds", grounds, "请写明理由和证据：为什么是误评或者恶意评价。")
    row = _row(rectification_id)
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, HANDLE)
        _need_contact(row, one, "grounds")
        act.close_step(step, "appeal")
        act.move(one, "appeal", holds=step, body={"grounds": grounds}, public=False)
        act.open_step(one, APPEAL, role="supervisor", department=_body_of(one.department))
        _set(act, one.id, grounds=grounds)


def ask_time(*, rectification_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Ask the administration for the longer time of a complex matter, once."""
    reason = need_text("reason", reason, "请写明为什么在规定的期限内整改不完。")
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, HANDLE)
        if one.facts.get("time"):
            raise BadInput.at("reason", "asked-already", "已经申请过一次延长。")
        one.facts = {**one.facts, "time": "asked"}
        act.move(one, "ask_time", holds=step, body={"reason": reason}, public=False)
        act.open_step(one, TIME, role="supervisor", department=_body_of(one.department))


def reply_evaluator(*, rectification_id: int, answer: str, by: Actor, now: datetime) -> None:
    """Say what was mended: to the person, and to everybody on the public page.

    Who rated is hidden in it before it is kept: a unit that has spoken to him knows his name.
    Whoever gave none is not called back: he answers on his own page, or says nothing.
    """
    answer = need_text("answer", answer, "请写明整改了什么、以后怎样避免。评价人和公众都会看到。")
    row = _row(rectification_id)
    answer = rules.masked_text(answer, names_behind(row.review.invitation))
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, HANDLE)
        act.close_step(step, "reply")
        _drop_step(act, one, TIME)
        act.move(one, "reply", holds=step, body={"answer": answer})
        if row.review.real_name:
            act.open_step(one, CALL, role="supervisor", department=_body_of(one.department))
        _set(act, one.id, answer=answer, answered_at=now)


def _drop_step(act: Act, one: Locked, code: str) -> None:
    step = one.open_step(code)
    if step is not None:
        act.close_step(step, "over")


# ---- the administration -------------------------------------------------------------------------


def grant_time(*, rectification_id: int, by: Actor, now: datetime) -> None:
    """Approve the longer time; the person is told."""
    _answer_time(rectification_id, "grant_time", "granted", by, now)


def refuse_time(*, rectification_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Leave it at the ordinary time, with a reason."""
    reason = need_text("reason", reason, "请写明不同意的理由。")
    _answer_time(rectification_id, "refuse_time", "refused", by, now, reason)


def _answer_time(
    rectification_id: int, verb: str, word: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, TIME)
        _need_outsider(by, one)
        act.close_step(step, word)
        one.facts = {**one.facts, "time": word}
        act.move(one, verb, holds=step, body={"reason": reason} if reason else {}, public=False)


def satisfied_at_callback(*, rectification_id: int, note: str, by: Actor, now: datetime) -> None:
    """The person was called and says that it is solved: the end."""
    _called(rectification_id, "satisfy", note, by, now)


def handle_again(*, rectification_id: int, note: str, by: Actor, now: datetime) -> None:
    """The person is not satisfied: it is handled once more, at most as often as the content says.

    Raises BadInput the second time: then the matter is explained and settled.
    """
    note = need_text("note", note, "请写明评价人还有什么不满意。")
    _called(rectification_id, "rehandle", note, by, now)


def settle_callback(*, rectification_id: int, note: str, by: Actor, now: datetime) -> None:
    """Not satisfied after it was handled again: explained, and ended with that on record."""
    note = need_text("note", note, "请写明已经解释的情况和仍然不满意的原因。")
    _called(rectification_id, "settle", note, by, now)


def not_reached(*, rectification_id: int, note: str, by: Actor, now: datetime) -> None:
    """Nobody answered: it ends, and nobody is said to be satisfied who said nothing."""
    note = need_text("note", note, "请写明什么时候、怎样联系过评价人。")
    _called(rectification_id, "unheard", note, by, now)


def _called(rectification_id: int, verb: str, note: str, by: Actor, now: datetime) -> None:
    row = _row(rectification_id)
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = one.open_step(CALL)
        if by.kind != SYSTEM.kind:
            step = _held(act, one, CALL)
            _need_outsider(by, one)
        _need_round(row, verb)
        if step is not None:
            act.close_step(step, verb)
        rounds = row.rounds + (verb == "rehandle")
        told = {"note": rules.masked_text(note.strip()), "round": rounds}
        act.move(one, verb, holds=step, body=told, public=False)
        if verb == "rehandle":
            act.open_step(one, HANDLE, role=_unit_role(row.review, now))
        if verb != "unheard":
            _set(act, one.id, satisfied=verb == "satisfy", called_back_at=now, rounds=rounds)


def _need_round(row: Rectification, verb: str) -> None:
    most = ratings().repeats.value
    if verb == "rehandle" and row.rounds >= most:
        raise BadInput.at(
            "note", "handled-again", "已经重新办理过。请说明情况后办结，或者转督办。"
        )
    if verb == "settle" and row.rounds < most:
        raise BadInput.at("note", "not-handled-again", "评价人不满意的，应当先重新办理一次。")


def answer_callback(
    *, invitation: Invitation, is_solved: bool, note: str, now: datetime, is_own: bool = False
) -> None:
    """The person answers the callback by himself, on his page; nobody has to call him.

    ``is_own``: he is known to be the person, by his account or by the device on which he rated.
    Where staff held the link in their hands nobody else answers for him.

    Not solved is handled again, or settled with that on record where it was before.
    """
    row = last_round(invitation.pk)
    if row is None:
        raise NotFound("没有等待您回访的整改。")
    if invitation.prompted and not is_own:
        raise rules.NotThePerson(rules.NOT_THE_PERSON)
    if not is_solved:
        note = need_text("note", note, "请写明还有什么没有解决。")
    _answer_back(row, is_solved=is_solved, note=note, now=now)


def _answer_back(row: Rectification, *, is_solved: bool, note: str, now: datetime) -> None:
    most = ratings().repeats.value
    verb = "satisfy" if is_solved else "rehandle" if row.rounds < most else "settle"
    _called(row.pk, verb, rules.masked_text(note), SYSTEM, now)


def dismiss_appeal(*, rectification_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The appeal is not well founded: the unit mends."""
    reason = need_text("reason", reason, "请写明申诉不成立的理由，责任单位会看到。")
    row = _row(rectification_id)
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, APPEAL)
        _need_outsider(by, one)
        act.close_step(step, "dismiss")
        act.move(one, "dismiss", holds=step, body={"reason": reason}, public=False)
        act.open_step(one, HANDLE, role=_unit_role(row.review, now))


def propose_exclusion(*, rectification_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The first of two persons says that the review should not count. It counts until then."""
    reason = need_text("reason", reason, "请写明为什么不应当计入统计，以及依据的证据。")
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, APPEAL)
        _need_outsider(by, one)
        act.close_step(step, "propose")
        act.move(one, "propose", holds=step, body={"reason": reason}, public=False)
        act.open_step(one, SECOND, role="head", department=_body_of(one.department))
        _set(act, one.id, proposer_id=by.id, proposal=reason)


def confirm_exclusion(*, rectification_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The second person agrees: the review stays on record and does not count any more.

    Raises NotTwoPersons for the first one, and for anybody of the unit that was rated.
    """
    reason = need_text("reason", reason, "请写明您核对了什么。")
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, SECOND)
        _need_outsider(by, one)
        # Read under the lock: who proposes in this very moment is the first person already.
        row = _row(rectification_id)
        if row.proposer_id == by.id:
            raise rules.NotTwoPersons("建议和确认必须是两个人。请由另一位同事确认。")
        act.close_step(step, "confirm")
        act.move(one, "confirm", holds=step, body={"reason": reason}, public=False)
        _set(act, one.id, confirmer_id=by.id)
        recount_in(act, row.review, is_excluded=True)


def overrule_exclusion(*, rectification_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The second person does not agree: the unit mends."""
    reason = need_text("reason", reason, "请写明不同意的理由。")
    row = _row(rectification_id)
    with Act(by=by, now=now) as act:
        one = act.lock(rectification_id)
        step = _held(act, one, SECOND)
        _need_outsider(by, one)
        act.close_step(step, "overrule")
        act.move(one, "overrule", holds=step, body={"reason": reason}, public=False)
        act.open_step(one, HANDLE, role=_unit_role(row.review, now))


def _need_outsider(by: Actor, one: Locked) -> None:
    if one.department in by.departments:
        raise rules.NotTwoPersons("被评价单位的人员不能决定自己的评价是否计入统计。")


# ---- by itself ----------------------------------------------------------------------------------


def supervise_in(act: Act, one: Locked, clock: str) -> None:
    """A deadline has passed: it stays on record (督办), and the desk lists what is late.

    Of whoever gave no name nobody is late: the days in which he could answer are over.
    """
    if clock == "rating_callback" and not _row(one.id).review.real_name:
        act.move(one, "unheard", body={"note": "", "round": _row(one.id).rounds}, public=False)
        return
    late = [*one.facts.get("late", ()), clock]
    one.facts = {**one.facts, "late": late}
    act.record(one, SUPERVISED, body={"clock": clock}, public=False)
