"""What a card reader or a scanner types: a line with name and number, or a number alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongban.kernel.identifiers import normalise
from tongban.kernel.names import normalise_name

# Readers that act as a keyboard type the fields of a card in one line, with one of these between.
_BETWEEN = re.compile(r"[|\t;,，；]")
_NUMBER = re.compile(r"\d{17}[\dX]")


@dataclass(frozen=True, slots=True)
class Card:
    """Name and citizen number as read; what was not on the line is empty."""

    name: str = ""
    id_number: str = ""


def parse(line: str) -> Card:
    """Read what a keyboard-wedge device typed.

    Known are "name|…|number|…" in any order of fields and a citizen number alone. The name is the
    first field of two characters and more without a digit (the sex is one character); a line
    without a citizen number is a name that somebody typed.
    """
    fields = [part.strip() for part in _BETWEEN.split(line) if part.strip()]
    number = next((one for one in map(normalise, fields) if _NUMBER.fullmatch(one)), "")
    words = [one for one in fields if len(one) > 1 and not any(c.isdigit() for c in one)]
    return Card(normalise_name(words[0]) if words else "", number)
