"""What a view gets: a request that the middleware has told who is here and what time it is.

The classes are for the eyes of the type checker; the objects are Django's own requests.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from tongban.kernel.actors import Actor


class Visit(HttpRequest):
    """Anybody's request."""

    actor: Actor | None
    now: datetime


class KnownVisit(HttpRequest):
    """The request of somebody who has signed in; `access.permission` keeps strangers out."""

    actor: Actor
    now: datetime


def wall_clock() -> datetime:
    """Machine time, for sessions, one-time codes and counting attempts; never for the law."""
    return datetime.now(UTC)  # noqa: TID251 -- doors are where the machine's clock is read


def is_longer(request: HttpRequest, most: int) -> bool:
    """Whether a request says that its body has more bytes, or says no number at all."""
    length = request.headers.get("Content-Length") or "0"
    return not length.isdecimal() or len(length) > 12 or int(length) > most


def address_of(request: HttpRequest) -> str:
    """The network address that a request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def safe_next(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """An address of this site to go on to; never one of another."""
    own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and own else otherwise
