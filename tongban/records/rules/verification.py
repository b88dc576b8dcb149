"""Does the journal still say what it said? Verification of an export, line by line.

Nothing is believed but hashes and signatures and, where they are at hand, the seals that were
published outside the database and the promises that people hold. The memory needed grows with
the number of streams, not of entries.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from tongban.records.rules import lines
from tongban.records.rules.chain import (
    StoredEntry,
    StoredRead,
    entry_hash,
    genesis,
    read_hash,
    reads_genesis,
)
from tongban.records.rules.findings import Finding, Findings
from tongban.records.rules.following import Follower, Link
from tongban.records.rules.seals import Promise, ReadsSeal, Seal, is_signed
from tongban.records.rules.spans import ReadsSeals, Seals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERSION = 1


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at and what was found.

    `exported_at` is what the export says of itself: a seal published before it must be in it.
    What no seal covers yet begins at `unsealed_from` (a position) and `unsealed_since` (a moment
    of the machine's clock); until it is sealed, only promises prove it.
    """

    exported_at: datetime
    entries: int
    streams: int
    seals: int
    reads: int
    promises: int
    keys: tuple[str, ...]
    unsealed: int
    unsealed_from: int
    unsealed_since: datetime | None
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings


class Verifier:
    """Takes the lines of an export in their order; `finish` says what they prove.

    `published` maps the names of published seals to their content, None where none are at hand.
    `promises` come from receipts. `trusted` are public keys in hexadecimal; without them a seal
    proves that its signer stayed the same, not who it is.
    """

    def __init__(
        self,
        *,
        published: Mapping[str, bytes] | None = None,
        promises: Iterable[Promise] = (),
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        self._found = Findings()
        self._streams = Follower(self._found, prefix="entry")
        self._readers = Follower(self._found, prefix="read")
        self._seals = Seals(self._found, trusted=trusted)
        self._reads_seals = ReadsSeals(self._found, trusted=trusted)
        self._published = published
        self._promises = {(p.stream, p.stream_id, p.seq, p.entry_hash): p for p in promises}
        self._unkept = set(self._promises)
        self._days: dict[date, list[bytes]] = {}
        self._position = 0
        self._last_position = 0
        self._has_reads = False
        self._exported_at = datetime.max.replace(tzinfo=UTC)
        self._counts: Counter[str] = Counter()
        self._takers = {
            "journal": self._take_head,
            "seal": self._take_seal,
            "reads_seal": self._take_reads_seal,
            "sealed": self._take_sealed,
            "entry": self._take_entry,
            "dangling": self._take_dangling,
            "read": self._take_read,
            "end": self._take_end,
        }

    def take(self, text: str | bytes, *, number: int) -> None:
        """One line; `number` counts from 1 and names the line in findings."""
        try:
            data = lines.parse(text)
            kind = str(data.get("kind"))
            self._takers[kind](data)
        except (KeyError, TypeError, ValueError):
            self._found.add("line-unreadable", f"第 {number} 行", "导出文件的这一行无法读取。")
        else:
            self._counts[kind] += 1

    def finish(self) -> Verification:
        """What only shows at the end, and the result."""
        self._seals.finish()
        self._streams.finish()
        self._readers.finish()
        self._check_reads()
        self._check_position(None)
        self._tell_broken_promises()
        if not self._counts["end"]:
            self._found.add("file-cut-off", "文件末尾", "导出文件不完整：缺少结束行。")
        return Verification(
            exported_at=self._exported_at,
            entries=self._counts["entry"],
            streams=self._streams.count,
            seals=self._seals.count,
            reads=self._counts["read"],
            promises=len(self._promises),
            keys=tuple(sorted(self._seals.keys | self._reads_seals.keys)),
            unsealed=self._seals.unsealed,
            unsealed_from=self._seals.last_position + 1,
            unsealed_since=self._seals.since,
            findings=self._found.all(),
        )

    def _take_head(self, data: Mapping[str, Any]) -> None:
        if data["version"] != VERSION:
            raise lines.Unreadable("another version")
        self._last_position = int(data["position"])
        self._exported_at = lines.read_moment(data["exported_at"])
        self._has_reads = bool(data["reads"])

    def _take_seal(self, data: Mapping[str, Any]) -> None:
        self._seals.take(lines.from_json(Seal, data))

    def _take_reads_seal(self, data: Mapping[str, Any]) -> None:
        self._reads_seals.take(lines.from_json(ReadsSeal, data))

    def _take_sealed(self, _data: Mapping[str, Any]) -> None:
        """The last seal has come: what follows is measured against them."""
        if self._published is not None:
            self._seals.compare(self._published, exported_at=self._exported_at)

    def _take_entry(self, data: Mapping[str, Any]) -> None:
        entry = lines.from_json(StoredEntry, data)
        position = data["position"]
        where = f"{entry.stream}/{entry.stream_id}#{entry.seq}"
        proper = entry_hash(entry)
        link = Link(entry.id, entry.seq, entry.prev_hash, entry.hash, proper, where)
        key = (entry.stream, entry.stream_id)
        self._streams.take(key, link, genesis=genesis(*key))
        if position is not None:
            self._check_position(int(position))
        self._seals.cover(position, proper, entry.recorded_at)
        self._unkept.discard((*key, entry.seq, proper))

    def _take_dangling(self, data: Mapping[str, Any]) -> None:
        """A place of the feed whose entry is gone."""
        position = int(data["position"])
        self._check_position(position)
        self._found.add(
            "entry-removed",
            f"位置 {position}",
            f"该位置指向的记录（编号 {data['entry_id']}）不存在：记录被删除。",
        )

    def _take_read(self, data: Mapping[str, Any]) -> None:
        read = lines.from_json(StoredRead, data)
        key = (read.day, read.actor_kind, read.actor_id)
        where = f"{read.day}/{read.actor_kind}/{read.actor_id}#{read.seq}"
        proper = read_hash(read)
        link = Link(read.id, read.seq, read.prev_hash, read.hash, proper, where)
        self._readers.take(key, link, genesis=reads_genesis(*key))
        self._days.setdefault(read.day, []).append(proper)

    def _take_end(self, data: Mapping[str, Any]) -> None:
        if data["counts"] != dict(self._counts):
            self._found.add("file-changed", "结束行", "文件的行数与导出时不符：有行被删除或添加。")

    def _check_reads(self) -> None:
        if self._has_reads:
            if self._published is not None:
                self._reads_seals.compare(self._published, exported_at=self._exported_at)
            self._reads_seals.check(self._days)

    def _check_position(self, position: int | None) -> None:
        """Positions go 1, 2, 3 …; None stands for the end of the feed."""
        expected = self._position + 1
        end = self._last_position + 1 if position is None else position
        if end > expected:
            self._found.add(
                "position-removed", f"位置 {expected}–{end - 1}", "顺序中缺少这些位置：被删除。"
            )
        elif position is not None and position < expected:
            self._found.add("position-inserted", f"位置 {position}", "同一位置出现两次。")
        self._position = max(self._position, end if position is not None else 0)

    def _tell_broken_promises(self) -> None:
        for key, promise in self._promises.items():
            where = f"{promise.stream}/{promise.stream_id}#{promise.seq}"
            if not is_signed(promise):
                self._found.add("promise-forged", where, "回执上的签名无效。")
            elif key in self._unkept:
                self._found.add(
                    "promise-broken", where, "回执承诺过的记录不在日志中：被改动或删除。"
                )


def verify(
    export: Iterable[str | bytes],
    *,
    published: Mapping[str, bytes] | None = None,
    promises: Iterable[Promise] = (),
    trusted: frozenset[str] = frozenset(),
) -> Verification:
    """Verify an export given as its lines."""
    verifier = Verifier(published=published, promises=promises, trusted=trusted)
    for number, text in enumerate(export, 1):
        verifier.take(text, number=number)
    return verifier.finish()
