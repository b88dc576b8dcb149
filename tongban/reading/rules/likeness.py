"""How alike two texts are, and signatures by which alike texts find each other.

Likeness is the share of common character pairs (Jaccard): 1 is the same text but for blanks and
punctuation, 0 has nothing in common. A signature estimates it without the text; its bands are
whole numbers for an index: alike texts share one, others hardly ever do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tongban.reading.rules.grams import pieces
from tongban.reading.rules.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection

Signature = npt.NDArray[np.uint32]
SIZE = 2
# 16 bands of 4: texts of likeness 0.8 share one but in 2 of 10,000 cases, of 0.2 in 3 of 100.
BANDS, ROWS = 16, 4
LENGTH = BANDS * ROWS
_NOBODY = np.uint32(0xFFFFFFFF)


def _constants(first: int, count: int) -> npt.NDArray[np.uint64]:
    """Numbers by SplitMix64, fixed for ever: a stored signature is compared with tomorrow's."""
    found, state, wrap = [], first, 2**64 - 1
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & wrap
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & wrap
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & wrap
        found.append(mixed ^ (mixed >> 31))
    return np.array(found, dtype=np.uint64)


_FACTORS = _constants(1, LENGTH) | np.uint64(1)
_SHIFTS = _constants(2, LENGTH)


def shingles(text: str) -> frozenset[int]:
    """The character pairs of a text as numbers; a single character stands for itself."""
    letters = "".join(filter(str.isalnum, clean(text)))
    if len(letters) < SIZE:
        return frozenset({ord(letters)} if letters else ())
    seen = pieces([letters], tuple(range(1, SIZE + 1)))
    # The first and the last sequence hold the marks of beginning and end.
    inside = (seen.lengths == SIZE) & (seen.places > 0) & (seen.places <= len(letters) - SIZE + 1)
    return frozenset(seen.hashes[inside].tolist())


def likeness(one: str, other: str) -> float:
    """0 to 1. Two texts without a letter or digit are alike only in saying nothing: 0."""
    return jaccard(shingles(one), shingles(other))


def jaccard(one: Collection[int], other: Collection[int]) -> float:
    """The common share of two sets; 0 where both are empty."""
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left or right else 0.0


def containment(part: str, whole: str) -> float:
    """The share of the pairs of the first text that the second has too: 1 for a quotation."""
    mine, theirs = shingles(part), shingles(whole)
    return len(mine & theirs) / len(mine) if mine else 0.0


def signature(text: str) -> Signature:
    """64 numbers whose agreement estimates likeness (MinHash); equal for equal sets of pairs."""
    numbers = np.fromiter(shingles(text), dtype=np.uint64)
    if not len(numbers):
        return np.full(LENGTH, _NOBODY, dtype=np.uint32)
    # Multiplying and shifting an odd factor permutes well enough and needs no division.
    mixed = (numbers[:, None] * _FACTORS + _SHIFTS) >> np.uint64(32)
    return np.asarray(mixed.min(axis=0), dtype=np.uint32)


def estimated_likeness(one: Signature, other: Signature) -> float:
    """The share of agreeing numbers: likeness, give or take 0.06 (one standard deviation)."""
    if (one == _NOBODY).all() or (other == _NOBODY).all():
        return 0.0
    return float((one == other).mean())


def bands(found: Signature) -> list[int]:
    """16 whole numbers for a bigint[] column: texts that share one are worth comparing.

    Empty for a text without a letter or digit, so that such texts never find each other.
    """
    if (found == _NOBODY).all():
        return []
    rows = found.astype(np.uint64).reshape(BANDS, ROWS)
    mixed = np.arange(1, BANDS + 1, dtype=np.uint64)
    for at in range(ROWS):
        mixed = (mixed ^ rows[:, at]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return [int(one) for one in mixed.astype(np.int64)]
