"""Reading the journal: timelines, how far subscribers are, proofs and exports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tongban.kernel.refusals import NotFound, Refusal
from tongban.records import gateways, models, sql
from tongban.records.events import SUBSCRIBERS, JournalEntry
from tongban.records.rules import lines, verification
from tongban.records.rules.chain import StoredRead
from tongban.records.rules.seals import InclusionProof, Promise, ReadsSeal, Seal, prove

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime


class EntryNotSealedYet(Refusal):
    """No seal covers the entry yet: until then the promise on the receipt stands for the proof."""

    code = "entry-not-sealed-yet"


@dataclass(frozen=True, slots=True)
class Subscription:
    """How a subscriber is doing. `behind` counts places of the feed that it has not seen."""

    name: str
    position: int
    behind: int
    error: str
    failed_at: datetime | None
    retry_at: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class UnsealedSpan:
    """What no seal covers yet: from which position of the feed, since when, how many entries.

    Entries of the last moment that have no position yet are not counted.
    """

    from_position: int
    since: datetime | None
    count: int


def city_now() -> datetime:
    """The city's time: what the law goes by. Sessions, tokens and signatures do not."""
    return sql.city_now()


def timeline(stream: str, stream_id: int, *, public_only: bool = False) -> list[JournalEntry]:
    """The history of one stream, the oldest entry first."""
    return sql.entries(stream, [stream_id], public_only=public_only)


def entries_of(
    stream: str, stream_ids: Collection[int], *, public_only: bool = False
) -> dict[int, list[JournalEntry]]:
    """The histories of several streams in one statement; every id asked for is a key."""
    found: dict[int, list[JournalEntry]] = {stream_id: [] for stream_id in stream_ids}
    for entry in sql.entries(stream, stream_ids, public_only=public_only):
        found[entry.stream_id].append(entry)
    return found


def last_entry(stream: str, stream_id: int) -> JournalEntry | None:
    """The newest entry of a stream, None when it has none."""
    return sql.last_entry(stream, stream_id)


def last_moments(stream: str, stream_ids: Collection[int]) -> dict[int, datetime]:
    """When something that everybody may know happened last, by stream; none for a silent one."""
    return sql.last_moments(stream, stream_ids)


def fed_until() -> int:
    """The last position of the feed, 0 when nothing has been fed."""
    return models.Sequencer.objects.values_list("position", flat=True).get()


def subscriptions() -> list[Subscription]:
    """All registered subscribers by name, the ones that never ran included."""
    end = fed_until()
    rows = {row.name: row for row in models.Subscription.objects.filter(name__in=SUBSCRIBERS)}
    found = []
    for name, subscriber in sorted(SUBSCRIBERS.items()):
        start = 0 if subscriber.from_start else end
        row = rows.get(name) or models.Subscription(name=name, position=start)
        found.append(
            Subscription(
                name=name,
                position=row.position,
                behind=end - row.position,
                error=row.error,
                failed_at=row.failed_at,
                retry_at=row.retry_at,
                attempts=row.attempts,
            )
        )
    return found


def last_seal() -> Seal | None:
    row = models.Seal.objects.order_by("-number").first()
    return None if row is None else as_seal(row)


def seals() -> Iterator[Seal]:
    """All seals of the feed, ascending."""
    return (as_seal(row) for row in models.Seal.objects.order_by("number").iterator())


def seals_backwards() -> Iterator[Seal]:
    """The same, the newest first; read only as far as it is asked for."""
    return (as_seal(row) for row in models.Seal.objects.order_by("-number").iterator(100))


def reads_seals() -> Iterator[ReadsSeal]:
    """The seals of the access log, ascending by day."""
    return (as_reads_seal(row) for row in models.AccessSeal.objects.order_by("day").iterator())


def reads_seals_backwards() -> Iterator[ReadsSeal]:
    """The same, the newest first."""
    rows = models.AccessSeal.objects.order_by("-day").iterator(100)
    return (as_reads_seal(row) for row in rows)


def unsealed_span() -> UnsealedSpan:
    """What the next seal will cover."""
    last = last_seal()
    end = last.last_position if last else 0
    count, since = sql.unsealed(end)
    return UnsealedSpan(end + 1, since, count)


