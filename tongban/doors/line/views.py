"""A call: what is typed, what stands beside it, and where it goes with one key."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.doors.access import permission
from tongban.doors.faults import said
from tongban.doors.guide_parts import chosen_of, guide_fields
from tongban.doors.line import calls, pages, shown
from tongban.doors.maps import picker
from tongban.doors.parts import Problem
from tongban.doors.texts import refusal_in_words
from tongban.hotline import rules
from tongban.hotline.actions import (
    Request,
    add_to_issue,
    add_to_ticket,
    answer_directly,
    classify_ticket,
    correct_place,
    dispatch_ticket,
    hide_caller,
    merge_ticket,
    name_element,
    receive_ticket,
    refuse_ticket,
    transfer_ticket,
)
from tongban.hotline.queries import content, latest_calls, ticket_page
from tongban.hotline.queries.hot import hot_numbered
from tongban.hotline.states import Channel
from tongban.kernel.refusals import BadInput, NotAllowed, Refusal
from tongban.reading.rules.things import mask
from tongban.voice.actions import tie_ticket
from tongban.voice.queries import call_about

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit
    from tongban.hotline.actions import Received
    from tongban.hotline.models import Ticket
    from tongban.voice.queries import CallPage

MOST_TEXT, MOST_LINE, PLACE_MOST = 9_000, 300, 200
_TYPED = (
    "text",
    "phone",
    "name",
    "place",
    "region",
    "longitude",
    "latitude",
    "type",
    "domain",
    "urgency",
    "guide",
    "element",
    "unit",
    "answer",
    "reason",
    "line",
    "into",
    "hides",
    "key",
    "chosen",
    "call",
)
_KEY = re.compile(r"[0-9a-f]{32}")


def _need_operator(request: KnownVisit) -> None:
    if content()["centre"] not in request.actor.departments:
        raise NotAllowed("这个页面供热线中心的话务岗位使用。")


def _typed(request: KnownVisit) -> dict[str, str]:
    return {
        name: request.POST.get(name, "")[: MOST_TEXT if name in {"text", "answer"} else MOST_LINE]
        for name in _TYPED
    }


@require_http_methods(["GET", "POST"])
@permission("window")
def call(request: KnownVisit) -> HttpResponse:
    """The screen of a call; one key files it and sends it where it belongs."""
    _need_operator(request)
    if request.method == "GET":
        phone = request.GET.get("phone", "")[:MOST_LINE]
        spoken = calls.call_of(request.actor, request.GET.get("call", ""))
        if spoken is not None:
            return _screen(request, calls.typed_from(spoken), spoken=spoken)
        return _screen(request, {"phone": phone, "key": uuid.uuid4().hex})
    typed = _typed(request)
    spoken = calls.call_of(request.actor, typed["call"])
    try:
        _need_what_the_key_needs(request.POST.get("act", ""), typed)
        asked = _request(typed, spoken, request.now)
        made = receive_ticket(request=asked, by=request.actor, now=request.now)
    except Refusal as no:
        return _screen(request, typed, no, spoken)
    try:
        if spoken is not None:
            _tie(request, made, spoken, typed)
        _go_on(request, made, request.POST.get("act", ""), typed)
    except Refusal as no:
        # The request stands already; what was refused is said on its own page.
        messages.error(request, refusal_in_words(no))
    return redirect(f"/line/done/{made.number}/")


_NEEDS = {
    "answer": ("answer", gettext_noop("请先写明给来电人的答复。")),
    "refuse": ("reason", gettext_noop("请先选择不予受理的情形。")),
    "transfer": ("line", gettext_noop("请先选择转接到哪条专线。")),
}


def _need_what_the_key_needs(act: str, typed: Mapping[str, str]) -> None:
    """Refuse before anything is written: else the call would be filed, and its key not done."""
    name, sentence = _NEEDS.get(act, ("", ""))
    if name and not typed[name].strip():
        raise BadInput.at(name, "missing", sentence)


def _tie(request: KnownVisit, made: Received, spoken: CallPage, typed: Mapping[str, str]) -> None:
    """A call and its ticket know each other; what the menu had recorded is completed.

    The menu records at once what is dangerous; then the operator's words are added to it.
    """
    if not made.is_new and not spoken.ticket:
        return
    tie_ticket(call=spoken.id, ticket_id=made.ticket_id, by=request.actor, now=request.now)
    if made.is_new:
        return
    ticket = ticket_page(request.actor, made.number, request.now).ticket
    # First of all: nothing is sent on with a caller who asked to be hidden.
    if typed["hides"] and not ticket.hides_caller:
        hide_caller(ticket_id=ticket.pk, by=request.actor, now=request.now)
    _place(request, ticket, typed)
    _classify(request, ticket, typed)
    guide, item, element = chosen_of(typed, "", request.now)
    if element:
        name_element(
            ticket_id=ticket.pk, guide=guide, item=item, element=element,
            by=request.actor, now=request.now,
        )  # fmt: skip
    more = mask(rules.clean(typed["text"]))
    if more not in ticket.text:
        add_to_ticket(ticket_id=made.ticket_id, text=more, by=request.actor, now=request.now)


def _place(request: KnownVisit, ticket: Ticket, typed: Mapping[str, str]) -> None:
    """Where the operator hears that it is stands before where the menu understood it to be."""
    place = rules.clean(typed["place"])[:PLACE_MOST] or ticket.place
    region = typed["region"] or ticket.region
    if (place, region) != (ticket.place, ticket.region) and place:
        correct_place(
            ticket_id=ticket.pk,
            place=place,
            region=typed["region"],
            by=request.actor,
            now=request.now,
        )


def _classify(request: KnownVisit, ticket: Ticket, typed: Mapping[str, str]) -> None:
    """What the operator chose stands before what the menu had read."""
    read = (ticket.type, ticket.domain, ticket.urgency)
    chosen = tuple(
        typed[name] or old for name, old in zip(("type", "domain", "urgency"), read, strict=True)
    )
    if chosen != read:
        classify_ticket(
            ticket_id=ticket.pk,
            kind=chosen[0],
            domain=chosen[1],
            urgency=chosen[2],
            by=request.actor,
            now=request.now,
        )


def _request(typed: Mapping[str, str], spoken: CallPage | None, now: datetime) -> Request:
    if not _KEY.fullmatch(typed["key"]):
        raise BadInput("页面已经过期，请刷新后重新登记。")
    guide, item, element = chosen_of(typed, "", now)
    return Request(
        text=typed["text"],
        channel=Channel.PHONE,
        type=typed["type"],
        domain=typed["domain"],
        urgency=typed["urgency"],
        place=typed["place"],
        region=typed["region"],
        longitude=_degrees(typed["longitude"]),
        latitude=_degrees(typed["latitude"]),
        phone=re.sub(r"[\s-]", "", typed["phone"]),
        name=typed["name"],
        hides_caller=bool(typed["hides"]),
        of_guide=guide,
        of_item=item,
        of_element=element,
        # A call has one ticket, whether the menu made it or an operator.
        source=f"line/{spoken.key if spoken else typed['key']}",
    )


def _degrees(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise BadInput.at("longitude", "invalid", _("地图上的位置不正确，请重新选择。")) from None


def _go_on(request: KnownVisit, made: Received, act: str, typed: Mapping[str, str]) -> None:
    """What the operator's key says: answer, refuse, hand over, join another, or send on."""
    if not made.is_new and not typed["call"]:
        return
    if act == "answer":
        answer_directly(
            ticket_id=made.ticket_id, answer=typed["answer"], by=request.actor, now=request.now
        )
    elif act == "refuse":
        refuse_ticket(
            ticket_id=made.ticket_id, reason=typed["reason"], by=request.actor, now=request.now
        )
    elif act == "transfer":
        transfer_ticket(
            ticket_id=made.ticket_id, line=typed["line"], by=request.actor, now=request.now
        )
    elif act == "join":
        lead = ticket_page(request.actor, typed["into"], request.now)
        merge_ticket(
            ticket_id=made.ticket_id,
            into=lead.proceeding.pk,
            by=request.actor,
            now=request.now,
        )
    elif act == "hot":
        issue = hot_numbered(request.actor, typed["into"])
        add_to_issue(ticket_id=made.ticket_id, issue_id=issue, by=request.actor, now=request.now)
    elif act == "dispatch":
        dispatch_ticket(
            ticket_id=made.ticket_id, unit=typed["unit"], by=request.actor, now=request.now
        )


