"""The worker killed (kill -9) while it delivers or hears: nothing lost, nothing twice."""

import os
import signal
import time

import pytest
from django.db import connections

from tests.city.house import moment
from tests.city.lives import applied
from tests.documents.fakes import fake
from tests.exchange.conftest import KEYS, TOBACCO
from tests.exchange.saying import ANY_TIME, ITEM, outbound, say, story
from tongban.engine.queries import audit_clocks
from tongban.exchange import actions
from tongban.exchange.actions import hearing
from tongban.exchange.gateways import Simulator
from tongban.exchange.models import Arrival, Reject, Sending
from tongban.records.models import Entry
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

pytestmark = pytest.mark.kill


class Halting(Simulator):
    """It stays where the worker is to die: before it has taken a message, or after."""

    def __init__(self, mark, where, **how):
        super().__init__(**how)
        object.__setattr__(self, "mark", mark)
        object.__setattr__(self, "where", where)

    def deliver(self, envelope):
        if self.where == "before":
            halt(self.mark)
        receipt = super().deliver(envelope)
        halt(self.mark)
        return receipt


def halt(mark):
    mark.touch()
    time.sleep(120)


def die_in(work, mark):
    """Fork a worker that does this and is killed when it has come to its mark."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        try:
            work()
        finally:
            os._exit(1)
    deadline = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < deadline:
        if os.waitpid(worker, os.WNOHANG)[0]:
            pytest.fail("the worker ended before it was killed")
        time.sleep(0.02)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    assert mark.exists()
    mark.unlink()


@pytest.fixture
def accepted(own_linked):
    """Accepted and queued, but no job has run yet."""
    own_linked.go("2026-09-07 10:30")
    life = applied(own_linked, "restaurant")
    own_linked.go("2026-09-08 11:00")
    from tongban.packages.actions import accept_application

    accept_application(package_id=life.package_id, by=life.window, now=own_linked.now)
    own_linked.rest(jobs=False)
    return life


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_worker_killed_while_it_delivers_sends_once_in_the_end(
    accepted, where, settings, folders, tmp_path
):
    mark, whole = tmp_path / "delivering", settings.DEPARTMENT_SYSTEMS
    how = {"code": TOBACCO, "folder": folders / TOBACCO, "key": KEYS[TOBACCO]}
    row = Sending.objects.get()
    settings.DEPARTMENT_SYSTEMS = whole | {TOBACCO: fake(Halting, mark=mark, where=where, **how)}
    now = accepted.house.now

    die_in(lambda: actions.send(sending_id=row.pk, now=now, wall=ANY_TIME), mark)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 1)
    assert len(outbound()) == (where == "after")

    settings.DEPARTMENT_SYSTEMS = whole
    assert not actions.send(sending_id=row.pk, now=now, wall=ANY_TIME)
    assert actions.send_due(now=now, wall=ANY_TIME.replace(year=2101)) == 1
    accepted.house.rest()
    row.refresh_from_db()
    assert (row.state, row.attempts, len(outbound())) == ("acknowledged", 2, 1)


def test_a_worker_killed_while_it_hears_leaves_nothing_half_done(accepted, tmp_path, monkeypatch):
    house, mark = accepted.house, tmp_path / "hearing"
    house.rest()
    now = house.go("2026-09-10 18:00")
    told = story(accepted.case(ITEM), moment("2026-09-09 11:00"))
    before = hearing._act
    for one in told:

        def act_and_stay(*words):
            before(*words)
            halt(mark)

        monkeypatch.setattr(hearing, "_act", act_and_stay)
        count = Entry.objects.count()
        die_in(lambda one=one: say(one, now), mark)
        assert Entry.objects.count() == count
        assert not Arrival.objects.filter(message_id=one["id"]).exists()
        monkeypatch.setattr(hearing, "_act", before)
        assert say(one, now).state == "applied"
    house.rest()

    assert accepted.states()[ITEM] == "granted"
    assert not Reject.objects.exists()
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=house.now)).holds


def test_copies_that_come_in_the_same_moment_are_one_message(accepted, race):
    house = accepted.house
    house.rest()
    now = house.go("2026-09-10 18:00")
    told = story(accepted.case(ITEM), moment("2026-09-09 11:00"))

    heard = race(*(lambda one=one: say(one, now) for one in (*reversed(told), *told)))
    house.rest()

    assert {one.state for one in heard} <= {"applied", "waiting"}, heard
    assert sorted(Arrival.objects.values_list("copies", flat=True)) == [2, 2, 2, 2]
    assert accepted.states()[ITEM] == "granted"
