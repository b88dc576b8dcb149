"""Every journey is played anew and compared with its transcript; `UPDATE=1` writes it anew."""

import os
from pathlib import Path

import pytest

from tests.journeys import script
from tests.journeys.runner import Journey
from tongban.engine.queries import audit_clocks
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.journey"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_journey_goes_as_it_is_written(file, own_city):
    text = file.read_text(encoding="utf-8")

    told = Journey(own_city, FOLDER).play(script.read(text))

    if os.environ.get("UPDATE"):
        file.write_text(told, encoding="utf-8")
    assert told.splitlines() == file.read_text(encoding="utf-8").splitlines()
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=own_city.now)).holds


def test_there_are_journeys():
    assert len(FILES) >= 8
