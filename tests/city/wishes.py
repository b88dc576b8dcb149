"""What the citizens of the demo city want: the journeys' own applications, for every test."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.city.applying import Wish

FOLDER = Path(__file__).parents[1] / "journeys"


def wish(name: str) -> Wish:
    """The application of that name, as tests/journeys/<name>.yaml tells it."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return Wish(**yaml.safe_load(text))
