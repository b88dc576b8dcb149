"""Choosing how much each thing counts: on a sample, by answers to what was left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tongban.reading.rules import machines
from tongban.reading.rules.features import Mix, Seen, alike, text_products
from tongban.reading.rules.folds import stratified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tongban.reading.rules.grams import Floats, Numbers

SAMPLE = 2200
_PARTS = 5
# A change must bring more than the noise of the sample.
_WORTH = 0.001
_SCALES = (4.0, 8.0, 16.0)
_CLEARNESS = 0.15


@dataclass(frozen=True, slots=True)
class Setting:
    """What is chosen: the mix, the mistrust of the examples, the fairness to rare labels."""

    mix: Mix
    shrink: float
    fairness: float


def tune(seen: Seen, labels: Numbers, count: int, seed: int) -> Setting:
    """The best setting that steps of one choice at a time find, from a plain start."""
    rows = np.arange(len(labels))
    if len(rows) > SAMPLE:
        rows = np.sort(np.random.default_rng(seed).permutation(len(rows))[:SAMPLE])
    sample, wanted = seen.part(rows), labels[rows]
    texts = text_products(sample, sample)
    parts = stratified(wanted, _PARTS, seed)
    best = _start(sample)
    value = _value(best, sample, texts, wanted, count, parts)
    for step in _steps(best):
        for tried in step:
            found = _apply(best, tried)
            gained = _value(found, sample, texts, wanted, count, parts)
            if gained > value + _WORTH:
                best, value = found, gained
    return best


def _start(seen: Seen) -> Setting:
    blocks, categories = len(seen.texts), seen.codes.shape[1]
    texts = tuple(1 / blocks for _ in range(blocks))
    apart, within, shrink = (0.3, 0.8, 0.6) if categories else (0.0, 0.0, 0.2)
    return Setting(Mix(texts, (3.0,) * categories, apart, within), shrink, 0.0)


_Change = tuple[str, int, float]


def _steps(start: Setting) -> Iterator[list[_Change]]:
    """Rounds of changes (what, of which, times or to)."""
    rounds = 2 if start.mix.categories else 1
    for _ in range(rounds):
        yield [("shrink", 0, 0.4), ("shrink", 0, 2.5)]
        if len(start.mix.texts) > 1:
            for at in range(len(start.mix.texts)):
                yield [("text", at, 0.4), ("text", at, 2.5)]
        if start.mix.categories:
            yield [("apart", 0, 0.3), ("apart", 0, 3.0)]
            yield [("within", 0, 0.2), ("within", 0, 3.0)]
            for at in range(len(start.mix.categories)):
                yield [("category", at, 0.2), ("category", at, 3.0)]
    yield [("shrink", 0, 0.5), ("shrink", 0, 2.0)]
    yield [("fairness", 0, 0.25), ("fairness", 0, 0.5)]


def _apply(setting: Setting, change: _Change) -> Setting:
    what, at, factor = change
    mix = setting.mix
    if what == "shrink":
        return replace(setting, shrink=setting.shrink * factor)
    if what == "fairness":
        return replace(setting, fairness=factor)
    if what == "text":
        return replace(setting, mix=replace(mix, texts=_times(mix.texts, at, factor)))
    if what == "category":
        return replace(setting, mix=replace(mix, categories=_times(mix.categories, at, factor)))
    changed = {what: getattr(mix, what) * factor}
    return replace(setting, mix=replace(mix, **changed))


def _times(values: tuple[float, ...], at: int, factor: float) -> tuple[float, ...]:
    return tuple(one * factor if place == at else one for place, one in enumerate(values))


def _value(
    setting: Setting,
    seen: Seen,
    texts: Sequence[Floats],
    labels: Numbers,
    count: int,
    parts: Sequence[Numbers],
) -> float:
    """How good a setting is: the share of right answers, and how likely it makes the truth.

    The share alone is coarse on a sample; likelihood is taken at the best of some scales, since
    the scale is learnt later.
    """
    wanted = machines.targets(labels, count)
    kernel = alike(setting.mix, texts, seen.codes, seen.codes)
    shrink = machines.shrinkage(labels, count, setting.shrink, setting.fairness)
    ridge = machines.fit_ridge(kernel, wanted, shrink)
    answers = np.concatenate([ridge.left_out(part, wanted) for part in parts])
    truth = labels[np.concatenate(parts)]
    right = float((answers.argmax(axis=1) == truth).mean())
    rows = np.arange(len(truth))
    likely = max(
        float(np.log(machines.softmax(scale * answers.astype(np.float64))[rows, truth]).mean())
        for scale in _SCALES
    )
    return right + _CLEARNESS * likely
