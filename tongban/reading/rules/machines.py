"""Two ways of learning labels from vectors, chosen because they err differently.

A kernel ridge machine sees everything at once (texts, categories, and texts within a category)
and answers for any part of its examples as if it had not seen it, in closed form. A naive Bayes
support vector machine looks at each label by itself through the pieces that speak for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import linalg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tongban.reading.rules.grams import Floats, Numbers

Doubles = npt.NDArray[np.float64]
# Of the machines for each label together; the rarest columns are left out beyond.
MOST_WEIGHTS = 12_000_000
# With more labels a copy of all rows for each takes longer than its machine.
MOST_SCALED = 400


def targets(labels: Numbers, count: int) -> Floats:
    """+1 in the column of an example's label, -1 elsewhere."""
    found = np.full((len(labels), count), -1, dtype=np.float32)
    found[np.arange(len(labels)), labels] = 1
    return found


def shrinkage(labels: Numbers, count: int, strength: float, fairness: float) -> Floats:
    """How much each example is mistrusted: less for a rare label, the more so the fairer."""
    sizes = np.bincount(labels, minlength=count)
    usual = len(labels) / max(1, int((sizes > 0).sum()))
    return np.asarray(strength * (sizes[labels] / usual) ** fairness, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Ridge:
    """A kernel ridge machine that has been fitted: one row of weights for each example."""

    factor: Floats
    weights: Floats

    def left_out(self, part: Numbers, wanted: Floats) -> Floats:
        """What it would say of some of its examples, had it not seen them.

        With G the inverse of the shrunk kernel the residual of a part that is left out is
        G[part, part]^-1 (G y)[part]: no second fit is needed.
        """
        units = np.zeros((len(self.weights), len(part)), dtype=np.float32)
        units[part, np.arange(len(part))] = 1
        half = linalg.solve_triangular(self.factor, units, lower=True, check_finite=False)
        inner = half.T @ half
        inner[np.diag_indices_from(inner)] += 1e-6
        residual = linalg.solve(inner, self.weights[part], assume_a="pos", check_finite=False)
        return np.asarray(wanted[part] - residual, dtype=np.float32)


def fit_ridge(kernel: Floats, wanted: Floats, shrink: Floats) -> Ridge:
    """Solve (kernel + shrink) weights = wanted; the kernel is spent."""
    kernel[np.diag_indices_from(kernel)] += shrink
    factor = linalg.cholesky(kernel, lower=True, overwrite_a=True, check_finite=False)
    return Ridge(factor, linalg.cho_solve((factor, True), wanted, check_finite=False))


@dataclass(frozen=True, slots=True)
class LabelVectors:
    """One weight for each used column and label, and one for each label."""

    columns: Numbers
    weights: Floats
    bias: Floats

    def scores(self, vectors: Any) -> Floats:
        return np.asarray(vectors[:, self.columns] @ self.weights + self.bias, dtype=np.float32)


def fit_label_vectors(vectors: Any, labels: Numbers, count: int) -> LabelVectors:
    """A linear support vector machine for each label, over the columns that most rows have.

    Each machine sees the rows scaled by the log ratios of naive Bayes, after Wang and Manning,
    "Baselines and Bigrams" (2012), unless there are more than MOST_SCALED labels.
    """
    frequent = np.bincount(vectors.indices, minlength=vectors.shape[1])
    most = max(1, MOST_WEIGHTS // count)
    columns = np.sort(np.argsort(-frequent, kind="stable")[:most])
    used = vectors[:, columns]
    weights = np.zeros((len(columns), count), dtype=np.float32)
    bias = np.full(count, -1, dtype=np.float32)
    seen = (used > 0).astype(np.float32)
    total = np.asarray(seen.sum(axis=0)).ravel()
    for label in range(count):
        mine = labels == label
        if not mine.any() or mine.all():
            continue
        ratio = None if count > MOST_SCALED else _log_ratio(seen, total, mine)
        weights[:, label], bias[label] = _one_label(used, mine, ratio)
    return LabelVectors(columns, weights, bias)


def _log_ratio(seen: Any, total: Floats, mine: Any) -> Floats:
    with_label = np.asarray(seen[mine].sum(axis=0)).ravel() + 0.5
    without = np.maximum(total - with_label + 0.5, 0) + 1
    ratio = np.log(with_label / with_label.sum()) - np.log(without / without.sum())
    return np.asarray(ratio, dtype=np.float32)


def _one_label(vectors: Any, mine: Any, ratio: Floats | None) -> tuple[Floats, float]:
    from sklearn.svm import LinearSVC

    scale: Any = 1.0
    if ratio is not None:
        vectors = vectors.copy()
        vectors.data = vectors.data * ratio[vectors.indices]
        lengths = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
        usual = float(np.median(lengths[lengths > 0])) if (lengths > 0).any() else 1.0
        vectors.data /= usual
        scale = ratio / usual
    machine = LinearSVC(C=0.5, tol=1e-3, max_iter=400, random_state=0)
    machine.fit(vectors, mine)
    found = np.asarray(machine.coef_.ravel() * scale, dtype=np.float32)
    return found, float(machine.intercept_[0])


@dataclass(frozen=True, slots=True)
class Pool:
    """Turns the scores of several machines into probabilities that mean what they say."""

    scales: Doubles
    bias: Doubles

    def probabilities(self, scores: Sequence[Floats]) -> Doubles:
        sums = sum(scale * one for scale, one in zip(self.scales, scores, strict=True))
        return softmax(np.asarray(sums + self.bias, dtype=np.float64))


def softmax(sums: Doubles) -> Doubles:
    risen = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(risen / risen.sum(axis=1, keepdims=True))


def fit_pool(scores: Sequence[Floats], labels: Numbers, restraint: float = 8.0) -> Pool:
    """The scales and the bias under which answers to unseen examples are likeliest.

    restraint: how strongly the bias of a label is held back; a label seen once teaches little.
    """
    from scipy.optimize import minimize

    machines, count = len(scores), scores[0].shape[1]
    stacked = np.stack(scores).astype(np.float64)
    rows = np.arange(len(labels))

    def loss(free: Doubles) -> tuple[float, Doubles]:
        scales, bias = np.exp(free[:machines]), free[machines:]
        found = softmax(np.tensordot(scales, stacked, axes=1) + bias)
        likely = np.log(found[rows, labels] + 1e-12).sum()
        found[rows, labels] -= 1
        slopes = np.concatenate(
            [np.einsum("mij,ij->m", stacked, found) * scales, found.sum(axis=0) + restraint * bias]
        )
        return float(-likely + restraint * (bias @ bias) / 2), slopes

    start = np.concatenate([np.zeros(machines), np.zeros(count)])
    bounds = [(-4.0, 4.0)] * machines + [(-6.0, 6.0)] * count
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return Pool(np.exp(best.x[:machines]), best.x[machines:])
