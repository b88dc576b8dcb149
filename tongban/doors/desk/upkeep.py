"""The answers' desk: drafts, what is published, what people say about guides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.access import permission
from tongban.doors.desk.build import upkeep as build
from tongban.doors.desk.forms import plain
from tongban.doors.texts import refusal_in_words
from tongban.kernel.refusals import Refusal
from tongban.kernel.worktime import city_date
from tongban.upkeep import queries
from tongban.upkeep.actions import write_new_answer
from tongban.upkeep.states import ANSWER

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit

PAGE = 50


@require_http_methods(["GET", "POST"])
@permission("staff")
def answers(request: KnownVisit) -> HttpResponse:
    """Answers that I may see, and what people say about guides; a post begins a new answer."""
    if request.method == "GET":
        return _show(request)
    try:
        number = write_new_answer(
            unit=plain(request.POST.get("unit", ""))[:60],
            title=plain(request.POST.get("title", "")),
            by=request.actor,
            now=request.now,
        )
    except Refusal as no:
        return _show(request, refusal_in_words(no), no.status)
    messages.success(request, _("已建草稿，请写好再提交。"))
    return redirect("desk-proceeding", number)


def _show(request: KnownVisit, refused: str = "", status: int = 200) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in {one.value for one in ANSWER.states} else ""
    if request.GET.get("list") == "elements":
        current = _("指南要素核对")
        table = build.elements_table(queries.elements_of(request.actor), city_date(request.now))
    else:
        current = _(ANSWER.title(state)) if state else _("知识条目")
        before = plain(request.GET.get("before", ""))[:60]
        found = queries.answers_of(request.actor, state=state, before=before, limit=PAGE + 1)
        table = build.answers_table(found, {"state": state} if state else {}, PAGE)
    page = build.answers_desk(request, table, current, queries.units_of(request.actor), refused)
    return render(request, "desk/answers.html", {"page": page}, status=status)
