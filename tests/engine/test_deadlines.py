"""The sweep: one deadline that cannot fire does not hold up the city's others."""

from datetime import timedelta

import pytest

from tests.engine import tennis
from tests.engine.tennis import MONDAY
from tongban.engine.actions import sweep
from tongban.engine.actions.deadlines import DeadlinesFailed
from tongban.engine.models import Proceeding
from tongban.records.models import Entry

MUCH_LATER = MONDAY + timedelta(days=30)


def state(proceeding):
    return Proceeding.objects.get(id=proceeding.id).state


@pytest.fixture
def poisoned(party):
    """Three memberships whose time is over; the first is in a state that its room cannot leave."""
    lives = [tennis.ask(party.id, now=MONDAY + timedelta(hours=i))[0] for i in range(3)]
    Proceeding.objects.filter(id=lives[0].id).update(state="member")
    return lives


def test_a_deadline_that_cannot_fire_stops_only_itself(poisoned):
    sweep(MUCH_LATER)

    assert [state(one) for one in poisoned] == ["member", "turned_away", "turned_away"]


def test_a_deadline_that_cannot_fire_is_said_loudly_and_tried_again(poisoned):
    sweep(MUCH_LATER)
    with pytest.raises(DeadlinesFailed):
        sweep(MUCH_LATER)

    Proceeding.objects.filter(id=poisoned[0].id).update(state="asked")
    sweep(MUCH_LATER)

    assert state(poisoned[0]) == "turned_away"
    assert Entry.objects.filter(verb="drop").count() == 3
