"""One plain form of a text before anything else looks at it: bounded, visible, of one width.

Whatever a person or a program sends is taken: markup, control characters, changes of direction,
a megabyte of it. All of it costs time linear in the length.
"""

from __future__ import annotations

import re
import unicodedata

# Beyond this a text says nothing new about itself; its beginning and its end are read.
LONGEST = 12_000
HEAD = 9_000
# Normalising orders marks; a long run of marks would cost its square, so it goes by pieces.
_PIECE = 512
_TAG = re.compile(r"<(?:[a-zA-Z/!][^<>]{0,300})>")
_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,300}>[^<]{0,5000}</\1>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_LONG_NUMBER = re.compile(r"\d{5,}")


def bounded(text: str, longest: int = LONGEST, head: int = HEAD) -> str:
    """The text, or its beginning and its end where it is longer than is read."""
    if len(text) <= longest:
        return text
    return text[:head] + " " + text[-(longest - head - 1) :]


def visible(text: str) -> str:
    """The text without what a reader cannot see: controls, changes of direction, joiners."""
    return "".join(map(_seen, text))


def _seen(character: str) -> str:
    if character >= " " and character < "\x7f":
        return character
    kind = unicodedata.category(character)
    if kind in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    return "" if kind[0] == "C" else character


def clean(text: str) -> str:
    """The form that is learnt from and read: no markup, one width, small letters, one blank."""
    kept = bounded(text)
    if "<" in kept:
        kept = _TAG.sub(" ", _SCRIPT.sub(" ", kept))
    kept = visible(kept)
    pieces = (kept[at : at + _PIECE] for at in range(0, len(kept), _PIECE))
    even = "".join(unicodedata.normalize("NFKC", piece) for piece in pieces).lower()
    return _SPACE.sub(" ", even).strip()


def read_form(text: str) -> str:
    """The clean form with long numbers (telephones, orders) as one sign: they are all alike."""
    return _LONG_NUMBER.sub("0", clean(text))
