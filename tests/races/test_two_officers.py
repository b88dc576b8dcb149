"""Two officers in the same second, on real commits."""

from datetime import timedelta

from tests.engine import tennis
from tests.engine.conftest import new_party
from tests.engine.tennis import MONDAY, steward
from tongban.engine.actions import Act
from tongban.engine.models import Proceeding
from tongban.kernel.refusals import MoveNotAllowed
from tongban.records.models import Entry

LATER = MONDAY + timedelta(hours=1)


def welcome(proceeding_id, account_id):
    def run():
        with Act(by=steward(account_id), now=LATER) as act:
            act.move(act.lock(proceeding_id), "welcome")
        return "done"

    return run


def test_of_two_officers_in_the_same_second_one_decides_and_one_is_told(own_database, race):
    asked = [tennis.ask(new_party().id)[0]] + [
        tennis.ask(new_party(code=str(i)).id)[0] for i in range(7)
    ]

    for one in asked:
        results = race(welcome(one.id, 7), welcome(one.id, 8))

        assert sorted(map(type, results), key=str) == sorted([str, MoveNotAllowed], key=str)
        assert Entry.objects.filter(stream_id=one.id, verb="welcome").count() == 1


def test_children_decided_at_once_are_each_counted_by_their_parent(own_database, race):
    parent, *children = tennis.ask(new_party().id, children=6)

    results = race(*(welcome(c.id, 7 + i) for i, c in enumerate(children)))

    assert results == ["done"] * 6
    assert Proceeding.objects.get(id=parent.id).open_children == 0
    assert Entry.objects.filter(stream_id=parent.id, verb="child_gone").count() == 1
