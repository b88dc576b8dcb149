"""The base of every map, for the script that draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tongban.doors import maps
from tongban.doors.access import permission

if TYPE_CHECKING:
    from tongban.doors.visits import Visit


@require_safe
@permission("public")
def base(request: Visit) -> HttpResponse:
    """Where a map begins and what lies on it, JSON; the same for everybody, in every language."""
    answer = HttpResponse(maps.base(), content_type="application/json")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
