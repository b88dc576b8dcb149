"""Hot issues on the desk: what many speak of, by its heat, and the page of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.forms import plain
from tongban.hotline.queries.hot import HotWanted, hot_listed, hot_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit

FILTERS = ("state", "domain", "region")
PAGE = 100


@require_safe
@permission("staff")
def issues(request: KnownVisit) -> HttpResponse:
    """What many speak of: open issues by their heat, or those that have ended."""
    asked = {name: plain(request.GET.get(name, ""))[:100] for name in FILTERS}
    wanted = HotWanted(**asked, ended=request.GET.get("ended") == "1")
    lines = hot_listed(request.actor, wanted, request.now, limit=PAGE)
    return render(request, "desk/hots.html", {"page": build.hots_page(request, lines, wanted)})


@require_safe
@permission("staff")
def issue(request: KnownVisit, number: str) -> HttpResponse:
    """One issue: what, where, who, since when, how hot; a unit sees its own part of it."""
    page = build.hot_page(request, hot_page(request.actor, number, request.now), None)
    return render(request, "desk/hot.html", {"page": page})
