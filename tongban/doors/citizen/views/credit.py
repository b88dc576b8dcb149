"""A person's own credit record: what is on it, what it bars, and how to object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.credit.actions import object_to_record
from tongban.credit.queries import published_records, records_of
from tongban.doors.access import permission
from tongban.doors.citizen import records
from tongban.engine.queries import access_proceeding
from tongban.kernel.refusals import BadInput
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit, Visit

MOST = 1000


@require_http_methods(["GET", "POST"])
@permission("citizen")
def my_credit(request: KnownVisit) -> HttpResponse:
    """What is on record about me and those for whom I act; a post objects to one record."""
    refused: dict[str, BadInput] = {}
    status = 200
    if request.method == "POST":
        number = request.POST.get("number", "")
        record = access_proceeding(request.actor, number, kind="credit")
        try:
            object_to_record(
                record_id=record.pk,
                reason=request.POST.get("reason", "")[:MOST],
                by=request.actor,
                now=request.now,
            )
        except BadInput as no:
            refused, status = {record.number: no}, no.status
        else:
            messages.success(request, _("已提出异议，答复会通知您；答复以前这条记录不影响办事。"))
            return redirect("/my/credit/")
    found = records_of(request.actor, city_date(request.now))
    page = records.credit_page(found, refused)
    return render(request, "citizen/credit.html", {"page": page}, status=status)


@require_safe
@permission("public")
def published(request: Visit) -> HttpResponse:
    """Records that the law has published, as long as they stand."""
    page = records.published_page(published_records(city_date(request.now)))
    return render(request, "citizen/credit_published.html", {"page": page})
