"""Writes of the reading room: a lesson is learnt, and used where it is not worse."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from tongban.kernel.refusals import BadInput, Problem
from tongban.reading.models import Lesson
from tongban.reading.queries import TEXT
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor
    from tongban.reading.rules import lessons as learnt

STREAM = "lesson"
# Of so many parts one is held back and judges; of a large set not more than some are needed.
_PARTS = 5
_MOST_JUDGES = 2000


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the label that a person confirmed, and named values beside it."""

    text: str
    label: str
    also: tuple[tuple[str, str], ...] = ()

    def row(self) -> dict[str, str]:
        return {**dict(self.also), TEXT: self.text}


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of learning: the version and how good it was on what was held back.

    ``before`` is how good the version that was used until now is on the same examples; None
    where there was none. ``is_used`` says which of both reads from now on.
    """

    task: str
    version: int
    accuracy: float
    macro_f1: float
    calibration: float
    before: float | None
    is_used: bool


def learn(
    *, task: str, examples: Sequence[Example], by: Actor, now: datetime, seed: int = 0
) -> Learnt:
    """Learn a task from examples and use it from now on, whatever was used before.

    Takes seconds to minutes, outside any transaction. Raises BadInput where fewer than two labels
    have at least two examples each.
    """
    return _learn(task, examples, by, now, seed, only_if_better=False)


def relearn(
    *, task: str, examples: Sequence[Example], by: Actor, now: datetime, seed: int = 0
) -> Learnt:
    """Learn anew, as every night; the new version is used only if it is not worse.

    Both versions answer for examples that the new one was not taught; the old one may have seen
    them, so that a tie goes to the new one.
    """
    return _learn(task, examples, by, now, seed, only_if_better=True)


def use_version(*, task: str, version: int, by: Actor, now: datetime) -> None:
    """Go back to a version, or forward. Raises BadInput where there is none of this number."""
    with transaction.atomic():
        _lock(task)
        row = Lesson.objects.filter(task=task, version=version).first()
        if row is None:
            sentence = "这项任务没有这一版阅读模型。"
            raise BadInput(
                sentence,
                facts={"task": task, "version": version},
                problems=(Problem("version", "unknown", sentence),),
            )
        _use(row)
        _record(row.pk, "use_lesson", {"task": task, "version": version}, by, now)


def _learn(
    task: str, examples: Sequence[Example], by: Actor, now: datetime, seed: int,
    *, only_if_better: bool,
) -> Learnt:  # fmt: skip
    import numpy as np

    from tongban.reading.rules.folds import stratified

    labels = [one.label for one in examples]
    _refuse_too_little(labels)
    numbers = np.unique(np.asarray(labels), return_inverse=True)[1]
    parts = max(_PARTS, len(examples) // _MOST_JUDGES)
    held = {int(at) for at in stratified(numbers, parts, seed)[0]}
    judges = [one for at, one in enumerate(examples) if at in held]
    taught = [one for at, one in enumerate(examples) if at not in held]
    # What is kept learns from everything; what is judged has not seen the judges.
    good = _judged(_lesson_of(taught, seed), judges)
    before = _judge_used(task, judges)
    lesson = _lesson_of(examples, seed)
    is_used = not only_if_better or before is None or good["accuracy"] >= before
    came = Learnt(task=task, version=0, before=before, is_used=is_used, **good)
    return _keep(lesson, came, len(examples), by, now)


def _refuse_too_little(labels: Sequence[str]) -> None:
    if sum(count > 1 for count in Counter(labels).values()) < 2:
        sentence = "至少要有两种标签，每种至少两个例子，才能学习。"
        raise BadInput(sentence, problems=(Problem("examples", "too-few", sentence),))


def _lesson_of(examples: Sequence[Example], seed: int) -> learnt.Lesson:
    from tongban.reading.rules.lessons import learn as learn_rows
    from tongban.reading.rules.rows import learn_columns

    rows = [one.row() for one in examples]
    also = sorted({name for row in rows for name in row} - {TEXT})
    columns = learn_columns(rows, (TEXT,), also)
    return learn_rows(rows, [one.label for one in examples], columns, seed)


def _judged(lesson: learnt.Lesson, judges: Sequence[Example]) -> dict[str, float]:
    from tongban.reading.rules.judging import calibration_error, class_lines

    said = lesson.label_all([one.row() for one in judges])
    truth = [one.label for one in judges]
    right = [label == one for (label, _), one in zip(said, truth, strict=True)]
    lines = class_lines(truth, [label for label, _ in said])
    return {
        "accuracy": sum(right) / len(right),
        "macro_f1": sum(one.f1 for one in lines) / len(lines),
        "calibration": calibration_error([sure for _, sure in said], right),
    }


def _judge_used(task: str, judges: Sequence[Example]) -> float | None:
    from tongban.reading.queries import read_all

    said = read_all(task, [one.row() for one in judges])
    if not said:
        return None
    right = sum(label == one.label for (label, _), one in zip(said, judges, strict=True))
    return right / len(judges)


def _keep(lesson: learnt.Lesson, came: Learnt, examples: int, by: Actor, now: datetime) -> Learnt:
    """Store the next version; ``came`` has everything but its number."""
    from tongban.reading.rules.store import to_bytes

    content = to_bytes(lesson)
    with transaction.atomic():
        _lock(came.task)
        last = Lesson.objects.filter(task=came.task).order_by("-version").first()
        came = replace(came, version=last.version + 1 if last else 1)
        row = Lesson.objects.create(
            task=came.task,
            version=came.version,
            learnt_at=now,
            examples=examples,
            labels=len(lesson.labels),
            accuracy=came.accuracy,
            macro_f1=came.macro_f1,
            calibration=came.calibration,
            content=content,
        )
        if came.is_used:
            _use(row)
        body = {
            "task": came.task,
            "version": came.version,
            "examples": examples,
            "accuracy": f"{came.accuracy:.4f}",
            "is_used": came.is_used,
        }
        _record(row.pk, "learn_lesson", body, by, now)
    return came


def _lock(task: str) -> None:
    """Two who learn the same task wait for each other; there may be no row to lock yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"lesson:{task}"])


def _use(row: Lesson) -> None:
    Lesson.objects.filter(task=row.task, is_used=True).update(is_used=False)
    Lesson.objects.filter(pk=row.pk).update(is_used=True)


def _record(lesson_id: int, verb: str, body: dict[str, Any], by: Actor, now: datetime) -> None:
    entry = NewEntry(stream=STREAM, stream_id=lesson_id, verb=verb, body=body)
    append([entry], by=by, now=now)
