"""The lines that benchmarks print, and what they count."""

from __future__ import annotations

from statistics import quantiles
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence


def say(line: dict[str, Any]) -> None:
    """Print one JSON object on a line of its own."""
    print(orjson.dumps(line).decode(), flush=True)


def p95(found: Sequence[float]) -> float:
    """What 95 of 100 do not exceed; of one alone that one."""
    return quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]
