"""What is handed over, what comes back, and a line behind signed HTTP."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tongban.kernel.signatures import HEADER, Keys, signature_of
from tongban.relay.gateways.asking import RefusedForGood, Unreachable, ask

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["RefusedForGood", "Unreachable"]


@dataclass(frozen=True, slots=True)
class Handed:
    """A request as it is handed over; ``number`` is ours and names it once and for all.

    ``phone`` is empty where the other side does not speak to the caller. Degrees are WGS 84.
    """

    number: str
    text: str
    place: str
    kind: str
    urgency: str
    service: str
    at: str
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def content(self) -> bytes:
        """The request as it is sent and signed, UTF-8 JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side has it, under its own number (empty where that comes later)."""

    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """One thing that the other side says: its number of the message, its place, what and when."""

    message_id: str
    number: str
    theirs: str
    seq: int
    state: str
    words: str
    at: datetime


class Gateway(Protocol):
    """Somebody outside. ``deliver`` again with the same number is the same request."""

    def deliver(self, handed: Handed) -> Delivered: ...

    def tell(self, number: str, theirs: str, seq: int, state: str, words: str) -> None: ...

    def poll(self, numbers: Sequence[tuple[str, str]], now: datetime) -> Sequence[Status]: ...


@dataclass(frozen=True, slots=True)
class SignedLine:
    """Another line behind HTTP: POST to ``<url>/requests`` and ``<url>/status``, signed.

    It tells us of its own accord at our door, so that there is nothing to ask.
    """

    code: str
    url: str
    key: str | Keys
    private: bool = False

    def deliver(self, handed: Handed) -> Delivered:
        return Delivered(str(self._post("/requests", handed.content).get("number", ""))[:100])

    def tell(self, number: str, theirs: str, seq: int, state: str, words: str) -> None:
        said = {"number": number, "theirs": theirs, "seq": seq, "state": state, "words": words}
        self._post("/status", json.dumps(said, ensure_ascii=False, sort_keys=True).encode())

    def poll(self, numbers: Sequence[tuple[str, str]], now: datetime) -> Sequence[Status]:
        return ()

    def _post(self, path: str, content: bytes) -> dict[str, Any]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            HEADER: signature_of(self.key, content, line=self.code),
        }
        answer = ask(
            self.url.rstrip("/") + path, content=content, headers=headers, private=self.private
        )
        try:
            said = json.loads(answer or b"{}")
        except ValueError as no:
            raise Unreachable("the answer is no JSON") from no
        return said if isinstance(said, dict) else {}
