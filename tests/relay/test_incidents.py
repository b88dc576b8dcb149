"""Emergencies: recorded at once, who leads is told at any hour, then the next on duty."""

from datetime import timedelta

import pytest

from tests.doors.desk.clerk import Clerk
from tests.hotline.calls import called
from tongban.engine.actions import sweep
from tongban.engine.models import Clock
from tongban.engine.queries import access_proceeding, audit_clocks, inbox, visible_to
from tongban.hotline.models import Ticket
from tongban.kernel.actors import Actor
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed, NotFound
from tongban.notices.models import Delivery, Message
from tongban.records.queries import entries_of
from tongban.relay.actions import (
    acknowledge_incident,
    call_next,
    raise_incident,
    report_incident,
)
from tongban.relay.models import Incident
from tongban.relay.queries import alarms, alarms_for, relay

MINUTES = 5
GAS = "我家楼道里煤气味很大，好像燃气泄漏了"


@pytest.fixture
def night(city):
    city.go("2026-09-07 23:30")
    return city


def due_of(row):
    return Clock.objects.get(proceeding=row.proceeding, name="incident_acknowledge").due_at


def entries(row):
    return entries_of("proceeding", [row.proceeding_id])[row.proceeding_id]


def alarmed(house):
    return called(house, GAS, type="", domain="", urgency="")


def test_danger_is_recorded_once_and_rings_at_night(night):
    call = alarmed(night)
    assert not raise_incident(ticket_id=call.ticket_id, now=night.now)

    row = Incident.objects.get()
    assert (row.kind, row.proceeding.state, row.proceeding.facts["told"]) == ("gas", "raised", 1)
    assert row.proceeding.number.startswith("YJ")
    assert row.proceeding.parent_id is None
    assert due_of(row) == row.raised_at + timedelta(minutes=MINUTES)
    told = Message.objects.get(key="incident_raised")
    assert Delivery.objects.get(message=told).not_before <= night.now
    assert "燃气泄漏" in told.words["zh"]["sms"]


def test_received_and_classified_at_the_same_moment_it_is_one(own_city, race):
    own_city.go("2026-09-07 23:30")
    call = called(own_city)
    Ticket.objects.filter(pk=call.ticket_id).update(urgency="critical")
    now = own_city.now
    raised = race(*[lambda: raise_incident(ticket_id=call.ticket_id, now=now)] * 3)

    assert sorted(raised) == [False, False, True]
    assert Incident.objects.count() == 1
    assert Message.objects.filter(key="incident_raised").count() == 1


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


def test_nobody_answers_and_the_next_is_told_then_the_supervision(night):
    call = alarmed(night)
    states, told = [], []
    for _ in range(4):
        night.go(night.now + timedelta(minutes=MINUTES + 1))
        row = Incident.objects.select_related("proceeding").get()
        states.append(row.proceeding.state)
        told.append(row.proceeding.facts["told"])

    assert told == [2, 2, 2, 2]
    assert states == ["raised", "unanswered", "unanswered", "unanswered"]
    assert Message.objects.filter(key="incident_raised").count() == len(relay().duty.roster)
    verbs = [e.verb for e in entries(row)]
    assert verbs == [
        "raise_incident", "incident_late", "call_next", "incident_late", "leave_unanswered",
    ]  # fmt: skip
    assert list(audit_clocks()) == []
    watching = night.actor("han.supervisor")
    assert [one.number for one in alarms_for(watching, night.now)] == [call.number]
    assert access_proceeding(watching, row.proceeding.number).pk == row.proceeding_id
    assert [one.step_code for one in inbox(watching) if one.kind == "incident"] == [
        "incident_unanswered"
    ]


def test_each_has_his_minutes_from_when_he_was_told(night):
    alarmed(night)
    began = night.now
    # The worker sleeps, and wakes when both had their minutes long ago.
    night._set(began + timedelta(minutes=3 * MINUTES))
    for _ in range(3):
        sweep(night.now)
        night.rest()

    row = Incident.objects.get()
    at = {e.verb: e.at for e in entries(row)}
    assert at["call_next"] == began + timedelta(minutes=MINUTES)
    assert at["leave_unanswered"] == began + timedelta(minutes=2 * MINUTES)


def test_the_next_is_told_once_whoever_asks(night):
    alarmed(night)
    row = Incident.objects.get()
    assert not call_next(incident_id=row.proceeding_id, now=night.now)
    night.go(night.now + timedelta(minutes=MINUTES))
    assert not call_next(incident_id=row.proceeding_id, now=night.now)

    row.proceeding.refresh_from_db()
    assert row.proceeding.facts["told"] == 2


