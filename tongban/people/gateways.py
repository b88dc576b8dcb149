"""The population register, behind a small protocol: does this number belong to this name?"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MAX_ANSWER_BYTES = 4096


class Match(StrEnum):
    """What the register says of a number and a name."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class RegisterError(Exception):
    """The register did not answer, or not in a way that can be trusted."""


class PopulationRegister(Protocol):
    """Who exists under which number. Raises RegisterError when there is no answer."""

    def match(self, *, id_number: str, name: str) -> Match:
        """Compare a checked citizen number and a normalised name with the register."""


@dataclass(frozen=True, slots=True)
class HttpRegister:
    """A register behind HTTP: POST ``{"id_number", "name"}``, answer ``{"match": "same"}``.

    Anything but one of the three words in a small JSON object counts as no answer.
    """

    url: str
    token: str
    timeout_seconds: float = 3.0

    def match(self, *, id_number: str, name: str) -> Match:
        request = urllib.request.Request(  # noqa: S310 -- the operator's settings name the address
            self.url,
            data=json.dumps({"id_number": id_number, "name": name}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 -- as above
                request, timeout=self.timeout_seconds
            ) as answer:
                return _read(answer.read(MAX_ANSWER_BYTES))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise RegisterError(type(error).__name__) from error


def _read(body: bytes) -> Match:
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("not an object")  # noqa: TRY004 -- one kind of error for every bad answer
    return Match(str(said.get("match")))