def _screen(
    request: KnownVisit,
    typed: Mapping[str, str],
    no: Refusal | None = None,
    spoken: CallPage | None = None,
) -> HttpResponse:
    wrong = {}
    if no is not None:
        found = no.problems if isinstance(no, BadInput) else ()
        wrong = {one.path: said(one) for one in found} or {"": refusal_in_words(no)}
    live = shown.live(typed, request.now)
    page = pages.CallPage(
        key=typed.get("key", ""),
        chosen=typed.get("chosen", ""),
        text=shown.text_field(typed, wrong),
        caller=shown.caller_fields(typed, wrong),
        place=shown.place_fields(typed, wrong),
        map=picker(_("地图：标出准确位置")),
        longitude=typed.get("longitude", ""),
        latitude=typed.get("latitude", ""),
        kind=shown.kind_fields(typed, wrong, live.reading),
        guide=guide_fields(typed, "", request.now, wrong, explains=False),
        hides=bool(typed.get("hides")),
        answer=shown.answer_field(typed, wrong),
        reason=shown.reason_field(typed, wrong),
        line=shown.line_field(typed, wrong),
        live=live,
        mine=tuple(map(shown.before, latest_calls())),
        keys=shown.keys(),
        board=calls.board(request.actor),
        taken=calls.taken(spoken) if spoken else None,
        problems=tuple(
            Problem(words, f"f-{path}" if path else "") for path, words in wrong.items()
        ),
    )
    return render(request, "line/call.html", {"page": page}, status=422 if wrong else 200)


@require_POST
@permission("window")
def live(request: KnownVisit) -> HttpResponse:
    """What stands beside the form, anew for what is typed now."""
    _need_operator(request)
    typed = _typed(request)
    if not typed["chosen"]:
        # What stands in these fields is what the words sounded like a moment ago.
        typed |= {"type": "", "domain": "", "urgency": ""}
    found = shown.live(typed, request.now)
    kind = shown.kind_fields(typed, {}, found.reading)
    guide = guide_fields(typed, "", request.now, {}, explains=False)
    return render(request, "line/live.html", {"live": found, "kind": kind, "guide": guide})


@require_GET
@permission("window")
def done(request: KnownVisit, number: str) -> HttpResponse:
    """The number to read aloud, and what happens next."""
    _need_operator(request)
    one = ticket_page(request.actor, number, request.now)
    page = shown.done(one, call_about(request.actor.id, one.proceeding.number))
    return render(request, "line/done.html", {"page": page})
