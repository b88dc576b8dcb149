"""A lesson: learnt from labelled rows, it labels other rows and says how sure it is and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from tongban.reading.rules import machines
from tongban.reading.rules.features import (
    Mix,
    Seen,
    Space,
    alike,
    block_texts,
    categories_of,
    learn_space,
    telling,
    text_products,
    whole_kernel,
    without_silent,
)
from tongban.reading.rules.folds import stratified
from tongban.reading.rules.grams import pieces
from tongban.reading.rules.tuning import Setting, tune

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tongban.reading.rules.grams import Floats, Numbers
    from tongban.reading.rules.machines import Doubles, LabelVectors, Pool
    from tongban.reading.rules.rows import Column

# The kernel of so many examples takes half a gigabyte; of more a fair sample is drawn.
MOST_COMPARED = 11_000
_AT_ONCE = 1000
_SMALL = 1500
_WORTH = 0.001
_MORE = (2.5, 6.0)
_REASONS = 5
# So many texts say what is usual; one of ten of them is strange.
_ASKED = 1500
_STRANGE = 0.1


@dataclass(frozen=True, slots=True)
class Reason:
    """A piece of the text, or a named value, and how much it weighs (1 is all of it)."""

    piece: str
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was read as: label, probability, the pieces that weigh most, the ranking.

    ``familiarity`` (0 to 1) is how much of the text the lesson knows, 1 where that is as much as
    of most texts that it was taught. Probabilities were learnt from such texts: of a strange one
    they say too much.
    """

    label: str
    confidence: float
    reasons: tuple[Reason, ...]
    ranked: tuple[tuple[str, float], ...]
    familiarity: float = 1.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """Everything that reading needs; `store` writes it to bytes and reads it back.

    ``examples`` are the compared rows, ``weights`` one row for each of them; where only texts
    count, ``folded`` holds one weight for each sequence and label instead, and both are empty.
    ``usual`` is the familiarity that nine of ten taught texts have at least; 0 in old lessons.
    """

    labels: tuple[str, ...]
    space: Space
    mix: Mix
    examples: Seen
    weights: Floats
    folded: tuple[Floats, ...]
    constant: Floats
    each: LabelVectors
    pool: Pool
    usual: float = 0.0

    def probabilities(self, rows: Sequence[Mapping[str, str]]) -> Doubles:
        """One line for each row, one column for each label."""
        found = [
            self._probabilities(self.space.see(rows[at : at + _AT_ONCE]))
            for at in range(0, len(rows), _AT_ONCE)
        ]
        return np.concatenate(found) if found else np.zeros((0, len(self.labels)))

    def _probabilities(self, seen: Seen) -> Doubles:
        scores = [self._ridge_scores(seen), self.each.scores(self.space.flat(seen))]
        return self.pool.probabilities(scores)

    def _ridge_scores(self, seen: Seen) -> Floats:
        if self.folded:
            sums = sum(one @ weights for one, weights in zip(seen.texts, self.folded, strict=True))
            return np.asarray(sums + self.constant, dtype=np.float32)
        texts = text_products(seen, self.examples, self.mix)
        return alike(self.mix, texts, seen.codes, self.examples.codes) @ self.weights

    def label_all(self, rows: Sequence[Mapping[str, str]]) -> list[tuple[str, float]]:
        """The likeliest label of each row and its probability."""
        found = self.probabilities(rows)
        best = found.argmax(axis=1)
        return [
            (self.labels[label], float(line[label]))
            for label, line in zip(best, found, strict=True)
        ]

    def read(self, row: Mapping[str, str], most: int = 5) -> Reading:
        """One row with its reasons: what speaks for the first label rather than the second."""
        found = self.probabilities([row])[0]
        order = np.argsort(-found, kind="stable")
        first, second = int(order[0]), int(order[min(1, len(order) - 1)])
        return Reading(
            self.labels[first],
            float(found[first]),
            self._reasons(row, first, second),
            tuple((self.labels[at], float(found[at])) for at in order[:most]),
            self._familiarity(row),
        )

    def _familiarity(self, row: Mapping[str, str]) -> float:
        text = block_texts(row, self.space.columns, self.space.blocks)[0]
        known = float(self.space.vocabularies[0].familiarity([text])[0])
        return min(1.0, known / self.usual) if self.usual else 1.0

    def _reasons(self, row: Mapping[str, str], first: int, second: int) -> tuple[Reason, ...]:
        texts = block_texts(row, self.space.columns, self.space.blocks)
        found = [
            reason
            for place, text in enumerate(texts)
            for reason in self._pieces(place, text, first, second)
        ]
        found += self._values(row, first, second)
        best: dict[str, float] = {}
        for reason in found:
            best[reason.piece] = best.get(reason.piece, 0.0) + reason.weight
        total = sum(best.values()) or 1.0
        order = sorted(best.items(), key=lambda one: -one[1])[:_REASONS]
        return tuple(Reason(piece, round(weight / total, 3)) for piece, weight in order)

    def _pieces(self, place: int, text: str, first: int, second: int) -> list[Reason]:
        words = self.space.vocabularies[place]
        seen = pieces([text], words.sizes)
        columns, known = words.places_of(seen)
        vector = words.vectors([text], seen)
        if not vector.nnz:
            return []
        slopes = np.zeros(vector.shape[1], dtype=np.float32)
        slopes[vector.indices] = vector.data * self._slopes(place, vector.indices, first, second)
        times = np.bincount(columns[known], minlength=vector.shape[1])
        weights = slopes[columns[known]] / np.maximum(times[columns[known]], 1)
        return _spans(text, seen.places[known], seen.lengths[known], weights)

    def _slopes(self, place: int, columns: Numbers, first: int, second: int) -> Floats:
        """How much each sequence moves the first label away from the second."""
        if self.folded:
            one = self.folded[place][columns]
            found = one[:, first] - one[:, second]
        else:
            between = self.weights[:, first] - self.weights[:, second]
            found = self.mix.texts[place] * (self.examples.texts[place][:, columns].T @ between)
        found = found * self.pool.scales[0]
        if place == 0 and len(self.each.columns):
            at = np.minimum(
                np.searchsorted(self.each.columns, columns), len(self.each.columns) - 1
            )
            one = self.each.weights[at]
            apart = (one[:, first] - one[:, second]) * self.pool.scales[1]
            found = found + np.where(self.each.columns[at] == columns, apart, 0)
        return np.asarray(found, dtype=np.float32)

    def _values(self, row: Mapping[str, str], first: int, second: int) -> list[Reason]:
        """Named values: what would be missing if the row did not have them."""
        if self.folded or not self.mix.needs_categories:
            return []
        seen = self.space.see([row])
        texts = text_products(seen, self.examples, self.mix)
        between = self.weights[:, first] - self.weights[:, second]
        named = categories_of(row, self.space.columns)

        def gap(codes: Any) -> float:
            kernel = alike(self.mix, texts, codes, self.examples.codes)
            return float((kernel @ between)[0] * self.pool.scales[0])

        whole, found = gap(seen.codes), []
        for at, name in enumerate(self.space.categories):
            without = seen.codes.copy()
            without[:, at] = -1
            weight = whole - gap(without)
            if weight > 0 and named[name]:
                found.append(Reason(f"{name}={named[name]}", weight))
        return found


