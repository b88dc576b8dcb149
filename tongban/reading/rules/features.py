"""Rows as what a machine compares: vectors of their texts, codes of their categories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from tongban.reading.rules.grams import Vocabulary, learn_vocabulary, products
from tongban.reading.rules.rows import Column, Kind
from tongban.reading.rules.text import read_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.reading.rules.grams import Floats, Numbers

Codes = npt.NDArray[np.int32]
Doubles = npt.NDArray[np.float64]
SIZES = (1, 2, 3)
# All text columns together; a column's name is never empty.
JOINED = ""
_NO_VALUE = -1
_STRIP = 1000
_LEAST_GAIN = 0.003
_PRIOR = 4.0
# Beside a text of length 1.
_CATEGORY_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows in numbers: one sparse matrix for each block of text, a code for each category."""

    texts: tuple[Any, ...]
    codes: Codes

    def part(self, rows: Any) -> Seen:
        return Seen(tuple(one[rows] for one in self.texts), self.codes[rows])

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two categories and the pairs of values that were seen more than once, ascending."""

    first: int
    second: int
    base: int
    known: Numbers

    def columns(self, codes: Codes) -> tuple[Numbers, Numbers]:
        """Rows that have a known pair, and its number."""
        left, right = codes[:, self.first].astype(np.int64), codes[:, self.second]
        both = left * self.base + right
        places = np.minimum(np.searchsorted(self.known, both), max(0, len(self.known) - 1))
        fits = (left >= 0) & (right >= 0)
        if len(self.known):
            fits &= self.known[places] == both
        else:
            fits[:] = False
        rows = np.flatnonzero(fits)
        return rows, places[rows]


@dataclass(frozen=True, slots=True)
class Space:
    """What a lesson knows of the rows: columns, the words of each block, the known categories."""

    columns: tuple[Column, ...]
    blocks: tuple[str, ...]
    vocabularies: tuple[Vocabulary, ...]
    categories: tuple[str, ...]
    values: tuple[dict[str, int], ...]
    pairs: tuple[Pair, ...]

    def flat(self, seen: Seen) -> Any:
        """Rows as one sparse matrix: the first block of text, each category, each pair of them."""
        parts = [seen.texts[0]]
        for at, known in enumerate(self.values):
            rows = np.flatnonzero(seen.codes[:, at] >= 0)
            parts.append(_ones(rows, seen.codes[rows, at], (len(seen), len(known))))
        for pair in self.pairs:
            rows, places = pair.columns(seen.codes)
            parts.append(_ones(rows, places, (len(seen), len(pair.known))))
        return sparse.hstack(parts, format="csr", dtype=np.float32)

    def see(self, rows: Sequence[Mapping[str, str]]) -> Seen:
        """The rows in numbers; what was never seen before has no number."""
        texts = _texts(rows, self.columns, self.blocks)
        return Seen(
            tuple(words.vectors(one) for words, one in zip(self.vocabularies, texts, strict=True)),
            self.codes(rows),
        )

    def codes(self, rows: Sequence[Mapping[str, str]]) -> Codes:
        found = np.full((len(rows), len(self.categories)), _NO_VALUE, dtype=np.int32)
        for at, row in enumerate(rows):
            named = categories_of(row, self.columns)
            for place, (name, known) in enumerate(zip(self.categories, self.values, strict=True)):
                found[at, place] = known.get(named.get(name, ""), _NO_VALUE)
        return found


def categories_of(row: Mapping[str, str], columns: Sequence[Column]) -> dict[str, str]:
    """Every category of a row with its value."""
    return {name: value for one in columns for name, value in one.categories(row).items()}


def block_names(columns: Sequence[Column]) -> tuple[str, ...]:
    """The blocks of text: one for a single column; with several also all of them together."""
    names = tuple(one.name for one in columns if one.kind is Kind.TEXT)
    return names if len(names) < 2 else (JOINED, *names)


def block_texts(
    row: Mapping[str, str], columns: Sequence[Column], blocks: Sequence[str]
) -> list[str]:
    """The text of each block of one row, in the form that is read."""
    forms = {
        one.name: read_form(row.get(one.name, "")) for one in columns if one.kind is Kind.TEXT
    }
    return [" ".join(forms.values()) if name == JOINED else forms[name] for name in blocks]


def _texts(
    rows: Sequence[Mapping[str, str]], columns: Sequence[Column], blocks: Sequence[str]
) -> list[list[str]]:
    by_row = [block_texts(row, columns, blocks) for row in rows]
    return [[one[place] for one in by_row] for place in range(len(blocks))]


def telling(codes: Codes, labels: Numbers, count: int) -> list[int]:
    """The categories that tell something about the label: on one half what the other half says.

    A category that tells nothing only blurs the likeness of rows. What it says is weighed against
    the plain shares of the labels; the gain in log likelihood must be beyond chance.
    """
    halves = np.arange(len(labels)) % 2
    counts = np.bincount(labels, minlength=count).astype(np.float64)
    shares: Doubles = (counts + 0.5) / (len(labels) + 0.5 * count)
    return [
        at
        for at in range(codes.shape[1])
        if _gain(codes[:, at], labels, halves, shares) > _LEAST_GAIN
    ]


def _gain(values: Codes, labels: Numbers, halves: Numbers, shares: Doubles) -> float:
    """The lower bound (two standard errors) of the mean gain in nats, both halves taken."""
    known = values >= 0
    size = int(values.max(initial=-1)) + 1
    gains = []
    for half in (0, 1):
        taught, asked = known & (halves != half), known & (halves == half)
        table = np.zeros((size, len(shares)))
        np.add.at(table, (values[taught], labels[taught]), 1)
        sums = table.sum(axis=1)[values[asked]]
        found = table[values[asked], labels[asked]]
        plain = shares[labels[asked]]
        gains.append(np.log((found + _PRIOR * plain) / (sums + _PRIOR)) - np.log(plain))
    gain = np.concatenate(gains) if gains else np.zeros(0)
    if len(gain) < 2:
        return 0.0
    # Rows without the value gain nothing.
    total = float(gain.sum()) / len(labels)
    return total - 2 * float(gain.std()) * float(np.sqrt(len(gain))) / len(labels)


def without_silent(space: Space, seen: Seen, kept: Sequence[int]) -> tuple[Space, Seen]:
    """The same rows with some of the categories alone."""
    values = tuple(space.values[at] for at in kept)
    codes = seen.codes[:, list(kept)]
    names = tuple(space.categories[at] for at in kept)
    less = replace(space, categories=names, values=values, pairs=_pairs(codes, values))
    return less, Seen(seen.texts, codes)


def learn_space(
    rows: Sequence[Mapping[str, str]], columns: Sequence[Column]
) -> tuple[Space, Seen]:
    """The space of these rows, and the rows in it."""
    blocks = block_names(columns)
    # In a large set a sequence of one text alone only costs time.
    fewest = 1 if len(rows) < 3000 else 2
    learnt = [learn_vocabulary(one, SIZES, fewest) for one in _texts(rows, columns, blocks)]
    named = [categories_of(row, columns) for row in rows]
    categories = tuple(named[0]) if named else ()
    values = tuple(
        {value: code for code, value in enumerate(sorted({one[name] for one in named} - {""}))}
        for name in categories
    )
    space = Space(tuple(columns), blocks, tuple(one for one, _ in learnt), categories, values, ())
    codes = space.codes(rows)
    return space, Seen(tuple(vectors for _, vectors in learnt), codes)


def _pairs(codes: Codes, values: Sequence[dict[str, int]]) -> tuple[Pair, ...]:
    found = []
    for first, second in combinations(range(len(values)), 2):
        base = max(1, len(values[second]))
        both = codes[:, first].astype(np.int64) * base + codes[:, second]
        both = both[(codes[:, first] >= 0) & (codes[:, second] >= 0)]
        known, times = np.unique(both, return_counts=True)
        found.append(Pair(first, second, base, known[times > 1]))
    return tuple(found)


def _ones(rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    weights = np.full(len(rows), _CATEGORY_WEIGHT, dtype=np.float32)
    return sparse.csr_matrix((weights, (rows, columns)), shape=shape)


@dataclass(frozen=True, slots=True)
class Mix:
    """How much each thing counts when two rows are compared.

    ``texts``: weight of each block; ``categories``: how much more alike rows are that share the
    value; ``apart`` and ``within``: weight of the categories alone, and of texts within alike
    categories.
    """

    texts: tuple[float, ...]
    categories: tuple[float, ...]
    apart: float
    within: float

    @property
    def needs_categories(self) -> bool:
        return bool(self.categories) and (self.apart > 0 or self.within > 0)


def alike(mix: Mix, texts: Sequence[Floats], left: Codes, right: Codes) -> Floats:
    """The kernel: 1 for everything in common that has no name, and the weighted likenesses.

    Likeness of categories is the product of (1 + weight where equal): rows that share several
    values are alike through each of them and through each combination.
    """
    kernel = np.zeros((len(left), len(right)), dtype=np.float32)
    for weight, one in zip(mix.texts, texts, strict=True):
        if weight:
            kernel += np.float32(weight) * one
    if mix.needs_categories:
        same = _same(mix.categories, left, right)
        if mix.within:
            kernel += np.float32(mix.within) * kernel * same
        kernel += np.float32(mix.apart) * same
    kernel += 1
    return kernel


def _same(weights: Sequence[float], left: Codes, right: Codes) -> Floats:
    found = np.ones((len(left), len(right)), dtype=np.float32)
    for place, weight in enumerate(weights):
        if not weight:
            continue
        equal = left[:, place, None] == right[None, :, place]
        equal &= left[:, place, None] != _NO_VALUE
        found *= np.where(equal, np.float32(1), np.float32(1 / (1 + weight)))
    return found


def text_products(left: Seen, right: Seen, mix: Mix | None = None) -> list[Floats]:
    """Scalar products of the texts, block by block; blocks without weight are left out."""
    weights = mix.texts if mix else (1.0,) * len(left.texts)
    nothing = np.zeros((1, 1), dtype=np.float32)
    return [
        products(one, other) if weight else nothing
        for one, other, weight in zip(left.texts, right.texts, weights, strict=True)
    ]


def whole_kernel(mix: Mix, seen: Seen) -> Floats:
    """The kernel of rows with themselves, by strips: nothing but itself is held at once."""
    kernel = np.empty((len(seen), len(seen)), dtype=np.float32)
    for at in range(0, len(seen), _STRIP):
        some = seen.part(slice(at, at + _STRIP))
        texts = text_products(some, seen, mix)
        kernel[at : at + _STRIP] = alike(mix, texts, some.codes, seen.codes)
    return kernel
