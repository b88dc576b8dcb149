"""The bytes that bind an entry to everything before it in its stream.

The database computes the same in `records_append`; docs/decisions/0010 describes the form. A
statement is a line of values joined by commas. Numbers, moments (microseconds since 1970 UTC),
UUIDs, dates and flags (t, f) are written plainly, bytes in hexadecimal, nothing as nothing; a
text is preceded by its length in bytes, so that no two different statements read the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Plain = int | bool | datetime | date | UUID | bytes | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry with every column that its hash covers; `body` is the text of the column."""

    id: int
    stream: str
    stream_id: int
    seq: int
    region: str
    action_id: UUID
    verb: str
    actor_kind: str
    actor_id: int
    at: datetime
    recorded_at: datetime
    place: str
    basis: str
    fields: tuple[str, ...]
    body: str
    public: bool
    private: bytes | None
    private_subject: int | None
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class StoredRead:
    """One line of the access log with every column that its hash covers."""

    id: int
    day: date
    seq: int
    at: datetime
    actor_kind: str
    actor_id: int
    subject: int
    what: str
    why: str
    prev_hash: bytes
    hash: bytes


class OfStream(Protocol):
    """Whatever belongs to a stream."""

    @property
    def stream(self) -> str: ...

    @property
    def stream_id(self) -> int: ...


def statement(kind: str, plain: Iterable[Plain], texts: Iterable[str]) -> bytes:
    """The one byte form of a statement of the journal; `kind` names its form and version."""
    parts = [kind.encode(), *(_written(value) for value in plain)]
    for text in texts:
        raw = text.encode()
        parts += (b"%d" % len(raw), raw)
    return b",".join(parts)


def genesis(stream: str, stream_id: int) -> bytes:
    """What the first entry of a stream has in place of a previous hash."""
    return sha256(statement("tongban-genesis-1", (stream_id,), (stream,))).digest()


def entry_bytes(entry: StoredEntry) -> bytes:
    """What is hashed of an entry, after the 32 bytes of the previous hash."""
    return statement(
        "tongban-entry-1",
        (
            entry.id,
            entry.stream_id,
            entry.seq,
            entry.action_id,
            entry.at,
            entry.recorded_at,
            entry.actor_id,
            entry.public,
            entry.private_subject,
            entry.private,
        ),
        (
            entry.actor_kind,
            entry.place,
            entry.stream,
            entry.region,
            entry.verb,
            entry.basis,
            json.dumps(entry.fields, ensure_ascii=False),
            entry.body,
        ),
    )


def entry_hash(entry: StoredEntry) -> bytes:
    """The hash that the entry must carry."""
    return sha256(entry.prev_hash + entry_bytes(entry)).digest()


def reads_genesis(day: date, actor_kind: str, actor_id: int) -> bytes:
    """What a reader's first read of a day has in place of a previous hash."""
    return sha256(statement("tongban-reads-1", (day, actor_id), (actor_kind,))).digest()


def read_hash(read: StoredRead) -> bytes:
    """The hash that a line of the access log must carry."""
    line = statement(
        "tongban-read-1",
        (read.id, read.day, read.seq, read.at, read.actor_id, read.subject),
        (read.actor_kind, read.what, read.why),
    )
    return sha256(read.prev_hash + line).digest()


def rounds(entries: Sequence[OfStream]) -> list[list[int]]:
    """Indices of entries, split so that no stream comes twice in one round."""
    result: list[list[int]] = []
    counts: dict[Hashable, int] = {}
    for index, entry in enumerate(entries):
        key = (entry.stream, entry.stream_id)
        turn = counts.get(key, 0)
        counts[key] = turn + 1
        if turn == len(result):
            result.append([])
        result[turn].append(index)
    return result


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC; exact, unlike a timestamp in seconds."""
    return (moment - EPOCH) // MICROSECOND


def _written(value: Plain) -> bytes:
    if value is None:
        return b""
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, bytes):
        return value.hex().encode()
    if isinstance(value, datetime):
        return b"%d" % microseconds(value)
    return str(value).encode()
