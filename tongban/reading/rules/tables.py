"""Labelled files as people have them: CSV, TSV, JSONL, a JSON list or plain lines, in any of the
usual encodings, with or without a first line of names."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.kernel.refusals import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tongban.reading.rules.rows import Row

# What a file of plain lines calls its only column.
LINE = "text"
_DELIMITERS = ",\t;|"
_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file and the names of its columns, in order."""

    columns: tuple[str, ...]
    rows: list[Row]

    def named(self, words: str) -> tuple[str, ...]:
        """Columns by name or by number from 1, separated by commas. Raises BadInput."""
        if words in self.columns:
            return (words,)
        return tuple(self._one(word.strip()) for word in words.split(",") if word.strip())

    def _one(self, word: str) -> str:
        if word in self.columns:
            return word
        if word.isdecimal() and 1 <= int(word) <= len(self.columns):
            return self.columns[int(word) - 1]
        near = [name for name in self.columns if name.strip().lower() == word.lower()]
        if len(near) == 1:
            return near[0]
        raise _bad("column", f"There is no column “{word}”. Columns: {', '.join(self.columns)}.")


def _bad(path: str, sentence: str) -> BadInput:
    return BadInput(sentence, problems=(Problem(path, path, sentence),))


def decoded(content: bytes) -> str:
    """The text of a file: by its mark, else UTF-8, else GB 18030 (which has GBK in it)."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        # A file that was cut in its last character is still UTF-8.
        if error.start >= len(content) - 3:
            return content.decode("utf-8", "ignore")
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        bad_here = content.decode("utf-8", "replace").count("\ufffd")
        bad_there = content.decode("gb18030", "replace").count("\ufffd")
        return content.decode("utf-8" if bad_here <= bad_there else "gb18030", "replace")


def read_table(content: bytes, *, header: bool = True, plain: bool = False) -> Table:
    """The rows of a file, whatever its form. Raises BadInput with what to do instead.

    ``plain``: a file that is neither JSON nor has a line of names is a list of texts.
    """
    if content.startswith(b"PK\x03\x04"):
        raise _bad("file", "This is a workbook or an archive: save the sheet as CSV first.")
    text = decoded(content).replace("\x00", "")
    start = text.lstrip()[:1]
    if start == "{":
        return _json_lines(text)
    if start == "[":
        return _json_list(text)
    if plain:
        lines = text.splitlines()
        return Table((LINE,), [{LINE: line} for line in lines])
    return _delimited(text, header=header)


def _json_lines(text: str) -> Table:
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise _bad("file", f"Line {number} is no JSON: {error}.") from error
    return _objects(rows)


def _json_list(text: str) -> Table:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _bad("file", f"The file begins like JSON but is none: {error}.") from error
    return _objects(found)


def _objects(found: Iterable[Any]) -> Table:
    columns: dict[str, None] = {}
    rows: list[Row] = []
    for number, one in enumerate(found, start=1):
        if not isinstance(one, dict):
            raise _bad("file", f"Entry {number} is no object with named values.")
        rows.append({str(name): _word(value) for name, value in one.items()})
        columns |= dict.fromkeys(rows[-1])
    return Table(tuple(columns), rows)


def _word(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _delimited(text: str, *, header: bool) -> Table:
    csv.field_size_limit(_LONGEST_FIELD)
    delimiter = _delimiter(text)
    lines = [
        line
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        if any(cell.strip() for cell in line)
    ]
    if not lines:
        raise _bad("file", "The file has no rows.")
    names = _names(lines[0]) if header else [str(at + 1) for at in range(max(map(len, lines)))]
    body = lines[1:] if header else lines
    return Table(tuple(names), [_row(names, line) for line in body])


def _names(cells: Sequence[str]) -> list[str]:
    """Names of columns; one without a name, or with a name that was there, gets its number."""
    found: list[str] = []
    for at, cell in enumerate(cells, start=1):
        name = cell.strip().strip("\ufeff")
        found.append(name if name and name not in found else f"{name}{at}")
    return found


def _row(names: Sequence[str], cells: Sequence[str]) -> Row:
    return dict(zip(names, [*cells, *[""] * len(names)], strict=False))


def _delimiter(text: str) -> str:
    """The sign that parts the first lines into most, and equally many, cells."""
    best, most = ",", 0.0
    for sign in _DELIMITERS:
        try:
            some = [
                line
                for _, line in zip(
                    range(30),
                    csv.reader(io.StringIO(text[:200_000]), delimiter=sign),
                    strict=False,
                )
                if line
            ]
        except csv.Error:
            continue
        widths = [len(line) for line in some]
        if not widths or widths[0] < 2:
            continue
        agreeing = sum(width == widths[0] for width in widths) / len(widths)
        if agreeing * 10 + min(widths[0], 9) / 10 > most:
            best, most = sign, agreeing * 10 + min(widths[0], 9) / 10
    return best
