"""The words of the window room."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How somebody at a window confirmed what will be filed."""

    SCREEN = "screen"
    PAPER = "paper"


class Capacity(StrEnum):
    """In which capacity somebody receives results at a window."""

    APPLICANT = "applicant"
    AGENT = "agent"  # by a recorded authorisation to receive
    ATTORNEY = "attorney"  # by a power of attorney on paper, which is scanned


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text that was recognised, and how sure the machine is, 0 to 1."""

    text: str
    sure: float
