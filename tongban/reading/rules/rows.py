"""What is learnt from: rows of columns, each column a text, a category, a time or a number."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tongban.reading.rules.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, str]
# A column with more different values than this is no category, however many rows there are.
MOST_VALUES = 3000
UNKNOWN = ""
_TIME = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ tT]+(\d{1,2})[:：时]\d{1,2})?")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


class Kind(StrEnum):
    """How a column is used."""

    TEXT = "text"
    CATEGORY = "category"
    TIME = "time"
    NUMBER = "number"
    IGNORED = "ignored"  # empty, or a running number: it says nothing about the label


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its use; the inner borders of a number's ranges."""

    name: str
    kind: Kind
    borders: tuple[float, ...] = ()

    def categories(self, row: Mapping[str, str]) -> dict[str, str]:
        """What the column says as named values; nothing for a text."""
        value = clean(row.get(self.name, ""))
        if self.kind is Kind.CATEGORY:
            return {self.name: value[:80]}
        if self.kind is Kind.TIME:
            return {f"{self.name}.{part}": found for part, found in _parts(value).items()}
        if self.kind is Kind.NUMBER:
            return {self.name: _range(value, self.borders)}
        return {}


def _parts(value: str) -> dict[str, str]:
    found = _TIME.search(value)
    if not found:
        return {"month": UNKNOWN, "weekday": UNKNOWN, "hours": UNKNOWN}
    year, month, day, hour = (int(part) if part else -1 for part in found.groups())
    try:
        weekday = str(datetime(year, month, day).weekday())  # noqa: DTZ001 -- a day as written
    except ValueError:
        weekday = UNKNOWN
    return {
        "month": str(month),
        "weekday": weekday,
        "hours": str(hour // 4) if hour >= 0 else UNKNOWN,
    }


def _range(value: str, borders: tuple[float, ...]) -> str:
    if not _NUMBER.fullmatch(value):
        return UNKNOWN
    return str(sum(float(value) > border for border in borders))


def learn_column(name: str, values: Sequence[str]) -> Column:
    """Decide by its values how a column is used.

    A category repeats its values; a time looks like one; what is neither and reads like words is
    a text; numbers that hardly repeat become ranges; the rest says nothing.
    """
    filled = [value for value in map(clean, values) if value]
    if not filled:
        return Column(name, Kind.IGNORED)
    if sum(bool(_TIME.match(value)) for value in filled) > 0.9 * len(filled):
        return Column(name, Kind.TIME)
    counts = Counter(filled)
    repeats = len(filled) / len(counts)
    longest = sum(map(len, filled)) / len(filled)
    if repeats >= 3 and len(counts) <= MOST_VALUES and longest <= 40:
        return Column(name, Kind.CATEGORY)
    if sum(bool(_NUMBER.fullmatch(value)) for value in filled) > 0.9 * len(filled):
        return _numbers(name, filled)
    if _reads_like_words(filled):
        return Column(name, Kind.TEXT)
    return Column(name, Kind.IGNORED)


def _numbers(name: str, filled: Sequence[str]) -> Column:
    values = sorted(float(value) for value in filled if _NUMBER.fullmatch(value))
    if len(set(values)) > 0.98 * len(values) and all(one.is_integer() for one in values):
        return Column(name, Kind.IGNORED)  # a running number: it names the row and says nothing
    borders = sorted({values[len(values) * part // 16] for part in range(1, 16)})
    return Column(name, Kind.NUMBER, tuple(borders))


def _reads_like_words(filled: Sequence[str]) -> bool:
    some = filled[:500]
    letters = sum(sum(sign.isalpha() for sign in value) for value in some)
    return letters > 0.4 * sum(map(len, some))


def learn_columns(
    rows: Sequence[Mapping[str, str]], texts: Sequence[str], also: Sequence[str]
) -> tuple[Column, ...]:
    """The use of each column that was named: `texts` are read as text whatever they look like.

    A text column that repeats its values is a category too.
    """
    found = [Column(name, Kind.TEXT) for name in texts]
    for name in (*(texts if len(texts) > 1 else ()), *also):
        column = learn_column(name, [row.get(name, "") for row in rows])
        if column not in found and column.kind is not Kind.IGNORED:
            found.append(column)
    return tuple(found)
