"""Letting others use a licence: give, look, take back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongban.doors.access import permission
from tongban.doors.citizen import granting
from tongban.doors.faults import marked, problems, sentences, told
from tongban.kernel.refusals import BadInput, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.licences.actions import NewGrant, grant_use, revoke_grant
from tongban.licences.queries import access_licence, grants_by, grants_to

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.citizen.granting import Offer
    from tongban.doors.visits import KnownVisit
    from tongban.licences.queries import HeldLicence


@require_http_methods(["GET", "POST"])
@permission("citizen")
def grants(request: KnownVisit) -> HttpResponse:
    """What was given and received; a post takes one back."""
    if request.method == "POST":
        wanted = request.POST.get("revoke", "")
        if wanted.isdecimal() and len(wanted) < 19:
            revoke_grant(grant_id=int(wanted), by=request.actor, now=request.now)
            messages.success(request, _("已收回。对方没有提交的申请不能再用。"))
        return redirect("/my/licences/grants/")
    on = city_date(request.now)
    own = request.actor.acts_for
    page = granting.grants_page(grants_by(own, on), grants_to(own, on), on)
    return render(request, "citizen/grants.html", {"page": page})


@require_http_methods(["GET", "POST"])
@permission("citizen")
def grant(request: KnownVisit, identifier: str) -> HttpResponse:
    """Let somebody use one licence."""
    on = city_date(request.now)
    held = access_licence(request.actor, identifier, on)
    known = granting.offers(held, on)
    if not known:
        raise NotFound(_("这种证照现在没有可以授权别人使用的事。"))
    fields = granting.grant_fields(held, known)
    if request.method == "GET":
        return _shown(request, granting.grant_page(held, fields), 200)
    try:
        grant_use(grant=_read(request, held, known), by=request.actor, now=request.now)
    except Refusal as no:
        typed = {one.name: request.POST.get(one.name, "") for one in fields}
        again = marked(fields, _paths(no), typed)
        wrong = problems(fields, no) if isinstance(no, BadInput) else ()
        notice = None if wrong else told(no)
        return _shown(
            request, granting.grant_page(held, again, problems=wrong, notice=notice), no.status
        )
    messages.success(request, _("已授权。对方办这件事时会自动带出，每次使用您都能看到。"))
    return redirect("/my/licences/grants/")


def _paths(no: Refusal) -> dict[str, str]:
    names = {"grantee_code": "code", "fields": "thing"}
    return {names.get(path, path): words for path, words in sentences(no).items()}


def _read(request: KnownVisit, held: HeldLicence, known: dict[str, Offer]) -> NewGrant:
    thing = request.POST.get("thing", "")
    if thing not in known:
        raise BadInput.at("thing", "thing-missing", "请选择用来办什么事。")
    package, offered = known[thing]
    return NewGrant(
        identifier=held.identifier,
        fields=offered.fields,
        grantee_code=request.POST.get("code", "")[:40],
        grantee_name=request.POST.get("name", "")[:200],
        package=package.code,
        role=offered.role,
        times=None if request.POST.get("times") == "many" else 1,
        until=_day(request.POST.get("until", "")),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput.at("until", "day-missing", "请选择用到哪一天为止。") from None


def _shown(request: KnownVisit, page: object, status: int) -> HttpResponse:
    return render(request, "citizen/grant.html", {"page": page}, status=status)
