"""The hotline on the desk beside its forms: the contact of a caller, what a reply lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.forms import plain
from tongban.doors.texts import in_words
from tongban.engine import queries as engine
from tongban.hotline import queries as hotline
from tongban.hotline.rules import TEXT_MOST
from tongban.kernel.refusals import NotFound
from tongban.records.actions import log_reads

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import Proceeding


def _access(request: KnownVisit, number: str) -> Proceeding:
    """The ticket, task or order of that number. Raises NotFound for anything else."""
    found = engine.access_proceeding(request.actor, number)
    if found.kind not in build.TICKETS:
        raise NotFound(_("没有找到这个工单，或您无权查看。请核对编号后再试。"))
    return found


@require_safe
@permission("staff")
def ticket(request: KnownVisit, number: str) -> HttpResponse:
    """The page of a ticket by its longer address."""
    return redirect("desk-proceeding", _access(request, number).number)


@require_POST
@permission("staff")
def caller(request: KnownVisit, number: str) -> HttpResponse:
    """The page with the caller's name and telephone; that they were read is kept in the log."""
    found = _access(request, number)
    page = hotline.ticket_page(request.actor, found.number, request.now)
    if not page.shows_caller:
        raise NotFound(_("举报人信息保密，承办单位不能查看。"))
    log_reads(
        [page.ticket.caller_id], by=request.actor, what=f"caller:{page.proceeding.number}",
        why=found.number,
    )  # fmt: skip
    shown = build.ticket_page(request, found, page, None, shows_contact=True)
    return render(request, "desk/ticket.html", {"page": shown})


@require_POST
@permission("staff")
def check(request: KnownVisit, number: str) -> JsonResponse:
    """What is wrong with a reply that is being written, in the reader's language."""
    found = _access(request, number)
    text = plain(request.POST.get("text", ""))[:TEXT_MOST]
    faults = hotline.faults_of(found, text, request.now) if found.kind == "ticket_task" else ()
    return JsonResponse({"faults": [in_words(one.sentence) for one in faults]})
