"""A hearing as the applicant sees it, and the page on which an interested party is heard."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.doors.citizen import pages
from tongban.doors.parts import Fact, Field, Link, Notice
from tongban.doors.texts import clock, in_words, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tongban.cases.queries import SideLine, SidePage
    from tongban.kernel.refusals import Refusal
    from tongban.packages import queries

_ACTS = {
    "ask_hearing": gettext_noop("申请听证"),
    "waive_hearing": gettext_noop("放弃听证"),
    "object_to_chair": gettext_noop("申请主持人回避"),
    "sign_minutes": gettext_noop("我已阅读，确认笔录无误"),
}
_NOTES = {
    "ask_hearing": gettext_noop(
        "听证不收费用。提出以后，部门在规定的期限内组织，并提前通知时间和地点。"
    ),
    "waive_hearing": gettext_noop("放弃以后，本件的听证不再举行，办理期限继续计算。"),
    "object_to_chair": gettext_noop("认为主持人与本件有直接利害关系的，可以申请他回避。"),
    "sign_minutes": gettext_noop("笔录确认以后，部门根据笔录作出决定。"),
}
_GRAVE = frozenset({"waive_hearing"})
LONGEST = 2000


def hearing_page(
    one: queries.Progress,
    lane: queries.Lane,
    line: SideLine,
    verbs: Sequence[str],
    *,
    no: Refusal | None = None,
) -> pages.HearingPage:
    """A hearing of one item, with what the applicant may do."""
    here = f"/my/{one.number}/hearing/{line.proceeding.number}/"
    return pages.HearingPage(
        title=_("听证"),
        about=say(lane.item_name),
        number=line.proceeding.number,
        state=_(line.state_title),
        facts=tuple(hearing_facts(line)),
        minutes=_paragraphs(line),
        clocks=tuple(clock(each) for each in line.clocks if each.reading.state != "stopped"),
        acts=_acts(verbs, line, here),
        back=Link(_("返回进度"), f"/my/{one.number}/"),
        refused=_refused(no),
    )


def hear_page(
    page: SidePage,
    applicant: str,
    department: str,
    hearing: SideLine | None,
    *,
    address: str,
    no: Refusal | None = None,
    typed: str = "",
) -> pages.HearingPage:
    """The page behind an interested party's link: what concerns him, and his say."""
    line = page.line
    one = line.interested
    facts = [
        Fact(_("办理的事项"), say(page.item.name)),
        Fact(_("申请人"), applicant),
        Fact(_("办理部门"), department),
    ]
    if one:
        facts.append(Fact(_("与您的关系"), one.concerns))
        if one.stated_at:
            facts.append(Fact(_("您的意见"), one.statement))
    verbs = _hearing_verbs(hearing)
    acts = _statement_act(line, address, typed) + _acts(verbs, hearing, address)
    return pages.HearingPage(
        title=_("请您陈述意见"),
        about=one.name if one else "",
        number=line.proceeding.number,
        state=_(line.state_title),
        facts=(*facts, *(hearing_facts(hearing) if hearing else ())),
        minutes=_paragraphs(hearing) if hearing else (),
        clocks=tuple(clock(each) for each in line.clocks if each.reading.state != "stopped"),
        acts=acts,
        refused=_refused(no),
    )


def _hearing_verbs(hearing: SideLine | None) -> tuple[str, ...]:
    """What an interested party may do at the hearing as it stands."""
    if hearing is None:
        return ()
    state = hearing.proceeding.state
    found = {"told": "ask_hearing", "called": "object_to_chair", "recorded": "sign_minutes"}
    if state == "called" and hearing.facts.get("objection"):
        return ()
    return (found[state],) if state in found else ()


def _refused(no: Refusal | None) -> Notice | None:
    return Notice(title=in_words(no.sentence), tone="alarm") if no else None


def _statement_act(line: SideLine, address: str, typed: str) -> tuple[pages.Act, ...]:
    if not line.is_open:
        return ()
    field = Field(
        name="text",
        label=_("您的意见和理由"),
        kind="longtext",
        value=typed,
        max_length=LONGEST,
    )
    return (
        pages.Act(
            name="make_statement",
            title=_("提交意见"),
            action=address,
            note=_("提交以后不能修改；部门在作出决定以前会考虑您的意见。"),
            fields=(field,),
        ),
    )


def _acts(verbs: Sequence[str], line: SideLine | None, address: str) -> tuple[pages.Act, ...]:
    del line
    return tuple(
        pages.Act(
            name=verb,
            title=_(_ACTS[verb]),
            action=address,
            note=_(_NOTES[verb]),
            grave=verb in _GRAVE,
            fields=(
                (Field(name="reason", label=_("理由"), kind="longtext", max_length=500),)
                if verb == "object_to_chair"
                else ()
            ),
        )
        for verb in _ACTS
        if verb in verbs
    )


def hearing_facts(line: SideLine) -> Iterator[Fact]:
    """Why a hearing was offered, and when and where it is held."""
    facts = line.facts
    yield Fact(_("为什么告知听证"), str(facts["reason"]))
    if "held_at" in facts:
        yield Fact(_("听证时间"), moment(datetime.fromisoformat(facts["held_at"])))
        yield Fact(_("听证地点"), facts["place"])
        closed = facts["closed"]
        yield Fact(_("方式"), _("不公开：%(why)s") % {"why": closed} if closed else _("公开举行"))
    if facts.get("objection") == "open":
        yield Fact(_("回避"), _("已申请主持人回避，等待部门负责人决定"))
    if line.minutes:
        yield Fact(_("参加的人"), line.minutes.present)
        signed = _("、").join(one.name for one in line.signatures)
        yield Fact(_("已确认笔录"), signed or _("还没有人确认"))


def moment(at: datetime) -> str:
    """An instant in the city's time, in words."""
    local = localtime(at)
    return f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M}"


def _paragraphs(line: SideLine) -> tuple[str, ...]:
    text = line.minutes.text if line.minutes else ""
    return tuple(part for part in text.splitlines() if part.strip())


def lane_words(line: SideLine) -> str:
    """A hearing in a sentence on its lane."""
    since = date_format(localtime(line.proceeding.opened_at), "DATE_FORMAT")
    told = {"since": since, "state": _(line.state_title)}
    if line.is_open:
        return _("听证：%(since)s 告知，%(state)s，期间不计入办理期限。") % told
    return _("听证：%(since)s 告知，%(state)s。") % told
