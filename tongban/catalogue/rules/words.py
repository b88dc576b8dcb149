"""Searching by everyday words: short texts, compared by their pairs of characters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found: its own names, and names of what it contains."""

    code: str
    names: tuple[str, ...]
    parts: tuple[str, ...] = ()


def best(text: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return the codes of the entries that share most with the text, best first.

    A name that contains the text, or stands in it, comes before a mere likeness. An empty text
    finds nothing.
    """
    wanted = pairs(text)
    if not wanted:
        return ()
    scored = [(_score(text, wanted, entry), entry.code) for entry in entries]
    return tuple(code for score, code in sorted(scored, key=_rank) if score > 0)


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters; a single character stands for itself."""
    tidy = _tidy(text)
    return (
        frozenset(tidy[i : i + 2] for i in range(max(1, len(tidy) - 1))) if tidy else frozenset()
    )


def _rank(found: tuple[float, str]) -> tuple[float, str]:
    return -found[0], found[1]


def _score(text: str, wanted: frozenset[str], entry: Entry) -> float:
    own = _likeness(text, wanted, entry.names)
    part = _likeness(text, wanted, entry.parts)
    return max(own, part / 2)


def _likeness(text: str, wanted: frozenset[str], names: Iterable[str]) -> float:
    tidy = _tidy(text)
    scores = [0.0]
    for name in names:
        shared = len(wanted & pairs(name))
        inside = _tidy(name) and (_tidy(name) in tidy or tidy in _tidy(name))
        scores.append((1.0 if inside else 0.0) + shared / len(wanted))
    return max(scores)


def _tidy(text: str) -> str:
    return "".join(text.split()).lower()
