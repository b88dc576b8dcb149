"""Rating a service: behind a link, by number and code, from my list; the public page."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.doors import reviews
from tongban.doors.access import permission
from tongban.doors.citizen import rating as build
from tongban.doors.citizen.comments import ways
from tongban.doors.parts import Link, Pager
from tongban.doors.visits import address_of, wall_clock
from tongban.engine.queries import access_proceeding
from tongban.kernel.refusals import NotAllowed, NotFound, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.actions import admit_lookup
from tongban.ratings import queries
from tongban.ratings.actions import answer_callback, rate
from tongban.voice.queries import need_operator

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit, Visit
    from tongban.ratings.models import Invitation

DEVICE = "rating_device"
YEAR = 365 * 24 * 3600
_VIA = {"sms": "sms", "qr": "qr", "kiosk": "kiosk", "phone": "phone"}
PAGE = 20
MONTHS = 6


def _channel(request: Visit) -> str:
    found = _VIA.get(request.GET.get("via", ""))
    # The telephone is for operators of the line, who rate for whoever calls: an officer of a
    # window who says so is an officer who rates himself (F3).
    if found == "phone" and not _is_operator(request):
        found = None
    if found:
        return found
    return "mobile" if "Mobi" in request.headers.get("User-Agent", "") else "web"


def _is_staff(request: Visit) -> bool:
    return request.actor is not None and request.actor.kind == "staff"


def _is_operator(request: Visit) -> bool:
    if request.actor is None:
        return False
    try:
        need_operator(request.actor)
    except NotAllowed:
        return False
    return True


def _back(request: Visit) -> Link | None:
    is_citizen = request.actor is not None and request.actor.kind == "citizen"
    return Link(_("我的评价"), "/my/ratings/") if is_citizen else None


@require_http_methods(["GET", "POST"])
@permission("public")
def rate_thing(request: Visit, token: str) -> HttpResponse:
    """Rate the thing behind a link; afterwards what was said, and what the unit did."""
    row = queries.invitation_by_token(token)
    known = request.COOKIES.get(DEVICE, "")
    own = queries.is_own(row, request.actor, known)
    if request.method == "GET":
        return _show(request, row, own=own)
    if request.POST.get("do") == "callback":
        return _answer(request, row, own=own)
    device = known or secrets.token_urlsafe(16)
    channel = _channel(request)
    # An operator who writes down what a caller says is no officer who rates himself, and his
    # machine is the device of nobody who calls.
    by_operator = channel == "phone"
    said = replace(
        reviews.read(
            request, channel=channel, device="" if by_operator else device,
            staff_session=_is_staff(request) and not by_operator,
        ),
        is_own=own,
    )  # fmt: skip
    try:
        rate(invitation=row, rating=said, now=request.now)
    except NotFound:
        raise
    except Refusal as no:
        page = build.rate_page(
            queries.rating_page_of(row, request.now, own=own),
            said=said,
            no=no,
            back=_back(request),
        )
        if not page.fields:
            raise
        return _private(render(request, "citizen/rate.html", {"page": page}, status=no.status))
    messages.success(request, _("谢谢，您的评价已经收到。"))
    response = redirect("rate", token=token)
    response.set_cookie(DEVICE, device, max_age=YEAR, httponly=True, samesite="Lax")
    return response


def _answer(request: Visit, row: Invitation, *, own: bool) -> HttpResponse:
    """The callback, answered by the person himself."""
    is_solved = request.POST.get("solved") == "1"
    note = request.POST.get("note", "")[: reviews.LONGEST]
    try:
        answer_callback(
            invitation=row, is_solved=is_solved, note=note, now=request.now, is_own=own
        )
    except NotFound:
        raise
    except Refusal as no:
        found = queries.rating_page_of(row, request.now, own=own)
        page = build.rate_page(found, no=no, back=_back(request))
        return _private(render(request, "citizen/rate.html", {"page": page}, status=no.status))
    told = _("谢谢，整改已经办结。") if is_solved else _("已经告诉单位：问题还没有解决。")
    messages.success(request, told)
    return redirect("rate", token=row.token)


def _show(request: Visit, row: Invitation, *, own: bool) -> HttpResponse:
    found = queries.rating_page_of(row, request.now, own=own)
    page = build.rate_page(found, back=_back(request))
    return _private(render(request, "citizen/rate.html", {"page": page}))


def _private(response: HttpResponse) -> HttpResponse:
    # The address is the key: it must not travel on in a Referer header or in a search index.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@permission("public")
def find(request: Visit) -> HttpResponse:
    """Find what one may rate by the number and the code of a slip (kiosk, telephone, paper)."""
    via = request.GET.get("via", "")
    via = via if via in _VIA else ""
    if request.method == "GET":
        return render(request, "citizen/rate_find.html", {"page": build.find_page(via=via)})
    number = request.POST.get("number", "")[:40]
    try:
        admit_lookup(number, address_of(request), wall=wall_clock())
        row = queries.find_by_code(number, request.POST.get("code", "")[:8])
    except Refusal as no:
        page = build.find_page(via=via, number=number, no=no)
        return render(request, "citizen/rate_find.html", {"page": page}, status=no.status)
    query = f"?{urlencode({'via': via})}" if via else ""
    return redirect(f"/rate/{row.token}/{query}")


@require_safe
@permission("citizen")
def my_ratings(request: KnownVisit) -> HttpResponse:
    """Everything that I was asked to rate."""
    found = queries.my_invitations(request.actor, request.now)
    return render(request, "citizen/my_ratings.html", {"page": build.mine_page(found)})


@require_safe
@permission("citizen")
def rate_mine(request: KnownVisit, number: str) -> HttpResponse:
    """The rating of one of my applications."""
    found = access_proceeding(request.actor, number)
    one = queries.rating_of(request.actor, found.pk, request.now)
    if one is None:
        raise NotFound(_("这件事还没有办结，办结以后可以评价。"))
    return redirect("rate", token=one.token)


@require_safe
@permission("public")
def published(request: Visit) -> HttpResponse:
    """The figures of a month, the board, and answers to bad reviews."""
    today = city_date(request.now)
    month = _month(request.GET.get("month", ""), today)
    since, until = queries.month_of(month)
    before = _before(request.GET.get("before", ""))
    rows = queries.public_replies(before=before, limit=PAGE + 1)
    shown = rows[:PAGE]
    pager = Pager(
        first="?" if before else "",
        next=f"?{urlencode({'before': shown[-1].cursor})}" if len(rows) > PAGE else "",
    )
    page = build.open_page(
        since,
        queries.board_of("department", since, until),
        queries.mended_of(since, until),
        shown,
        pager,
        _months(today),
        ways(queries.subjects()),
    )
    return render(request, "citizen/ratings_open.html", {"page": page})


def _month(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def _before(text: str) -> tuple[datetime, int] | None:
    moment, _sep, last = text.partition("~")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    known = last.isascii() and last.isdecimal() and len(last) < 19
    return (found, int(last)) if found.tzinfo and known else None


def _months(today: date) -> tuple[Link, ...]:
    found = []
    first = today.replace(day=1)
    for _n in range(MONTHS):
        found.append(Link(date_format(first, "YEAR_MONTH_FORMAT"), f"?month={first:%Y-%m}"))
        year, month = divmod(first.year * 12 + first.month - 2, 12)
        first = date(year, month + 1, 1)
    return tuple(found)
