"""Texts as sparse vectors of character sequences.

A sequence is known by a 64-bit hash, so that a lesson holds no piece of anybody's text. All of it
is array arithmetic: a text costs time linear in its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_PAIR = 2
# Signs that no cleaned text has: where a text begins and where it ends tells something too.
BEGIN, END = "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The sequences of many texts: hash, number of the text, place of the first character."""

    hashes: Hashes
    owners: Numbers
    places: Numbers
    lengths: Numbers


def pieces(texts: Sequence[str], sizes: tuple[int, ...]) -> Pieces:
    """Every sequence of the given sizes; sizes ascend from 1 without a gap."""
    marked = [BEGIN + text + END for text in texts]
    points = np.frombuffer("".join(marked).encode("utf-32-le", "replace"), dtype=np.uint32)
    lengths = np.fromiter((len(text) for text in marked), dtype=np.int64, count=len(marked))
    owners = np.repeat(np.arange(len(marked)), lengths)
    starts = np.cumsum(lengths) - lengths
    places = np.arange(len(points)) - np.repeat(starts, lengths)
    signs = _mixed(points.astype(np.uint64) + np.uint64(1))
    found: list[tuple[Any, ...]] = []
    running = np.zeros(len(points), dtype=np.uint64)
    for size in sizes:
        last = len(points) - size + 1
        if last <= 0:
            break
        running = _mixed(running[:last] * _STEP + signs[size - 1 :])
        whole = owners[:last] == owners[size - 1 :]
        found.append((running[whole], owners[:last][whole], places[:last][whole], size))
    return Pieces(
        np.concatenate([one[0] for one in found]) if found else np.zeros(0, np.uint64),
        np.concatenate([one[1] for one in found]) if found else np.zeros(0, np.int64),
        np.concatenate([one[2] for one in found]) if found else np.zeros(0, np.int64),
        np.concatenate([np.full(len(one[0]), one[3]) for one in found])
        if found
        else np.zeros(0, np.int64),
    )


def _mixed(values: Hashes) -> Hashes:
    # Multiplication wraps around: that is what a hash wants.
    values = (values ^ (values >> np.uint64(30))) * _MIX
    return values ^ (values >> np.uint64(27))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The sequences that a lesson knows, ascending, and how rare each is (idf)."""

    sizes: tuple[int, ...]
    hashes: Hashes
    rarity: Floats

    def places_of(self, found: Pieces) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """The column of each sequence, and whether it is known."""
        if not len(self.hashes):
            return np.zeros(len(found.hashes), np.int64), np.zeros(len(found.hashes), bool)
        columns = np.minimum(np.searchsorted(self.hashes, found.hashes), len(self.hashes) - 1)
        return columns, self.hashes[columns] == found.hashes

    def familiarity(self, texts: Sequence[str], *, are_taught: bool = False) -> Floats:
        """The share of the pairs of characters of each text that were in texts taught; 0 to 1.

        Pairs: single characters are known of almost any text, three of them are new in most.
        ``are_taught``: these texts were taught themselves, and are asked as if they had not been:
        what is in no more than it takes to be known does not count. 1 for a text without a pair.
        """
        found = pieces(texts, self.sizes)
        columns, known = self.places_of(found)
        if are_taught and len(self.rarity):
            known = known & (self.rarity[columns] < self.rarity.max())
        pairs = found.lengths == _PAIR
        every = np.bincount(found.owners[pairs], minlength=len(texts))
        some = np.bincount(found.owners[pairs & known], minlength=len(texts))
        shares = np.where(every > 0, some / np.maximum(every, 1), 1.0)
        return np.asarray(shares, dtype=np.float32)

    def vectors(self, texts: Sequence[str], found: Pieces | None = None) -> Any:
        """Rows of length 1: (1 + log count) x rarity; an unknown text is an empty row."""
        seen = found or pieces(texts, self.sizes)
        columns, known = self.places_of(seen)
        shape = (len(texts), len(self.hashes))
        return _weighed(_counted(seen.owners[known], columns[known], shape), self.rarity)


def learn_vocabulary(
    texts: Sequence[str], sizes: tuple[int, ...], fewest: int = 1
) -> tuple[Vocabulary, Any]:
    """The vocabulary of these texts and their vectors; sequences in fewer texts are left out."""
    seen = pieces(texts, sizes)
    hashes, columns = np.unique(seen.hashes, return_inverse=True)
    counts = _counted(seen.owners, columns, (len(texts), len(hashes)))
    in_texts = np.bincount(counts.indices, minlength=len(hashes))
    kept = in_texts >= fewest
    rarity = np.log((1 + len(texts)) / (1 + in_texts[kept])) + 1
    vocabulary = Vocabulary(sizes, hashes[kept], rarity.astype(np.float32))
    return vocabulary, _weighed(counts[:, kept], vocabulary.rarity)


def _counted(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> Any:
    # Not at the start: most processes never learn, and scipy takes its time to load.
    from scipy import sparse

    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.coo_matrix((ones, (rows, columns)), shape=shape).tocsr()


def _weighed(counts: Any, rarity: Floats) -> Any:
    weighed = counts.astype(np.float32)
    weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    weighed.data /= np.repeat(lengths, np.diff(weighed.indptr))
    return weighed


def products(left: Any, right: Any) -> Floats:
    """All scalar products of two sets of rows.

    Frequent columns are multiplied densely, rare ones sparsely: neither alone is fast for both.
    """
    here = np.zeros((left.shape[0], right.shape[0]), dtype=np.float32)
    frequent = np.bincount(right.indices, minlength=right.shape[1]) > max(16, right.shape[0] / 60)
    columns = np.flatnonzero(frequent)
    for at in range(0, len(columns), 1500):
        some = columns[at : at + 1500]
        here += left[:, some].toarray() @ right[:, some].toarray().T
    rest = np.flatnonzero(~frequent)
    turned = right[:, rest].T.tocsr()
    rare = left[:, rest]
    for at in range(0, left.shape[0], 256):
        here[at : at + 256] += (rare[at : at + 256] @ turned).toarray()
    return here
