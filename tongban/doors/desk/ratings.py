"""Reviews on the desk: bad ones, boards, what detectors found, devices, the report."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

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
from tongban.kernel.refusals import NotFound, Refusal
from tongban.kernel.worktime import city_date, start_of_day
from tongban.people.queries import departments, staff_names
from tongban.ratings import queries
from tongban.ratings.actions import monthly_report, register_device, retire_device, settle_flag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.doors.visits import KnownVisit
    from tongban.ratings.models import Device
    from tongban.ratings.queries import Board, FlagLine, Mended, ReviewLine, Voices

PAGE = 50
FLAGS = 10
KINDS = ("bad", "all", "flagged")


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
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagsDesk(DeskPage):
    """What detectors found and nobody has looked at; devices of the halls."""

    title: str
    flags: tuple[FlagCard, ...]
    empty: Empty
    pager: Pager
    devices: Table
    forms: tuple[VerbForm, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCard:
    """One flag with the facts that a person can check, and its two answers."""

    id: int
    title: str
    text: str
    facts: tuple[Fact, ...]
    form: VerbForm


@require_safe
@permission("staff")
def ratings(request: KnownVisit) -> HttpResponse:
    """Bad reviews first; every number leads down to the reviews behind it."""
    seen = queries.visible_departments(request.actor)
    if seen is not None and not seen:
        raise NotFound(_("没有找到这个页面，或您的岗位不能查看。"))
    kind = request.GET.get("kind", "bad")
    kind = kind if kind in KINDS else "bad"
    department = request.GET.get("department", "")
    cursor = request.GET.get("after", "")
    rows = queries.reviews_of(
        request.actor, department=department, kind=kind,
        cursor=int(cursor) if cursor.isdecimal() and len(cursor) < 19 else 0, limit=PAGE + 1,
    )  # fmt: skip
    page = _page(request, seen, kind, department, rows)
    return render(request, "desk/ratings.html", {"page": page})


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
    query = {**told, **({"department": department} if department else {})}
    one = department or (next(iter(seen)) if seen is not None and len(seen) == 1 else "")
    is_body = seen is None
    board = queries.board_of("department", since, until) if is_body and not one else None
    detail = queries.board_of("item", since, until, department=one) if one else None
    whole = board or detail
    mended = queries.mended_of(since, until, department=one)
    tabs = {"bad": _("差评"), "all": _("全部评价"), "flagged": _("有异常标记的")}
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
        board=_board(board, query) if board else _items(detail) if detail else None,
        links=tuple(_links(is_body, since)),
        months=_months(city_date(request.now), since, {"kind": kind, **query}),
        month=date_format(since, "YEAR_MONTH_FORMAT"),
    )


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
            Column(_("时间"), "time"),
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
    return Row(
        (
            Cell(one.rated_at),
            Cell(reviews.level_tag(one.level)),
            Cell(say(one.name) or one.number, href=href),
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


def _items(board: Board) -> Table:
    rows = tuple(
        Row(
            (
                Cell(item_name(one.code, board.since)),
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


# ---- what detectors found, and devices ----------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("staff")
def flags(request: KnownVisit) -> HttpResponse:
    """Flags that wait, and the registered devices; the administration settles and registers."""
    cursor = request.GET.get("after", "")
    at = int(cursor) if cursor.isdecimal() and len(cursor) < 19 else 0
    if request.method == "GET":
        return _show_flags(request, at)
    typed = {
        name: plain(request.POST.get(name, ""))
        for name in ("do", "id", "reason", "name", "channel", "window")
    }
    try:
        told = _do(request, typed)
    except NotFound:
        raise
    except Refusal as no:
        return _show_flags(request, at, typed, no)
    messages.success(request, told)
    return redirect("desk-rating-flags")


def _do(request: KnownVisit, typed: Mapping[str, str]) -> str:
    number = int(typed["id"]) if typed["id"].isdecimal() and len(typed["id"]) < 19 else 0
    by, now = request.actor, request.now
    if typed["do"] in ("holds", "clears"):
        settle_flag(
            flag_id=number, holds=typed["do"] == "holds", reason=typed["reason"], by=by, now=now
        )
        return _("已记下核查结果。")
    if typed["do"] == "register":
        region = next((prefix for _queue, prefix in sorted(by.posts)), "")
        register_device(
            window=typed["window"], channel=typed["channel"], region=region, name=typed["name"],
            by=by, now=now,
        )  # fmt: skip
        return _("已登记。请在那台设备上打开列出的网址。")
    if typed["do"] == "retire":
        retire_device(device_id=number, by=by, now=now)
        return _("已停用。")
    raise NotFound(_("没有这个办理动作。"))


def _show_flags(
    request: KnownVisit,
    cursor: int,
    typed: Mapping[str, str] | None = None,
    no: Refusal | None = None,
) -> HttpResponse:
    wrong = refusal_in_words(no) if no else ""
    kept = dict(typed or {})
    found = queries.flags_waiting(request.actor, cursor=cursor, limit=FLAGS + 1)
    known = queries.devices(request.actor)
    shown = found[:FLAGS]
    page = FlagsDesk(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=_("异常核查和评价器"),
        flags=tuple(_card(one, kept, wrong) for one in shown),
        empty=Empty(_("没有等待核查的异常"), icon="tick"),
        pager=Pager(next=f"?after={shown[-1].id}" if len(found) > FLAGS else ""),
        devices=_devices(known),
        forms=(_register(kept, wrong), *_retire(known)),
        problems=(Problem(wrong, _place(kept)),) if wrong else (),
    )
    return render(
        request, "desk/rating_flags.html", {"page": page}, status=no.status if no else 200
    )


def _place(typed: Mapping[str, str]) -> str:
    """The field in which what was wrong can be put right."""
    return "register-name" if typed.get("do") == "register" else f"flag-{typed.get('id', '')}"


def _card(one: FlagLine, typed: Mapping[str, str], wrong: str) -> FlagCard:
    is_tried = bool(wrong) and typed.get("id") == str(one.id) and typed.get("do") != "retire"
    rule = queries.ratings().detector(one.detector)
    review = one.review
    return FlagCard(
        id=one.id,
        title=f"{one.detector} {say(rule.name.model_dump())}",
        text=say(rule.text.model_dump()),
        facts=(
            Fact(_("部门"), department_name(review.department)),
            Fact(_("评价"), reviews.level_name(review.level)),
            Fact(_("评价的办件"), review.number, is_code=True),
            Fact(_("评价渠道"), reviews.channel_name(review.channel)),
            *((Fact(_("窗口"), " ".join(queue_name(review.window))),) if review.window else ()),
            Fact(_("内容"), review.text or "—"),
            *(Fact(_(_FACTS.get(name, name)), str(value)) for name, value in one.facts.items()),
        ),
        form=VerbForm(
            id=f"do-flag-{one.id}", title=_("核查"), button=_("属于刷评，不计入"),
            action=reverse("desk-rating-flags"),
            fields=(
                Field(name="reason", id=f"flag-{one.id}", label=_("核查了什么"), kind="longtext",
                      max_length=500, error=wrong if is_tried else "",
                      value=typed["reason"] if is_tried else ""),
            ),
            hidden=(("id", str(one.id)),),
            note=_("好评核实以前不计入统计；差评照常计入，只有两人排除才不计。"),
        ),
    )  # fmt: skip


_FACTS = {
    "people": "不同的人", "limit": "规定值", "seconds": "秒数", "same": "相同的评价",
    "count": "当天评价数", "mean": "此前日均", "idle": "没有接待时的评价", "of": "全部现场评价",
}  # fmt: skip


def _devices(known: Sequence[Device]) -> Table:
    rows = tuple(
        Row(
            (
                Cell(one.name),
                Cell(reviews.channel_name(one.channel)),
                Cell(" ".join(queue_name(one.window)) if one.window else "—"),
                Cell(f"/hall/rate/{one.code}/", href=f"/hall/rate/{one.code}/"),
                Cell(Tag(_("使用中"), "done") if one.is_active else Tag(_("停用"), "plain")),
            )
        )
        for one in known
    )
    return Table(
        title=_("登记的评价器"), rows=rows,
        empty=Empty(_("还没有登记评价器"), _("登记以后，在平板上打开它的网址，就能评价。")),
        columns=(
            Column(_("放在哪里")), Column(_("种类")), Column(_("窗口"), "code"),
            Column(_("网址"), "code"), Column(_("状态"), "tag"),
        ),
    )  # fmt: skip


def _register(typed: Mapping[str, str], wrong: str) -> VerbForm:
    at_counter = [one for one in queries.ratings().channels if one.at_counter]
    is_tried = bool(wrong) and typed.get("do") == "register"
    return VerbForm(
        id="do-register", title=_("登记评价器"), button=_("登记"),
        action=reverse("desk-rating-flags"),
        fields=(
            Field(name="name", id="register-name", label=_("放在哪里"), max_length=100,
                  error=wrong if is_tried else "", value=typed["name"] if is_tried else ""),
            Field(
                name="channel", id="register-channel", label=_("种类"), kind="choice",
                options=tuple(
                    Option(one.code, say(one.name.model_dump()), chosen=n == 0)
                    for n, one in enumerate(at_counter)
                ),
            ),
            Field(
                name="window", id="register-window", label=_("窗口"), kind="choice",
                required=False, help=_("平板放在哪个部门的窗口；自助机不用选。"),
                options=tuple(
                    Option(f"{one.code}.window", say(one.name)) for one in departments()
                ),
            ),
        ),
        hidden=(("do", "register"),),
    )  # fmt: skip


def _retire(known: Sequence[Device]) -> tuple[VerbForm, ...]:
    """The way to take a device out of use, where there is one."""
    options = tuple(Option(str(one.pk), one.name) for one in known if one.is_active)
    if not options:
        return ()
    form = VerbForm(
        id="do-retire", title=_("停用评价器"), button=_("停用"),
        action=reverse("desk-rating-flags"),
        fields=(
            Field(name="id", id="retire-id", label=_("哪一台"), kind="choice", options=options),
        ),
        hidden=(("do", "retire"),),
        note=_("停用以后网址打不开；已经收到的评价照常计入。"),
    )  # fmt: skip
    return (form,)


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
