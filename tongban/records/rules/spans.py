"""Seals against what they seal: signatures, links, roots, and the copies published outside."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from tongban.kernel.hashes import merkle_root
from tongban.records.rules import lines
from tongban.records.rules.seals import ReadsSeal, Seal, is_signed, leaf_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.records.rules.findings import Findings

S = TypeVar("S", Seal, ReadsSeal)
PUBLISHING = timedelta(minutes=1)
"""How long it may take from the sealing to the publication."""


class Seals:
    """The seals of the feed. Entries come after them, in the order of their positions."""

    def __init__(self, findings: Findings, *, trusted: frozenset[str]) -> None:
        self._findings = findings
        self._trusted = trusted
        self._seals: dict[str, Seal] = {}
        self._open: list[Seal] | None = None
        self._leaves: list[bytes] = []
        self.unsealed = 0
        self.since: datetime | None = None

    @property
    def count(self) -> int:
        return len(self._seals)

    @property
    def keys(self) -> set[str]:
        """The public keys that signed, in hexadecimal."""
        return {seal.public_key.hex() for seal in self._seals.values()}

    @property
    def last_position(self) -> int:
        """The end of the sealed span, 0 when nothing is sealed."""
        return max((seal.last_position for seal in self._seals.values()), default=0)

    def take(self, seal: Seal) -> None:
        if seal.name in self._seals:
            self._findings.add("seal-twice", seal.name, "同一编号的封印出现两次。")
        self._seals[seal.name] = seal

    def compare(self, published: Mapping[str, bytes], *, exported_at: datetime) -> None:
        """With the copies outside; where they differ the copy outside is believed."""
        ours = {name: raw for name, raw in published.items() if name.startswith("seals/")}
        outside = _read_published(Seal, ours, exported_at, self._findings)
        _compare(self._seals, outside, exported_at, self._findings)
        self._seals |= outside

    def cover(self, position: int | None, entry_hash: bytes, recorded_at: datetime) -> None:
        """An entry at its position, None while it has none."""
        spans = self._spans()
        while spans and position is not None and position > spans[-1].last_position:
            self._close(spans.pop())
        if spans and position is not None:
            self._leaves.append(leaf_of(position, entry_hash))
        else:
            self.unsealed += 1
            self.since = min(self.since or recorded_at, recorded_at)

    def finish(self) -> None:
        spans = self._spans()
        while spans:
            self._close(spans.pop())

    def _spans(self) -> list[Seal]:
        """The seals still to be checked against entries, the next one last."""
        if self._open is None:
            ordered = sorted(self._seals.values(), key=lambda seal: seal.number)
            before: Seal | None = None
            for seal in ordered:
                _check_signature(seal, self._trusted, self._findings)
                if not seal.follows(before):
                    self._findings.add(
                        "seal-unlinked", seal.name, "与前一个封印不衔接：有封印被删除或替换。"
                    )
                before = seal
            self._open = ordered[::-1]
        return self._open

    def _close(self, seal: Seal) -> None:
        if merkle_root(self._leaves) != seal.root:
            self._findings.add(
                "seal-broken",
                seal.name,
                f"位置 {seal.first_position}–{seal.last_position} 的记录与封印不符："
                "封印之后有记录被改动、删除、插入或调换。",
            )
        self._leaves.clear()


class ReadsSeals:
    """The daily seals of the access log."""

    def __init__(self, findings: Findings, *, trusted: frozenset[str]) -> None:
        self._findings = findings
        self._trusted = trusted
        self._seals: dict[str, ReadsSeal] = {}

    @property
    def keys(self) -> set[str]:
        """The public keys that signed, in hexadecimal."""
        return {seal.public_key.hex() for seal in self._seals.values()}

    def take(self, seal: ReadsSeal) -> None:
        self._seals[seal.name] = seal

    def compare(self, published: Mapping[str, bytes], *, exported_at: datetime) -> None:
        """With the copies outside; where they differ the copy outside is believed."""
        ours = {name: raw for name, raw in published.items() if name.startswith("reads/")}
        outside = _read_published(ReadsSeal, ours, exported_at, self._findings)
        _compare(self._seals, outside, exported_at, self._findings)
        self._seals |= outside

    def check(self, days: Mapping[date, list[bytes]]) -> None:
        """Against the hashes of all reads of each day, in the order of the seal."""
        before: ReadsSeal | None = None
        for seal in sorted(self._seals.values(), key=lambda seal: seal.day):
            _check_signature(seal, self._trusted, self._findings)
            if not seal.follows(before):
                self._findings.add(
                    "seal-unlinked", seal.name, "与前一个封印不衔接：有封印被删除或替换。"
                )
            reads = days.get(seal.day, [])
            if len(reads) != seal.reads or merkle_root(reads) != seal.root:
                self._findings.add(
                    "seal-broken", seal.name, "当日的查阅记录与封印不符：有记录被改动或删除。"
                )
            before = seal


def _read_published(
    kind: type[S], published: Mapping[str, bytes], exported_at: datetime, findings: Findings
) -> dict[str, S]:
    """The copies outside that are older than the export."""
    found: dict[str, S] = {}
    for name, raw in published.items():
        try:
            seal = lines.from_json(kind, lines.parse(raw))
        except lines.Unreadable:
            findings.add("published-unreadable", name, "已公开的封印文件无法读取。")
            continue
        if seal.sealed_at <= exported_at:
            found[name] = seal
    return found


def _compare(
    ours: Mapping[str, S], outside: Mapping[str, S], exported_at: datetime, findings: Findings
) -> None:
    for name, seal in outside.items():
        if name not in ours:
            findings.add("seal-removed", name, "封印已公开，但日志中没有：封印被删除。")
        elif ours[name] != seal:
            findings.add("seal-rewritten", name, "日志中的封印与公开的不一致：封印被改写。")
    for name, seal in ours.items():
        if name not in outside and seal.sealed_at < exported_at - PUBLISHING:
            findings.add("seal-unpublished", name, "日志中有此封印，但没有公开过。")


def _check_signature(seal: Seal | ReadsSeal, trusted: frozenset[str], findings: Findings) -> None:
    if not is_signed(seal):
        findings.add("seal-forged", seal.name, "签名无效：封印是伪造的或被改动过。")
    elif trusted and seal.public_key.hex() not in trusted:
        findings.add("key-unknown", seal.name, "签名所用的公钥不在可信名单中。")
