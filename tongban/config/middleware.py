"""What stands before every door: the health page, the content security policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.config.health import healthz

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
PERMISSIONS_POLICY = "camera=(self), geolocation=(self), microphone=(), payment=()"


HEALTH_PATH = "/healthz"


def health_page(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware that answers /healthz itself.

    The page must be able to say that the database is away, so nothing that needs the database
    comes before it; and whoever balances load may ask under any host name.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return healthz() if request.path == HEALTH_PATH else get_response(request)

    return middleware


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware that sets the headers which Django itself does not."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return middleware
