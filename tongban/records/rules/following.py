"""Following hash chains through lines that may have been changed, removed, added or moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tongban.records.rules.findings import Findings


@dataclass(frozen=True, slots=True)
class Link:
    """One line of a chain: `proper_hash` is what its content hashes to."""

    id: int
    seq: int
    prev_hash: bytes
    hash: bytes
    proper_hash: bytes
    where: str


@dataclass(slots=True)
class _Chain:
    seq: int
    hash: bytes
    id: int
    missing: list[range] = field(default_factory=list)


class Follower:
    """Follows many chains at once, each by its key; remembers one hash a chain."""

    def __init__(self, findings: Findings, *, prefix: str) -> None:
        self._findings = findings
        self._prefix = prefix
        self._chains: dict[Hashable, _Chain] = {}

    @property
    def count(self) -> int:
        """How many chains there are."""
        return len(self._chains)

    def take(self, key: Hashable, link: Link, *, genesis: bytes) -> None:
        """The next line of the chain `key` in the order of the export."""
        if link.hash != link.proper_hash:
            self._tell("changed", link, "内容与其哈希不符：该条记录被改动过。")
        chain = self._chains.get(key)
        if chain is None:
            chain = self._chains[key] = _Chain(seq=0, hash=genesis, id=0)
        if link.seq > chain.seq:
            self._go_on(chain, link)
        elif not self._fill(chain, link):
            self._tell("inserted", link, "序号重复：该条记录是后来插入的，或与原有记录并存。")

    def finish(self) -> None:
        """Tell what never came."""
        for key, chain in self._chains.items():
            for gap in chain.missing:
                numbers = f"{gap[0]}" if len(gap) == 1 else f"{gap[0]}–{gap[-1]}"
                self._findings.add(
                    f"{self._prefix}-removed",
                    "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key),
                    f"缺少序号 {numbers}：记录被删除。",
                )

    def _go_on(self, chain: _Chain, link: Link) -> None:
        if link.seq > chain.seq + 1:
            chain.missing.append(range(chain.seq + 1, link.seq))
        elif link.prev_hash != chain.hash:
            self._tell("unlinked", link, "与前一条记录的哈希不衔接：前一条或本条被替换过。")
        if link.id <= chain.id:
            self._tell("reordered", link, "编号先后与序号先后矛盾：记录次序被调换。")
        chain.seq, chain.hash, chain.id = link.seq, link.hash, link.id

    def _fill(self, chain: _Chain, link: Link) -> bool:
        """Whether the line was missed before: then it stands in the wrong place."""
        for index, gap in enumerate(chain.missing):
            if link.seq in gap:
                rest = (range(gap[0], link.seq), range(link.seq + 1, gap[-1] + 1))
                chain.missing[index : index + 1] = [part for part in rest if part]
                self._tell("reordered", link, "出现在后续记录之后：记录次序被调换。")
                return True
        return False

    def _tell(self, what: str, link: Link, sentence: str) -> None:
        self._findings.add(f"{self._prefix}-{what}", link.where, sentence)
