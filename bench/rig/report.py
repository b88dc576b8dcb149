"""The lines that benchmarks print."""

from __future__ import annotations

from typing import Any

import orjson


def say(line: dict[str, Any]) -> None:
    """Print one JSON object on a line of its own."""
    print(orjson.dumps(line).decode(), flush=True)
