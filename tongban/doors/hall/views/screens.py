"""The screen that faces the applicant: paired by a code, it asks and takes the answer."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongban.doors.access import permission
from tongban.doors.hall import keys, pages
from tongban.doors.hall.shown import seen_of
from tongban.doors.qr import drawn_qr
from tongban.doors.tags import tag_of
from tongban.doors.texts import language, refusal_in_words
from tongban.doors.visits import wall_clock
from tongban.kernel.refusals import Refusal
from tongban.window.actions import answer_on_screen, bind_screen, pair_screen
from tongban.window.queries import PAIRED_FOR, ScreenKey, shown_on
from tongban.window.rules import ScreenNotPaired, typed_code

if TYPE_CHECKING:
    from tongban.doors.visits import KnownVisit, Visit

MOST_SIGNATURE = 300_000
BROWSER = "screen"
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
_PNG = "data:image/png;base64,"
# The refusal sentences of this page are few; the language is that of the applicant.
_CHOICE = "lang"


@require_POST
@permission("window")
def pair(request: KnownVisit) -> HttpResponse:
    """Pair a second screen; the code is shown once, and the one before is void."""
    code = pair_screen(by=request.actor, wall=wall_clock())
    address = f"{settings.SITE_URL}/hall/screen/{code}/"
    page = pages.PairPage(code=code, address=address, qr=drawn_qr(address), keys=keys.of())
    return render(request, "hall/pair.html", {"page": page})


@require_http_methods(["GET", "POST"])
@permission("public")
def enter(request: Visit) -> HttpResponse:
    """The second screen's own start: the pairing code is typed here."""
    code = typed_code(request.POST.get("code", "")[:40])
    if code:
        return redirect(f"/hall/screen/{code}/")
    page = pages.ScreenPage(
        code="", language="", languages=(), direction="ltr", seen=None, paired=False,
        error=_("请输入窗口页面上的十二位配对码。") if request.method == "POST" else "",
    )  # fmt: skip
    return render(request, "hall/screen.html", {"page": page})


@require_http_methods(["GET", "POST"])
@permission("public")
def screen(request: Visit, code: str) -> HttpResponse:
    """What is to be confirmed, in the applicant's language; a post answers."""
    wanted = _language(request)
    browser = _browser(request)
    with translation.override(wanted):
        error = ""
        if request.method == "POST":
            answered = _answer(request, code, browser)
            if not isinstance(answered, str):
                return answered
            error = answered
        response = _screen(request, code, browser, wanted, error)
    if request.COOKIES.get(BROWSER) != browser:
        response.set_cookie(
            BROWSER,
            browser,
            max_age=PAIRED_FOR,
            path="/hall/screen/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
    add_never_cache_headers(response)
    # Other sites hear nothing of the code; our own form needs its origin.
    response["Referrer-Policy"] = "same-origin"
    return response


def _browser(request: Visit) -> str:
    """The secret by which this browser is known; a new one where it has none."""
    known = request.COOKIES.get(BROWSER, "")
    return known if _SECRET.fullmatch(known) else secrets.token_urlsafe(24)


def _language(request: Visit) -> str:
    known = {code.split("-")[0]: code for code, _name in settings.LANGUAGES}
    asked = request.GET.get(_CHOICE) or request.POST.get(_CHOICE) or ""
    return known.get(asked, settings.LANGUAGE_CODE)


def _screen(request: Visit, code: str, browser: str, wanted: str, error: str) -> HttpResponse:
    try:
        key = ScreenKey(code, browser)
        bind_screen(key=key, wall=wall_clock())
        found = shown_on(key, now=request.now, wall=wall_clock())
    except ScreenNotPaired as no:
        page = pages.ScreenPage(
            code="", language="", languages=(), direction="ltr", seen=None, paired=False,
            error=refusal_in_words(no),
        )  # fmt: skip
        return render(request, "hall/screen.html", {"page": page}, status=404)
    page = pages.ScreenPage(
        code=typed_code(code),
        language=wanted.split("-", maxsplit=1)[0],
        languages=tuple(
            (one.split("-")[0], name, one == wanted) for one, name in settings.LANGUAGES
        ),
        direction="rtl" if get_language_info(wanted)["bidi"] else "ltr",
        seen=seen_of(found.check) if found.check is not None else None,
        clerk=found.clerk,
        is_answered=found.is_answered,
        agreed=found.agreed,
        error=error,
    )
    context = {"page": page, "tag": tag_of(wanted)}
    return render(request, "hall/screen.html", context, status=409 if error else 200)


def _answer(request: Visit, code: str, browser: str) -> HttpResponseRedirect | str:
    try:
        answer_on_screen(
            key=ScreenKey(code, browser),
            shown=request.POST.get("shown", ""),
            agrees=request.POST.get("answer") == "yes",
            language=language(),
            signature=_signature(request.POST.get("signature", "")),
            now=request.now,
            wall=wall_clock(),
        )
    except Refusal as no:
        return refusal_in_words(no)
    return HttpResponseRedirect(f"/hall/screen/{code}/?{_CHOICE}={language()}")


def _signature(text: str) -> bytes:
    """The drawn signature as PNG; what is no drawing, or far too large, is left out."""
    if not text.startswith(_PNG) or len(text) > MOST_SIGNATURE:
        return b""
    try:
        return base64.b64decode(text.removeprefix(_PNG), validate=True)
    except (binascii.Error, ValueError):
        return b""


@require_GET
@permission("public")
def state(request: Visit, code: str) -> HttpResponse:
    """Whether the screen shows something else now; it asks every second."""
    try:
        found = shown_on(ScreenKey(code, _browser(request)), now=request.now, wall=wall_clock())
    except ScreenNotPaired:
        return JsonResponse({"shown": "", "paired": False}, status=404)
    shown = found.check.shown_hash if found.check is not None else ""
    response = JsonResponse({"shown": shown, "answered": found.is_answered, "paired": True})
    add_never_cache_headers(response)
    return response
