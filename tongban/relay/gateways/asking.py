"""HTTP to somebody outside, with distrust: no redirects, bounded answers, no way inside.

A name is resolved once: what was checked is what is connected to. A name whose owner answers
another address a moment later (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import SplitResult, urlsplit

from tongban.kernel.retries import FOR_GOOD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 512_000
MOST_ADDRESSES = 3
"""Of a name with many addresses so many are tried."""
_PORTS = {"http": 80, "https": 443}


class Unreachable(Exception):  # noqa: N818 -- says what happened
    """The other side did not answer as it should; it is tried again."""


class RefusedForGood(Exception):  # noqa: N818 -- says what happened
    """The other side will never take this message; nobody asks it again."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a name leads: the family of the address, and what a socket connects to."""

    family: int
    place: tuple[Any, ...]

    @property
    def is_outside(self) -> bool:
        """Whether it lies on the open net, also where it wraps an older kind of address."""
        found = ipaddress.ip_address(str(self.place[0]).split("%")[0])
        inner = [found]
        if isinstance(found, ipaddress.IPv6Address):
            inner += [one for one in (found.ipv4_mapped, found.sixtofour) if one is not None]
        return all(one.is_global and not one.is_multicast for one in inner)


class Wire(Protocol):
    """Names and sockets: those of the machine, or in tests a played net."""

    def resolve(self, host: str, port: int) -> Sequence[Address]: ...

    def connect(self, address: Address) -> socket.socket: ...

    def secured(self) -> ssl.SSLContext: ...


class _Machine:
    """The machine's own resolver, sockets and trusted authorities."""

    def resolve(self, host: str, port: int) -> Sequence[Address]:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        return [Address(row[0], tuple(row[4])) for row in rows]

    def connect(self, address: Address) -> socket.socket:
        made = socket.socket(address.family, socket.SOCK_STREAM)
        made.settimeout(TIMEOUT_SECONDS)
        try:
            made.connect(address.place)
        except OSError:
            made.close()
            raise
        return made

    def secured(self) -> ssl.SSLContext:
        return _authorities()


@cache
def _authorities() -> ssl.SSLContext:
    return ssl.create_default_context()


MACHINE: Wire = _Machine()


def need_outside(url: str, *, private: bool, wire: Wire = MACHINE) -> Sequence[Address]:
    """The addresses of a url; refuses what is not http(s) or leads inside.

    ``private`` is for an endpoint in the operator's own network, which only the operator names.
    Raises RefusedForGood for a wrong address, Unreachable where the name is not known.
    """
    parts = _parts(url)
    host = str(parts.hostname)
    try:
        found = wire.resolve(host, _port(parts))
    except (OSError, UnicodeError) as no:
        raise Unreachable(f"{host} is not known") from no
    if not private and not all(one.is_outside for one in found):
        raise RefusedForGood(f"{host} leads into a private network")
    return found[:MOST_ADDRESSES]


def _parts(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username:
        raise RefusedForGood("the address is no plain http or https address")
    return parts


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or _PORTS[parts.scheme]
    except ValueError as no:
        raise RefusedForGood("the address is no plain http or https address") from no


class _Line(http.client.HTTPConnection):
    """Speaks to the host by its name, over a socket that is connected already."""

    def __init__(self, parts: SplitResult, reached: socket.socket) -> None:
        super().__init__(str(parts.hostname), _port(parts), timeout=TIMEOUT_SECONDS)
        # The port that the Host line leaves out.
        self.default_port = _PORTS[parts.scheme]
        self.sock = reached


def ask(
    url: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    private: bool = False,
    wire: Wire = MACHINE,
) -> bytes:
    """GET, or POST where there is content; the answer's bytes, 512,000 at most.

    An answer that sends us elsewhere is not followed. Raises Unreachable where it may be tried
    again, RefusedForGood where not.
    """
    parts = _parts(url)
    found = need_outside(url, private=private, wire=wire)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        with closing(_Line(parts, _reached(parts, found, wire))) as line:
            verb = "GET" if content is None else "POST"
            told = {"Connection": "close", **(headers or {})}
            line.request(verb, path, body=content, headers=told)
            return _said(line.getresponse())
    except (OSError, http.client.HTTPException, ValueError) as no:
        raise Unreachable(f"{type(no).__name__}: {no}"[:200]) from no


def _reached(parts: SplitResult, found: Sequence[Address], wire: Wire) -> socket.socket:
    """The first of the checked addresses that answers; over https it proves the host's name."""
    if not found:
        raise Unreachable(f"{parts.hostname} is not known")
    for one in found[:-1]:
        try:
            return _secured(parts, wire.connect(one), wire)
        except OSError:
            continue
    return _secured(parts, wire.connect(found[-1]), wire)


def _secured(parts: SplitResult, plain: socket.socket, wire: Wire) -> socket.socket:
    if parts.scheme != "https":
        return plain
    try:
        return wire.secured().wrap_socket(plain, server_hostname=parts.hostname)
    except OSError:
        plain.close()
        raise


def _said(answer: http.client.HTTPResponse) -> bytes:
    if answer.status >= 300:
        words = f"{answer.status} {answer.read(300).decode('utf-8', 'replace')}"
        raise (RefusedForGood if answer.status in FOR_GOOD else Unreachable)(words)
    said = answer.read(LARGEST_ANSWER + 1)
    if len(said) > LARGEST_ANSWER:
        raise Unreachable("the answer is too long")
    return said
