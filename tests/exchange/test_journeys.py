"""Journeys with departments' own systems; `UPDATE=1` writes the transcripts anew."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.city.house import moment
from tests.documents.fakes import fake
from tests.exchange.conftest import KEYS, TOBACCO
from tests.exchange.saying import ANY_TIME, ITEM
from tests.exchange.test_links import scan
from tests.journeys import script
from tests.journeys.runner import Journey
from tests.journeys.verbs import VERBS
from tongban.cases.states import Result
from tongban.engine.queries import audit_clocks
from tongban.exchange import actions
from tongban.exchange.gateways import Simulator, Troubles, department_system
from tongban.exchange.models import Arrival, Backfill, Reject, Sending
from tongban.exchange.queries import status_of
from tongban.kernel.actors import SYSTEM
from tongban.licences.models import Licence
from tongban.records.models import Entry
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

FOLDER = Path(__file__).parent


def hear(journey, by):
    """The house asks the department's system, and sends again what it could not take."""
    actions.send_due(now=journey.now, wall=ANY_TIME + (journey.now - moment("2026-01-01")))
    actions.collect(system=TOBACCO, now=journey.now)


def link_down(journey, by, reason):
    actions.mark_down(system=TOBACCO, reason=reason, by=SYSTEM, now=journey.now)


def link_up(journey, by):
    actions.mark_up(system=TOBACCO, by=SYSTEM, now=journey.now)


def backfill(journey, by, item, result, number):
    """What stands on the paper that the applicant holds; 照纸 is the number that it really has."""
    case = journey.case(item)
    if number == "照纸":
        told = department_system(TOBACCO).history(case.number)
        number = next(one["number"] for one in told if one["kind"] == "licence")
    entry = actions.NewBackfill(number, Result(result), scan(by, journey.now).pk)
    actions.backfill(case_number=case.number, entry=entry, by=by, now=journey.now)


def reconcile(journey, by):
    found = actions.reconcile(system=TOBACCO, now=journey.now).found
    assert found["reachable"]


@pytest.fixture
def play(own_linked, settings, folders, monkeypatch):
    """Plays a journey in a city whose tobacco system has these troubles."""
    for verb in (hear, link_down, link_up, backfill, reconcile):
        monkeypatch.setitem(VERBS, verb.__name__, verb)

    def run(name, seed=1, pace=timedelta(hours=2), **troubles):
        settings.DEPARTMENT_SYSTEMS = settings.DEPARTMENT_SYSTEMS | {
            TOBACCO: fake(
                Simulator, code=TOBACCO, folder=folders / TOBACCO, key=KEYS[TOBACCO],
                seed=seed, pace=pace, troubles=Troubles(**troubles),
            )
        }  # fmt: skip
        file = FOLDER / f"{name}.journey"
        text = file.read_text(encoding="utf-8")
        journey = Journey(own_linked, FOLDER)
        told = journey.play(script.read(text))
        if os.environ.get("UPDATE"):
            file.write_text(told, encoding="utf-8")
        assert told.splitlines() == file.read_text(encoding="utf-8").splitlines()
        assert list(audit_clocks()) == []
        assert verify(export_lines(now=own_linked.now)).holds
        return journey

    return run


def test_a_department_system_reorders_and_repeats_and_the_life_is_the_same(play):
    journey = play("department-system", seed=7, late=0.8, twice=0.9, latest=timedelta(hours=30))

    case = journey.case(ITEM)
    arrived = Arrival.objects.filter(proceeding=case).order_by("id")
    assert [one.seq for one in arrived] != sorted(one.seq for one in arrived)
    assert status_of(TOBACCO).copies > 0
    assert Sending.objects.count() == 1
    assert not Reject.objects.exists()
    decided = Entry.objects.get(stream_id=case.pk, verb="grant")
    message = arrived.get(kind="decision")
    assert decided.at == message.event_at
    assert message.arrived_at > message.event_at


def test_the_link_is_down_and_what_was_entered_by_hand_is_closed_by_the_real_word(play):
    journey = play(
        "link-down", outages=((moment("2026-09-08 15:00"), moment("2026-09-11 09:00")),)
    )

    row = Backfill.objects.get()
    assert (row.state, row.difference) == ("closed", "")
    assert Licence.objects.get(type_code=ITEM).number == row.number
    assert Entry.objects.filter(stream_id=journey.case(ITEM).pk, verb="grant").count() == 1
    assert not status_of(TOBACCO).needs_somebody
    assert not Reject.objects.exists()