def test_who_leads_acknowledges_once_and_nobody_else_may(night):
    call = alarmed(night)
    for login in ("ning.line", "zhang.urban", "ali", "han.supervisor", "bai.line"):
        with pytest.raises(NotAllowed):
            acknowledge_incident(ticket_id=call.ticket_id, by=night.actor(login), now=night.now)
    by = night.actor("tan.line")
    acknowledge_incident(ticket_id=call.ticket_id, note="已到场", by=by, now=night.now)
    first = Incident.objects.get().acknowledged_at
    acknowledge_incident(ticket_id=call.ticket_id, by=by, now=night.now + timedelta(minutes=1))

    row = Incident.objects.get()
    assert (row.acknowledged_at, row.acknowledged_by_id, row.note) == (first, by.id, "已到场")
    night.go(night.now + timedelta(hours=2))
    assert row.proceeding.facts["told"] == 1
    assert alarms_for(night.actor("han.supervisor"), night.now) == []
    with pytest.raises(NotFound):
        acknowledge_incident(ticket_id=10**9, by=by, now=night.now)


def test_the_head_may_still_acknowledge_what_nobody_did(night):
    call = alarmed(night)
    night.go(night.now + timedelta(hours=1))
    head = night.actor("su.line")
    acknowledge_incident(ticket_id=call.ticket_id, by=head, now=night.now)

    assert Incident.objects.get().proceeding.state == "acknowledged"
    assert alarms_for(night.actor("han.supervisor"), night.now) == []
    assert [one.step_code for one in inbox(night.actor("han.supervisor"))] == []


def test_whoever_knows_reports_back_in_time_or_is_late(night):
    call = alarmed(night)
    by = night.actor("tan.line")
    with pytest.raises(MoveNotAllowed):
        report_incident(ticket_id=call.ticket_id, text="已处置", by=by, now=night.now)
    acknowledge_incident(ticket_id=call.ticket_id, by=by, now=night.now)
    night.go(night.now + timedelta(minutes=61))
    late = alarms(by, night.now)[0]
    assert late.is_late
    assert "clock_expired" in [e.verb for e in entries(Incident.objects.get())]
    with pytest.raises(BadInput):
        report_incident(ticket_id=call.ticket_id, text=" ", by=by, now=night.now)
    with pytest.raises(NotAllowed):
        report_incident(
            ticket_id=call.ticket_id, text="x", by=night.actor("ning.line"), now=night.now
        )
    report_incident(ticket_id=call.ticket_id, text="阀门已关，无人受伤", by=by, now=night.now)

    row = Incident.objects.select_related("proceeding").get()
    assert (row.proceeding.state, row.report) == ("reported", "阀门已关，无人受伤")
    assert row.proceeding.ended_at == night.now
    assert list(audit_clocks()) == []


def test_the_caller_sees_nothing_of_the_emergency(night):
    call = alarmed(night)
    caller = Actor(
        kind="citizen", id=0, name="", party_id=call.ticket.caller_id,
        acts_for=frozenset({call.ticket.caller_id}),
    )  # fmt: skip

    assert [one.kind for one in visible_to(caller)] == ["ticket"]


# At the desk


def test_who_leads_reads_where_it_is_even_where_nobody_said_the_place(night):
    called(night, GAS, type="", domain="", urgency="", place="")
    leader = Clerk("tan.line")
    number = Incident.objects.get().proceeding.number

    assert "胜利路街道 · 发现" in leader.open("/desk/").words
    page = leader.open(f"/desk/{number}/")
    assert "地点 胜利路街道" in page.words
    assert 'data-key="n"' not in page.source


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
    number = Incident.objects.get().proceeding.number
    one = leader.open(f"/desk/{number}/")
    assert "报告处置情况" in one.words
    assert "已联系燃气公司" in one.words
    page = leader.open("/desk/incidents/").words
    assert "谭国强" in page
    assert "已联系燃气公司" in page
    assert "件等待签收" not in leader.open("/desk/").words
    assert "燃气泄漏" in Clerk("ning.line").see(call.number).words


def test_the_page_of_an_emergency_has_its_two_verbs(night):
    alarmed(night)
    leader, number = Clerk("tan.line"), Incident.objects.get().proceeding.number
    assert "签收紧急事件" in leader.open("/desk/").words
    leader.send(f"/desk/{number}/acknowledge_incident/", {"note": "去现场"})
    page = leader.open(f"/desk/{number}/").words
    assert "处置中" in page
    assert "去现场" in page
    leader.send(f"/desk/{number}/report_incident/", {"text": "阀门已关，无人受伤"})
    page = leader.open(f"/desk/{number}/").words
    assert "已报告" in page
    assert "阀门已关，无人受伤" in page


def test_the_supervision_sees_what_nobody_acknowledged(night):
    call = alarmed(night)
    watching = Clerk("han.supervisor")
    assert call.number not in watching.open("/desk/").words
    night.go(night.now + timedelta(hours=1))

    shown = watching.open("/desk/")
    assert "没有人签收" in shown.words
    assert "acknowledge" not in shown.main
    assert "没有人签收" in watching.open("/desk/incidents/").words
    number = Incident.objects.get().proceeding.number
    assert "无人签收" in watching.open(f"/desk/{number}/").words


@pytest.mark.parametrize("login", ["zhang.urban", "wang.window", "ali", None])
def test_emergencies_are_for_the_centre(night, login):
    call = alarmed(night)
    page = Clerk(login).open("/desk/incidents/")

    assert page.status in {302, 403, 404}
    Clerk(login).send(f"/desk/incidents/{call.number}/acknowledge/", {})
    assert Incident.objects.get().acknowledged_at is None
