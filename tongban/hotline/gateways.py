"""Telling apps of others what happens to a request that came from them: signed, once each."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from tongban.kernel.retries import FOR_GOOD
from tongban.kernel.signatures import HEADER, signature_of

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 64_000


class WebhookFailed(Exception):  # noqa: N818 -- says what happened
    """The app did not take the message; it is tried again."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a request. ``key`` names it: whoever hears it twice knows by this.

    ``position`` grows with every happening, so that one that comes late can be put in order.
    """

    key: str
    position: int
    number: str
    status: str
    notes: str
    at: str

    @property
    def content(self) -> bytes:
        """The message as it is sent and signed, UTF-8 JSON."""
        said: dict[str, Any] = {
            "id": self.key,
            "sequence": self.position,
            "service_request_id": self.number,
            "status": self.status,
            "status_notes": self.notes,
            "updated_datetime": self.at,
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


class HttpWebhook:
    """The real one: a signed POST; an app that refuses for good is not asked again."""

    def __init__(self, url: str, secret: str) -> None:
        if not url.startswith(("https://", "http://")):
            raise ValueError("a webhook is an http or https address")
        self.url = url
        self.secret = secret

    def tell(self, happening: Happening) -> None:
        content = happening.content
        asked = urllib.request.Request(  # noqa: S310 -- the scheme is checked above
            self.url,
            data=content,
            method="POST",
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Tongban-Id": happening.key,
                HEADER: signature_of(self.secret, content),
            },
        )
        try:
            with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 -- as above
                answer.read(LARGEST_ANSWER)
        except urllib.error.HTTPError as no:
            if no.code not in FOR_GOOD:
                raise WebhookFailed(f"{self.url} answered {no.code}") from no
        except (OSError, ValueError) as no:
            raise WebhookFailed(f"{self.url} is not reached: {type(no).__name__}") from no
