"""An answer on its way: drafted from a request, written, approved, checked, published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from tongban.catalogue.actions import DeskAnswer, write_answer
from tongban.catalogue.queries import find_answers, live_version, written_answer
from tongban.engine.actions import Act, NewProceeding
from tongban.engine.rules import require_step
from tongban.hotline.queries import answered_well
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.kernel.worktime import city_date
from tongban.people.actions import party_of_unit
from tongban.people.queries import department, staff_names
from tongban.reading.rules.likeness import likeness
from tongban.upkeep import rules
from tongban.upkeep.models import Answer
from tongban.upkeep.queries import centre, role_here, upkeep
from tongban.upkeep.rules import Kept
from tongban.upkeep.states import ASKED_AGAIN, DRAFTED, LEADS, WRITERS, AnswerState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.engine.actions import Locked, StepRow
    from tongban.hotline.queries import AnsweredWell
    from tongban.kernel.actors import Actor
    from tongban.upkeep.rules import Written

PREFIX = "ZS"
WRITE, APPROVE, CHECK, REVIEW = "answer_write", "answer_approve", "answer_check", "answer_review"
_LOOKED_AT = 200


def draft_answer(*, ticket_id: int, now: datetime) -> str:
    """Make a draft of a consult request that was answered well; its number, empty for none.

    None where the knowledge base has the answer, or where the unit has a draft of the same
    question: that one counts one more.
    """
    content = upkeep()
    found = answered_well(ticket_id)
    if found is None or found.type not in content.types:
        return ""
    if (found.satisfied or 9) > content.satisfied.value:
        return ""
    if _is_known(found, now, content.known.value):
        return ""
    same = _same(found, content.same.value)
    if same is not None:
        return _count(same.pk, found, now)
    return _open(found.unit, _fields_of(found), by=SYSTEM, now=now)


def _is_known(found: AnsweredWell, now: datetime, enough: float) -> bool:
    known = find_answers(found.text, city_date(now), 1, region=found.region, domain=found.domain)
    return bool(known) and known[0][0] >= enough


def _same(found: AnsweredWell, enough: float) -> Answer | None:
    rows = Answer.objects.filter(unit=found.unit, domain=found.domain).order_by("-pk")
    drafts = rows.exclude(proceeding__state__in=[AnswerState.RETIRED, AnswerState.DROPPED])
    return next(
        (
            one
            for one in drafts[:_LOOKED_AT]
            if any(likeness(found.text, said) >= enough for said in one.questions)
        ),
        None,
    )


def _count(answer_id: int, found: AnsweredWell, now: datetime) -> str:
    """The same question once more. A draft has one more way to ask it, as the caller said it.

    What left the draft is not touched: nobody would read the caller's words, which may name him.
    """
    with Act(by=SYSTEM, now=now) as act:
        one, row = _locked(act, answer_id)
        act.record(one, ASKED_AGAIN, body={"ticket": found.number}, public=False)
        more = {}
        if one.state == AnswerState.DRAFT and len(row.questions) < rules.QUESTIONS_MOST:
            more["questions"] = list(dict.fromkeys([*row.questions, found.title]))
        _set(act, one.id, asked=row.asked + 1, **more)
    return one.number


def _fields_of(found: AnsweredWell) -> dict[str, Any]:
    return {
        "title": found.title[: rules.TITLE_MOST], "questions": [found.title], "text": found.reply,
        "domain": found.domain, "item": found.item, "source": found.number,
    }  # fmt: skip


# Lists go in as JSON: what an act writes beside the engine takes plain values.
_TEXTS = "ARRAY(SELECT jsonb_array_elements_text(%s::jsonb))"
_ROW = (
    "INSERT INTO upkeep_answer (proceeding_id, code, unit, region, title, questions, text,"
    " translations, basis, domain, item, source, asked, number)"
    f" VALUES (%s, %s, %s, %s, %s, {_TEXTS}, %s, '{{}}', '', %s, %s, %s, 1, 0)"
)


def _open(unit: str, fields: dict[str, Any], *, by: Actor, now: datetime) -> str:
    party_id = party_of_unit(unit=unit, now=now)
    content = upkeep()
    # It holds where its unit does, and is worked on there.
    region = department(unit).region
    new = NewProceeding(
        kind="answer",
        prefix=PREFIX,
        region=region,
        department=unit,
        party_id=party_id,
        version_id=live_version("hotline"),
        state=AnswerState.DRAFT,
        facts={
            "title": fields["title"],
            "days": {
                name: int(getattr(content, name).value) for name in ("write", "check", "review")
            },
        },
    )
    with Act(by=by, now=now) as act:
        one = act.open([new])[0]
        act.begin(one, DRAFTED, body={"ticket": fields["source"]}, public=False)
        act.open_step(one, WRITE, role=role_here(unit, region, WRITERS, city_date(now)))
        act.also(
            _ROW,
            [
                one.id, f"desk-{one.number.lower()}", unit, region, fields["title"],
                _json(fields["questions"]), fields["text"], fields["domain"], fields["item"],
                fields["source"],
            ],
        )  # fmt: skip
    return one.number


def write_new_answer(*, unit: str, title: str, by: Actor, now: datetime) -> str:
    """Begin an answer that nobody asked for by the hotline yet; its number.

    Raises NotAllowed for whoever works for another unit, BadInput without a title.
    """
    if not any(by.holds(f"{unit}.{role}", department(unit).region) for role in WRITERS):
        raise NotAllowed("只有本单位的工作人员可以起草本单位的答案。")
    kept = rules.need_title(title)
    fields = {
        "title": kept, "questions": [kept], "text": "", "domain": "", "item": "", "source": "",
    }  # fmt: skip
    return _open(unit, fields, by=by, now=now)


# ---- the unit -----------------------------------------------------------------------------------


def submit_answer(*, answer_id: int, written: Written, by: Actor, now: datetime) -> None:
    """Write the answer and hand it to the head of the unit. Raises BadInput for what lacks."""
    kept = rules.checked(written)
    with Act(by=by, now=now) as act:
        one, _row = _locked(act, answer_id)
        step = _held(act, one, WRITE)
        act.close_step(step, "submitted")
        act.move(one, "submit_answer", holds=step, public=False)
        role = role_here(one.department, one.region, LEADS, city_date(now))
        act.open_step(one, APPROVE, role=role)
        one.facts = {**one.facts, "title": kept.title}
        _write(act, one.id, kept, author_id=by.id, approver_id=None, publisher_id=None)


def drop_answer(*, answer_id: int, reason: str, by: Actor, now: datetime) -> None:
    """It is not worth an entry: too special, or answered elsewhere.

    A revision of a published answer is given up: what is published stays on as it is, and its
    unit reads it again in its time.
    """
    reason = rules.need_reason(reason)
    with Act(by=by, now=now) as act:
        one, row = _locked(act, answer_id)
        step = _held(act, one, WRITE)
        act.close_step(step, "dropped")
        verb = "drop_revision" if row.number else "drop_answer"
        act.move(one, verb, holds=step, body={"reason": reason}, public=False)
        if row.number:
            _take_back(act, one, row)


def _take_back(act: Act, one: Locked, row: Answer) -> None:
    """The words on the shelf again, and who stands behind them."""
    kept = _on_shelf(row)
    behind = one.facts.get("behind") or [row.author_id, row.approver_id]
    one.facts = {**one.facts, "title": kept.title}
    _write(act, one.id, kept, author_id=behind[0], approver_id=behind[1])


def approve_answer(*, answer_id: int, by: Actor, now: datetime) -> None:
    """The head of the unit stands behind it: another person than who wrote it."""
    with Act(by=by, now=now) as act:
        one, row = _locked(act, answer_id)
        step = _held(act, one, APPROVE)
        rules.need_another(by.id, row.author_id)
        act.close_step(step, "approved")
        act.move(one, "approve_answer", holds=step, public=False)
        act.open_step(one, CHECK, role="checker", department=centre())
        _set(act, one.id, approver_id=by.id)


def return_answer(*, answer_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The head wants it written better."""
    _back(answer_id, APPROVE, "return_answer", reason, by, now)