def _spans(text: str, places: Numbers, lengths: Numbers, weights: Any) -> list[Reason]:
    """Neighbouring characters that weigh together become one piece of the text."""
    each = np.zeros(len(text) + 2)
    for offset in range(int(lengths.max(initial=0))):
        inside = lengths > offset
        np.add.at(each, places[inside] + offset, weights[inside] / lengths[inside])
    each = each[1:-1]
    strong = each > max(0.25 * each.max(initial=0.0), 0)
    borders = np.flatnonzero(np.diff(np.concatenate([[False], strong, [False]]).astype(int)))
    spans = [
        Reason(text[begin:end].strip(" ,.;:!?，。；：！？、"), float(each[begin:end].sum()))
        for begin, end in borders.reshape(-1, 2)
    ]
    return [one for one in spans if one.piece]


def learn(
    rows: Sequence[Mapping[str, str]],
    labels: Sequence[str],
    columns: Sequence[Column],
    seed: int = 0,
) -> Lesson:
    """Learn from labelled rows. Every choice is made from these rows alone.

    Raises ValueError where there are no rows or fewer than two labels.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise ValueError("at least two different labels are needed")
    # Threads that wait for each other over small matrices cost more than they bring.
    with threadpool_limits(1 if len(rows) < _SMALL else None):
        return _learn(names, rows, labels, columns, seed)


def _learn(
    names: tuple[str, ...],
    rows: Sequence[Mapping[str, str]],
    labels: Sequence[str],
    columns: Sequence[Column],
    seed: int,
) -> Lesson:
    places = {name: at for at, name in enumerate(names)}
    numbers = np.array([places[label] for label in labels], dtype=np.int64)
    space, seen = learn_space(rows, columns)
    space, seen = without_silent(space, seen, telling(seen.codes, numbers, len(names)))
    setting = tune(seen, numbers, len(names), seed)
    return _fit(names, space, seen, numbers, setting, seed, _usual(space, rows, seed))


def _usual(space: Space, rows: Sequence[Mapping[str, str]], seed: int) -> float:
    """The familiarity that most taught texts have, each asked as if it had not been taught."""
    some = np.random.default_rng(seed).permutation(len(rows))[:_ASKED]
    texts = [block_texts(rows[at], space.columns, space.blocks)[0] for at in some]
    shares = space.vocabularies[0].familiarity(texts, are_taught=True)
    return float(np.quantile(shares, _STRANGE))


def _fit(
    names: tuple[str, ...], space: Space, seen: Seen, labels: Numbers, setting: Setting, seed: int,
    usual: float,
) -> Lesson:  # fmt: skip
    compared = np.arange(len(labels))
    if len(labels) > MOST_COMPARED:
        compared = np.sort(np.random.default_rng(seed).permutation(len(labels))[:MOST_COMPARED])
    examples, numbers, count = seen.part(compared), labels[compared], len(names)
    parts = held_back(numbers, seed)
    weights, answers = _compare(examples, numbers, count, setting, parts)
    flat = space.flat(examples)
    apart = np.concatenate([_unseen(flat, numbers, count, part) for part in parts])
    each = machines.fit_label_vectors(space.flat(seen), labels, count)
    pool = machines.fit_pool([answers, apart], numbers[np.concatenate(parts)])
    constant = weights.sum(axis=0)
    lesson = Lesson(names, space, setting.mix, examples, weights, (), constant, each, pool, usual)
    return _folded(lesson)


def _compare(
    examples: Seen, labels: Numbers, count: int, setting: Setting, parts: Sequence[Numbers]
) -> tuple[Floats, Floats]:
    """The weights of the ridge machine, and its answers to the parts it had not seen.

    The sample on which the mistrust was chosen was smaller: more of it is tried here.
    """
    wanted = machines.targets(labels, count)
    kernel = whole_kernel(setting.mix, examples)
    known = labels[np.concatenate(parts)]

    def tried(more: float) -> tuple[float, Floats, Floats]:
        shrink = machines.shrinkage(labels, count, setting.shrink * more, setting.fairness)
        ridge = machines.fit_ridge(kernel.copy(), wanted, shrink)
        answers = np.concatenate([ridge.left_out(part, wanted) for part in parts])
        return float((answers.argmax(axis=1) == known).mean()), ridge.weights, answers

    best = tried(1.0)
    for more in _MORE:
        other = tried(more)
        if other[0] <= best[0] + _WORTH:
            break
        best = other
    return best[1:]


def held_back(labels: Numbers, seed: int) -> list[Numbers]:
    """The examples on which probabilities are learnt: all of a small set, some of a large one."""
    if len(labels) <= 3000:
        return stratified(labels, 4, seed)
    return stratified(labels, max(4, len(labels) // 1600), seed)[:1]


def _unseen(flat: Any, labels: Numbers, count: int, part: Numbers) -> Floats:
    rest = np.setdiff1d(np.arange(len(labels)), part)
    return machines.fit_label_vectors(flat[rest], labels[rest], count).scores(flat[part])


def _folded(lesson: Lesson) -> Lesson:
    """Where only texts count, one weight for each sequence says the same as all examples."""
    if lesson.mix.needs_categories:
        return lesson
    words = sum(one.shape[1] for one in lesson.examples.texts)
    entries = sum(one.nnz for one in lesson.examples.texts)
    if words * len(lesson.labels) > 2 * entries + lesson.weights.size:
        return lesson
    folded = tuple(
        np.asarray(weight * (one.T @ lesson.weights), dtype=np.float32)
        for weight, one in zip(lesson.mix.texts, lesson.examples.texts, strict=True)
    )
    nobody = np.zeros(0, dtype=np.int64)
    return replace(
        lesson, folded=folded, examples=lesson.examples.part(nobody), weights=lesson.weights[:0]
    )
