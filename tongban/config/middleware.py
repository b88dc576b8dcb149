"""What stands before every door: a number for each request, the health page, the headers, and
what is done when a page fails.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponseServerError
from django.template import loader
from django.views.debug import technical_500_response

from tongban.config.health import healthz, is_own
from tongban.config.logs import REQUEST_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# No inline script or style anywhere: what a citizen types can never become code.
_POLICIES = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
CONTENT_SECURITY_POLICY = "; ".join(_POLICIES)


def with_tiles(policy: str, tiles: str) -> str:
    """The policy that lets pages show a city's map tiles, given their address; empty: none."""
    found = urlsplit(tiles)
    if not found.hostname:
        return policy
    # A tile service shares its load under several names: {s} stands for any of them.
    origin = f"{found.scheme}://{found.netloc.replace('{s}', '*')}"
    return policy.replace("img-src 'self'", f"img-src 'self' {origin}")


# The window's pages talk to the bridge on the clerk's own machine (docs/howto/window-devices.md).
BRIDGE = "http://127.0.0.1:18765"
_AT_WINDOW = CONTENT_SECURITY_POLICY.replace("connect-src 'self'", f"connect-src 'self' {BRIDGE}")
PERMISSIONS_POLICY = "camera=(self), geolocation=(self), microphone=(), payment=()"
# The page that plays a telephone hears who speaks into it.
_AT_TELEPHONE = PERMISSIONS_POLICY.replace("microphone=()", "microphone=(self)")
HEALTH_PATH = "/healthz"
NUMBER_HEADER = "X-Request-ID"
_NUMBER = re.compile(r"[0-9A-Za-z._-]{8,64}")

log = logging.getLogger("tongban.web")


def request_number(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware that gives each request a number: in the log, the answer, the 500 page.

    A number that a proxy has given already is kept.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(NUMBER_HEADER, "")
        number = given if _NUMBER.fullmatch(given) else secrets.token_hex(6)
        token = REQUEST_NUMBER.set(number)
        try:
            response = get_response(request)
        finally:
            REQUEST_NUMBER.reset(token)
        response.headers[NUMBER_HEADER] = number
        return response

    return middleware


def health_page(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware that answers /healthz itself.

    The page must be able to say that the database is away, so nothing that needs the database
    comes before it; and whoever balances load may ask under any host name.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return healthz(get_response) if request.path == HEALTH_PATH else get_response(request)

    return middleware


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware that sets the headers which Django itself does not."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        at_window = request.path.startswith("/hall/")
        policy = _AT_WINDOW if at_window else CONTENT_SECURITY_POLICY
        policy = with_tiles(policy, settings.MAP_TILES)
        response.headers.setdefault("Content-Security-Policy", policy)
        speaks = request.path == "/voice/"
        may = _AT_TELEPHONE if speaks else PERMISSIONS_POLICY
        response.headers.setdefault("Permissions-Policy", may)
        return response

    return middleware


def last_resort(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware that tells a fault once, in the log and to the person.

    Faults come through as they are (DEBUG_PROPAGATE_EXCEPTIONS): Django itself would look for an
    error page among addresses that may be what is broken, once for each middleware.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return get_response(request)
        except Exception as error:
            # The outermost place: whatever went wrong, the person gets a page.
            if is_own(request):
                raise
            named = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            log.exception("%s %s failed: %s", request.method, request.path, named)
            return _fault_page(request)

    return middleware


def _fault_page(request: HttpRequest) -> HttpResponse:
    if settings.DEBUG:
        return technical_500_response(request, *sys.exc_info())
    page = loader.render_to_string("500.html", {"quote": REQUEST_NUMBER.get()})
    answer = HttpResponseServerError(page)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 -- read by Django
    return answer
