"""Public numbers: what people see, copy and read out instead of a database id.

A public number ends in an ISO 7064 MOD 37,36 check character, and its region and day must be
possible ones, so that a mistyped number is refused before anything is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from tongban.kernel.identifiers import is_region_code
from tongban.kernel.iso7064 import (
    ALPHABET,
    check_character,
    ends_in_its_check_character,
)

__all__ = [
    "ALPHABET",
    "PublicNumber",
    "check_character",
    "check_number",
    "ends_in_its_check_character",
    "normalise_number",
    "parse_number",
    "public_number",
]

FIRST_YEAR, LAST_YEAR = 2000, 2199
_SHAPE = re.compile(r"([A-Z]{1,6})([0-9]{6})([0-9]{8})([0-9]{6,18})[0-9A-Z]")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—_.·]+")


@dataclass(frozen=True, slots=True)
class PublicNumber:
    """The parts of a public number. `serial` is unique per prefix, gaps are normal."""

    prefix: str
    region: str
    on: date
    serial: int


def public_number(prefix: str, region6: str, on: date, serial: int) -> str:
    """Prefix (1 to 6 capital letters), region, day, serial (six digits or more), check character.

    The day is the city's day of the event; the serial comes from a sequence that nobody locks.
    Raises ValueError for parts that make no number.
    """
    body = f"{prefix}{region6}{on:%Y%m%d}{serial:06d}"
    text = body + check_character(body)
    if parse_number(text) != PublicNumber(prefix, region6, on, serial):
        raise ValueError(f"not the parts of a public number: {body!r}")
    return text


def normalise_number(text: str) -> str:
    """What a person typed, as it is stored: full width, lower case, spaces and dashes gone."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_number(text: str) -> bool:
    """Whether the text, as typed, is a well-formed public number with the right check."""
    return parse_number(text) is not None


def parse_number(text: str) -> PublicNumber | None:
    """The parts of a public number as typed, or None when it cannot be one."""
    tidy = normalise_number(text)
    match = _SHAPE.fullmatch(tidy)
    if match is None or not ends_in_its_check_character(tidy):
        return None
    prefix, region, digits, serial = match.groups()
    on = _day(digits)
    if on is None or not is_region_code(region):
        return None
    return PublicNumber(prefix, region, on, int(serial))


def _day(digits: str) -> date | None:
    try:
        on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else None
