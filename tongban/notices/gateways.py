"""Short messages by telephone, and the address book that says whose telephone it is."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tongban.notices.states import Outcome

if TYPE_CHECKING:
    from pathlib import Path

MAX_ANSWER_BYTES = 4096


class Contact(Protocol):
    """Where and in which language a party can be told something."""

    @property
    def phone(self) -> str: ...

    @property
    def language(self) -> str: ...


class AddressBook(Protocol):
    """Answers a party's contact for the proceeding of a number (empty: for none), None where
    there is none. Wired in config: rooms on one floor do not know each other.
    """

    def __call__(self, party_id: int, number: str, /) -> Contact | None: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a gateway said: taken, refused for good, out of reach, or nothing to make sense of."""

    outcome: Outcome
    reference: str = ""
    detail: str = ""


class SmsGateway(Protocol):
    """Sends one short message. Never raises for what happens outside.

    ``reference`` is the same at each attempt of one message: a gateway that has seen it sends
    nothing twice.
    """

    def send(self, *, to: str, text: str, reference: str) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class FileSms:
    """The built-in gateway: one JSON object a line in a file of the operator's home folder.

    ``fails`` lets a demonstration show bad days: refused, unreachable or unclear.
    """

    path: Path
    fails: str = ""

    def send(self, *, to: str, text: str, reference: str) -> Receipt:
        if self.fails:
            return Receipt(Outcome(self.fails), detail="set to fail")
        line = json.dumps({"to": to, "text": text, "reference": reference}, ensure_ascii=False)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        return Receipt(Outcome.SENT, reference)


@dataclass(frozen=True, slots=True)
class HttpSms:
    """A gateway behind HTTP: POST ``{"to", "text", "reference"}``.

    It answers ``{"accepted": true, "reference": "…"}`` or ``{"accepted": false, "reason": "…"}``.
    A refusal is final, everything else is tried again.
    """

    url: str
    token: str
    timeout_seconds: float = 5.0

    def send(self, *, to: str, text: str, reference: str) -> Receipt:
        request = urllib.request.Request(  # noqa: S310 -- the operator's settings name the address
            self.url,
            data=json.dumps({"to": to, "text": text, "reference": reference}).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
                "Idempotency-Key": reference,
            },
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 -- as above
                request, timeout=self.timeout_seconds
            ) as answer:
                return _receipt(answer.read(MAX_ANSWER_BYTES))
        except urllib.error.HTTPError as error:
            return Receipt(Outcome.UNREACHABLE, detail=f"status {error.code}")
        except (OSError, http.client.HTTPException) as error:
            return Receipt(Outcome.UNREACHABLE, detail=type(error).__name__)


def _receipt(body: bytes) -> Receipt:
    try:
        said = json.loads(body)
    except ValueError:
        return Receipt(Outcome.UNCLEAR, detail="not JSON")
    if not isinstance(said, dict) or not isinstance(said.get("accepted"), bool):
        return Receipt(Outcome.UNCLEAR, detail="no word on acceptance")
    if said["accepted"]:
        return Receipt(Outcome.SENT, str(said.get("reference", ""))[:100])
    return Receipt(Outcome.REFUSED, detail=str(said.get("reason", ""))[:200])