def proof_for(entry_id: int) -> InclusionProof:
    """The proof that the entry is sealed. Raises NotFound and EntryNotSealedYet."""
    if not models.Entry.objects.filter(id=entry_id).exists():
        raise NotFound("日志中没有这条记录。")
    place = models.Feed.objects.filter(entry_id=entry_id).first()
    row = place and (
        models.Seal.objects.filter(
            first_position__lte=place.position, last_position__gte=place.position
        ).first()
    )
    if not place or not row:
        raise EntryNotSealedYet(
            "这条记录还没有封印，请稍后再取证明。", instead=("每十分钟封印一次，可先凭回执核验。",)
        )
    seal = as_seal(row)
    return prove(seal, sql.leaves(seal.first_position, seal.last_position), place.position)


def promise(entry_id: int) -> Promise:
    """The signed word, for a receipt, that this entry is in the journal. Raises NotFound.

    Give it away only after the entry's transaction has committed.
    """
    row = models.Entry.objects.filter(id=entry_id).first()
    if row is None:
        raise NotFound("日志中没有这条记录。")
    signer = gateways.signer()
    unsigned = Promise(
        stream=row.stream,
        stream_id=row.stream_id,
        seq=row.seq,
        entry_hash=bytes(row.hash),
        public_key=signer.public_key,
    )
    return replace(unsigned, signature=signer.sign(unsigned.statement))


def reads_about(subject: int) -> list[StoredRead]:
    """Who read personal data of this subject, the newest first: the subject may ask for it."""
    rows = models.AccessRead.objects.filter(subject=subject).order_by("-at", "-id")
    return [
        StoredRead(
            id=row.id,
            day=row.day,
            seq=row.seq,
            at=row.at,
            actor_kind=row.actor_kind,
            actor_id=row.actor_id,
            subject=row.subject,
            what=row.what,
            why=row.why,
            prev_hash=bytes(row.prev_hash),
            hash=bytes(row.hash),
        )
        for row in rows
    ]


def export_lines(*, now: datetime, with_reads: bool = False) -> Iterator[str]:
    """The journal as lines of JSON, for verification on another machine; see rules/lines.py.

    `now` is the machine's time. `with_reads` adds the access log, which tells who looked at
    whom. Seals come first and the entries in one snapshot after them, so an export of a running
    city is whole.
    """
    counts: dict[str, int] = {}
    for data in _export(now, with_reads=with_reads):
        counts[data["kind"]] = counts.get(data["kind"], 0) + 1
        yield lines.line(data)
    yield lines.line({"kind": "end", "counts": counts})


def _export(now: datetime, *, with_reads: bool) -> Iterator[dict[str, Any]]:
    yield {
        "kind": "journal",
        "version": verification.VERSION,
        "exported_at": lines.moment_text(now),
        "position": fed_until(),
        "reads": with_reads,
    }
    for seal in seals():
        yield lines.as_json(seal)
    if with_reads:
        for reads_seal in reads_seals():
            yield lines.as_json(reads_seal)
    yield {"kind": "sealed"}
    for position, entry_id, entry in sql.stored_entries():
        if entry is None:
            yield {"kind": "dangling", "position": position, "entry_id": entry_id}
        else:
            yield lines.as_json(entry, position=position)
    if with_reads:
        for read in sql.stored_reads():
            yield lines.as_json(read)


def as_seal(row: models.Seal) -> Seal:
    return Seal(
        number=row.number,
        first_position=row.first_position,
        last_position=row.last_position,
        root=bytes(row.root),
        prev_hash=bytes(row.prev_hash),
        sealed_at=row.sealed_at,
        public_key=bytes(row.public_key),
        signature=bytes(row.signature),
    )


def as_reads_seal(row: models.AccessSeal) -> ReadsSeal:
    return ReadsSeal(
        day=row.day,
        reads=row.reads,
        root=bytes(row.root),
        prev_hash=bytes(row.prev_hash),
        sealed_at=row.sealed_at,
        public_key=bytes(row.public_key),
        signature=bytes(row.signature),
    )
