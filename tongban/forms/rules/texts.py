"""Texts as people paste them: with marks that nobody sees, and some that mean harm.

What cannot be seen is taken out and said so; what was typed to be seen stays as it is. Direction
marks go, because they make a text read otherwise than it is stored; the joiners of Uyghur and
Persian stay.
"""

from __future__ import annotations

import re
import unicodedata

MAX_TYPED = 20_000
"""The longest text that a draft keeps for one element, in characters."""

_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
_UNSTORABLE = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
HIDDEN = re.compile(f"[{_DIRECTION}{_INVISIBLE}{_CONTROL}{_UNSTORABLE}]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t\u00a0]+")


def neutralise(text: str) -> tuple[str, bool]:
    """The text without what cannot be seen, and whether there was any.

    Removed are control characters (but tab and line end), direction and zero-width marks, and
    what no database can store: NUL, halves of characters, noncharacters.
    """
    plain = _LINE_ENDS.sub("\n", text)
    clean = HIDDEN.sub("", plain)
    return clean, clean != plain


def one_line(text: str) -> str:
    """A neutral text on one line: composed (NFC), blanks shrunk, none around."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text.replace("\n", " "))).strip()


def lines(text: str) -> str:
    """A neutral text of several lines: composed, no blanks at line ends, none around."""
    composed = unicodedata.normalize("NFC", text)
    return "\n".join(_BLANKS.sub(" ", line).rstrip() for line in composed.split("\n")).strip()
