"""Reviews on the desk: bad ones, boards, what detectors found, devices, the report."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongban.catalogue.queries import item_version, package_in_force
from tongban.doors import reviews
from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.build.tickets import path_of
from tongban.doors.desk.build.words import department_name, queue_name, state_tag
from tongban.doors.desk.forms import plain
from tongban.doors.desk.pages import DeskPage, Tab, VerbForm
from tongban.doors.parts import (
    Cell,
    Column,
    Empty,
    Fact,
    Field,
    Link,
    Option,
    Pager,
    Problem,
    Row,
    Table,
    Tag,
)
from tongban.doors.texts import refusal_in_words, say
from tongban.hotline.queries import domains
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import city_date, start_of_day
from tongban.people.queries import departments, staff_names
from tongban.ratings import queries
from tongban.ratings.actions import check_unit, monthly_report, record_talk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.doors.visits import KnownVisit
    from tongban.kernel.actors import Actor
    from tongban.kernel.refusals import Problem as RefusalProblem
    from tongban.ratings.queries import Board, Mended, ReviewLine, Voices

PAGE = 50
KINDS = ("bad", "all", "flagged", queries.COMMENT, queries.SPOT_CHECK)
APART = (queries.COMMENT, queries.SPOT_CHECK)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingsDesk(DeskPage):
    """Reviews that this officer may read, with the figures of the month."""

    title: str
    tabs: tuple[Tab, ...]
    figures: tuple[Fact, ...]
    table: Table
    board: Table | None = None
    links: tuple[Link, ...] = ()
    months: tuple[Tab, ...] = ()
    back: Link | None = None
    month: str = ""
    shown: str = ""
    notes: tuple[str, ...] = ()
    form: VerbForm | None = None
    talk: str = ""
    problems: tuple[Problem, ...] = ()


@require_safe
@permission("staff")
def ratings(request: KnownVisit) -> HttpResponse:
    """Bad reviews first; every number leads down to the reviews behind it."""
    return _show(request, request.GET.get("kind", "bad"))


@require_POST
@permission("staff")
def check(request: KnownVisit) -> HttpResponse:
    """Record what the administration found at a unit on the spot (监督查评)."""
    level = request.POST.get("level", "")
    said = {name: plain(request.POST.get(name, "")) for name in ("unit", "findings")}
    try:
        check_unit(
            unit=said["unit"], findings=said["findings"], by=request.actor, now=request.now,
            level=int(level) if level in {"1", "2", "3", "4", "5"} else 0,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as no:
        tried = Tried({**said, "level": level}, no)
        return _show(request, queries.SPOT_CHECK, tried)
    messages.success(request, _("已记下监督查评。不满意的已经交那个单位整改、答复。"))
    return redirect(f"{reverse('desk-ratings')}?kind={queries.SPOT_CHECK}")


@dataclass(frozen=True, slots=True)
class Tried:
    """A check that was refused: it stays as it was typed."""

    said: Mapping[str, str]
    no: Refusal


def _show(request: KnownVisit, kind: str, tried: Tried | None = None) -> HttpResponse:
    seen = queries.visible_departments(request.actor)
    if seen is not None and not seen:
        raise NotFound(_("没有找到这个页面，或您的岗位不能查看。"))
    kind = kind if kind in KINDS else "bad"
    department = request.GET.get("department", "")
    cursor = request.GET.get("after", "")
    item = request.GET.get("item", "")[:60]
    month = request.GET.get("month", "")
    span = queries.month_of(_month(month, city_date(request.now))) if month else None
    rows = queries.reviews_of(
        request.actor, department=department, kind=kind, item=item, span=span,
        cursor=int(cursor) if cursor.isdecimal() and len(cursor) < 19 else 0, limit=PAGE + 1,
    )  # fmt: skip
    page = _page(request, seen, kind, department, rows)
    if seen is None and kind == queries.SPOT_CHECK:
        form = _check_form(request.actor, tried)
        found = reviews.problems(tried.no) if tried and isinstance(tried.no, BadInput) else ()
        page = replace(page, form=form, problems=found)
    page = _with_talk(request, page, seen, department, tried)
    status = tried.no.status if tried else 200
    return render(request, "desk/ratings.html", {"page": page}, status=status)


def _with_talk(
    request: KnownVisit, page: RatingsDesk, seen: object, department: str, tried: Tried | None
) -> RatingsDesk:
    """Who stands at the bottom for months running, for the administration; and the form."""
    month = _month(request.GET.get("month", ""), last_month(city_date(request.now)))
    unit = queries.unit_to_talk_to(month, request.now) if seen is None and not department else ""
    if not unit:
        return page
    held = queries.talk_of(month)
    told = _("%(unit)s连续 %(n)s 个月排名末位（到%(month)s），应当约谈。") % {
        "unit": department_name(unit), "n": queries.ratings().talk_after.value,
        "month": date_format(month, "YEAR_MONTH_FORMAT"),
    }  # fmt: skip
    if held is not None:
        done = _("%(day)s已约谈%(whom)s，承诺：%(promised)s") % {
            "day": date_format(held.held_on, "DATE_FORMAT"), "whom": held.whom,
            "promised": held.promised,
        }  # fmt: skip
        return replace(page, talk=f"{told}{done}")
    page = replace(page, talk=told)
    if page.form is not None or unit in request.actor.departments:
        return page
    found = reviews.problems(tried.no) if tried and isinstance(tried.no, BadInput) else ()
    return replace(page, form=_talk_form(month, tried), problems=found)


def last_month(today: date) -> date:
    """The first day of the last month that is over."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _talk_form(month: date, tried: Tried | None) -> VerbForm:
    said = tried.said if tried else {}
    wrong = {one.path: _(one.sentence) for one in _problems(tried)}
    return VerbForm(
        id="do-talk", title=_("记录约谈"), button=_("记下"),
        action=f"{reverse('desk-rating-talk')}?month={month:%Y-%m}",
        fields=(
            Field(name="held_on", id="f-held-on", label=_("哪天约谈的"), kind="date",
                  value=said.get("held_on", ""), error=wrong.get("held_on", "")),
            Field(name="whom", id="f-whom", label=_("约谈了谁（单位和职务）"), max_length=100,
                  value=said.get("whom", ""), error=wrong.get("whom", "")),
            Field(name="promised", id="f-promised", label=_("承诺怎样改、什么时候改好"),
                  kind="longtext", max_length=reviews.LONGEST, value=said.get("promised", ""),
                  error=wrong.get("promised", "")),
        ),
    )  # fmt: skip


