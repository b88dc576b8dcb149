"""Papers that cost nothing: for tests in which only their existence matters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tongban.documents import gateways

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class PlainPages:
    """A typesetter whose pages hold the data as they are."""

    def render(self, template: str, data: Mapping[str, Any], *, made_at: datetime) -> Any:
        text = json.dumps({"template": template, **data}, ensure_ascii=False, default=str)
        return gateways.Typeset(f"%PDF-1.7\n{text}\n%%EOF\n".encode(), None)

    def words(self, language: str) -> Mapping[str, str]:
        return {"day": "{day}.{month}.{year}"} if language == "ug" else {}


class PlainSeals:
    """A seal service that leaves the page as it is."""

    def seal(self, pdf: bytes, *, organ: Any, now: datetime, **words: Any) -> Any:
        return gateways.Sealed(pdf, f"plain-{organ.uscc}", now)
