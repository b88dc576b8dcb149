"""Examples in equal parts, each with its share of every label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tongban.reading.rules.grams import Numbers


def stratified(labels: Numbers, count: int, seed: int) -> list[Numbers]:
    """So many parts of the numbers of the examples, ascending; the same seed, the same parts.

    Examples are shuffled within their label and dealt in turn, so that a part has of each label
    as many as any other, or one more.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    parts = [np.sort(order[at::count]) for at in range(count)]
    return [part for part in parts if len(part)]
