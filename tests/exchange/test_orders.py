"""However messages come, the case ends as the history in its order says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.city.house import moment
from tests.documents.fakes import fake
from tests.exchange.conftest import KEYS, TOBACCO
from tests.exchange.saying import ANY_TIME, ITEM, say, story
from tongban.engine.models import Clock, Step
from tongban.engine.queries import audit_clocks
from tongban.exchange import actions
from tongban.exchange.gateways import Simulator, Troubles
from tongban.exchange.models import Arrival, Reject, Sending
from tongban.licences.models import Licence
from tongban.records.models import Entry

START = moment("2026-09-09 11:00")


@dataclass
class Expected:
    """The oracle: what an ordered history means, in plain words and by none of our code."""

    state: str = "accepted"
    stopped: object = None
    licence: str = ""
    verbs: tuple = ()

    def told(self, one):
        at = moment(one["event_at"])
        if one["kind"] == "taken_in":
            self.verbs += (("take_in_elsewhere", at),)
        elif one["kind"] == "step" and self.state == "accepted":
            self.verbs += (("pass_step", at),)
        elif one["kind"] == "decision" and self.state == "accepted":
            self.stopped = at
            self.state = "producing" if one["result"] == "grant" else "denied"
            self.verbs += (("grant" if one["result"] == "grant" else "deny", at),)
        elif one["kind"] == "licence" and self.state == "producing":
            self.state, self.licence = "granted", one["number"]
            self.verbs += (("issue", at),)
        return self


def expected(history):
    oracle = Expected()
    for one in sorted(history, key=lambda told: told["seq"]):
        oracle.told(one)
    return oracle


def found(life):
    case = life.case(ITEM)
    verbs = ("take_in_elsewhere", "pass_step", "grant", "deny", "issue")
    entries = Entry.objects.filter(stream="proceeding", stream_id=case.pk, verb__in=verbs)
    stopped = Clock.objects.get(proceeding=case, name="legal").stopped_at
    licence = Licence.objects.filter(type_code=ITEM).first()
    return Expected(
        case.state,
        stopped,
        licence.number if licence else "",
        tuple(entries.order_by("seq").values_list("verb", "at")),
    )


@pytest.fixture
def ready(handed):
    handed.house.go("2026-09-10 18:00")
    return handed


comings = st.lists(st.integers(0, 3), max_size=12)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(4)), again=comings, deny=st.booleans(), seed=st.integers())
def test_any_order_and_any_copies_end_as_the_ordered_history(ready, order, again, deny, seed):
    case, now = ready.case(ITEM), ready.house.now
    told = story(case, START, deny=deny)
    coming = [told[n] for n in (*order, *again) if n < len(told)]
    Random(seed).shuffle(coming)  # noqa: S311 -- a test
    with transaction.atomic():
        for minute, one in enumerate(coming):
            say(one, now + timedelta(minutes=minute))
        assert found(ready) == expected(told)
        assert not Reject.objects.exists()
        assert set(Arrival.objects.values_list("state", flat=True)) == {"applied"}
        assert not Step.objects.filter(proceeding=case, state="open").exists()
        copies = sum(Arrival.objects.values_list("copies", flat=True))
        assert copies == len(coming)
        transaction.set_rollback(True)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(keep=st.sets(st.integers(0, 3)), order=st.permutations(range(4)))
def test_what_is_missing_holds_up_only_what_comes_after_it(ready, keep, order):
    case, now = ready.case(ITEM), ready.house.now
    told = story(case, START)
    with transaction.atomic():
        for n in order:
            if n in keep:
                say(told[n], now)
        whole = next((n for n in range(4) if n not in keep), 4)
        assert found(ready) == expected(told[:whole])
        waiting = Arrival.objects.filter(state="waiting")
        assert waiting.count() == len([n for n in keep if n > whole])
        transaction.set_rollback(True)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    late=st.sampled_from([0.0, 0.5, 1.0]),
    twice=st.sampled_from([0.0, 0.6, 1.0]),
    deaf=st.sampled_from([0.0, 1.0]),
    out=st.tuples(st.integers(0, 20), st.integers(0, 10)),
    denies=st.booleans(),
)
def test_the_simulator_with_every_trouble_ends_as_its_own_history(
    linked_simulator, seed, late, twice, deaf, out, denies
):
    """Late, twice, deaf and out of reach for hours: nothing is lost and nothing happens twice."""
    ready, put = linked_simulator
    house = ready.house
    sending = Sending.objects.get()
    begins = house.now + timedelta(hours=out[0])
    troubles = Troubles(
        late=late, twice=twice, deaf=deaf, outages=((begins, begins + timedelta(hours=out[1])),)
    )
    with transaction.atomic():
        simulator = put(seed, troubles, frozenset({ITEM}) if denies else frozenset())
        Sending.objects.filter(pk=sending.pk).update(state="queued", attempts=0)
        for turn in range(24):
            house._set(house.now + timedelta(hours=3))
            actions.send_due(now=house.now, wall=ANY_TIME + timedelta(hours=2 * turn))
            actions.collect(system=TOBACCO, now=house.now)
        sending.refresh_from_db()
        assert sending.state == "acknowledged"
        history = simulator.history(ready.case(ITEM).number)
        assert found(ready) == expected(history)
        assert not Reject.objects.exists()
        assert Arrival.objects.count() == len(history)
        assert list(audit_clocks()) == []
        transaction.set_rollback(True)


@pytest.fixture
def linked_simulator(handed, settings, folders):
    count = iter(range(1_000_000))

    def put(seed, troubles, denies):
        settings.DEPARTMENT_SYSTEMS = settings.DEPARTMENT_SYSTEMS | {
            TOBACCO: fake(
                Simulator, code=TOBACCO, folder=folders / f"sim{next(count)}", key=KEYS[TOBACCO],
                seed=seed, troubles=troubles, denies=denies,
            )
        }  # fmt: skip
        from tongban.exchange.gateways import department_system

        return department_system(TOBACCO)

    return handed, put
