"""Rating a unit, a hall or the platform as a whole: anybody may, nobody must."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors import reviews
from tongban.doors.access import permission
from tongban.doors.citizen.comments import comment_page
from tongban.doors.citizen.views.rating import DEVICE, YEAR
from tongban.doors.visits import address_of, wall_clock
from tongban.kernel.refusals import NotFound, Refusal
from tongban.people.actions import admit_asking
from tongban.ratings import queries
from tongban.ratings.actions import comment

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import Visit


@require_http_methods(["GET", "POST"])
@permission("public")
def comment_on(request: Visit, kind: str, code: str) -> HttpResponse:
    """What was said of one thing as a whole, and the form; afterwards the own page of it."""
    subject = queries.subject_of(kind, code)
    actor = request.actor
    known = actor.party_id if actor is not None and actor.kind == "citizen" else None
    if request.method == "GET":
        page = comment_page(subject, is_known=known is not None)
        return render(request, "citizen/comment.html", {"page": page})
    device = request.COOKIES.get(DEVICE) or secrets.token_urlsafe(16)
    mobile = "Mobi" in request.headers.get("User-Agent", "")
    said = reviews.read(
        request, channel="mobile" if mobile else "web", device=device,
        staff_session=actor is not None and actor.kind == "staff",
    )  # fmt: skip
    said = reviews.of_whole(said, is_known=known is not None)
    try:
        if known is None:
            admit_asking(address_of(request), wall=wall_clock())
        row = comment(kind=kind, code=code, rating=said, party_id=known, now=request.now)
    except NotFound:
        raise
    except Refusal as no:
        page = comment_page(subject, is_known=known is not None, said=said, no=no)
        return render(request, "citizen/comment.html", {"page": page}, status=no.status)
    messages.success(request, _("谢谢，您的点评已经收到。留着这个网址，可以看到答复。"))
    response = redirect("rate", row.token)
    response.set_cookie(DEVICE, device, max_age=YEAR, httponly=True, samesite="Lax")
    return response
