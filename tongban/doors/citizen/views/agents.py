"""Acting for others: ask somebody, confirm, decline, end."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.access import permission
from tongban.doors.citizen import agents as page_of
from tongban.doors.faults import marked, problems, sentences, told
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.actions import (
    Grant,
    authorise_agent,
    confirm_authorisation,
    decline_authorisation,
    revoke_authorisation,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit

_VERBS = {
    "confirm": confirm_authorisation,
    "decline": decline_authorisation,
    "revoke": revoke_authorisation,
}


@require_http_methods(["GET", "POST"])
@permission("citizen")
def agents(request: KnownVisit) -> HttpResponse:
    """Who acts for whom; a post asks somebody, or answers, or ends."""
    on = city_date(request.now)
    known = page_of.principals(request.actor, on)
    fields = page_of.agent_fields(known, on)
    if request.method == "GET":
        page = page_of.agents_page(request.actor, fields, on)
        return render(request, "citizen/agents.html", {"page": page})
    if request.POST.get("do"):
        _answer(request)
        return redirect("/my/agents/")
    try:
        authorise_agent(grant=_read(request, known, on), by=request.actor, now=request.now)
    except Refusal as no:
        typed = {one.name: request.POST.get(one.name, "") for one in fields if one.kind != "multi"}
        wrong = problems(fields, no) if isinstance(no, BadInput) else ()
        page = page_of.agents_page(
            request.actor,
            marked(fields, sentences(no), typed),
            on,
            problems=wrong,
            notice=None if wrong else told(no),
        )
        return render(request, "citizen/agents.html", {"page": page}, status=no.status)
    messages.success(request, _("已发给对方。对方确认以后，授权才生效。"))
    return redirect("/my/agents/")


def _answer(request: KnownVisit) -> None:
    verb, _colon, number = request.POST.get("do", "").partition(":")
    if verb not in _VERBS or not number.isdecimal() or len(number) > 18:
        raise NotFound
    _VERBS[verb](authorisation_id=int(number), by=request.actor, now=request.now)
    done = {
        "confirm": _("已确认，授权生效。"),
        "decline": _("已谢绝。"),
        "revoke": _("已解除。已经办过的仍然有效。"),
    }
    messages.success(request, done[verb])


def _read(request: KnownVisit, known: dict[str, str], on: date) -> Grant:
    principal = request.POST.get("principal", "")
    if principal not in known:
        raise BadInput.at("principal", "principal-missing", "请选择替谁办。")
    return Grant(
        principal_id=int(principal),
        agent_code=request.POST.get("code", "")[:40],
        agent_name=request.POST.get("name", "")[:200],
        functions=frozenset(request.POST.getlist("functions")),
        starts_on=_day(request, "starts_on"),
        ends_on=_day(request, "ends_on"),
        items=page_of.items_of(request.POST.getlist("things"), on),
    )


def _day(request: KnownVisit, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, "").strip())
    except ValueError:
        raise BadInput.at(name, "day-missing", "请选择日期。") from None
