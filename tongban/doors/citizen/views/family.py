"""My family: the children whom I guard, what they hold, and how to act for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from tongban.doors.access import permission
from tongban.doors.citizen import family as page_of
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit


@require_GET
@permission("citizen")
def family(request: KnownVisit) -> HttpResponse:
    """The children whom I guard today."""
    page = page_of.family_page(request.actor, city_date(request.now))
    return render(request, "citizen/family.html", {"page": page})
