"""Every call to the hotline is played anew and compared with its transcript (`UPDATE=1`)."""

import os
from pathlib import Path

import pytest

from tests.harness.serving import served
from tests.journeys import outside, script
from tests.journeys.calls import CallJourney
from tongban.engine.queries import audit_clocks
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

FILES = sorted(Path(__file__).parent.glob("*.call"))


HEATING = "heating-open311"


@pytest.fixture
def partner():
    """The system of the heating company, which speaks Open311."""
    with served(outside.Partner()) as found:
        yield found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_call_goes_as_it_is_written(file, own_city, settings, tmp_path, request):
    options = {"code": "police-110", "folder": tmp_path, "key": "k110"}
    simulator = "tongban.relay.gateways.simulator.PoliceSimulator"
    settings.RELAY_PARTNERS = {"police-110": (simulator, options)}
    settings.OPEN311_CLIENTS = outside.APP
    journey = CallJourney(own_city)
    if file.stem.startswith("open311"):
        journey.partner, address = request.getfixturevalue("partner")
        heating = {"code": HEATING, "url": address, "key": "fake-key", "private": True}
        client = "tongban.relay.gateways.open311.Open311Client"
        settings.RELAY_PARTNERS = {HEATING: (client, heating)}
    text = file.read_text(encoding="utf-8")

    told = journey.play(script.read(text))

    if os.environ.get("UPDATE"):
        file.write_text(told, encoding="utf-8")
    assert told.splitlines() == file.read_text(encoding="utf-8").splitlines()
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=own_city.now)).holds


def test_there_are_calls():
    assert len(FILES) >= 7
