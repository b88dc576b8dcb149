"""The database killed (kill -9) under a load of submissions and decisions.

Whatever was acknowledged is there, nothing is there twice, and the journal and the clocks agree.
"""

import threading

import pytest
from django.db import connections

from tests.city.applying import write_draft
from tests.city.lives import Life
from tests.city.wishes import wish
from tongban.cases.actions import decide_case, pass_step
from tongban.cases.models import Decision
from tongban.cases.rules import DecidedByAnother
from tongban.cases.states import Result
from tongban.engine.models import Proceeding, Step
from tongban.engine.queries import audit_clocks
from tongban.engine.rules import TakenByColleague
from tongban.kernel.refusals import MoveNotAllowed
from tongban.packages.actions import accept_application, submit_application
from tongban.packages.models import Application
from tongban.records.models import Entry
from tongban.records.queries import export_lines, subscriptions
from tongban.records.rules.verification import verify

pytestmark = [pytest.mark.kill, pytest.mark.slow]

ITEM = "small-eatery-registration"
APPLICATIONS = 14
KILLS = 2


def submitting(load, house, by, draft, key):
    def work():
        filed = load.insist(
            lambda: submit_application(draft_id=draft, key=key, by=by, now=house.now)
        )
        load.acknowledged[key] = filed.number

    return work


def deciding(load, house, life):
    """Accept, review and grant one application, each until it is acknowledged."""
    window = life.window
    reviewer, decider = house.actor("zhang.reviewer"), house.actor("sun.decider")
    now, case = house.now, life.case(ITEM)

    def once(act):
        def until_it_is_done():
            while True:
                try:
                    return act()
                except (DecidedByAnother, MoveNotAllowed):
                    return None  # it was done, and the answer was lost
                except TakenByColleague:
                    Step.objects.filter(proceeding=case, state="open").update(assignee_id=None)

        load.insist(until_it_is_done)

    def work():
        once(lambda: accept_application(package_id=life.package_id, by=window, now=now))
        once(lambda: pass_step(case_id=case.id, step_code="review", opinion="符合",
                               by=reviewer, now=now))  # fmt: skip
        once(lambda: decide_case(case_id=case.id, result=Result.GRANT, reasons="",
                                 by=decider, now=now))  # fmt: skip
        load.granted.add(case.id)

    return work


@pytest.fixture
def house(killed_house):
    return killed_house


@pytest.fixture
def lives(house):
    """Applications that are filed already and wait for their decision."""
    made = wish("snack-shop")
    by = house.actor(made.login)
    drafts = [write_draft(house, made) for _ in range(4)]
    filed = [
        submit_application(draft_id=draft, key=f"before{i}", by=by, now=house.now)
        for i, draft in enumerate(drafts)
    ]
    house.rest(jobs=False)
    return [Life(house, made, one.proceeding_id, one.number) for one in filed]


@pytest.fixture
def submissions(house, load):
    made = wish("snack-shop")
    by = house.actor(made.login)
    return [
        submitting(load, house, by, write_draft(house, made), f"key{i}")
        for i in range(APPLICATIONS)
    ]


def test_a_database_killed_under_load_keeps_every_acknowledged_act_once(
    house, load, lives, submissions, race
):
    workers = [threading.Thread(target=load.worker) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        results = race(
            load.client(submissions[::2]),
            load.client(submissions[1::2]),
            load.client([deciding(load, house, life) for life in lives]),
            load.killing(KILLS, APPLICATIONS),
        )
    finally:
        load.done.set()
        for worker in workers:
            worker.join(60)

    assert results == [None] * 4
    assert load.crashes > 0
    connections.close_all()
    house.rest(jobs=False)
    nothing_is_lost_and_nothing_twice(load, lives)
    assert verify(export_lines(now=house.now)).holds
    assert list(audit_clocks()) == []
    assert all(s.behind == 0 and not s.error for s in subscriptions())


def nothing_is_lost_and_nothing_twice(load, lives):
    kept = dict(Application.objects.values_list("idempotency_key", "proceeding__number"))
    assert load.acknowledged.items() <= kept.items()
    assert len(load.acknowledged) == APPLICATIONS
    assert Proceeding.objects.filter(kind="package").count() == APPLICATIONS + len(lives)
    assert load.granted == {life.case(ITEM).id for life in lives}
    for case_id in load.granted:
        assert Decision.objects.filter(proceeding_id=case_id).count() == 1
        assert Entry.objects.filter(stream_id=case_id, verb="grant").count() == 1
    checks = Proceeding.objects.filter(kind="case", facts__item="licence-check")
    assert set(checks.values_list("state", flat=True)) == {"granted"}
