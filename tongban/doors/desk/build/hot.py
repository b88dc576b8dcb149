"""The list of hot issues with their days as bars, and the page of one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongban.catalogue.queries import live
from tongban.doors.desk import pages
from tongban.doors.desk.build.clocks import deadline_glance
from tongban.doors.desk.build.filters import filter_field
from tongban.doors.desk.build.history import people_in
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.tickets import (
    TicketTeller,
    domain_name,
    path_of,
    teller_of,
)
from tongban.doors.desk.build.tried import notice_of
from tongban.doors.desk.build.verbs import Offer, place_of, verb_forms
from tongban.doors.desk.build.words import department_name, moment, state_tag
from tongban.doors.desk.forms import verbs_of
from tongban.doors.maps import Pin, shown
from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Link, Option, Row, Table
from tongban.doors.texts import clock, say
from tongban.hotline import queries as hotline
from tongban.hotline.queries.hot import measure
from tongban.hotline.rules.hot import title_of as named
from tongban.hotline.states import HOT
from tongban.kernel.clocks import ClockState
from tongban.kernel.worktime import city_date
from tongban.people.queries import departments, regions, staff_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tongban.doors.desk.build.tried import Tried
    from tongban.doors.parts import Tone
    from tongban.doors.visits import KnownVisit
    from tongban.hotline.queries.hot import HotLine, HotPage, HotWanted, Spot

HIGH, WIDE, GAP = 24, 6, 2
"""The size of the bars, in units of the drawing."""


def hots_page(request: KnownVisit, lines: Sequence[HotLine], wanted: HotWanted) -> pages.HotsPage:
    """The list with its filters."""
    names = _region_names()
    here = reverse("desk-hots")
    open_link = Link(_("正在发生"), here)
    ended = Link(_("已经结束"), f"{here}?ended=1")
    return pages.HotsPage(
        queues=sidebar(request),
        keys=keys(),
        title=_("热点问题"),
        tabs=(
            pages.Tab(open_link.text, open_link.href, is_current=not wanted.ended),
            pages.Tab(ended.text, ended.href, is_current=wanted.ended),
        ),
        ended=wanted.ended,
        fields=tuple(_filters(wanted, names)),
        rows=tuple(_row(one, names, request) for one in lines),
        empty=Empty(
            _("没有热点"),
            _("%(least)s 个以上不同的人说同一件事，就会出现在这里。") % {"least": measure().least},
            icon="tick",
        ),
    )


def _filters(wanted: HotWanted, names: Mapping[str, str]) -> Iterator[Field]:
    states = [(state.value, _(HOT.title(state.value))) for state in HOT.states]
    yield filter_field("state", _("状态"), states, wanted.state)
    domains = [(one.code, path_of(one)) for one in hotline.domains()]
    yield filter_field("domain", _("归口"), domains, wanted.domain)
    city = hotline.city_region()
    districts = [
        (code, name) for code, name in names.items() if code[:4] == city[:4] and code != city
    ]
    yield filter_field("region", _("所在区域"), districts, wanted.region)


def _row(line: HotLine, names: Mapping[str, str], request: KnownVisit) -> pages.HotRow:
    return pages.HotRow(
        number=line.number,
        href=reverse("desk-hot", args=[line.number]),
        title=title_of(line),
        heat=number_format(round(line.heat, 1), 1),
        people=people(line.callers),
        tickets=_tickets(line.tickets),
        place=_where(line, names),
        state=state_tag("hot_issue", line.state),
        unit=department_name(line.unit) if line.unit else "",
        last_at=line.last_at,
        days=days_of(line, request),
    )


def _where(line: HotLine, names: Mapping[str, str]) -> str:
    """The region and the place in it, a name that says both once."""
    region = names.get(line.region, "")
    place = "" if line.place == region else line.place
    return " · ".join(word for word in (region, place) if word)


def title_of(line: HotLine) -> str:
    """What an issue is about and where, in the reader's language."""
    return named(line.place, domain_name(line.domain).rpartition(" / ")[2])


def people(callers: float) -> str:
    """So many different people; unknown ones count by a part."""
    n = number_format(callers, 0 if callers == int(callers) else 1)
    return ngettext("%(n)s 人", "%(n)s 人", max(1, round(callers))) % {"n": n}


def _tickets(n: int) -> str:
    return ngettext("%(n)s 件诉求", "%(n)s 件诉求", n) % {"n": number_format(n)}


def days_of(line: HotLine, request: KnownVisit) -> pages.Days:
    """The requests of each of the last days as bars, and in words."""
    top = max(1, *line.days)
    today = city_date(request.now)
    bars = []
    for at, n in enumerate(line.days):
        high = max(1, round(HIGH * n / top)) if n else 1
        day = today - timedelta(days=len(line.days) - 1 - at)
        bars.append(pages.DayBar(at * (WIDE + GAP), HIGH - high, high, bool(n), day, n))
    words = _("最近 %(days)s 天每天的诉求：%(numbers)s") % {
        "days": len(line.days), "numbers": " ".join(map(str, line.days)),
    }  # fmt: skip
    span = _("%(first)s 到 %(last)s，最多的一天 %(n)s 件") % {
        "first": date_format(bars[0].day, "DATE_FORMAT"),
        "last": date_format(today, "DATE_FORMAT"),
        "n": max(line.days),
    }
    return pages.Days(words, span, len(line.days) * (WIDE + GAP) - GAP, tuple(bars))


# The page of one


