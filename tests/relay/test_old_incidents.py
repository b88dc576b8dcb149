"""Emergencies from before they were proceedings: each gets one, and nobody's duty is lost."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from tests.harness.databases import CHECKOUT, url
from tests.hotline.calls import called
from tongban.config import database
from tongban.engine.queries import audit_clocks
from tongban.relay.actions import acknowledge_incident, report_incident
from tongban.relay.models import Incident
from tongban.relay.queries import alarms, alarms_for

MIGRATE = """
import sys
import django
from django.core.management import call_command
django.setup()
call_command("migrate", "relay", sys.argv[1], verbosity=0)
"""
BEFORE, NOW = "0002_theirs_may_come_twice", "0004_incidents_whole"
ROW = (
    "INSERT INTO relay_incident (ticket_id, kind, raised_at, due_at, told, acknowledged_at,"
    " acknowledged_by_id, note) VALUES (%s, 'gas', %s, %s, 2, %s, %s, '')"
)


def migrate(house, to):
    """To another shape of this room's tables, as whoever owns them."""
    connection.close()
    server, name = house.database.server, house.database.name
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE, to],
        cwd=CHECKOUT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
            "TONGBAN_DATABASE_ROLE": "owner",
            "DATABASE_URL": url(server, name, database.APP_ROLE),
            "TONGBAN_OWNER_DATABASE_URL": url(server, name, database.OWNER_ROLE),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def old(own_city):
    """Two emergencies of the time before: of one somebody knew in time, of the other nobody."""
    own_city.go("2026-09-07 23:30")
    known, unknown = called(own_city), called(own_city, phone="13800002222")
    leader, raised = own_city.actor("tan.line"), own_city.now
    migrate(own_city, BEFORE)
    with connection.cursor() as cursor:
        known_at = raised + timedelta(minutes=3)
        cursor.execute(ROW, [known.ticket_id, raised, raised, known_at, leader.id])
        cursor.execute(ROW, [unknown.ticket_id, raised, raised, None, None])
    migrate(own_city, NOW)
    own_city.go("2026-09-08 09:00")
    return own_city, known, unknown, leader


def test_what_stood_before_has_its_proceeding_and_goes_on(old):
    house, known, unknown, leader = old
    rows = Incident.objects.select_related("proceeding__party")
    first, second = rows.get(pk=known.ticket_id), rows.get(pk=unknown.ticket_id)

    assert (first.proceeding.state, second.proceeding.state) == ("reported", "unanswered")
    assert first.proceeding.number.startswith("YJ65010220260907")
    assert first.proceeding.number != second.proceeding.number
    assert first.proceeding.party.name == "匿名"
    assert first.proceeding.ended_at == first.reported_at == first.acknowledged_at
    assert second.proceeding.ended_at is None
    assert [one.number for one in alarms_for(leader, house.now)] == [unknown.number]
    assert {one.number for one in alarms(leader, house.now)} == {known.number, unknown.number}

    acknowledge_incident(ticket_id=unknown.ticket_id, note="去看", by=leader, now=house.now)
    text = "已到现场，没有人员伤亡。"
    report_incident(ticket_id=unknown.ticket_id, text=text, by=leader, now=house.now)
    second.proceeding.refresh_from_db()
    assert second.proceeding.state == "reported"
    assert list(audit_clocks()) == []
