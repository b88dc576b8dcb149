"""The check of a commitment as its holder sees it; the public list of commitments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.cases.actions import report_corrected
from tongban.cases.queries.checks import check_page, published_letters
from tongban.doors.access import permission
from tongban.doors.citizen import commitments
from tongban.engine.queries import access_proceeding
from tongban.kernel.refusals import BadInput

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit, Visit

MOST = 1000


@require_http_methods(["GET", "POST"])
@permission("citizen")
def my_check(request: KnownVisit, number: str) -> HttpResponse:
    """What was promised, what was found; a post reports what was put right."""
    found = access_proceeding(request.actor, number, kind="check")
    refused, status = None, 200
    if request.method == "POST":
        try:
            report_corrected(
                check_id=found.pk,
                report=request.POST.get("report", "")[:MOST],
                by=request.actor,
                now=request.now,
            )
        except BadInput as no:
            refused, status = no, no.status
        else:
            messages.success(request, _("已报告，部门会复查，结果会通知您。"))
            return redirect(f"/my/checks/{found.number}/")
    page = commitments.check_page(check_page(request.actor, found, request.now), refused)
    return render(request, "citizen/check_after.html", {"page": page}, status=status)


@require_safe
@permission("public")
def published(request: Visit) -> HttpResponse:
    """The licences granted on commitments and what became of them."""
    page = commitments.published_page(published_letters())
    return render(request, "citizen/commitments.html", {"page": page})
