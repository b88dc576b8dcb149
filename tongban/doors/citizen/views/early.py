"""Early intervention: to ask a department before the application, and to read what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.cases.actions import EarlyQuestion, ask_early
from tongban.cases.queries.early import early_of, offers_early
from tongban.catalogue.queries import package_in_force
from tongban.doors.access import permission
from tongban.doors.citizen import early
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.people.queries import parties

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit

_MOST = {"party": 20, "item": 60, "project": 40, "question": early.LONGEST}


@require_http_methods(["GET", "POST"])
@permission("citizen")
def questions(request: KnownVisit, slug: str) -> HttpResponse:
    """What was asked before the application of a package; a post asks."""
    published = package_in_force(slug, city_date(request.now))
    if not offers_early(published.compiled.code, city_date(request.now)):
        raise NotFound(_("这件事没有提前介入。"))
    typed = {name: request.POST.get(name, "")[:most] for name, most in _MOST.items()}
    refused, status = None, 200
    if request.method == "POST":
        asked = EarlyQuestion(slug, typed["item"], typed["project"], typed["question"])
        party = int(typed["party"]) if typed["party"].isdecimal() else 0
        try:
            ask_early(asked=asked, party_id=party, by=request.actor, now=request.now)
        except BadInput as no:
            refused, status = no, no.status
        else:
            messages.success(request, _("已提出，部门会书面答复，答复会通知您。"))
            return redirect("early", slug)
    names = {one.id: one.name for one in parties(request.actor.acts_for).values()}
    mine = early_of(request.actor, request.actor.acts_for)
    found = [one for one in mine if one.compiled.code == published.compiled.code]
    page = early.page(published, found, names, typed, refused)
    return render(request, "citizen/early.html", {"page": page}, status=status)
