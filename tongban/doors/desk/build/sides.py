"""The page of what runs below a case: a hearing, an interested party, a request for an opinion.

A department that is asked sees the question, the item and the applicant, and nothing of the
application that its opinion does not need; whoever works on the case finds the way to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.cases.queries import chairs_for, statement_token
from tongban.doors.desk import pages
from tongban.doors.desk.build.answers import documents
from tongban.doors.desk.build.clocks import deadline_glance
from tongban.doors.desk.build.history import Teller, people_in
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, moment, state_tag, step_name
from tongban.doors.desk.forms import verbs_of
from tongban.doors.parts import Fact, Link, Option
from tongban.doors.texts import clock, say
from tongban.doors.units import days
from tongban.engine.queries import visible_to
from tongban.engine.rules import may_take
from tongban.kernel.worktime import city_date
from tongban.people.queries import party, staff_names
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tongban.cases.queries import SideLine, SidePage
    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit

VIEWS = {"agrees": gettext_noop("同意"), "objects": gettext_noop("不同意")}
WAYS = {
    "opinion": gettext_noop("征求意见：逾期未答复视为没有意见"),
    "countersign": gettext_noop("会签：对方不同意的不能准予"),
}


def side_page(request: KnownVisit, page: SidePage, tried: Tried | None) -> pages.SidePage:
    """The page of one side proceeding."""
    p = page.line.proceeding
    entries = entries_of("proceeding", [p.pk])[p.pk]
    people = people_in(entries) | {p.facts.get("chair") or 0}
    teller = Teller.of(page.compiled, {p.pk: page.item}, entries, people=people, kind=p.kind)
    offers = tuple(_offers(page, city_date(request.now)))
    mine = [s for s in page.open_steps if may_take(request.actor, p, s)]
    place = place_of(offers, tried) if tried else ""
    return pages.SidePage(
        queues=sidebar(request, mine[0].queue if mine else ""),
        keys=keys(),
        number=p.number,
        title=f"{say(page.item.name)} · {_(page.line.title)}",
        party=party(p.party_id).name,
        state=state_tag(p.kind, p.state),
        parent=_case(request, page),
        glances=(_turn(page, teller, is_mine=bool(mine)), deadline_glance(page.line.clocks)),
        clocks=tuple(clock(c) for c in page.line.clocks),
        facts=(
            Fact(_("编号"), p.number, is_code=True),
            Fact(_("办理部门"), department_name(p.department)),
            Fact(_("开始"), moment(p.opened_at)),
        ),
        verbs=verb_forms(p.number, offers, tried),
        refused=notice_of(tried, entries, teller, place=place) if tried else None,
        kept=tried.kept if tried and not place else (),
        idle="" if offers else _("现在不需要您办理。"),
        told=tuple(side_facts(page.line)),
        documents=documents(p.pk, p.number),
        history=teller.tell(entries),
    )


def _offers(page: SidePage, on: date) -> Iterator[Offer]:
    known = verbs_of(page.line.kind)
    choices = {
        "chair": tuple(
            Option(str(one.account_id), one.name)
            for one in (chairs_for(page.line.proceeding, on=on) if _asks_chair(page) else ())
        ),
        "view": tuple(Option(code, _(name)) for code, name in VIEWS.items()),
    }
    for name, verb in known.items():
        if name in page.open_verbs:
            yield Offer(verb=verb, step=verb.step, item=page.item.code, choices=choices)


def _asks_chair(page: SidePage) -> bool:
    return bool({"call_hearing", "answer_objection"} & set(page.open_verbs))


def _case(request: KnownVisit, page: SidePage) -> Link | None:
    """The way to the case, for those who may see it."""
    if not visible_to(request.actor).filter(id=page.case.pk).exists():
        return None
    name = say(page.item.name)
    return Link(f"{name} {page.case.number}", reverse("desk-proceeding", args=[page.case.number]))


def _turn(page: SidePage, teller: Teller, *, is_mine: bool) -> pages.Glance:
    label = _("轮到谁")
    if not page.line.is_open:
        return pages.Glance(label=label, value=_("已经结束"))
    names = _("、").join(step_name(s.code, page.item) for s in page.open_steps)
    whose = {s.whose for s in page.open_steps}
    if whose == {"applicant"}:
        return pages.Glance(label=label, value=_("申请人"), note=_(page.line.state_title))
    if whose == {"third"}:
        return pages.Glance(label=label, value=_("利害关系人"), note=_(page.line.state_title))
    if is_mine:
        return pages.Glance(label=label, value=_("您"), note=names, tone="you")
    return pages.Glance(label=label, value=department_name(page.line.proceeding.department))


# What it is about


def side_facts(line: SideLine) -> Iterator[Fact]:
    """What a side proceeding is about and what came of it, as facts."""
    yield from {"hearing": _hearing, "statement": _statement, "opinion": _opinion}[line.kind](line)


def _hearing(line: SideLine) -> Iterator[Fact]:
    facts = line.facts
    yield Fact(_("为什么告知"), str(facts["reason"]))
    if "held_at" in facts:
        yield Fact(_("时间"), moment(datetime.fromisoformat(facts["held_at"])))
        yield Fact(_("地点"), facts["place"])
        chair = staff_names([facts["chair"]]).get(facts["chair"], "")
        yield Fact(_("主持人"), chair)
        closed = facts["closed"]
        yield Fact(_("方式"), _("不公开：%(why)s") % {"why": closed} if closed else _("公开举行"))
    if facts.get("objection") == "open":
        yield Fact(_("回避"), _("有人申请主持人回避，等待负责人决定"))
    if line.minutes:
        yield Fact(_("参加的人"), line.minutes.present)
        yield Fact(_("笔录"), line.minutes.text)
        signed = _("、").join(one.name for one in line.signatures)
        yield Fact(_("已确认笔录"), signed or _("还没有人确认"))
    if facts.get("unsigned"):
        yield Fact(_("没有签字的原因"), facts["unsigned"])


def _statement(line: SideLine) -> Iterator[Fact]:
    one = line.interested
    if one is None:
        return
    yield Fact(_("利害关系人"), one.name)
    if one.contact:
        yield Fact(_("联系电话"), one.contact)
    yield Fact(_("利益关系"), one.concerns)
    if line.is_open:
        link = f"/hear/{statement_token(line.proceeding.number)}/"
        yield Fact(_("他的链接"), link, change=Link(_("打开"), link))
    if one.stated_at:
        yield Fact(_("提出意见"), moment(one.stated_at))
        yield Fact(_("意见"), one.statement)
    elif not line.is_open:
        yield Fact(_("意见"), _(line.state_title))


def _opinion(line: SideLine) -> Iterator[Fact]:
    yield Fact(_("向谁征求"), department_name(line.proceeding.department))
    yield Fact(_("方式"), _("会签") if line.facts["countersign"] else _("征求意见"))
    yield Fact(_("答复的时间"), days(line.facts["days"], "workday"))
    advice = line.advice
    if advice is None:
        return
    yield Fact(_("问题"), advice.question)
    if advice.at:
        view = _("同意") if advice.agrees else _("不同意")
        who = staff_names([advice.by_account or 0]).get(advice.by_account or 0, "")
        yield Fact(_("意见"), f"{view} · {who} · {moment(advice.at)}")
    elif not line.is_open:
        yield Fact(_("意见"), _(line.state_title))
    if advice.text:
        yield Fact(_("说明"), advice.text)
