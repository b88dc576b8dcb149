"""The text of a journey: lines of moment, person, verb, arguments, and what was recorded below.

# A comment stays where it is.
2026-09-14 10:30  ali  submit restaurant
    = 已收件，等待受理 …
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

INDENT = "    "
_COMMAND = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d)\s+(\S+)\s+(\S+)(?:\s+(.*))?$")


@dataclass
class Line:
    """One line of a journey; a comment or an empty line has no verb."""

    text: str
    at: str = ""
    person: str = ""
    verb: str = ""
    words: list[str] = field(default_factory=list)


def read(text: str) -> list[Line]:
    """The lines without what was recorded. Raises ValueError for a line that says nothing."""
    return [_line(row) for row in text.splitlines() if not row.startswith(INDENT)]


def _line(row: str) -> Line:
    if not row.strip() or row.startswith("#"):
        return Line(row)
    found = _COMMAND.match(row)
    if found is None:
        msg = f"neither a comment nor “moment person verb arguments”: {row!r}"
        raise ValueError(msg)
    at, person, verb, rest = found.groups()
    return Line(row, at, person, verb, shlex.split(rest or ""))


def written(told: Iterable[tuple[Line, list[str]]]) -> str:
    """The whole journey with what was recorded."""
    rows = []
    for line, outcome in told:
        rows += [line.text, *(f"{INDENT}{row}" for row in outcome)]
    return "\n".join(rows) + "\n"
