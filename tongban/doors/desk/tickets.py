"""The hotline on the desk beside its forms: the contact of a caller, what a reply lacks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.forms import plain
from tongban.doors.texts import in_words
from tongban.engine import queries as engine
from tongban.hotline import queries as hotline
from tongban.hotline.rules import TEXT_MOST
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import CITY_ZONE
from tongban.records.actions import log_reads
from tongban.relay.queries import beside
from tongban.voice.queries import answer_rate

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.engine.queries import Proceeding


def _access(request: KnownVisit, number: str) -> Proceeding:
    """The ticket, task or order of that number. Raises NotFound for anything else."""
    found = engine.access_proceeding(request.actor, number)
    if found.kind not in build.TICKETS:
        raise NotFound(_("没有找到这个工单，或您无权查看。请核对编号后再试。"))
    return found


PAGE = 50


@require_safe
@permission("staff")
def tickets(request: KnownVisit) -> HttpResponse:
    """Tickets for the centre, tasks for a unit, by state, unit, domain, urgency or delay."""
    asked = {name: plain(request.GET.get(name, ""))[:100] for name in (*FILTERS, "before")}
    wanted = hotline.Wanted(**{name: asked[name] for name in FILTERS}, late=_is_late(request))
    lines = hotline.listed(
        request.actor, wanted, request.now, before=asked["before"], limit=PAGE + 1
    )
    counted = hotline.count_listed(request.actor, wanted, request.now)
    page = build.tickets_page(request, lines, wanted, counted, size=PAGE)
    return render(request, "desk/tickets.html", {"page": page})


FILTERS = ("state", "unit", "domain", "urgency", "special")


def _is_late(request: KnownVisit) -> bool:
    return request.GET.get("late") == "1"


@require_safe
@permission("staff")
def figures(request: KnownVisit) -> HttpResponse:
    """How the hotline did over a period: of the city and by unit for the centre's heads.

    The head of a unit sees the city and the own unit.
    """
    actor = request.actor
    if not engine.WATCHING & actor.roles and not hotline.is_of_centre(actor):
        raise NotFound(_("办理指标供热线中心和各单位负责人查看。"))
    since, until = build.period(request, request.GET.dict())
    start = datetime.combine(since, time(), CITY_ZONE)
    # What happens in this very moment counts; deadlines that lie ahead do not yet.
    now = request.now + timedelta(microseconds=1)
    end = min(datetime.combine(until, time(), CITY_ZONE) + timedelta(days=1), now)
    found = hotline.figures(start, end)
    if not hotline.is_of_centre(actor):
        found = [found[0], *(one for one in found[1:] if one.unit in actor.departments)]
    page = build.figures_page(request, found, answer_rate(start, end), (since, until))
    return render(request, "desk/ticket_figures.html", {"page": page})


@require_safe
@permission("staff")
def ticket(request: KnownVisit, number: str) -> HttpResponse:
    """The page of a ticket by its longer address."""
    return redirect("desk-proceeding", _access(request, number).number)


@require_POST
@permission("staff")
def caller(request: KnownVisit, number: str) -> HttpResponse:
    """The page with the caller's name and telephone; that they were read is kept in the log."""
    found = _access(request, number)
    page = hotline.ticket_page(request.actor, found.number, request.now)
    if not page.shows_caller:
        raise NotFound(_("举报人信息保密，承办单位不能查看。"))
    subject = page.ticket.contact_id or page.ticket.caller_id
    log_reads(
        [subject], by=request.actor, what=f"caller:{page.proceeding.number}",
        why=found.number,
    )  # fmt: skip
    shown = build.ticket_page(request, found, page, None, shows_contact=True)
    told = beside(page.ticket.pk, request.now)
    return render(request, "desk/ticket.html", {"page": shown, "outside": told})


@require_POST
@permission("staff")
def check(request: KnownVisit, number: str) -> JsonResponse:
    """What is wrong with a reply that is being written, in the reader's language."""
    found = _access(request, number)
    text = plain(request.POST.get("text", ""))[:TEXT_MOST]
    faults = hotline.faults_of(found, text, request.now) if found.kind == "ticket_task" else ()
    return JsonResponse({"faults": [in_words(one.sentence) for one in faults]})
