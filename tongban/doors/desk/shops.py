"""Comprehensive licences on the desk: the page of officers, and reports that wait for answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongban.doors import shops as words
from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.forms import plain
from tongban.doors.desk.pages import DeskPage
from tongban.doors.parts import Cell, Column, Empty, Fact, Field, Notice, Row, Table, Tag
from tongban.doors.texts import in_words, named, say
from tongban.hotline.queries import about, content
from tongban.kernel.refusals import NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.licences.actions import answer_report
from tongban.licences.queries import comprehensive as rows
from tongban.licences.states import LIFE, REPORT_LIFE, ReportState
from tongban.people.queries import department, staff_names
from tongban.records.actions import log_reads

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.licences.queries.comprehensive import Report, Shop

_KINDS = {"complaint": "投诉", "report": "举报"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDesk(DeskPage):
    """A comprehensive licence as the departments see it that issued its parts."""

    title: str
    holder: str
    state: Tag
    facts: tuple[Fact, ...]
    parts: Table
    versions: Table
    records: Table
    reports: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsDesk(DeskPage):
    """Reports of people who scanned a code: those that wait stand first."""

    title: str
    reports: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk(DeskPage):
    """One report; `fields` while it waits for its answer."""

    title: str
    holder: str
    state: Tag
    facts: tuple[Fact, ...]
    action: str
    fields: tuple[Field, ...] = ()
    notices: tuple[Notice, ...] = ()


@require_GET
@permission("staff")
def one_licence(request: KnownVisit, serial: str) -> HttpResponse:
    """History and records; to departments that issued no part of it, it does not exist."""
    one = rows.shop(serial, city_date(request.now))
    if not rows.may_inspect(request.actor, one):
        raise NotFound(_("没有找到这份行业综合许可证，或其中没有您的部门颁发的许可。"))
    log_reads(
        [one.row.holder_id], by=request.actor, what=f"comprehensive:{one.row.pk}", why="desk"
    )
    page = ShopDesk(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=say(one.trade.licence_name.model_dump(exclude_none=True)),
        holder=one.holder_name,
        state=words.whole_tag(one.state),
        facts=_facts(one),
        parts=_parts(request, one),
        versions=words.history(rows.versions_of_shop(one.row)),
        records=_records(one),
        reports=_scanned(request, one),
    )
    return render(request, "desk/one_licence.html", {"page": page})


def _scanned(request: KnownVisit, one: Shop) -> Table:
    """What people said after scanning: requests to 12345, then reports of the days before.

    Who reports a wrong is not listed here: his request reaches the unit by the hotline alone.
    """
    older = _reports(request, rows.reports_about(one.row), _("群众扫码反映"))
    kinds = {kind["code"]: say(kind["name"]) for kind in content()["types"]}
    newer = tuple(
        Row(
            (
                Cell(line.received_at),
                Cell(kinds.get(line.type, line.type)),
                Cell(one.holder_name),
                Cell(line.title),
                Cell(Tag(_(line.state_title))),
            )
        )
        for line in about(one.row.number)
    )
    return replace(older, rows=newer + older.rows)


def _facts(one: Shop) -> tuple[Fact, ...]:
    return (
        Fact(_("编号"), one.row.number, is_code=True),
        Fact(_("电子证照标识"), one.identifier, is_code=True),
        Fact(_("经营场所"), one.row.site),
        Fact(_("牵头部门"), say(department(one.row.department).name)),
        Fact(_("合成它的办件"), one.row.application, is_code=True),
        *((Fact(_("营业执照"), _(one.base.state_title)),) if one.base else ()),
    )


def _parts(request: KnownVisit, one: Shop) -> Table:
    mine = request.actor.departments
    return Table(
        title=_("包含的许可"),
        columns=(
            Column(_("许可")),
            Column(_("编号"), "code"),
            Column(_("发证机关")),
            Column(_("有效期至")),
            Column(_("状态"), "tag"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        named(part.name),
                        href=reverse("desk-licence", args=[part.identifier])
                        if part.department in mine
                        else "",
                    ),
                    Cell(part.number),
                    Cell(named(part.issuer)),
                    Cell(words.until(part)),
                    Cell(words.part_tag(part)),
                )
            )
            for part in one.parts
        ),
        empty=Empty(_("没有许可")),
    )


def _records(one: Shop) -> Table:
    """What happened to each permit, by whom and why: from the register, never typed here."""
    found = rows.part_history(one)
    names = staff_names({v.by_id for v in found if v.by_kind == "staff"})
    return Table(
        title=_("许可和监管记录"),
        columns=(
            Column(_("时间"), "time"),
            Column(_("许可")),
            Column(_("状态")),
            Column(_("原因和依据")),
            Column(_("经办")),
        ),
        rows=tuple(
            Row(
                (
                    Cell(v.at),
                    Cell(named(v.name)),
                    Cell(_(LIFE.title(v.state))),
                    Cell("；".join(x for x in (v.state_reason, v.basis) if x)),
                    Cell(names.get(v.by_id, _("系统")) if v.by_kind == "staff" else _("系统")),
                )
            )
            for v in found
        ),
        empty=Empty(_("没有记录")),
    )


# ---- reports -----------------------------------------------------------------------------------


@require_GET
@permission("staff")
def reports(request: KnownVisit) -> HttpResponse:
    """What people reported about shops whose licences my department leads."""
    found = rows.reports_for(request.actor)
    page = ReportsDesk(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=_("群众扫码反映"),
        reports=_reports(request, found, _("群众扫码反映")),
    )
    return render(request, "desk/reports.html", {"page": page})


def _reports(request: KnownVisit, found: list[Report], title: str) -> Table:
    mine = request.actor.departments
    return Table(
        title=title,
        columns=(
            Column(_("时间"), "time"),
            Column(_("哪一类")),
            Column(_("经营者")),
            Column(_("内容")),
            Column(_("状态"), "tag"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.made_at),
                    Cell(_(_KINDS[one.kind])),
                    Cell(one.comprehensive.holder.name),
                    Cell(
                        _short(one.text),
                        href=reverse("desk-report", args=[one.pk])
                        if one.department in mine
                        else "",
                    ),
                    Cell(_state_tag(one)),
                )
            )
            for one in found
        ),
        empty=Empty(_("没有等待答复的反映"), icon="tick"),
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def _state_tag(one: Report) -> Tag:
    waiting = one.state == ReportState.OPEN.value
    return Tag(_(REPORT_LIFE.title(one.state)), "soon" if waiting else "done")


@require_http_methods(["GET", "POST"])
@permission("staff")
def report(request: KnownVisit, report_id: int) -> HttpResponse:
    """One report, and its answer."""
    found = rows.access_report(request.actor, report_id)
    if request.method == "GET":
        log_reads(
            [found.comprehensive.holder_id], by=request.actor, what=f"report:{found.pk}",
            why="desk",
        )  # fmt: skip
        return _show(request, found)
    answer = plain(request.POST.get("answer", ""))
    try:
        answer_report(report_id=found.pk, answer=answer, by=request.actor, now=request.now)
    except Refusal as no:
        return _show(request, rows.access_report(request.actor, report_id), answer, no)
    messages.success(request, _("已答复，反映的人可以看到。"))
    return redirect("desk-reports")


def _show(
    request: KnownVisit, one: Report, answer: str = "", no: Refusal | None = None
) -> HttpResponse:
    waiting = one.state == ReportState.OPEN.value
    fields = (
        Field(name="answer", label=_("答复"), kind="longtext", value=answer, max_length=2000,
              help=_("反映的人会看到这段话；店家看不到反映人的联系方式。")),
    )  # fmt: skip
    page = ReportDesk(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=_(_KINDS[one.kind]),
        holder=one.comprehensive.holder.name,
        state=_state_tag(one),
        facts=_said(one),
        action=reverse("desk-report", args=[one.pk]),
        fields=fields if waiting else (),
        notices=(Notice(title=in_words(no.sentence), text=no.basis, tone="care"),) if no else (),
    )
    return render(request, "desk/report.html", {"page": page}, status=no.status if no else 200)


def _said(one: Report) -> tuple[Fact, ...]:
    names = staff_names([one.answered_by]) if one.answered_by else {}
    return (
        Fact(_("综合许可证编号"), one.comprehensive.number, is_code=True),
        Fact(_("反映的情况"), one.text),
        Fact(_("联系方式"), one.contact or _("没有留")),
        *((Fact(_("答复"), one.answer),) if one.answer else ()),
        *((Fact(_("答复人"), names.get(one.answered_by or 0, "")),) if one.answer else ()),
    )
