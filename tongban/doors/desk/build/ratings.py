"""The page of a rectification: what was said, what the unit did, what may be done now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.catalogue.queries import package_version, packages_in_force
from tongban.doors import reviews
from tongban.doors.desk import pages
from tongban.doors.desk.build.clocks import deadline_glance
from tongban.doors.desk.build.history import Teller
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, queue_name, state_tag
from tongban.doors.desk.forms import verbs_of
from tongban.doors.parts import Fact, Link
from tongban.doors.texts import clock, say
from tongban.kernel.clocks import ClockState
from tongban.kernel.worktime import city_date
from tongban.people.queries import staff_names
from tongban.ratings.queries import is_apart
from tongban.ratings.states import LIFE, LINKED, OPENED, REOPENED
from tongban.records.queries import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.visits import KnownVisit
    from tongban.ratings.queries import RectificationPage, Round, WhoRated
    from tongban.records.events import JournalEntry


def rectification_page(
    request: KnownVisit, page: RectificationPage, who: WhoRated | None, tried: Tried | None
) -> pages.SidePage:
    """The page of one rectification; ``who`` only for the unit of a real-name review."""
    p, line = page.proceeding, page.line
    entries = [one for one in entries_of("proceeding", [p.pk])[p.pk] if _is_told(one, page)]
    # What is told of a ticket's review names nothing of a package: any will do.
    compiled = (
        package_version(p.version_id).compiled
        if line.name and not is_apart(line.object)
        else packages_in_force(city_date(request.now))[0].compiled
    )
    teller = replace(Teller.of(compiled, {}, entries), kinds={p.pk: "rectification"})
    known = verbs_of("rectification")
    offers = tuple(Offer(verb=v) for n, v in known.items() if n in page.open_verbs)
    place = place_of(offers, tried) if tried else ""
    running = [c for c in page.clocks if c.reading.state is ClockState.RUNNING]
    return pages.SidePage(
        queues=sidebar(request, page.queue),
        keys=keys(),
        number=p.number,
        title=f"{_title(page)} · {say(line.name) or reviews.object_name(line.object)}",
        party=department_name(p.department),
        state=state_tag("rectification", p.state),
        glances=(
            _turn(page),
            deadline_glance(running),
            pages.Glance(label=_("评价"), value=reviews.level_name(line.level), tone="late"),
        ),
        clocks=tuple(clock(c) for c in running),
        facts=tuple(_facts(page)),
        verbs=verb_forms(p.number, offers, tried),
        refused=notice_of(tried, entries, teller, place=place) if tried else None,
        kept=tried.kept if tried and not place else (),
        idle="" if offers or LIFE.is_final(p.state) else _("现在不需要您办理。"),
        told=(*_earlier(page.earlier), *_told(page, who)),
        history=teller.tell(entries),
    )


def _title(page: RectificationPage) -> str:
    return _("差评第二次整改") if page.earlier else _("差评整改")


def _is_told(entry: JournalEntry, page: RectificationPage) -> bool:
    """What leads from the review of somebody without a name to him: its minute, his request."""
    return not (page.hides_matter and entry.verb in (OPENED, REOPENED, LINKED))


def _turn(page: RectificationPage) -> pages.Glance:
    label = _("轮到谁")
    if LIFE.is_final(page.proceeding.state):
        return pages.Glance(label=label, value=_("已经结束"))
    if page.is_mine:
        title = _(LIFE.title(page.proceeding.state))
        return pages.Glance(label=label, value=_("您"), note=title, tone="you")
    if page.proceeding.state in ("appealed", "proposed", "replied"):
        return pages.Glance(label=label, value=_("政务服务管理机构"))
    return pages.Glance(label=label, value=_("责任单位"))


def _facts(page: RectificationPage) -> Iterator[Fact]:
    line = page.line
    yield Fact(_("评价什么"), reviews.object_name(line.object))
    if is_apart(line.object):
        yield Fact(_("评价的办件"), _("不是哪一件：总的评价，不计入好评率"))
    elif line.number:
        yield Fact(_("评价的办件"), line.number, is_code=True)
    else:
        yield Fact(_("评价的办件"), _("匿名评价不显示是哪一件"))
    yield Fact(_("评价渠道"), reviews.channel_name(line.channel))
    yield Fact(_("评价时间"), reviews.when(line.rated_at, is_exact=bool(line.number)))
    if line.window:
        yield Fact(_("窗口"), " · ".join(queue_name(line.window)))
    if line.flags:
        yield Fact(_("异常标记"), _("、").join(line.flags))
    yield Fact(_("计入统计"), _("是") if line.weight else _("否"))
    before = page.earlier
    if before is not None:
        href = reverse("desk-proceeding", args=[before.number])
        way = Link(_("查看"), href) if before.is_open else None
        yield Fact(_("第一次整改"), before.number, change=way, is_code=True)


def _earlier(one: Round | None) -> Iterator[Fact]:
    """What was said and answered the first time, which the person says did not put it right."""
    if one is None:
        return
    said = _("；").join(x for x in (reviews.level_name(one.line.level), one.line.text) if x)
    yield Fact(_("第一次的评价"), said)
    yield Fact(_("第一次的答复"), one.answer or _("没有答复"))


def _told(page: RectificationPage, who: WhoRated | None) -> Iterator[Fact]:
    line, row = page.line, page.row
    yield Fact(_("满意程度"), reviews.level_name(line.level))
    if line.tags:
        yield Fact(_("哪些方面"), reviews.tag_names(line.tags))
    text = who.text if who else line.text
    yield Fact(_("评价内容"), text or _("没有写"))
    if who:
        yield Fact(_("评价人"), who.name)
        if who.phone:
            yield Fact(_("联系电话"), who.phone)
    else:
        yield Fact(_("评价人"), _("留了姓名，由责任单位联系") if line.real_name else _("匿名"))
    if row.contact:
        yield Fact(_("联系情况"), row.contact)
    if row.finding:
        yield Fact(_("核实情况"), row.finding)
    if row.grounds:
        yield Fact(_("申诉理由"), row.grounds)
    if row.proposal:
        yield Fact(_("不计入统计的建议"), row.proposal)
        names = staff_names([one for one in (row.proposer_id, row.confirmer_id) if one])
        yield Fact(_("建议和确认的人"), _("、").join(names.values()))
    if row.answer:
        yield Fact(_("公开答复"), row.answer)
    if row.satisfied is not None:
        yield Fact(_("回访"), _("已解决") if row.satisfied else _("仍不满意"))
