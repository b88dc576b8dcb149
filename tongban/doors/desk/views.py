"""Views of the desk: translate between pages and the rooms' actions, decide nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.cases.actions.phrases import keep_phrase
from tongban.cases.queries import case_page, side_page
from tongban.cases.queries.checks import check_page as post_check
from tongban.cases.queries.early import early_page as early_question
from tongban.cases.states import SIDES
from tongban.credit.queries import record_page as credit_record
from tongban.documents.queries import content_of, file_in_proceeding, get_file, preview_headers_for
from tongban.doors.access import permission
from tongban.doors.desk import build, forms
from tongban.doors.texts import refusal_in_words
from tongban.engine import queries as engine
from tongban.exchange.queries import backfill_of
from tongban.hotline import queries as hotline
from tongban.hotline.queries.hot import hot_page as hot_issue
from tongban.kernel.refusals import NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.packages.queries import package_page
from tongban.ratings.queries import rectification_page, who_rated
from tongban.records.actions import log_reads
from tongban.relay.queries import alarms_for, beside, may_acknowledge
from tongban.relay.queries import incident_page as emergency
from tongban.upkeep import queries as upkeep

if TYPE_CHECKING:
    from tongban.doors.visits import KnownVisit, Visit
    from tongban.engine.queries import Proceeding
    from tongban.relay.queries import Beside

PAGE = 50


@require_safe
@permission("staff")
def inbox(request: KnownVisit) -> HttpResponse:
    """Open steps of my queues, or of the departments that I watch; nearest deadline first."""
    wanted = build.wanted(request)
    if wanted.watch:
        rows = engine.watched(
            request.actor, queue=wanted.queue, cursor=wanted.after, limit=PAGE + 1
        )
    else:
        rows = engine.inbox(
            request.actor,
            queue=wanted.queue,
            only_mine=wanted.scope == "mine",
            with_colleagues=wanted.scope == "all",
            cursor=wanted.after,
            limit=PAGE + 1,
        )
    page = build.inbox_page(request, rows, wanted, size=PAGE)
    alarms = alarms_for(request.actor, request.now)
    leads = {"alarms": alarms, "may_acknowledge": bool(alarms) and may_acknowledge(request.actor)}
    return render(request, "desk/inbox.html", {"page": page, **leads})


@require_safe
@permission("staff")
def find(request: KnownVisit) -> HttpResponse:
    """Proceedings by number or applicant; one hit opens at once."""
    text = forms.search_text(request.GET.get("q", ""))
    found = engine.search(request.actor, text)
    if len(found) == 1:
        return redirect("desk-proceeding", found[0].number)
    return render(request, "desk/inbox.html", {"page": build.found_page(request, text, found)})


@require_safe
@permission("staff")
def following(request: KnownVisit, number: str) -> HttpResponse:
    """What I may work on after this one, nearest deadline first; the inbox where nothing is."""
    found = engine.following(request.actor, number)
    return redirect("desk-proceeding", found) if found else redirect("desk-inbox")


@require_safe
@permission("staff")
def proceeding(request: KnownVisit, number: str) -> HttpResponse:
    """One proceeding: what is open, how the clocks stand and why, what was handed in."""
    found = engine.access_proceeding(request.actor, number)
    if found.kind in ("special", "debt") and found.parent is not None:
        # It is worked on where the form and the materials are: on the page of its case.
        return redirect("desk-proceeding", found.parent.number)
    return _show(request, found)


@require_http_methods(["GET", "POST"])
@permission("staff")
def act(request: KnownVisit, number: str, verb: str) -> HttpResponse:
    """Do one verb. A refusal shows the same page again with everything that was typed."""
    found = engine.access_proceeding(request.actor, number)
    known = forms.verbs_of(found.kind).get(verb)
    if known is None:
        raise NotFound(_("没有这个办理动作。"))
    if request.method == "GET":
        # After signing in again a browser comes back to where the form was sent.
        return redirect("desk-proceeding", found.number)
    data = forms.typed(known, request.POST)
    try:
        forms.checked(known, data, request.FILES)
        known.run(request.actor, found.pk, data | forms.kept(known, request), request.now)
    except Refusal as no:
        found.refresh_from_db()
        tried = build.Tried(known, data, no)
        return _show(request, found, tried=tried, status=no.status)
    messages.success(request, _("已办理：%(verb)s") % {"verb": _(known.title)})
    _keep_phrase(request, known, data)
    return redirect("desk-proceeding", found.number)


def _keep_phrase(request: KnownVisit, verb: forms.Verb, data: forms.Data) -> None:
    """Keep what was written as a ready phrase; the verb is done in any case."""
    name = next((one.name for one in verb.inputs if one.has_opinions), "")
    if not name or request.POST.get("keep_phrase") != "yes":
        return
    step = data.get("step") or verb.step
    try:
        keep_phrase(
            step=step, outcome=verb.outcome, text=data[name], by=request.actor, now=request.now
        )
    except Refusal as no:
        messages.warning(request, refusal_in_words(no))


def _show(
    request: KnownVisit, found: Proceeding, *, tried: build.Tried | None = None, status: int = 200
) -> HttpResponse:
    log_reads([found.party_id], by=request.actor, what=f"{found.kind}:{found.number}", why="desk")
    if found.kind == "package":
        whole = package_page(request.actor, found, request.now)
        shown = build.with_linked(request, build.package_page(request, whole, tried))
        page: dict[str, object] = {"page": shown}
        return render(request, "desk/package.html", page, status=status)
    beside = _beside(request, found, tried)
    if beside is not None:
        template, built = beside
        page = {"page": built, "outside": _outside(request, found)}
        return render(request, template, page, status=status)
    if found.kind in SIDES and found.kind != "special":
        side = side_page(request.actor, found, request.now)
        page = {"page": build.side_page(request, side, tried)}
        return render(request, "desk/side.html", page, status=status)
    one = case_page(request.actor, found, request.now)
    page = {"page": build.with_linked(request, build.case_page(request, one, tried))}
    return render(request, "desk/case.html", page, status=status)


def _outside(request: KnownVisit, found: Proceeding) -> Beside | None:
    """What those outside say of a ticket, and its alarm; None for everything else."""
    if found.kind not in build.TICKETS:
        return None
    ticket_id = found.pk if found.kind == "ticket" else found.parent_id
    of_unit = found.kind != "ticket"
    return beside(ticket_id, request.now, of_unit=of_unit) if ticket_id else None


def _beside(
    request: KnownVisit, found: Proceeding, tried: build.Tried | None
) -> tuple[str, object] | None:
    """The page of what is neither an application nor a case of it, with its template."""
    page: object = None
    template = "desk/proceeding.html"
    if found.kind == "check":
        page = build.check_page(request, post_check(request.actor, found, request.now), tried)
    elif found.kind == "early":
        page = build.early_page(request, early_question(request.actor, found), tried)
    elif found.kind == "credit":
        record = credit_record(request.actor, found, request.now, city_date(request.now))
        page = build.record_page(request, record, tried)
    elif found.kind == "rectification":
        mended = rectification_page(request.actor, found, request.now)
        who = who_rated(request.actor, mended)
        page = build.with_linked(request, build.rectification_page(request, mended, who, tried))
        template = "desk/side.html"
    elif found.kind == "incident":
        alarm = emergency(request.actor, found, request.now)
        page = build.incident_page(request, alarm, tried)
        template = "desk/side.html"
    elif found.kind in ("answer", "guide_element"):
        page = _upkeep(request, found, tried)
        template = "desk/side.html"
    elif found.kind in build.TICKETS:
        ticket = hotline.ticket_page(request.actor, found.number, request.now)
        page = build.with_linked(request, build.ticket_page(request, found, ticket, tried))
        template = "desk/ticket.html"
    elif found.kind == "hot_issue":
        issue = hot_issue(request.actor, found.number, request.now)
        page = build.hot_page(request, issue, tried)
        template = "desk/hot.html"
    return None if page is None else (template, page)


def _upkeep(request: KnownVisit, found: Proceeding, tried: build.Tried | None) -> object:
    if found.kind == "answer":
        answer = upkeep.answer_page(request.actor, found, request.now)
        return build.answer_page(request, answer, tried)
    element = upkeep.element_page(request.actor, found, request.now)
    return build.element_page(request, element, tried)


@require_safe
@permission("staff")
def file(request: KnownVisit, file_id: int, number: str) -> HttpResponse:
    """A file of a proceeding that this officer may see; the reading is logged."""
    found = engine.access_proceeding(request.actor, number)
    entered = backfill_of(found.pk)
    is_scan = entered is not None and entered.scan_id == file_id
    stored = get_file(file_id) if is_scan else file_in_proceeding(file_id, [found.pk])
    log_reads([found.party_id], by=request.actor, what=f"file:{file_id}", why=found.number)
    return HttpResponse(content_of(stored), headers=preview_headers_for(stored))


def _log(day: str) -> dict[str, object]:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NotFound(_("日期应写成 2026-09-18 的样子。")) from None
    return engine.assignment_log(on)


@require_safe
@permission("public")
def assignments_today(request: Visit) -> HttpResponse:
    """The log of the city's present day."""
    return redirect("assignments", city_date(request.now).isoformat())


@require_safe
@permission("public")
def assignments(request: HttpRequest, day: str) -> HttpResponse:
    """The public log of a day's random assignment: commitment, draws, secret once revealed."""
    page = build.assignments_page(_log(day))
    return render(request, "desk/assignments.html", {"page": page})


@require_safe
@permission("public")
def assignments_data(request: HttpRequest, day: str) -> JsonResponse:
    """The same log as data, for anybody's own replay."""
    return JsonResponse(_log(day), json_dumps_params={"ensure_ascii": False})
