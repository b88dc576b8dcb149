"""HTTP to somebody outside, with distrust: no redirects, bounded answers, no way inside."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tongban.kernel.retries import FOR_GOOD

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 512_000


class Unreachable(Exception):  # noqa: N818 -- says what happened
    """The other side did not answer as it should; it is tried again."""


class RefusedForGood(Exception):  # noqa: N818 -- says what happened
    """The other side will never take this message; nobody asks it again."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """An endpoint that sends us elsewhere is not followed: elsewhere may be inside."""

    def redirect_request(self, *told: Any, **more: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


def need_outside(url: str, *, private: bool) -> None:
    """Refuse an address that is not http(s) or that leads inside, unless the operator says so.

    ``private`` is for an endpoint in the operator's own network. Raises RefusedForGood for a
    wrong address, Unreachable where the name is not known.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise RefusedForGood("the address is no plain http or https address")
    if private:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as no:
        raise Unreachable(f"{parts.hostname} is not known") from no
    for row in found:
        if not ipaddress.ip_address(str(row[4][0]).split("%")[0]).is_global:
            raise RefusedForGood(f"{parts.hostname} leads into a private network")


def ask(
    url: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    private: bool = False,
) -> bytes:
    """GET, or POST where there is content; the answer's bytes, 512,000 at most.

    Raises Unreachable where it may be tried again, RefusedForGood where not.
    """
    need_outside(url, private=private)
    request = urllib.request.Request(  # noqa: S310 -- the scheme is checked above
        url, data=content, headers=dict(headers or {})
    )
    try:
        with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
            said: bytes = answer.read(LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as no:
        with no:
            words = no.read(300).decode("utf-8", "replace")
        if no.code in FOR_GOOD:
            raise RefusedForGood(f"{no.code} {words}") from no
        raise Unreachable(f"{no.code} {words}") from no
    except (OSError, http.client.HTTPException, ValueError) as no:
        raise Unreachable(f"{type(no).__name__}: {no}"[:200]) from no
    if len(said) > LARGEST_ANSWER:
        raise Unreachable("the answer is too long")
    return said