def hot_page(request: KnownVisit, page: HotPage, tried: Tried | None) -> pages.HotPage:
    """One issue as this actor sees it."""
    p, line = page.proceeding, page.line
    offers = tuple(_offers(page))
    teller: TicketTeller = teller_of({p.pk: "hot_issue"}, staff_names(people_in(page.timeline)))
    place = place_of(offers, tried) if tried else ""
    running = [one for one in page.clocks if one.reading.state is not ClockState.STOPPED]
    names = _region_names()
    return pages.HotPage(
        queues=sidebar(request),
        keys=keys(),
        number=p.number,
        title=title_of(line),
        party=names.get(line.region, ""),
        state=state_tag("hot_issue", p.state),
        glances=tuple(_glances(page, running)),
        clocks=tuple(clock(one) for one in running),
        facts=tuple(_facts(page)),
        verbs=verb_forms(p.number, offers, tried),
        next=reverse("desk-next", args=[p.number]),
        refused=notice_of(tried, list(page.timeline), teller, place=place) if tried else None,
        kept=tried.kept if tried and not place else (),
        idle="" if offers or p.ended_at else _("现在不需要您办理。"),
        history=teller.tell(page.timeline),
        told=tuple(_told(page)),
        days=days_of(line, request),
        members=_members(page),
        map=shown(_("地图：这个热点的诉求"), map(_pin, page.spots)),
    )  # fmt: skip


def _pin(one: Spot) -> Pin:
    label = f"{one.title}（{one.number}）"
    return Pin(one.longitude, one.latitude, label, reverse("desk-proceeding", args=[one.number]))


def _glances(page: HotPage, running: Sequence[object]) -> Iterator[pages.Glance]:
    line = page.line
    tone: Tone = "late" if line.state == "alarmed" else "plain"
    yield pages.Glance(
        label=_("热度"), value=number_format(round(line.heat, 1), 1), tone=tone,
        note=_("平常每天 %(usual)s 件，%(limit)s 人起预警") % {
            "usual": _usual(line.usual),
            "limit": line.limit,
        },
    )  # fmt: skip
    yield pages.Glance(
        label=_("多少人"), value=people(line.callers),
        note=_("最近一天 %(today)s") % {"today": people(line.callers_today)},
    )  # fmt: skip
    if running:
        yield deadline_glance(running)  # type: ignore[arg-type]  # -- the clocks of the page


def _usual(mean: float) -> str:
    return number_format(round(mean, 1), 1) if mean >= 0.1 else f"<{number_format(0.1, 1)}"


def _told(page: HotPage) -> Iterator[Fact]:
    line, row = page.line, page.row
    yield Fact(_("什么事"), domain_name(line.domain))
    if row.words:
        yield Fact(_("大家的话"), _("、").join(row.words))
    yield Fact(_("在哪里"), _where(line, _region_names()))
    again = max(0.0, 1 - line.callers / line.tickets) if line.tickets else 0.0
    yield Fact(
        _("谁在说"),
        _("%(people)s，%(tickets)s，其中重复和匿名折算 %(share)s%%") % {
            "people": people(line.callers), "tickets": _tickets(line.tickets),
            "share": round(100 * again),
        },
    )  # fmt: skip
    yield Fact(_("第一件"), moment(line.first_at))
    yield Fact(_("最近一件"), moment(line.last_at))
    if line.alarmed_at:
        yield Fact(_("预警时间"), moment(line.alarmed_at))


def _facts(page: HotPage) -> Iterator[Fact]:
    line = page.line
    yield Fact(_("编号"), line.number, is_code=True)
    if page.unit:
        label = _("承办单位") if line.unit else _("建议承办单位")
        yield Fact(label, department_name(page.unit))
    if line.lead and page.is_centre:
        link = reverse("desk-proceeding", args=[line.lead])
        yield Fact(_("主单"), line.lead, change=Link(_("打开"), link))
    if page.is_centre:
        yield Fact(_("还没有答复"), _tickets(page.untold))


def _members(page: HotPage) -> Table:
    """The requests; what is the same of all of them is not said for each."""
    return Table(
        title=_("属于这个热点的诉求") if page.is_centre else _("本单位承办的诉求"),
        columns=(
            Column(_("诉求")), Column(_("承办单位")), Column(_("状态"), "tag"),
            Column(_("受理时间"), "time"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.title, reverse("desk-proceeding", args=[one.number]), one.number),
                    Cell(department_name(one.unit) if one.unit else ""),
                    Cell(state_tag("ticket", one.state)),
                    Cell(one.received_at),
                ),
                key=one.number,
            )
            for one in page.members
        ),
        empty=Empty(_("没有"), icon="tick"),
    )  # fmt: skip


def _offers(page: HotPage) -> Iterator[Offer]:
    for name, verb in verbs_of("hot_issue").items():
        if name not in page.verbs or not _fits(page, name):
            continue
        yield Offer(verb=verb, choices=_choices(page, name), is_first=True)


def _fits(page: HotPage, name: str) -> bool:
    if name == "join_newcomers":
        return page.newcomers > 0
    if name == "close_issue":
        return page.untold == 0
    return True


def _choices(page: HotPage, name: str) -> Mapping[str, tuple[Option, ...]]:
    if name == "gather":
        units = ((one.code, say(one.name)) for one in departments())
        by_rule = Option("", _("按派单目录"))
        return {"unit": (by_rule, *(Option(c, text, chosen=c == page.unit) for c, text in units))}
    if name == "leave_out":
        return {"number": tuple(Option(m.number, f"{m.number} {m.title}") for m in page.members)}
    return {}


def _region_names() -> dict[str, str]:
    city = live("city")
    found = {one.code: say(one.name) for one in regions()}
    return {str(city["code"]): say(city["name"]), **found}