@require_POST
@permission("staff")
def talk(request: KnownVisit) -> HttpResponse:
    """Record that the unit at the bottom was spoken to (约谈)."""
    names = ("held_on", "whom", "promised")
    said = {name: plain(request.POST.get(name, "")) for name in names}
    month = _month(request.GET.get("month", ""), last_month(city_date(request.now)))
    try:
        held_on = date.fromisoformat(said["held_on"])
    except ValueError:
        held_on = None
    try:
        record_talk(
            month=month, held_on=held_on, whom=said["whom"], promised=said["promised"],
            by=request.actor, now=request.now,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as no:
        return _show(request, "bad", Tried(said, no))
    messages.success(request, _("已记下约谈。"))
    return redirect(f"{reverse('desk-ratings')}?month={month:%Y-%m}")


def _check_form(actor: Actor, tried: Tried | None) -> VerbForm:
    said = tried.said if tried else {}
    wrong = {one.path: _(one.sentence) for one in _problems(tried)}
    refused = refusal_in_words(tried.no) if tried and not wrong else ""
    return VerbForm(
        id="do-check", title=_("记录一次监督查评"), button=_("记下"),
        action=reverse("desk-rating-check"), note=refused,
        fields=(
            Field(
                name="unit", id="f-unit", label=_("查评哪个单位"), kind="choice",
                options=tuple(
                    Option(one.code, say(one.name), chosen=said.get("unit") == one.code)
                    for one in departments() if one.code not in actor.departments
                ),
            ),
            Field(
                name="level", id="f-level", label=_("查评结果"), kind="choice",
                error=wrong.get("level", ""),
                options=tuple(
                    Option(str(one.value), say(one.name.model_dump()),
                           chosen=said.get("level") == str(one.value))
                    for one in queries.ratings().levels
                ),
            ),
            Field(
                name="findings", id="f-findings", label=_("看到了什么，有什么证据"),
                kind="longtext", max_length=reviews.LONGEST, error=wrong.get("findings", ""),
                value=said.get("findings", ""),
                help=_("写明时间、地点和证据。被查评的单位会看到，并按差评整改的程序答复。"),
            ),
        ),
    )  # fmt: skip


def _problems(tried: Tried | None) -> Sequence[RefusalProblem]:
    return tried.no.problems if tried and isinstance(tried.no, BadInput) else ()


def _page(
    request: KnownVisit,
    seen: frozenset[str] | None,
    kind: str,
    department: str,
    rows: Sequence[ReviewLine],
) -> RatingsDesk:
    month = _month(request.GET.get("month", ""), city_date(request.now))
    since, until = queries.month_of(month)
    told = {"month": f"{since:%Y-%m}"} if request.GET.get("month") else {}
    item = request.GET.get("item", "")[:60]
    of = {"department": department, "item": item}
    query = {**told, **{name: value for name, value in of.items() if value}}
    one = department or (next(iter(seen)) if seen is not None and len(seen) == 1 else "")
    is_body = seen is None
    board = queries.board_of("department", since, until) if is_body and not one else None
    detail = queries.board_of("item", since, until, department=one) if one else None
    whole = board or detail
    mended = queries.mended_of(since, until, department=one)
    tabs = {
        "bad": _("差评"), "all": _("全部评价"), "flagged": _("有异常标记的"),
        queries.COMMENT: _("综合点评"), queries.SPOT_CHECK: _("监督查评"),
    }  # fmt: skip
    return RatingsDesk(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=f"{_('好差评')} · {department_name(one)}" if one else _("好差评"),
        tabs=tuple(
            Tab(words, f"?{urlencode({'kind': name, **query})}", is_current=name == kind)
            for name, words in tabs.items()
        ),
        back=Link(_("全市"), f"?{urlencode(told)}") if is_body and department else None,
        figures=_figures(whole, mended, queries.voices(*_moments(since, until), department=one)),
        table=_table(rows, kind, query),
        board=_board(board, query) if board else _items(detail, query) if detail else None,
        links=tuple(_links(is_body, since)),
        months=_months(city_date(request.now), since, {"kind": kind, **query}),
        month=date_format(since, "YEAR_MONTH_FORMAT"),
        shown=_shown(since if told else None, item, since),
        notes=(_apart(kind, one),) if kind in APART else (),
    )


def _shown(month: date | None, item: str, on: date) -> str:
    """Which reviews are listed below the figures, in a sentence."""
    words = [
        _("%(month)s的评价，新的在前。") % {"month": date_format(month, "YEAR_MONTH_FORMAT")}
        if month
        else _("不分月份，新的在前。")
    ]
    if item:
        words.append(_("只列“%(item)s”的。") % {"item": item_name(item, on)})
    return "".join(words)


def _apart(kind: str, department: str) -> str:
    """What stands beside the good rate, in a sentence."""
    figures, mended = queries.apart_figures(kind, department=department)
    return _("单独统计，不计入好评率：累计 %(n)s 条，不满意 %(bad)s 条，已整改 %(done)s 条。") % {
        "n": figures.total, "bad": figures.bad, "done": mended.done,
    }  # fmt: skip


def _moments(since: date, until: date) -> tuple[datetime, datetime]:
    return start_of_day(since), start_of_day(until)


def _links(is_body: bool, since: date) -> list[Link]:  # noqa: FBT001 -- the reader's reach
    found = [
        Link(_("月度报告（PDF）"), reverse("desk-ratings-report", args=[f"{since:%Y-%m}"])),
        Link(_("公开页面"), "/open/ratings/"),
        Link(_("大厅屏幕"), "/open/ratings/board/"),
    ]
    if is_body:
        found.insert(0, Link(_("异常核查和评价器"), reverse("desk-rating-flags")))
    return found


def _figures(board: Board | None, mended: Mended, voices: Voices) -> tuple[Fact, ...]:
    whole = board.whole if board else None
    return (
        Fact(_("好评率"), reviews.rate_words(whole) if whole else "—"),
        Fact(_("参评率"), reviews.percent(whole.participation) if whole else "—"),
        Fact(_("主动评价率"), reviews.percent(whole.unprompted_rate) if whole else "—"),
        Fact(_("评价数"), str(whole.total) if whole else "0"),
        Fact(_("待核实的好评"), str(whole.held) if whole else "0"),
        Fact(_("差评整改率"), reviews.percent(mended.rate)),
        Fact(_("按期整改率"), reviews.percent(mended.in_time_rate)),
        Fact(_("回访满意率"), reviews.percent(mended.satisfied_rate)),
        Fact(_("实名差评联系率"), reviews.percent(mended.contact_rate)),
        Fact(_("不计入统计的差评"), str(mended.excluded)),
        Fact(
            _("投诉和差评合计"),
            _("%(n)s 件事（投诉 %(complaints)s ＋ 差评 %(bad)s － 同一件事 %(both)s）")
            % {
                "n": voices.matters,
                "complaints": voices.complaints,
                "bad": voices.bad,
                "both": voices.both,
            },
        ),
    )


def _table(rows: Sequence[ReviewLine], kind: str, query: dict[str, str]) -> Table:
    shown = rows[:PAGE]
    nothing = {
        "bad": Empty(_("没有差评"), _("有了差评会列在这里，由单位负责人点开整改。"), icon="tick"),
        "flagged": Empty(_("没有评价有异常标记"), icon="tick"),
    }
    names = staff_names({one.officer_id for one in shown if one.officer_id})
    more: dict[str, str] = {"kind": kind, **query}
    return Table(
        title=_("评价"),
        columns=(
            Column(_("时间")),
            Column(_("评价"), "tag"),
            Column(_("办理事项")),
            Column(_("内容")),
            Column(_("窗口和经办")),
            Column(_("异常标记")),
            Column(_("整改"), "tag"),
        ),
        rows=tuple(_row(one, names) for one in shown),
        empty=nothing.get(kind, Empty(_("没有评价"), icon="tick")),
        pager=Pager(
            first=f"?{urlencode(more)}" if len(rows) > PAGE else "",
            next=f"?{urlencode({**more, 'after': str(shown[-1].id)})}" if len(rows) > PAGE else "",
        ),
    )


def _row(one: ReviewLine, names: dict[int, str]) -> Row:
    words = _("；").join(x for x in (reviews.tag_names(one.tags), one.text) if x)
    href = reverse("desk-proceeding", args=[one.rectification]) if one.rectification else ""
    window = " ".join(queue_name(one.window)) if one.window else ""
    place = " · ".join(x for x in (window, names.get(one.officer_id or 0, "")) if x)
    state = state_tag("rectification", one.state) if one.state else Tag("—")
    if one.is_second_round:
        state = replace(state, text=reviews.second_round(state.text))
    return Row(
        (
            Cell(reviews.when(one.rated_at, is_exact=bool(one.number))),
            Cell(reviews.level_tag(one.level)),
            Cell(say(one.name) or reviews.object_name(one.object), href=href),
            Cell(words or "—"),
            Cell(place or "—"),
            Cell(_("、").join(map(_flag_name, one.flags)) or "—"),
            Cell(state),
        ),
        key=str(one.id),
    )


def _flag_name(code: str) -> str:
    """What a detector looks for, in words; its code where the content has dropped it."""
    known = (one for one in queries.ratings().detectors if one.code == code)
    return next((say(one.name.model_dump()) for one in known), code)


def _board(board: Board, query: dict[str, str]) -> Table:
    rows = tuple(
        Row(
            (
                Cell(str(one.place) if one.place else "—"),
                Cell(
                    department_name(one.code),
                    href=f"?{urlencode({**query, 'department': one.code})}",
                ),
                Cell(_("评价太少") if one.is_few else reviews.rate_words(one.figures)),
                Cell(reviews.percent(one.figures.participation)),
                Cell(str(one.figures.total)),
                Cell(str(one.figures.bad)),
                Cell(str(one.figures.held)),
            )
        )
        for one in board.rows
    )
    return Table(
        title=_("各部门"), rows=rows, empty=Empty(_("这个月还没有评价")),
        columns=(
            Column(_("名次"), "number"), Column(_("部门")), Column(_("好评率")),
            Column(_("参评率"), "number"), Column(_("评价数"), "number"),
            Column(_("差评数"), "number"), Column(_("待核实的好评"), "number"),
        ),
    )  # fmt: skip


def _items(board: Board, query: dict[str, str]) -> Table:
    rows = tuple(
        Row(
            (
                Cell(
                    item_name(one.code, board.since),
                    href=f"?{urlencode({**query, 'item': one.code, 'kind': 'all'})}#reviews",
                ),
                Cell(_("评价太少") if one.is_few else reviews.rate_words(one.figures)),
                Cell(reviews.percent(one.figures.participation)),
                Cell(str(one.figures.total)),
                Cell(str(one.figures.bad)),
            )
        )
        for one in board.rows
    )
    return Table(
        title=_("各事项"), rows=rows, empty=Empty(_("这个月还没有评价")),
        columns=(
            Column(_("事项")), Column(_("好评率")), Column(_("参评率"), "number"),
            Column(_("评价数"), "number"), Column(_("差评数"), "number"),
        ),
    )  # fmt: skip


def item_name(code: str, on: date) -> str:
    """What is rated under an item's code: a package, an item, a domain of the hotline."""
    with contextlib.suppress(NotFound):
        return say(package_in_force(code, on).compiled.name)
    with contextlib.suppress(NotFound):
        return say(item_version(code, on).item.name.model_dump(exclude_none=True))
    domain = next((one for one in domains() if one.code == code), None)
    return path_of(domain) if domain else code


def _month(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def _months(today: date, shown: date, query: dict[str, str]) -> tuple[Tab, ...]:
    found = []
    first = today.replace(day=1)
    for _n in range(6):
        words = date_format(first, "YEAR_MONTH_FORMAT")
        href = f"?{urlencode({**query, 'month': f'{first:%Y-%m}'})}"
        found.append(Tab(words, href, is_current=first == shown))
        year, month = divmod(first.year * 12 + first.month - 2, 12)
        first = date(year, month + 1, 1)
    return tuple(found)


# ---- the monthly report -------------------------------------------------------------------------


@require_safe
@permission("staff")
def report(request: KnownVisit, month: str) -> HttpResponse:
    """The month as a PDF, of the whole city or of his own department."""
    seen = queries.visible_departments(request.actor)
    if seen is not None and not seen:
        raise NotFound(_("没有找到这个页面，或您的岗位不能查看。"))
    first = _month(month, city_date(request.now))
    pdf = monthly_report(month=first, departments=seen, now=request.now)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="ratings-{first:%Y-%m}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
