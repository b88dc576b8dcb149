"""Reads of the reading room: what a text is read as, what was learnt for a task."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models.functions import Length

from tongban.reading.models import Lesson

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from tongban.reading.rules import lessons as learnt
    from tongban.reading.rules.lessons import Reading

TEXT = "text"
Key = tuple[int, int, str, "datetime", int, float]
"""What tells one stored lesson from every other: number, version, task, day, examples, measure."""
# A lesson of ten thousand long texts takes some hundred megabytes.
_KEPT = 4


@dataclass(frozen=True, slots=True)
class LessonLine:
    """One version of what was learnt for a task; measures are 0 to 1, on held-out examples."""

    task: str
    version: int
    learnt_at: datetime
    examples: int
    labels: int
    accuracy: float
    macro_f1: float
    calibration: float
    is_used: bool
    size: int


_FIELDS = tuple(one.name for one in fields(LessonLine))


@dataclass(frozen=True, slots=True)
class Read:
    """A reading, and which version it is from; 0 where words decided (nothing learnt yet)."""

    reading: Reading
    version: int


def lessons(task: str) -> list[LessonLine]:
    """Every version of a task, the newest first."""
    found = Lesson.objects.filter(task=task).annotate(size=Length("content"))
    return [LessonLine(**row) for row in found.order_by("-version").values(*_FIELDS)]


def version_in_use(task: str) -> int:
    """The version that reads now; 0 before the first."""
    key = _used(task)
    return key[1] if key else 0


def _used(task: str) -> Key | None:
    """The lesson in use; None before the first."""
    return _in_use((task,)).get(task)


def _in_use(tasks: Collection[str]) -> dict[str, Key]:
    """The lessons in use by their tasks; nothing for a task before its first."""
    found = Lesson.objects.filter(task__in=sorted(tasks), is_used=True)
    keys = found.values_list("pk", "version", "task", "learnt_at", "examples", "accuracy")
    return {key[2]: key for key in keys}


def read(
    task: str,
    text: str,
    *,
    also: Mapping[str, str] | None = None,
    words: Mapping[str, Sequence[str]] | None = None,
) -> Read | None:
    """What a text is read as, by the lesson in use, else by words; None where neither is there.

    ``also``: named values beside the text, under the names with which they were learnt.
    ``words``: label -> words that speak for it, until something was learnt.
    """
    key = _used(task)
    if key:
        return Read(_lesson(key).read({**(also or {}), TEXT: text}), key[1])
    if not words:
        return None
    from tongban.reading.rules.keywords import read_by_words

    return Read(read_by_words(text, words), 0)


def read_for(tasks: Collection[str], text: str) -> dict[str, Read]:
    """What a text is read as for each of several tasks; nothing for one before its first lesson.

    A page that shows a reading and the action behind it read the same text: the latest are kept.
    """
    return {task: _read_alone(key, text) for task, key in _in_use(tasks).items()}


@lru_cache(maxsize=64)
def _read_alone(key: Key, text: str) -> Read:
    return Read(_lesson(key).read({TEXT: text}), key[1])


def read_all(task: str, rows: Sequence[Mapping[str, str]]) -> list[tuple[str, float]]:
    """Label and confidence of many rows at once, without reasons; empty before a lesson."""
    key = _used(task)
    return _lesson(key).label_all(rows) if key else []


@lru_cache(maxsize=_KEPT)
def _lesson(key: Key) -> learnt.Lesson:
    """A stored lesson never changes, so that a process reads it once.

    Its number alone would not do: a process that looks into a restored database may find another
    lesson under the same one.
    """
    from tongban.reading.rules.store import from_bytes

    return from_bytes(bytes(Lesson.objects.values_list("content", flat=True).get(pk=key[0])))
