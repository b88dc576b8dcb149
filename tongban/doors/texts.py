"""Saying the city's texts in the reader's language; Chinese stands in where nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi, ngettext_lazy
from django.utils.translation import gettext as _

from tongban.catalogue.queries import in_languages, live
from tongban.doors.parts import Clock, Tone
from tongban.kernel.clocks import ClockState
from tongban.kernel.refusals import NotFound, Worded
from tongban.kernel.worktime import CITY_ZONE
from tongban.people.states import GuardianKind

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.catalogue.rules import Words
    from tongban.engine.queries import ClockReading
    from tongban.kernel.clocks import Due
    from tongban.kernel.refusals import Refusal


def language() -> str:
    """The language of content for this reader: zh, en, ug …"""
    return (get_language() or "zh").split("-")[0]


def say(text: Words | Mapping[str, str] | str | None) -> str:
    """A text of the content in the reader's language; empty for None."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    if isinstance(text, Mapping):
        return text.get(language()) or text.get("zh", "")
    return text.say(language())


def named(chinese: str) -> str:
    """A name that a register keeps in Chinese alone (a licence, its issuer), as content has it."""
    spoken = language()
    if spoken == "zh" or not chinese:
        return chinese
    said = in_languages(chinese).say(spoken)
    if said != chinese:
        return said
    try:
        known = {one["name"]["zh"]: one["name"] for one in live("departments")}
    except NotFound:
        return chinese
    return str(known.get(chinese, {}).get(spoken, "")) or chinese


def in_words(sentence: str) -> str:
    """A sentence of a refusal in the reader's language, put together with its values."""
    if not isinstance(sentence, Worded):
        return _(sentence) if sentence else ""
    said = {name: _value_in_words(one) for name, one in sentence.values.items()}
    if get_language_bidi():
        # A value in another script must not turn the words around it.
        said = {name: f"\u2068{one}\u2069" for name, one in said.items()}
    return _(sentence.template).format(**said)


def run_on(sentences: Iterable[str]) -> str:
    """Sentences one after another, with a space between them where the language has one."""
    return ("" if language() == "zh" else " ").join(one.strip() for one in sentences)


def about(name: str, what: str) -> str:
    """What is wrong with something, after its name."""
    return _("%(name)s：%(what)s") % {"name": name, "what": what}


def refusal_in_words(refusal: Refusal) -> str:
    """What a refusal says, with what is possible instead, as one line."""
    return " ".join(map(in_words, (refusal.sentence, *refusal.instead)))


def _value_in_words(value: Any) -> str:
    if isinstance(value, tuple):
        return _("、").join(map(_value_in_words, value))
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, str):
        return in_words(value)
    if isinstance(value, Mapping) or hasattr(value, "say"):
        return say(value)
    return str(value)


# Public holidays stand in the calendars in Chinese alone; these are their names to be said.
HOLIDAYS = (
    "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "肉孜节", "古尔邦节",
)  # fmt: skip

CLOCK_NAMES = {
    "acceptance": "受理时限",
    "acceptance_after_supply": "补正后受理时限",
    "correction": "补正期限",
    "promise": "承诺时限",
    "legal": "法定时限",
    "joint": "联合办理时限",
    "delivery": "送达时限",
    "licence": "制证时限",
    "special": "特别程序时限",
    "hearing_asking": "申请听证的期限",
    "hearing_holding": "组织听证的期限",
    "first_review": "下级机关初审期限",
    "inspection_assignment": "指派检验人员的期限",
    "statement": "陈述申辩的期限",
    "opinion": "答复意见的期限",
    "countersign": "会签的期限",
    "rating_contact": "联系评价人的期限",
    "rating_rectify": "差评整改的期限",
    "rating_complex": "延长整改的期限",
    "rating_callback": "差评回访的期限",
    "rating_review": "差评申诉复核的期限",
    "dispatch": "派单时限",
    "check": "答复审核时限",
    "callback": "回访时限",
    "conference": "会商时限",
    "sign": "签收时限",
    "contact": "联系诉求人的时限",
    "handle": "答复时限",
    "answer_return": "退单审核时限",
    "answer_extension": "延期审核时限",
    "answer_hold": "挂账审核时限",
    "review_hold": "挂账期限",
    "answer_order": "督办答复时限",
    "answer_alarm": "热点预警处置时限",
    "answer_write": "起草答案的期限",
    "answer_approve": "单位审核答案的期限",
    "answer_check": "热线中心审核答案的期限",
    "answer_review": "答案复核的日子",
    "element_answer": "核对指南要素的期限",
    "incident_acknowledge": "紧急事件签收时限",
    "incident_report": "报告处置情况的时限",
}


