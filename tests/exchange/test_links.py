"""A link that is down: what a clerk may enter, how it is closed, and what the night compares."""

import pytest
from django.db import transaction

from tests.city.house import moment
from tests.documents.fakes import fake
from tests.documents.samples import picture
from tests.exchange.conftest import KEYS, TOBACCO
from tests.exchange.saying import ANY_TIME, ITEM, say, story
from tongban.cases.states import Result
from tongban.exchange import actions, queries
from tongban.exchange.gateways import Simulator, Troubles
from tongban.exchange.models import Backfill, Sending
from tongban.exchange.rules import LinkIsUp, MessageImpossible
from tongban.exchange.tasks import cli_down, cli_reconcile, cli_status, cli_up
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotAllowed, Refusal
from tongban.records.models import Entry

START = moment("2026-09-09 11:00")


@pytest.fixture
def ready(handed):
    handed.house.go("2026-09-10 18:00")
    return handed


@pytest.fixture
def down(ready):
    actions.mark_down(system=TOBACCO, reason="专线故障", by=SYSTEM, now=ready.house.now)
    return ready


def scan(by, now):
    from tongban.documents.actions import store_file

    return store_file(
        content=picture(colour=(1, 2, 3)), name="决定书.jpg", owner_party_id=None,
        purpose="material", by=by, now=now,
    )  # fmt: skip


def enter(life, number, result="grant", by=None):
    by = by or life.officer_of(ITEM, "reviewer")
    now = life.house.now
    entry = actions.NewBackfill(number, Result(result), scan(by, now).pk)
    actions.backfill(case_number=life.case(ITEM).number, entry=entry, by=by, now=now)
    life.house.rest()


def hear_all(life, **how):
    for one in story(life.case(ITEM), START, **how):
        say(one, life.house.now)
    life.house.rest()


def test_while_the_link_works_nothing_is_entered_by_hand(ready):
    with pytest.raises(LinkIsUp):
        enter(ready, "650100100001")


def test_only_the_department_enters_and_only_once(down):
    with pytest.raises(Refusal):
        enter(down, "1", by=down.officer("urban-management.reviewer"))
    with pytest.raises(NotAllowed):
        actions.mark_up(system=TOBACCO, by=down.officer_of(ITEM, "reviewer"), now=down.house.now)
    enter(down, "650100100001")
    with pytest.raises(MessageImpossible):
        enter(down, "650100100001")


def test_an_entry_that_the_real_message_confirms_is_closed(down):
    enter(down, "650100100001")
    assert down.states()[ITEM] == "producing"
    entry = Entry.objects.get(stream_id=down.case(ITEM).pk, verb="grant")
    assert (entry.place, entry.body["backfilled"]) == ("补录", True)

    actions.mark_up(system=TOBACCO, by=SYSTEM, now=down.house.now)
    hear_all(down)

    assert Backfill.objects.get().state == "closed"
    assert down.states()[ITEM] == "granted"
    assert Entry.objects.filter(stream_id=down.case(ITEM).pk, verb="grant").count() == 1
    assert not queries.rejects_of(TOBACCO)


def test_another_number_than_was_entered_is_an_alarm(down):
    enter(down, "650100999999")
    hear_all(down)

    row = Backfill.objects.get()
    assert (row.state, row.difference) == (
        "alarm", "补录编号为650100999999，部门业务系统为650100100001",
    )  # fmt: skip
    assert Entry.objects.filter(stream="exchange", verb="backfill_alarm").exists()


def test_another_result_than_was_entered_is_an_alarm_and_decides_nothing_again(down):
    enter(down, "650100100001")
    hear_all(down, deny=True)

    assert Backfill.objects.get().state == "alarm"
    assert down.states()[ITEM] == "producing"
    assert queries.status_of(TOBACCO).needs_somebody


def test_a_denial_entered_by_hand_is_closed_by_its_decision(down):
    enter(down, "乌烟不字1号", "deny")
    hear_all(down, deny=True)

    assert (Backfill.objects.get().state, down.states()[ITEM]) == ("closed", "denied")


def simulator(settings, folders, **troubles):
    settings.DEPARTMENT_SYSTEMS = settings.DEPARTMENT_SYSTEMS | {
        TOBACCO: fake(
            Simulator, code=TOBACCO, folder=folders / "another", key=KEYS[TOBACCO],
            troubles=Troubles(**troubles),
        )
    }  # fmt: skip


def test_the_night_lists_what_is_missing_on_either_side(ready, settings, folders):
    number = ready.case(ITEM).number
    now = ready.house.now
    first = actions.reconcile(system=TOBACCO, now=now).found
    assert first["counts"]["sent"] == first["counts"]["acknowledged"] == 1
    assert first["lists"]["decided_only_there"] == [number]

    actions.collect(system=TOBACCO, now=now)
    ready.house.rest()
    second = actions.reconcile(system=TOBACCO, now=now).found
    assert not any(second["lists"].values())

    simulator(settings, folders)
    third = actions.reconcile(system=TOBACCO, now=now).found
    assert third["lists"]["missing_there"] == [number]
    assert third["lists"]["decided_only_here"] == [number]


def test_what_the_system_never_got_is_tried_again_and_given_up_in_the_end(
    ready, settings, folders
):
    simulator(settings, folders, outages=((moment("2026-01-01"), moment("2027-01-01")),))
    Sending.objects.update(state="queued", attempts=0)
    from datetime import timedelta

    for hour in range(15):
        wall = ANY_TIME + timedelta(hours=2 * hour)
        actions.send_due(now=ready.house.now, wall=wall)
    row = Sending.objects.get()
    assert (row.state, row.attempts) == ("given_up", 12)
    assert "simulated outage" in row.last_error
    found = actions.reconcile(system=TOBACCO, now=ready.house.now).found
    assert not found["reachable"]
    assert found["lists"]["not_taken"] == [row.number]

    simulator(settings, folders)
    assert actions.resend(system=TOBACCO, by=SYSTEM, now=ready.house.now, wall=ANY_TIME) == 1
    assert actions.send_due(now=ready.house.now, wall=ANY_TIME) == 1


def test_the_operator_sees_and_says_how_the_links_stand(ready, capsys):
    assert cli_status([]) == 0
    assert "链路正常" in capsys.readouterr().out
    assert cli_down([TOBACCO, "专线故障"]) == 0
    assert cli_status(["--rejects"]) == 1
    assert "链路中断（专线故障）" in capsys.readouterr().out
    assert cli_reconcile(["--json"]) == 1
    assert cli_up([TOBACCO]) == 0


def test_a_withdrawn_case_takes_no_decision(ready):
    from tongban.cases.actions import withdraw_case

    withdraw_case(case_id=ready.case(ITEM).pk, by=ready.applicant, now=ready.house.now)
    with transaction.atomic():
        hear_all(ready)
    assert ready.states()[ITEM] == "withdrawn"
    assert len(queries.rejects_of(TOBACCO)) == 4
