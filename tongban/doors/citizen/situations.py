"""The applicant's situation: the questions on one page, and the guide that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.doors.asking import ANSWERED, posted, question_field, shown_value, source_of
from tongban.doors.citizen import guides, pages
from tongban.doors.parts import Fact, Link, Notice, Problem
from tongban.doors.texts import named, say
from tongban.doors.units import days
from tongban.kernel.conditions import All, Leaf, Outcome
from tongban.kernel.conditions.operators import Op

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.http import QueryDict

    from tongban.catalogue.rules import CompiledPackage, CompiledQuestion, ItemAdvice
    from tongban.doors.asking import Standing
    from tongban.doors.parts import Step
    from tongban.kernel.conditions import Line

# ---- the page of questions ---------------------------------------------------------------------


def ask_page(
    standing: Standing,
    *,
    steps: tuple[Step, ...],
    applicants: tuple[pages.Applicant, ...] = (),
    typed: QueryDict | None = None,
    wrong: Mapping[str, str] | None = None,
    fresh: int = 0,
) -> pages.AskPage:
    """All questions that can be asked now; those behind others come when these are answered."""
    compiled = standing.compiled
    faults = wrong or {}
    asked = standing.guide.questions
    fields = [question_field(one, standing, typed, faults.get(one.id, "")) for one in asked]
    hidden = [
        pages.Question(question_field(q, standing, typed, ""), _needs(q, compiled))
        for q in in_browser(standing)
    ]
    return pages.AskPage(
        name=say(compiled.name),
        steps=steps,
        questions=(*(pages.Question(one) for one in fields), *hidden),
        action=f"/packages/{compiled.slug}/ask/",
        back=Link(_("返回说明"), f"/packages/{compiled.slug}/"),
        applicants=applicants,
        known=sum(1 for one in fields if one.source),
        problems=tuple(
            Problem(f"{one.label} {faults[one.name]}", one.key)
            for one in fields
            if one.name in faults
        ),
        notice=_fresh(fresh),
    )


def in_browser(standing: Standing) -> list[CompiledQuestion]:
    """Questions behind choices, which the browser itself shows and hides."""
    asked = standing.guide.questions
    compiled = standing.compiled
    return [q for q in compiled.questions if q not in asked and _needs(q, compiled)]


def more_questions(
    standing: Standing, shown: Collection[str], typed: QueryDict
) -> tuple[pages.Question, ...]:
    """What the answers typed so far reveal beyond the questions that the page shows."""
    return tuple(
        pages.Question(question_field(one, standing, typed, ""))
        for one in standing.guide.questions
        if one.id not in shown
    )


def _fresh(count: int) -> Notice | None:
    if not count:
        return None
    title = ngettext(
        "根据您的回答，还要再问 %(n)s 个问题", "根据您的回答，还要再问 %(n)s 个问题", count
    )
    return Notice(title=title % {"n": count}, text=_("前面的回答都保留着。"))


def _needs(question: CompiledQuestion, compiled: CompiledPackage) -> str:
    """The condition for the browser, where it is a choice or several of them; else empty."""
    when = question.show_if
    leaves = when.members if isinstance(when, All) else (when,)
    needs = [_need(one, compiled) if isinstance(one, Leaf) else "" for one in leaves]
    return ";".join(needs) if all(needs) else ""


def _need(leaf: Leaf, compiled: CompiledPackage) -> str:
    if leaf.op not in (Op.EQ, Op.IN) or leaf.parameter or leaf.other:
        return ""
    asked = next((q for q in compiled.questions if q.fact == leaf.field), None)
    if asked is None or asked.type not in ("boolean", "choice", "multi"):
        return ""
    values = leaf.value if isinstance(leaf.value, list | tuple) else [leaf.value]
    return f"{asked.id}=" + "|".join(posted(value) for value in values)


# ---- the personal guide ------------------------------------------------------------------------


def guide_page(
    standing: Standing, *, steps: tuple[Step, ...], address: str, qr: str, login_needed: bool
) -> pages.GuidePage:
    """What this applicant needs, and why."""
    compiled, seen = standing.compiled, standing.outlook
    found = seen.guide
    facts, on = standing.facts, standing.on
    names = guides.department_names()
    until, note = guides.promised_on(on, found.promised_days, compiled.region)
    return pages.GuidePage(
        name=say(compiled.name),
        steps=steps,
        made_at=standing.now,
        needed=tuple(_choice(one, compiled, names) for one in found.items),
        not_needed=tuple(_choice(one, compiled, names) for one in found.not_needed),
        answers=_answers(standing),
        figures=guides.figures(found.figures),
        plan=guides.personal_plan(compiled, found, facts, on),
        to_give=tuple(guides.guide_material(one, compiled) for one in found.to_bring),
        exempt=tuple(guides.guide_material(one, compiled) for one in found.spared),
        start=Link(_("开始填表"), f"/packages/{compiled.slug}/guide/"),
        change=Link(_("修改我的回答"), f"/packages/{compiled.slug}/ask/"),
        open_questions=_open(standing),
        fields_known=seen.known,
        fields_total=seen.total,
        optional=sum(not one.required for one in found.to_bring),
        charge=_("全部不收费。")
        if not found.fee_yuan
        else _("合计 %(yuan)s 元。") % {"yuan": found.fee_yuan},
        promise=until,
        promise_note=note
        or _("按今天受理计算：最慢的一项要 %(days)s，休息日和节假日不算。")
        % {"days": days(found.promised_days)},
        where=guides.hall_facts(),
        qr=qr,
        address=address,
        login_needed=login_needed,
        is_empty=not found.items,
    )


def _choice(
    advice: ItemAdvice, compiled: CompiledPackage, names: Mapping[str, str]
) -> pages.Choice:
    item = advice.item
    return pages.Choice(
        name=say(item.name),
        department=names.get(item.department, ""),
        reason=_reason(advice, compiled),
        result=say(item.result.name) if advice.outcome is Outcome.MET else "",
    )


def _reason(advice: ItemAdvice, compiled: CompiledPackage) -> str:
    if advice.item.internal:
        return _("部门之间自动核验，您不用管。")
    decided = advice.outcome is not Outcome.UNKNOWN
    # What is still unknown does not matter once the other answers have decided.
    telling = [one for one in advice.lines if not (decided and one.outcome is Outcome.UNKNOWN)]
    if telling:
        return " ".join(dict.fromkeys(_line(line, compiled) for line in telling))
    return _("办这件事都要办。")


_OUTCOMES = {
    Outcome.MET: "是",
    Outcome.NOT_MET: "否",
    Outcome.UNKNOWN: "还不清楚",
}


def _line(line: Line, compiled: CompiledPackage) -> str:
    """Why a condition is met or not, in words: “店里卖烟吗？”您的回答：否。"""
    question = next((q for q in compiled.questions if q.fact == line.field), None)
    found = _found(line, question) if question else str(line.value)
    if not line.text and question:
        if line.value is None:
            return _("“%(question)s”还没有回答。") % {"question": say(question.text)}
        return _("“%(question)s”您的回答：%(found)s。") % {
            "question": say(question.text),
            "found": found,
        }
    asked = named(line.text) or line.field
    if line.value is None:
        return _("%(asked)s：还不清楚。") % {"asked": asked}
    return _("%(asked)s：%(outcome)s（您的情况：%(found)s）。") % {
        "asked": asked,
        "outcome": _(_OUTCOMES[line.outcome]),
        "found": found,
    }


def _found(line: Line, question: CompiledQuestion) -> str:
    """The answer in words; of several choices only those that the condition asks about."""
    if line.op is not Op.IN or not isinstance(line.value, list | tuple):
        return shown_value(question, line.value)
    wanted = line.expected if isinstance(line.expected, tuple) else (line.expected,)
    chosen = [one for one in line.value if one in wanted]
    if chosen:
        return shown_value(question, chosen)
    return _("没有选%(names)s") % {"names": shown_value(question, wanted)}


def _answers(standing: Standing) -> tuple[Fact, ...]:
    compiled, situation = standing.compiled, standing.situation
    rows = []
    for question in standing.guide.questions:
        change = Link(_("修改"), f"/packages/{compiled.slug}/ask/#f-{question.id}")
        fact = standing.facts.get(question.fact)
        if question.id in situation.unsure or fact is None:
            rows.append(Fact(say(question.text), _("不清楚"), change=change))
            continue
        told = fact.source not in ("", ANSWERED)
        source = source_of(fact) if told else None
        rows.append(Fact(say(question.text), shown_value(question, fact.value), source, change))
    return tuple(rows)


def _open(standing: Standing) -> tuple[Fact, ...]:
    """What cannot be told yet, with the advice of the questions that would tell it."""
    rows = []
    for advice in standing.guide.undecided:
        asked = [standing.compiled.question(one) for one in advice.questions]
        words = " ".join(say(q.advice) for q in asked if q.id in standing.situation.unsure)
        if advice.ask_person:
            words = f"{words} {guides.ask_words(standing.compiled.item(advice.item.code))}".strip()
        rows.append(Fact(say(advice.item.name), words or _("请先回答有关的问题。")))
    return tuple(rows)
