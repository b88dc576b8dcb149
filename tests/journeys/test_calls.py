"""Every call to the hotline is played anew and compared with its transcript (`UPDATE=1`)."""

import os
from pathlib import Path

import pytest

from tests.journeys import script
from tests.journeys.calls import CallJourney
from tongban.engine.queries import audit_clocks
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

FILES = sorted(Path(__file__).parent.glob("*.call"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_call_goes_as_it_is_written(file, own_city, settings, tmp_path):
    options = {"code": "police-110", "folder": tmp_path, "key": "k110"}
    simulator = "tongban.relay.gateways.simulator.PoliceSimulator"
    settings.RELAY_PARTNERS = {"police-110": (simulator, options)}
    text = file.read_text(encoding="utf-8")

    told = CallJourney(own_city).play(script.read(text))

    if os.environ.get("UPDATE"):
        file.write_text(told, encoding="utf-8")
    assert told.splitlines() == file.read_text(encoding="utf-8").splitlines()
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=own_city.now)).holds


def test_there_are_calls():
    assert len(FILES) >= 7
