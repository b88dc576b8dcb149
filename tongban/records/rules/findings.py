"""What a verification finds and how it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong: a stable code, where, and a sentence that says what it means."""

    code: str
    where: str
    sentence: str


@dataclass(slots=True)
class Findings:
    """Findings in the order in which they came up; beyond a thousand they are only counted."""

    told: list[Finding] = field(default_factory=list)
    untold: int = 0

    def add(self, code: str, where: str, sentence: str) -> None:
        if len(self.told) < MOST_TOLD:
            self.told.append(Finding(code, where, sentence))
        else:
            self.untold += 1

    def all(self) -> tuple[Finding, ...]:
        """Everything told, and a last one that says how many more there are."""
        if not self.untold:
            return tuple(self.told)
        more = Finding("more", "全部", f"另有 {self.untold} 处问题未逐条列出。")
        return (*self.told, more)
