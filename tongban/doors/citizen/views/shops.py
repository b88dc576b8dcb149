"""The QR code of a shop: anybody, an officer and the holder each see their own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.doors.access import permission
from tongban.doors.citizen import papers, shops
from tongban.doors.citizen.views import tickets
from tongban.doors.visits import wall_clock
from tongban.forms.rules import neutralise
from tongban.kernel.refusals import NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.licences.actions import (
    ask_more_time,
    comprehensive_paper,
    report_start,
)
from tongban.licences.queries import comprehensive as rows

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit, Visit
    from tongban.licences.queries.comprehensive import Shop

TYPED = ("kind", "text", "phone", "sure")


@require_GET
@permission("public")
def one_licence(request: Visit, serial: str) -> HttpResponse:
    """What the code leads to: officers of its departments go to their own page."""
    one = rows.shop(serial, city_date(request.now))
    public = request.GET.get("as") == "public"
    if not public and rows.may_inspect(request.actor, one):
        return redirect("desk-one-licence", one.row.serial)
    is_holder = not public and _is_holder(request, one)
    page = shops.shop_page(one, now=request.now, is_holder=is_holder)
    response = render(request, "citizen/one_licence.html", {"page": page})
    # A state is true for this instant only.
    response["Cache-Control"] = "no-store"
    return response


def _is_holder(request: Visit, one: Shop) -> bool:
    actor = request.actor
    return actor is not None and actor.kind == "citizen" and actor.may_act_for(one.row.holder_id)


@require_http_methods(["GET", "POST"])
@permission("public")
def report(request: Visit, serial: str) -> HttpResponse:
    """Say something about a shop to 12345 (R111); nobody needs an account for that."""
    one = rows.shop(serial, city_date(request.now))
    if request.method == "GET":
        return render(request, "citizen/report.html", {"page": shops.report_page(one)})
    typed = {name: neutralise(request.POST.get(name, ""))[0].strip() for name in TYPED}
    try:
        made = tickets.receive_scanned(request, one.row, typed)
    except Refusal as no:
        page = shops.report_page(one, typed, no, lost_files=bool(request.FILES))
        return render(request, "citizen/report.html", {"page": page}, status=no.status)
    return redirect(tickets.receipt_of(request, made.number))


@require_GET
@permission("public")
def report_state(request: Visit, serial: str, code: str) -> HttpResponse:
    """What became of a report, for whoever has its address."""
    one = rows.shop(serial, city_date(request.now))
    found = rows.report_by_code(serial, code)
    page = shops.answer_page(one, found, request.build_absolute_uri(request.path))
    response = render(request, "citizen/report.html", {"page": page})
    # The address is the key: it must not travel on in a Referer header or in a search index.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@permission("citizen")
def start(request: KnownVisit, identifier: str) -> HttpResponse:
    """The work that a permit allows has begun."""
    report_start(identifier=identifier, by=request.actor, now=request.now)
    messages.success(request, _("已记下今天开工，许可不会因为未开工而废止。"))
    return redirect("my-licence", identifier)


@require_POST
@permission("citizen")
def more_time(request: KnownVisit, identifier: str) -> HttpResponse:
    """Ask for more time to begin it."""
    reason = neutralise(request.POST.get("reason", ""))[0]
    ask_more_time(identifier=identifier, reason=reason, by=request.actor, now=request.now)
    messages.success(request, _("延期申请已提交，发证机关答复之前许可不会失效。"))
    return redirect("my-licence", identifier)


@require_GET
@permission("citizen")
def one_licence_file(request: KnownVisit, serial: str) -> HttpResponse:
    """The signed PDF of a comprehensive licence, for whoever acts for its holder."""
    one = rows.shop(serial, city_date(request.now))
    if not _is_holder(request, one):  # type: ignore[arg-type]  # -- a known visit is a visit
        raise NotFound("没有找到这份行业综合许可证。")
    return papers.sent(comprehensive_paper(serial=serial, now=wall_clock()))
