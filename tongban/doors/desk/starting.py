"""Requests for more time to begin the work that a permit allows (建筑法 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.forms import plain
from tongban.doors.desk.shops import ReportDesk, ReportsDesk
from tongban.doors.parts import (
    Cell,
    Column,
    Empty,
    Fact,
    Field,
    Notice,
    Option,
    Row,
    Table,
    Tag,
)
from tongban.doors.texts import in_words
from tongban.kernel.refusals import BadInput, Refusal
from tongban.licences.actions import grant_more_time, refuse_more_time
from tongban.licences.queries import access_more_time, identifier_of, more_time_for
from tongban.licences.states import MORE_TIME_LIFE, MoreTimeState
from tongban.people.queries import party
from tongban.records.actions import log_reads

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.licences.queries import MoreTime

_ANSWERS = {"grant": grant_more_time, "refuse": refuse_more_time}


@require_GET
@permission("staff")
def waiting(request: KnownVisit) -> HttpResponse:
    """The requests that wait for my department."""
    table = Table(
        title=_("开工延期申请"),
        columns=(Column(_("时间"), "time"), Column(_("建设单位")), Column(_("许可编号"), "code")),
        rows=tuple(
            Row(
                (
                    Cell(one.asked_at),
                    Cell(
                        one.licence.holder.name,
                        href=reverse("desk-more-time", args=[one.pk]),
                    ),
                    Cell(one.licence.number),
                )
            )
            for one in more_time_for(request.actor)
        ),
        empty=Empty(_("没有等待答复的延期申请"), icon="tick"),
    )
    page = ReportsDesk(
        queues=build.sidebar(request), keys=build.keys(), title=table.title, reports=table
    )
    return render(request, "desk/reports.html", {"page": page})


@require_http_methods(["GET", "POST"])
@permission("staff")
def answer(request: KnownVisit, request_id: int) -> HttpResponse:
    """One request, and its answer."""
    one = access_more_time(request.actor, request_id)
    if request.method == "GET":
        log_reads(
            [one.licence.holder_id], by=request.actor, what=f"licence:{one.licence_id}",
            why="desk",
        )  # fmt: skip
        return _show(request, one)
    typed = {name: plain(request.POST.get(name, "")) for name in ("outcome", "answer")}
    try:
        if typed["outcome"] not in _ANSWERS:
            raise BadInput.at("outcome", "missing", "请选择同意还是不同意。")
        _ANSWERS[typed["outcome"]](
            request_id=one.pk, answer=typed["answer"], by=request.actor, now=request.now
        )
    except Refusal as no:
        return _show(request, access_more_time(request.actor, request_id), typed, no)
    messages.success(request, _("已答复，建设单位会收到消息。"))
    return redirect("desk-more-times")


def _fields(given: dict[str, str]) -> tuple[Field, ...]:
    choices = (("grant", _("同意延期")), ("refuse", _("不同意")))
    return (
        Field(
            name="outcome",
            label=_("答复"),
            kind="choice",
            options=tuple(Option(c, t, chosen=given.get("outcome") == c) for c, t in choices),
        ),
        Field(
            name="answer",
            label=_("理由"),
            kind="longtext",
            required=False,
            value=given.get("answer", ""),
            max_length=1000,
            help=_("不同意的必须写明理由。"),
        ),
    )


def _show(
    request: KnownVisit,
    one: MoreTime,
    typed: dict[str, str] | None = None,
    no: Refusal | None = None,
) -> HttpResponse:
    asked = one.state == MoreTimeState.ASKED.value
    page = ReportDesk(
        queues=build.sidebar(request),
        keys=build.keys(),
        title=_("开工延期申请"),
        holder=party(one.licence.holder_id).name,
        state=Tag(_(MORE_TIME_LIFE.title(one.state)), "soon" if asked else "done"),
        facts=(
            Fact(_("许可编号"), one.licence.number, is_code=True),
            Fact(_("电子证照标识"), identifier_of(one.licence_id), is_code=True),
            Fact(_("原来的开工期限"), date_format(one.due, "DATE_FORMAT")),
            Fact(_("不能按期开工的原因"), one.reason),
            *((Fact(_("答复"), one.answer),) if one.answer else ()),
        ),
        action=reverse("desk-more-time", args=[one.pk]),
        fields=_fields(typed or {}) if asked else (),
        notices=(Notice(title=in_words(no.sentence), text=no.basis, tone="care"),) if no else (),
    )
    return render(request, "desk/report.html", {"page": page}, status=no.status if no else 200)
