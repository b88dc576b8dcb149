"""Public notices (公示): anybody reads them, and whoever is concerned objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.cases.actions import NewObjection, object_to_notice
from tongban.cases.queries.publicity import public_notice, public_notices
from tongban.doors.access import permission
from tongban.doors.citizen import notices
from tongban.forms.rules import neutralise
from tongban.kernel.actors import Actor
from tongban.kernel.refusals import Refusal

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import Visit

_FIELDS = ("name", "contact", "interest", "text")


@require_safe
@permission("public")
def standing(request: Visit) -> HttpResponse:
    """The notices that stand now."""
    page = notices.list_page(public_notices())
    return render(request, "citizen/notices.html", {"page": page})


@require_http_methods(["GET", "POST"])
@permission("public")
def one(request: Visit, number: str) -> HttpResponse:
    """One notice; a post objects. The names of who objected are not shown to anybody else."""
    found = public_notice(number)
    typed = {
        name: neutralise(request.POST.get(name, "")[: notices.LONGEST])[0].strip()
        for name in _FIELDS
    }
    no: Refusal | None = None
    if request.method == "POST":
        by = request.actor or Actor(kind="citizen", id=0, name=typed["name"])
        try:
            object_to_notice(
                case_id=found.case.pk, objection=NewObjection(**typed), by=by, now=request.now
            )
        except Refusal as refusal:
            no = refusal
        else:
            messages.success(request, _("异议已提交，登记机关会核实。"))
            return redirect("notice", found.case.number)
    page = notices.notice_page(found, typed, no)
    status = no.status if no else 200
    return render(request, "citizen/notice.html", {"page": page}, status=status)
