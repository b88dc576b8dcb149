"""What goes to a department's system and what it answers at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tongban.kernel.hashes import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class SystemUnreachable(Exception):  # noqa: N818 -- says what happened
    """The system did not take the message, or nobody knows whether it did; it is sent again."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message with the headers that name client, service, request and its hash (X-Road).

    ``body`` is the same at each attempt; ``sent_at`` is the city's time of this one.
    """

    message_id: str
    client: str
    service: str
    case_number: str
    body: Mapping[str, Any]
    sent_at: datetime

    @property
    def content(self) -> bytes:
        """The bytes that are sent and hashed."""
        return canonical_json(self.body)

    @property
    def request_hash(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-Road-Client": self.client,
            "X-Road-Service": self.service,
            "X-Road-Id": self.message_id,
            "X-Road-Request-Id": self.message_id,
            "X-Road-Request-Hash": self.request_hash,
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the system said at once; one that only took the message acknowledges it later."""

    is_acknowledged: bool
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the system as it would come through the door: bytes and their signature."""

    key: str
    content: bytes
    signature: str


@dataclass(frozen=True, slots=True)
class Held:
    """A case as the system has it: its number here, and grant, deny or nothing."""

    number: str
    result: str = ""


class DepartmentSystem(Protocol):
    """A department's own system.

    ``deliver`` is idempotent by message id and raises SystemUnreachable. ``collect`` answers what
    a system that does not come to the door by itself has to say by a moment of the city;
    ``confirm`` tells it what has been kept. ``report`` lists what it holds, for reconciliation;
    it raises SystemUnreachable.
    """

    def deliver(self, envelope: Envelope) -> Receipt: ...

    def collect(self, now: datetime) -> Sequence[Said]: ...

    def confirm(self, keys: Sequence[str]) -> None: ...

    def report(self, now: datetime) -> Sequence[Held]: ...
