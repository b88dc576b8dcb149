"""How good reading is, said honestly: each answer was given without its own fold."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tongban.reading.rules.folds import stratified
from tongban.reading.rules.lessons import learn
from tongban.reading.rules.rows import learn_columns
from tongban.reading.rules.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tongban.reading.rules.grams import Numbers

Truths = npt.NDArray[np.bool_]
_BINS = 15


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One label: how many examples, precision, recall and F1 (all 0 to 1)."""

    label: str
    count: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What cross-validation found.

    ``accuracy_new`` counts only texts that the other folds did not have word for word;
    ``ece`` is the mean distance between confidence and being right.
    """

    count: int
    folds: int
    accuracy: float
    spread: float
    macro_f1: float
    accuracy_new: float
    repeated: int
    ece: float
    classes: tuple[ClassLine, ...]
    confusions: tuple[tuple[str, str, int], ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """Examples and the use of their columns, as `learn` wants them."""

    rows: Sequence[Mapping[str, str]]
    labels: Sequence[str]
    texts: tuple[str, ...]
    also: tuple[str, ...]

    def part(self, places: Numbers) -> Labelled:
        return Labelled(
            [self.rows[at] for at in places],
            [self.labels[at] for at in places],
            self.texts,
            self.also,
        )

    def forms(self) -> list[str]:
        return ["\n".join(clean(row.get(name, "")) for name in self.texts) for row in self.rows]


def cross_validate(
    examples: Labelled, folds: int, seed: int, tell: Callable[[str], None]
) -> Judgement:
    """Judge by folds: columns, words, tuning, machines and confidence are learnt in each anew."""
    begun = time.monotonic()
    numbers = np.unique(np.asarray(examples.labels), return_inverse=True)[1]
    parts = stratified(numbers, folds, seed)
    everything = np.arange(len(examples.labels))
    said: list[tuple[str, float]] = [("", 0.0)] * len(everything)
    for at, part in enumerate(parts, start=1):
        rest = examples.part(np.setdiff1d(everything, part))
        answers = _answers(rest, examples.part(part), seed)
        for place, answer in zip(part, answers, strict=True):
            said[place] = answer
        right = sum(said[place][0] == examples.labels[place] for place in part) / len(part)
        tell(f"fold {at}/{len(parts)}: accuracy {right:.4f}, {time.monotonic() - begun:.0f} s")
    return _judged(examples, parts, said, time.monotonic() - begun)


def _answers(known: Labelled, asked: Labelled, seed: int) -> list[tuple[str, float]]:
    if len(set(known.labels)) < 2:
        return [(known.labels[0], 1.0)] * len(asked.rows)
    columns = learn_columns(known.rows, known.texts, known.also)
    return learn(known.rows, known.labels, columns, seed).label_all(asked.rows)


def _judged(
    examples: Labelled, parts: Sequence[Numbers], said: Sequence[tuple[str, float]], seconds: float
) -> Judgement:
    truth = examples.labels
    right = np.array([one == label for (one, _), label in zip(said, truth, strict=True)])
    confidence = np.array([sure for _, sure in said])
    classes = class_lines(truth, [one for one, _ in said])
    new = _new(examples.forms(), parts)
    wrong = Counter(
        (label, one) for (one, _), label in zip(said, truth, strict=True) if one != label
    )
    return Judgement(
        count=len(truth),
        folds=len(parts),
        accuracy=float(right.mean()),
        spread=float(np.std([right[part].mean() for part in parts])),
        macro_f1=float(np.mean([one.f1 for one in classes])),
        accuracy_new=float(right[new].mean()) if new.any() else float("nan"),
        repeated=int((~new).sum()),
        ece=calibration_error(confidence, right),
        classes=classes,
        confusions=tuple((a, b, n) for (a, b), n in wrong.most_common(15)),
        seconds=seconds,
    )


def _new(forms: Sequence[str], parts: Sequence[Numbers]) -> Truths:
    """Which texts stand in no other fold."""
    fold_of = np.zeros(len(forms), dtype=int)
    for at, part in enumerate(parts):
        fold_of[part] = at
    pairs = list(zip(forms, fold_of.tolist(), strict=True))
    folds_with: dict[str, set[int]] = {}
    for form, fold in pairs:
        folds_with.setdefault(form, set()).add(fold)
    return np.array([folds_with[form] == {fold} for form, fold in pairs])


def class_lines(truth: Sequence[str], said: Sequence[str]) -> tuple[ClassLine, ...]:
    """Every label that is true or was said, the most frequent first."""
    have, gave = Counter(truth), Counter(said)
    both = Counter(label for label, one in zip(truth, said, strict=True) if label == one)
    lines = []
    for label in {*have, *gave}:
        precision = both[label] / gave[label] if gave[label] else 0.0
        recall = both[label] / have[label] if have[label] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if both[label] else 0.0
        lines.append(ClassLine(label, have[label], precision, recall, f1))
    return tuple(sorted(lines, key=lambda one: (-one.count, one.label)))


def calibration_error(confidence: object, right: object) -> float:
    """Expected calibration error over bins of equal width; 0 is perfect."""
    sure, good = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    return float(
        sum(
            abs(sure[bins == at].mean() - good[bins == at].mean()) * (bins == at).mean()
            for at in np.unique(bins)
        )
    )
