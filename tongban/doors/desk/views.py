"""Views of the desk: translate between pages and the rooms' actions, decide nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongban.cases.actions import clear_requirement
from tongban.cases.queries import case_page
from tongban.doors.access import permission
from tongban.doors.desk import build, forms
from tongban.engine import queries as engine
from tongban.kernel.refusals import NotFound, Refusal
from tongban.packages.queries import package_page
from tongban.records.actions import log_reads

if TYPE_CHECKING:
    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import Proceeding

PAGE = 50


@require_GET
@permission("staff")
def inbox(request: KnownVisit) -> HttpResponse:
    """Open steps of my queues, nearest deadline first."""
    queue = request.GET.get("queue") or None
    scope = request.GET.get("scope", "")
    rows = engine.inbox(
        request.actor,
        queue=queue,
        only_mine=scope == "mine",
        with_colleagues=scope == "all",
        cursor=request.GET.get("after", ""),
        limit=PAGE + 1,
    )
    page = build.inbox_page(request, rows, queue=queue, scope=scope, size=PAGE)
    return render(request, "desk/inbox.html", {"page": page})


@require_GET
@permission("staff")
def find(request: KnownVisit) -> HttpResponse:
    """Proceedings by number or applicant; one hit opens at once."""
    text = request.GET.get("q", "")
    found = engine.search(request.actor, text)
    if len(found) == 1:
        return redirect("desk-proceeding", found[0].number)
    return render(request, "desk/inbox.html", {"page": build.found_page(request, text, found)})


@require_GET
@permission("staff")
def proceeding(request: KnownVisit, number: str) -> HttpResponse:
    """One proceeding: what is open, how the clocks stand and why, what was handed in."""
    return _show(request, engine.access_proceeding(request.actor, number))


@require_POST
@permission("staff")
def act(request: KnownVisit, number: str, verb: str) -> HttpResponse:
    """Do one verb. A refusal shows the same page again with everything that was typed."""
    found = engine.access_proceeding(request.actor, number)
    known = forms.verbs_of(found.kind).get(verb)
    if verb == "clear_requirement":
        return _clear(request, found)
    if known is None:
        raise NotFound(_("没有这个办理动作。"))
    data = {one.name: request.POST.get(one.name, "").strip() for one in known.inputs}
    try:
        known.run(request.actor, found.id, data, request.now)
    except Refusal as no:
        return _show(request, found, tried=build.Tried(verb, data, no), status=no.status)
    messages.success(request, _("已办理：%(verb)s") % {"verb": _(known.title)})
    return redirect("desk-proceeding", found.number)


def _clear(request: KnownVisit, found: Proceeding) -> HttpResponse:
    clear_requirement(
        case_id=found.id,
        requirement_id=int(request.POST.get("requirement", "0") or 0),
        by=request.actor,
        now=request.now,
    )
    return redirect("desk-proceeding", found.number)


def _show(
    request: KnownVisit, found: Proceeding, *, tried: build.Tried | None = None, status: int = 200
) -> HttpResponse:
    found.refresh_from_db()
    log_reads([found.party_id], by=request.actor, what=f"{found.kind}:{found.number}", why="desk")
    if found.kind == "package":
        page = build.package(request, package_page(request.actor, found, request.now), tried)
    else:
        page = build.case(request, case_page(request.actor, found, request.now), tried)
    return render(request, "desk/proceeding.html", {"page": page}, status=status)


@require_GET
@permission("staff")
def file(request: KnownVisit, file_id: int, number: str) -> HttpResponse:
    """A file of a case that this officer may see; the reading is logged."""
    found = engine.access_proceeding(request.actor, number, kind="case")
    log_reads([found.party_id], by=request.actor, what=f"file:{file_id}", why=found.number)
    return build.file_response(found, file_id)


def _log(day: str) -> dict[str, object]:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound(_("日期应写成 2026-09-18 的样子。")) from None
    return engine.assignment_log(on)


@require_GET
@permission("public")
def assignments(request: HttpRequest, day: str) -> HttpResponse:
    """The public log of a day's random assignment: commitment, draws, secret once revealed."""
    page = build.assignments_page(_log(day))
    return render(request, "desk/assignments.html", {"page": page})


@require_GET
@permission("public")
def assignments_data(request: HttpRequest, day: str) -> JsonResponse:
    """The same log as data, for anybody's own replay."""
    return JsonResponse(_log(day), json_dumps_params={"ensure_ascii": False})