# ---- the centre ---------------------------------------------------------------------------------


def publish_answer(*, answer_id: int, by: Actor, now: datetime) -> int:
    """Publish a new version into the knowledge base; its number.

    Raises SamePerson for whoever wrote or approved it.
    """
    with Act(by=by, now=now) as act:
        one, row = _locked(act, answer_id)
        step = _held(act, one, CHECK)
        rules.need_another(by.id, row.author_id, row.approver_id)
        number = write_answer(answer=_desk_answer(row, now), by=by, now=now)
        act.close_step(step, "published")
        body = {"code": row.code, "version": number}
        act.move(one, "publish_answer", holds=step, body=body, basis=row.basis)
        _set(act, one.id, publisher_id=by.id, number=number, published_at=now)
    return number


def send_back_answer(*, answer_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The centre wants it written better."""
    _back(answer_id, CHECK, "send_back_answer", reason, by, now)


def _back(answer_id: int, code: str, verb: str, reason: str, by: Actor, now: datetime) -> None:
    reason = rules.need_reason(reason)
    with Act(by=by, now=now) as act:
        one, _row = _locked(act, answer_id)
        step = _held(act, one, code)
        act.close_step(step, "back")
        act.move(one, verb, holds=step, body={"reason": reason}, public=False)
        _open_writing(act, one, now)


# ---- what is published --------------------------------------------------------------------------


def ask_review_in(act: Act, one: Locked, clock: str) -> None:
    """The day of the review: the unit reads its answer again; until then it stays on."""
    act.move(one, "answer_review_due", body={"clock": clock}, public=False)
    role = role_here(one.department, one.region, WRITERS, city_date(act.now))
    act.open_step(one, REVIEW, role=role)


def confirm_answer(*, answer_id: int, by: Actor, now: datetime) -> None:
    """It is still right: a new version with today's date, and the next review in its time."""
    with Act(by=by, now=now) as act:
        one, row = _locked(act, answer_id)
        step = _held(act, one, REVIEW)
        number = write_answer(answer=_desk_answer(row, now), by=by, now=now)
        act.close_step(step, "confirmed")
        act.move(one, "confirm_answer", holds=step, body={"version": number})
        _set(act, one.id, number=number, published_at=now)


def revise_answer(*, answer_id: int, by: Actor, now: datetime) -> None:
    """Write it anew; the published version stays on until the new one is published."""
    with Act(by=by, now=now) as act:
        one, row = _locked(act, answer_id)
        one.facts = {**one.facts, "behind": [row.author_id, row.approver_id]}
        act.move(one, "revise_answer", public=False)
        act.cancel_steps(one, "revised")
        _open_writing(act, one, now)


def retire_answer(*, answer_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Take it off at once (下架): the head of its unit does, while it is revised too.

    Raises NotOnShelf for what was never published.
    """
    reason = rules.need_reason(reason)
    with Act(by=by, now=now) as act:
        one, row = _locked(act, answer_id)
        rules.need_published(row.number)
        write_answer(answer=_desk_answer(row, now), is_on=False, by=by, now=now)
        act.cancel_steps(one, "retired")
        act.move(one, "retire_answer", body={"reason": reason})


# ---- shared -------------------------------------------------------------------------------------


def _locked(act: Act, answer_id: int) -> tuple[Locked, Answer]:
    one = act.lock(answer_id)
    row = Answer.objects.filter(pk=one.id).first()
    if row is None:
        raise NotFound("没有找到这个知识条目。")
    return one, row


def _held(act: Act, one: Locked, code: str) -> StepRow:
    step = one.open_step(code)
    if step is None:
        raise NotFound("这一步已经办完，请刷新页面。")
    require_step(act.by, one, step)
    return step


def _open_writing(act: Act, one: Locked, now: datetime) -> None:
    role = role_here(one.department, one.region, WRITERS, city_date(now))
    act.open_step(one, WRITE, role=role)


def _on_shelf(row: Answer) -> Kept:
    """The version of an answer that is published; the row itself where none is on the shelf."""
    data = written_answer(row.code)
    if data is None:
        return Kept(row.title, tuple(row.questions), row.text, row.basis, row.translations)
    own = data["title"]["zh"], data["answer"]["zh"]
    spoken = {
        language: {"title": title, "answer": data["answer"][language]}
        for language, title in data["title"].items()
        if language != "zh" and (title, data["answer"][language]) != own
    }
    return Kept(own[0], tuple(data["questions"]), own[1], data["basis"], spoken)


def _desk_answer(row: Answer, now: datetime) -> DeskAnswer:
    author = staff_names([row.author_id or 0]).get(row.author_id or 0, "")
    return DeskAnswer(
        code=row.code, unit=row.unit, data=_data(row, now), author=author, source=row.source
    )


def _data(row: Answer, now: datetime) -> dict[str, Any]:
    """The answer as the knowledge base keeps it; what is not translated stands in Chinese."""
    day = city_date(now).isoformat()
    said = {"zh": (row.title, row.text)} | {
        language: (words["title"], words["answer"]) for language, words in row.translations.items()
    }
    said.setdefault("en", (row.title, row.text))
    data: dict[str, Any] = {
        "title": {language: title for language, (title, _text) in said.items()},
        "answer": {language: text for language, (_title, text) in said.items()},
        "questions": list(row.questions), "region": row.region, "from": day, "updated": day,
        "items": [row.item] if row.item else [], "domains": [row.domain] if row.domain else [],
        "basis": row.basis, "mark": "V",
    }  # fmt: skip
    return data | ({"to": row.until.isoformat()} if row.until else {})


def _write(act: Act, answer_id: int, kept: Kept, **more: Any) -> None:
    _set(
        act, answer_id, title=kept.title, questions=kept.questions, text=kept.text,
        basis=kept.basis, translations=_json(dict(kept.translations)), **more,
    )  # fmt: skip


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _set(act: Act, answer_id: int, **values: Any) -> None:
    names = ", ".join(f"{name} = {_TEXTS if name == 'questions' else '%s'}" for name in values)
    given = [_json(one) if isinstance(one, list | tuple) else one for one in values.values()]
    act.also(f"UPDATE upkeep_answer SET {names} WHERE proceeding_id = %s", [*given, answer_id])