def clock_name(name: str) -> str:
    """What a clock is called on a page."""
    return _(CLOCK_NAMES.get(name, name))


# What is left, what is over, and the unit alone, by the unit of a limit.
_COUNTED = {
    "workday": (
        ngettext_lazy("还剩 %(n)s 个工作日", "还剩 %(n)s 个工作日", "n"),
        ngettext_lazy("已超 %(n)s 个工作日", "已超 %(n)s 个工作日", "n"),
        ngettext_lazy("%(n)s 个工作日", "%(n)s 个工作日", "n"),
    ),
    "day": (
        ngettext_lazy("还剩 %(n)s 日", "还剩 %(n)s 日", "n"),
        ngettext_lazy("已超 %(n)s 日", "已超 %(n)s 日", "n"),
        ngettext_lazy("%(n)s 日", "%(n)s 日", "n"),
    ),
    "hour": (
        ngettext_lazy("还剩 %(n)s 小时", "还剩 %(n)s 小时", "n"),
        ngettext_lazy("已超 %(n)s 小时", "已超 %(n)s 小时", "n"),
        ngettext_lazy("%(n)s 小时", "%(n)s 小时", "n"),
    ),
    "minute": (
        ngettext_lazy("还剩 %(n)s 分钟", "还剩 %(n)s 分钟", "n"),
        ngettext_lazy("已超 %(n)s 分钟", "已超 %(n)s 分钟", "n"),
        ngettext_lazy("%(n)s 分钟", "%(n)s 分钟", "n"),
    ),
}
_WORKING_MINUTES = (
    ngettext_lazy("还剩 %(n)s 分钟（工作时间）", "还剩 %(n)s 分钟（工作时间）", "n"),
    ngettext_lazy("已超 %(n)s 分钟（工作时间）", "已超 %(n)s 分钟（工作时间）", "n"),
    ngettext_lazy("%(n)s 分钟（工作时间）", "%(n)s 分钟（工作时间）", "n"),
)


def clock_unit(one: ClockReading) -> str:
    """The unit of what is left of a clock, as it stands behind that number."""
    n = abs(one.reading.remaining or 0)
    # The page shows the number apart, larger.
    return _counted(one.spec.unit, 2, n).removeprefix(str(n)).strip()


def clock_left(unit: str, n: int) -> str:
    """How much is left of a limit that counts in this unit, in words."""
    return _counted(unit, 0, n)


def clock_over(unit: str, n: int) -> str:
    """By how much a limit that counts in this unit is over, in words."""
    return _counted(unit, 1, n)


def _counted(unit: str, words: int, n: int) -> str:
    return str(_COUNTED.get(unit, _WORKING_MINUTES)[words] % {"n": n})


def last_moment(due: Due) -> date | datetime | None:
    """Until when a limit runs, as people say it: a limit in days to its last day, whole.

    Such a limit ends at the midnight after that day, which nobody would say.
    """
    if due.at is None or due.at.astimezone(CITY_ZONE).time() == time():
        return due.on
    return due.at


def _headline(one: ClockReading) -> tuple[str, Tone]:
    reading = one.reading
    unit = one.spec.unit
    if reading.state is ClockState.STOPPED:
        return _("已停止"), "done"
    if reading.state is ClockState.SUSPENDED:
        return _("暂停计时"), "paused"
    if reading.remaining is None:
        return _("待日历公布"), "unknown"
    if reading.overdue:
        return clock_over(unit, -reading.remaining), "late"
    tone: Tone = "soon" if reading.warned else "calm"
    return clock_left(unit, reading.remaining), tone


def clock(one: ClockReading) -> Clock:
    """A clock as every page shows it, with its why."""
    headline, tone = _headline(one)
    reading = one.reading
    note = ""
    if reading.due.at is None and reading.due.missing_year:
        note = _("不早于 %(day)s，%(year)s 年日历尚未公布") % {
            "day": reading.due.not_before,
            "year": reading.due.missing_year,
        }
    used = None
    if reading.used is not None and one.spec.length:
        used = min(100, max(0, round(100 * reading.used / one.spec.length)))
    return Clock(
        name=clock_name(one.spec.name),
        headline=headline,
        tone=tone,
        due=last_moment(reading.due),
        due_note=note,
        used=used,
        why=tuple(in_words(line.words) for line in reading.why),
    )


def guardian_kinds() -> dict[GuardianKind, str]:
    """Why somebody is a guardian, in words."""
    return {
        GuardianKind.PARENT: _("父母（民法典第二十七条）"),
        GuardianKind.APPOINTED: _("指定的监护人"),
    }
