"""Emergencies at the desk: who leads sees them first and says that he knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongban.doors.access import permission
from tongban.doors.desk import build, pages
from tongban.doors.texts import refusal_in_words
from tongban.hotline.queries import is_of_centre
from tongban.kernel.refusals import NotFound, Refusal
from tongban.relay.actions import acknowledge_incident
from tongban.relay.queries import alarms, incident_of, may_acknowledge, may_watch

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit


@require_safe
@permission("staff")
def incidents(request: KnownVisit) -> HttpResponse:
    """The latest emergencies, who knows of them since when; for the centre and supervision."""
    if not (is_of_centre(request.actor) or may_watch(request.actor)):
        raise NotFound(_("紧急事件由热线中心和监督岗位查看。"))
    page = pages.IncidentsPage(
        queues=build.sidebar(request),
        keys=build.keys(),
        alarms=tuple(alarms(request.actor, request.now)),
        may_acknowledge=may_acknowledge(request.actor),
    )
    return render(request, "desk/incidents.html", {"page": page})


@require_POST
@permission("staff")
def acknowledge(request: KnownVisit, number: str) -> HttpResponse:
    """Say that one knows; the moment stands from then on."""
    found = incident_of(request.actor, number)
    try:
        acknowledge_incident(
            ticket_id=found,
            note=request.POST.get("note", "")[:500],
            by=request.actor,
            now=request.now,
        )
    except Refusal as no:
        messages.error(request, refusal_in_words(no))
    else:
        messages.success(request, _("已签收紧急事件。"))
    return redirect("desk-incidents")
