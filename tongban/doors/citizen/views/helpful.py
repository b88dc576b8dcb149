"""Whether a guide helps: anybody says so, at one tap."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongban.catalogue.queries import package_in_force
from tongban.doors import reviews
from tongban.doors.access import permission
from tongban.doors.citizen import guides
from tongban.doors.citizen.helpful import helpful
from tongban.doors.citizen.views.rating import DEVICE, YEAR
from tongban.doors.texts import refusal_in_words
from tongban.doors.visits import address_of, wall_clock
from tongban.kernel.refusals import NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.actions import admit_asking
from tongban.upkeep.actions import rate_guide

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import Visit


@require_POST
@permission("public")
def say_helpful(request: Visit, slug: str) -> HttpResponse:
    """Keep what somebody says about a guide; a refusal stands on the guide itself."""
    published = package_in_force(slug, city_date(request.now))
    actor = request.actor
    known = actor.party_id if actor is not None and actor.kind == "citizen" else None
    device = request.COOKIES.get(DEVICE) or secrets.token_urlsafe(16)
    mobile = "Mobi" in request.headers.get("User-Agent", "")
    said = reviews.read(
        request, channel="mobile" if mobile else "web", device=device,
        staff_session=actor is not None and actor.kind == "staff",
    )  # fmt: skip
    try:
        if known is None:
            admit_asking(address_of(request), wall=wall_clock())
        rate_guide(
            package=published.code, rating=reviews.of_whole(said),
            element=request.POST.get("element", "")[:40], item=said.item, party_id=known,
            device=device, now=request.now,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as no:
        page = guides.package_page(published, None)
        page = guides.with_helpful(page, helpful(published.compiled, refusal_in_words(no)))
        return render(request, "citizen/package.html", {"page": page}, status=no.status)
    messages.success(request, _("谢谢，已经记下。指出问题的，会交给写这一项的部门。"))
    response = redirect("package", slug)
    response.set_cookie(DEVICE, device, max_age=YEAR, httponly=True, samesite="Lax")
    return response
