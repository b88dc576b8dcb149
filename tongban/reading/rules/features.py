"""Rows as what a machine compares: vectors of their texts, codes of their categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tongban.reading.rules.grams import Vocabulary, learn_vocabulary, products
from tongban.reading.rules.rows import Column, Kind
from tongban.reading.rules.text import read_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.reading.rules.grams import Floats

Codes = npt.NDArray[np.int32]
SIZES = (1, 2, 3)
# All text columns together; a column's name is never empty.
JOINED = ""
_NO_VALUE = -1


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
class Space:
    """What a lesson knows of the rows: columns, the words of each block, the known categories."""

    columns: tuple[Column, ...]
    blocks: tuple[str, ...]
    vocabularies: tuple[Vocabulary, ...]
    categories: tuple[str, ...]
    values: tuple[dict[str, int], ...]

    def see(self, rows: Sequence[Mapping[str, str]]) -> Seen:
        """The rows in numbers; what was never seen before has no number."""
        texts = _texts(rows, self.columns, self.blocks)
        return Seen(
            tuple(words.vectors(one) for words, one in zip(self.vocabularies, texts, strict=True)),
            self._codes(rows),
        )

    def _codes(self, rows: Sequence[Mapping[str, str]]) -> Codes:
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
    space = Space(tuple(columns), blocks, tuple(one for one, _ in learnt), categories, values)
    return space, Seen(tuple(vectors for _, vectors in learnt), space._codes(rows))  # noqa: SLF001 -- its own


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
