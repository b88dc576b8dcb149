"""Open311 GeoReport v2 as a client: services, sending once, following (wiki.open311.org)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from tongban.relay.gateways.asking import ask
from tongban.relay.gateways.partners import Delivered, Handed, Status, Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = re.compile(r"[\w.:-]{1,100}")
MOST_SERVICES = 1_000
WORDS_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Service:
    """What may be reported to an endpoint."""

    code: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Open311Client:
    """One endpoint. Our number is its idempotency key: sending again is the same report.

    Links in its answers (media_url) are neither followed nor shown: only plain text is taken.
    """

    code: str
    url: str
    key: str = ""
    jurisdiction: str = ""
    private: bool = False

    def services(self) -> list[Service]:
        """What may be reported. Raises Unreachable, RefusedForGood."""
        rows = self._rows(ask(self._at("services.json"), private=self.private))
        return [
            Service(
                _text(one, "service_code", 100),
                _text(one, "service_name", 200),
                _text(one, "description", 300),
            )
            for one in rows[:MOST_SERVICES]
        ]

    def deliver(self, handed: Handed) -> Delivered:
        said = {
            "api_key": self.key,
            "jurisdiction_id": self.jurisdiction,
            "service_code": handed.service,
            "description": handed.text,
            "address_string": handed.place or "-",
            "lat": "" if handed.latitude is None else str(handed.latitude),
            "long": "" if handed.longitude is None else str(handed.longitude),
            "phone": handed.phone,
            "account_id": "tongban",
            "service_request_id_local": handed.number,
        }
        content = urlencode({name: text for name, text in said.items() if text}).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Idempotency-Key": handed.number,
        }
        answer = ask(
            self._at("requests.json"), content=content, headers=headers, private=self.private
        )
        rows = self._rows(answer)
        if not rows:
            raise Unreachable("the answer names no request")
        theirs = _text(rows[0], "service_request_id", 100)
        token = _text(rows[0], "token", 100)
        if not theirs and token:
            theirs = self._of_token(token)
        if not _NUMBER.fullmatch(theirs):
            raise Unreachable("the answer names no request")
        return Delivered(theirs)

    def tell(self, number: str, theirs: str, seq: int, state: str, words: str) -> None:
        """GeoReport v2 knows no messages from the reporter."""

    def poll(self, numbers: Sequence[tuple[str, str]], now: datetime) -> Sequence[Status]:
        """How these requests stand; what cannot be read is left for the next time."""
        found: list[Status] = []
        for number, theirs in numbers:
            path = f"requests/{quote(theirs, safe='')}.json"
            rows = self._rows(ask(self._at(path), private=self.private))
            status = _status(number, theirs, rows[0], now) if rows else None
            if status is not None:
                found.append(status)
        return found

    def _of_token(self, token: str) -> str:
        """A slow endpoint gives a token first; without a number yet it is asked again later."""
        path = f"tokens/{quote(token, safe='')}.json"
        rows = self._rows(ask(self._at(path), private=self.private))
        return _text(rows[0], "service_request_id", 100) if rows else ""

    def _at(self, path: str) -> str:
        query = urlencode({"jurisdiction_id": self.jurisdiction}) if self.jurisdiction else ""
        return f"{self.url.rstrip('/')}/{path}" + (f"?{query}" if query else "")

    def _rows(self, content: bytes) -> list[dict[str, Any]]:
        try:
            said = json.loads(content)
        except (ValueError, RecursionError) as no:
            raise Unreachable("the answer is no JSON") from no
        if not isinstance(said, list):
            raise Unreachable("the answer is no list")
        return [one for one in said if isinstance(one, dict)]


def _text(row: dict[str, Any], name: str, most: int) -> str:
    value = row.get(name)
    return str(value)[:most] if isinstance(value, str | int) else ""


def _status(number: str, theirs: str, row: dict[str, Any], now: datetime) -> Status | None:
    """What a row says; its place is the moment of its change, so that an older one is late."""
    if _text(row, "service_request_id", 100) != theirs:
        return None
    state = {"open": "handling", "closed": "closed"}.get(_text(row, "status", 20))
    try:
        at = datetime.fromisoformat(_text(row, "updated_datetime", 40).replace("Z", "+00:00"))
    except ValueError:
        return None
    if state is None or at.tzinfo is None:
        return None
    seq = int(at.timestamp() * 1000)
    words = _text(row, "status_notes", WORDS_MOST)
    return Status(f"{seq}-{state}", number, theirs, seq, state, words, min(at, now))
