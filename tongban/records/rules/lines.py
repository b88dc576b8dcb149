"""One record, one line of JSON: the form of exports, published seals and promises.

Bytes are hexadecimal, moments UTC with six digits, the body of an entry is the text that the
database holds, untouched, because that text is what was hashed.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from tongban.records.rules.chain import StoredEntry, StoredRead
from tongban.records.rules.seals import Promise, ReadsSeal, Seal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Record = StoredEntry | StoredRead | Seal | ReadsSeal | Promise
R = TypeVar("R", StoredEntry, StoredRead, Seal, ReadsSeal, Promise)

KINDS: dict[type[Record], str] = {
    StoredEntry: "entry",
    StoredRead: "read",
    Seal: "seal",
    ReadsSeal: "reads_seal",
    Promise: "promise",
}


class Unreadable(ValueError):  # noqa: N818 -- says what the line is
    """A line is not the record that it claims to be."""


def as_json(record: Record, **beside: Any) -> dict[str, Any]:
    """The record's kind, what stands `beside` it in the line, and its fields."""
    fields = (f.name for f in dataclasses.fields(record))
    values = {name: _written(getattr(record, name)) for name in fields}
    return {"kind": KINDS[type(record)], **beside, **values}


def line(data: Mapping[str, Any]) -> str:
    """One line of an export, with its end."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def from_json(kind: type[R], data: Mapping[str, Any]) -> R:
    """The record in a line. Raises Unreadable."""
    if data.get("kind") != KINDS[kind]:
        raise Unreadable(f"not a {KINDS[kind]}")
    try:
        fields = dataclasses.fields(kind)
        return kind(**{f.name: _READERS[str(f.type)](data[f.name]) for f in fields})
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Unreadable(f"{KINDS[kind]}: {error}") from error


def parse(text: str | bytes) -> dict[str, Any]:
    """A line as a JSON object. Raises Unreadable."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    if not isinstance(data, dict):
        raise Unreadable("not an object")
    return data


def moment_text(moment: datetime) -> str:
    """UTC with six digits, whatever zone it came in."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def read_moment(text: str) -> datetime:
    """Raises ValueError for a moment that names no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise Unreadable(f"{text} names no zone")
    return moment


def _written(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date | UUID):
        return str(value)
    return value


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise Unreadable(f"{value!r} is not {kind.__name__}")
        return value

    return read


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_exactly(str)(text) for text in _exactly(list)(value))


# By annotation: a record that brings another type fails at once, in every test.
_READERS: dict[str, Callable[[Any], Any]] = {
    "int": _exactly(int),
    "int | None": _or_none(_exactly(int)),
    "bool": _exactly(bool),
    "str": _exactly(str),
    "bytes": bytes.fromhex,
    "bytes | None": _or_none(bytes.fromhex),
    "datetime": read_moment,
    "date": date.fromisoformat,
    "UUID": UUID,
    "tuple[str, ...]": _texts,
}
