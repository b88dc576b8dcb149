"""Every telephone call is played anew and compared with its transcript (`UPDATE=1`)."""

import os
from pathlib import Path

import pytest

from tests.journeys import script
from tests.journeys.voices import VoiceJourney
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

FILES = sorted(Path(__file__).parent.glob("*.voice"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_call_goes_as_it_is_written(file, own_city):
    text = file.read_text(encoding="utf-8")

    told = VoiceJourney(own_city).play(script.read(text))

    if os.environ.get("UPDATE"):
        file.write_text(told, encoding="utf-8")
    assert told.splitlines() == file.read_text(encoding="utf-8").splitlines()
    assert verify(export_lines(now=own_city.now)).holds


def test_there_are_calls_by_voice():
    assert len(FILES) >= 4
