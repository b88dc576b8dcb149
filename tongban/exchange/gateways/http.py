"""A department's system behind HTTP; it comes to the door by itself with what it has to say."""

from __future__ import annotations

import http.client
import json
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.exchange.gateways.envelopes import (
    Envelope,
    Held,
    Receipt,
    Said,
    SystemUnreachable,
)
from tongban.kernel.signatures import HEADER, Keys, signature_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MAX_ANSWER_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class HttpSystem:
    """POST of the envelope to ``<url>/messages``, GET of ``<url>/report`` for reconciliation.

    A message is answered with ``{"acknowledged": true, "reference": "…"}``, the report with
    ``{"cases": [{"number": "…", "result": "grant"}]}``.
    """

    code: str
    url: str
    key: str | Keys
    timeout_seconds: float = 10.0

    def deliver(self, envelope: Envelope) -> Receipt:
        said = self._ask("/messages", envelope.content, envelope.headers)
        return Receipt(said.get("acknowledged") is True, str(said.get("reference", ""))[:100])

    def collect(self, now: datetime) -> Sequence[Said]:
        return ()

    def confirm(self, keys: Sequence[str]) -> None:
        return None

    def report(self, now: datetime) -> Sequence[Held]:
        cases = self._ask("/report", None, {}).get("cases")
        if not isinstance(cases, list):
            raise SystemUnreachable("the report lists no cases")
        return [
            Held(str(one.get("number", "")), str(one.get("result") or ""))
            for one in cases
            if isinstance(one, dict)
        ]

    def _ask(self, path: str, content: bytes | None, headers: dict[str, str]) -> dict[str, object]:
        request = urllib.request.Request(  # noqa: S310 -- the operator's settings name the address
            self.url.rstrip("/") + path,
            data=content,
            headers={
                "Content-Type": "application/json",
                HEADER: signature_of(self.key, content or b"", line=self.code),
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 -- as above
                request, timeout=self.timeout_seconds
            ) as answer:
                said = json.loads(answer.read(MAX_ANSWER_BYTES))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise SystemUnreachable(f"{type(error).__name__}: {error}"[:200]) from error
        if not isinstance(said, dict):
            raise SystemUnreachable("the answer is no object")
        return said
