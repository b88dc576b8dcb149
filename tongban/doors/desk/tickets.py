"""The hotline on the desk beside its forms: the contact of a caller, what a reply lacks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongban.documents.queries import content_of, file_in_proceeding
from tongban.documents.rules import preview_headers
from tongban.doors.access import permission
from tongban.doors.desk import build
from tongban.doors.desk.forms import plain
from tongban.doors.texts import in_words, refusal_in_words
from tongban.engine import queries as engine
from tongban.hotline import queries as hotline
from tongban.hotline.rules import TEXT_MOST
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import CITY_ZONE
from tongban.records.actions import log_reads
from tongban.relay.queries import beside
from tongban.voice.actions import end_call, ring_up
from tongban.voice.queries import answer_rate

if TYPE_CHECKING:
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


@require_safe
@permission("staff")
def orders(request: KnownVisit) -> HttpResponse:
    """Orders about requests (督办单): of the city for the centre, its own for a unit."""
    asked = {name: plain(request.GET.get(name, ""))[:100] for name in (*ORDER_FILTERS, "before")}
    state = asked["state"] if "state" in request.GET else hotline.STANDING
    wanted = hotline.WantedOrders(state, asked["level"], asked["unit"])
    lines = hotline.orders_listed(request.actor, wanted, before=asked["before"], limit=PAGE + 1)
    page = build.orders_page(request, lines, wanted, size=PAGE)
    return render(request, "desk/tickets.html", {"page": page})


ORDER_FILTERS = ("state", "level", "unit")
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
def ring(request: KnownVisit, number: str) -> HttpResponse:
    """Ring up whoever asked, from the page on which the callback is noted (回访)."""
    found = _access(request, number)
    try:
        if not settings.VOICE_KEY:
            raise BadInput("没有接入电话系统，请用电话机拨打。")
        ring_up(number=found.number, by=request.actor, now=request.now)
    except NotFound:
        raise
    except Refusal as no:
        messages.warning(request, refusal_in_words(no))
    else:
        messages.success(request, _("正在拨打，接通以后请按流程回访；通话结束请挂机。"))
    return redirect("desk-proceeding", found.number)


@require_POST
@permission("staff")
def hang_up(request: KnownVisit, number: str) -> HttpResponse:
    """End the call with whoever asked; his answer is noted on the same page."""
    found = _access(request, number)
    call = request.POST.get("call", "")
    if not (call.isdecimal() and len(call) <= 18):
        raise NotFound(_("没有找到这通来电，或者它由别的话务员接听。"))
    end_call(call=int(call), by=request.actor, now=request.now)
    messages.success(request, _("已挂机。请登记回访的结果。"))
    return redirect("desk-proceeding", found.number)


@require_safe
@permission("staff")
def file(request: KnownVisit, file_id: int, number: str) -> HttpResponse:
    """What the caller of a request sent along, for whoever may open the request; logged.

    A unit reads it through its own task, without the name that the caller's machine gave it.
    """
    found = _access(request, number)
    page = hotline.ticket_page(request.actor, found.number, request.now)
    stored = file_in_proceeding(file_id, [page.ticket.pk])
    if not page.shows_caller and not stored.media_type.startswith("image/"):
        raise NotFound(_("没有找到这个文件。"))
    log_reads([page.ticket.caller_id], by=request.actor, what=f"file:{file_id}", why=found.number)
    headers = preview_headers(f"{page.proceeding.number}-{file_id}", stored.media_type)
    return HttpResponse(content_of(stored), headers=headers)


@require_POST
@permission("staff")
def check(request: KnownVisit, number: str) -> JsonResponse:
    """What is wrong with a reply that is being written, in the reader's language."""
    found = _access(request, number)
    text = plain(request.POST.get("text", ""))[:TEXT_MOST]
    faults = hotline.faults_of(found, text, request.now) if found.kind == "ticket_task" else ()
    return JsonResponse({"faults": [in_words(one.sentence) for one in faults]})
