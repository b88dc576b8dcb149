"""Telling apps of others what happens to a request that came from them: signed, once each."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any

from tongban.kernel.signatures import HEADER, signature_of
from tongban.relay.gateways.asking import RefusedForGood, Unreachable, ask

log = logging.getLogger(__name__)


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
    """The real one: a signed POST; an app that refuses for good is not asked again.

    As all that is asked outside it leads nowhere inside: what an app names as its address may be
    anything. ``private`` is for one in the operator's own network.
    """

    def __init__(self, url: str, secret: str, *, private: bool = False) -> None:
        self.url = url
        self.secret = secret
        self.private = private

    def tell(self, happening: Happening) -> None:
        content = happening.content
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Tongban-Id": happening.key,
            HEADER: signature_of(self.secret, content),
        }
        try:
            ask(self.url, content=content, headers=headers, private=self.private)
        except RefusedForGood as no:
            log.warning("relay: %s does not take what happens: %s", self.url, no)
        except Unreachable as no:
            raise WebhookFailed(f"{self.url}: {no}") from no
