"""What is wrong with content: where, what, why it matters, what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault. `file` is relative to the content folder, `line` counts from 1.

    A blocking finding stops publishing; the others are advice.
    """

    file: str
    line: int
    code: str
    what: str
    why: str
    instead: str
    blocking: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.code} {self.what}。{self.why}。{self.instead}。"


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings by file and line, each once."""
    return tuple(sorted(set(findings)))
