"""Emergencies: recorded at once, who leads is told at any hour, then the next on duty."""

from datetime import timedelta

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import called
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.notices.models import Delivery, Message
from tongban.relay.actions import acknowledge_incident, raise_incident, remind_incidents
from tongban.relay.models import Incident
from tongban.relay.queries import relay

GAS = "我家楼道里煤气味很大，好像燃气泄漏了"


@pytest.fixture
def night(city):
    city.go("2026-09-07 23:30")
    return city


def alarmed(house):
    return called(house, GAS, type="", domain="", urgency="")


def test_danger_is_recorded_once_and_rings_at_night(night):
    call = alarmed(night)
    raise_incident(ticket_id=call.ticket_id, now=night.now)

    row = Incident.objects.get()
    assert (row.kind, row.told) == ("gas", 1)
    assert row.due_at == row.raised_at + timedelta(minutes=relay().minutes)
    told = Message.objects.get(key="incident_raised")
    assert Delivery.objects.get(message=told).not_before <= night.now
    assert "燃气泄漏" in told.words["zh"]["sms"]


def test_what_is_not_critical_rings_nowhere(night):
    called(night)

    assert Incident.objects.count() == 0


def test_a_ticket_that_is_found_critical_later_rings_then(night):
    from tongban.hotline.actions import classify_ticket

    call = called(night)
    classify_ticket(
        ticket_id=call.ticket_id, kind="help", domain="city-noise-construction",
        urgency="critical", by=night.actor("ning.line"), now=night.now,
    )  # fmt: skip
    night.rest()

    assert Incident.objects.get().kind == ""


def test_nobody_answers_and_the_next_is_told_as_long_as_there_is_one(night):
    alarmed(night)
    for _ in range(4):
        night._set(night.now + timedelta(minutes=6))
        remind_incidents(now=night.now)

    assert Incident.objects.get().told == len(relay().duty.roster)
    assert Message.objects.filter(key="incident_raised").count() == len(relay().duty.roster)


def test_who_leads_acknowledges_once_and_nobody_else_may(night):
    call = alarmed(night)
    for login in ("ning.line", "zhang.urban", "ali"):
        with pytest.raises(NotAllowed):
            acknowledge_incident(ticket_id=call.ticket_id, by=night.actor(login), now=night.now)
    by = night.actor("tan.line")
    acknowledge_incident(ticket_id=call.ticket_id, note="已到场", by=by, now=night.now)
    first = Incident.objects.get().acknowledged_at
    acknowledge_incident(ticket_id=call.ticket_id, by=by, now=night.now + timedelta(minutes=1))

    row = Incident.objects.get()
    assert (row.acknowledged_at, row.acknowledged_by_id, row.note) == (first, by.id, "已到场")
    assert remind_incidents(now=night.now + timedelta(hours=1)) == 0
    with pytest.raises(NotFound):
        acknowledge_incident(ticket_id=10**9, by=by, now=night.now)


# At the desk


def test_the_desk_of_who_leads_shows_it_first_and_one_button_acknowledges(night):
    call = alarmed(night)
    leader = Clerk("tan.line")
    assert "等待签收" in leader.open("/desk/").words
    assert "csrfmiddlewaretoken" in leader.open("/desk/").main
    shown = leader.open("/desk/incidents/")
    assert "csrfmiddlewaretoken" in shown.main
    assert 'class="queues"' in shown.source
    assert "等待签收" not in Clerk("ning.line").open("/desk/").words

    leader.send(f"/desk/incidents/{call.number}/acknowledge/", {"note": "已联系燃气公司"})
    page = leader.open("/desk/incidents/").words
    assert "谭国强" in page
    assert "已联系燃气公司" in page
    assert "件等待签收" not in leader.open("/desk/").words
    assert "燃气泄漏" in Clerk("ning.line").see(call.number).words


@pytest.mark.parametrize("login", ["zhang.urban", "wang.window", "ali", None])
def test_emergencies_are_for_the_centre(night, login):
    call = alarmed(night)
    page = Clerk(login).open("/desk/incidents/")

    assert page.status in {302, 403, 404}
    Clerk(login).send(f"/desk/incidents/{call.number}/acknowledge/", {})
    assert Incident.objects.get().acknowledged_at is None
