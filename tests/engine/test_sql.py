"""How an action talks to the server: two messages, Django's state and errors as ever."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from tests.engine import tennis
from tests.engine.conftest import new_party
from tongban.engine.actions import Act
from tongban.engine.models import Proceeding
from tongban.records.models import Entry

DOUBLE_STEP = (
    "INSERT INTO engine_step (proceeding_id, code, queue, region, whose, state, opened_at,"
    " rank_at, turn, outcome) VALUES (%s, 'look', 'q', '65', 'government', 'open', %s, %s, 0, '')"
)
STRAY_STEP = DOUBLE_STEP.replace("look", "stray")


def welcome(proceeding_id, *, also=()):
    with Act(by=tennis.steward(), now=tennis.MONDAY) as act:
        for statement, values in also:
            act.also(statement, values)
        act.move(act.lock(proceeding_id), "welcome")


def state_of(proceeding_id):
    return Proceeding.objects.get(id=proceeding_id).state


def test_an_action_outside_a_transaction_is_committed_when_its_block_ends(own_database):
    asked = tennis.ask(new_party().id)[0]
    welcome(asked.id)
    assert connection.get_autocommit()
    connection.close()
    assert state_of(asked.id) == "member"


def test_an_action_inside_a_transaction_is_undone_with_it(own_database):
    asked = tennis.ask(new_party().id)[0]
    with transaction.atomic():
        welcome(asked.id)
        transaction.set_rollback(True)
    assert state_of(asked.id) == "asked"


def test_what_waits_for_the_commit_runs_after_it(own_database):
    asked = tennis.ask(new_party().id)[0]
    seen = []
    with Act(by=tennis.steward(), now=tennis.MONDAY) as act:
        act.move(act.lock(asked.id), "welcome")
        transaction.on_commit(lambda: seen.append(state_of(asked.id)))
        assert seen == []
    assert seen == ["member"]


def test_a_refused_row_of_a_room_is_djangos_error_and_writes_nothing(own_database):
    asked = tennis.ask(new_party().id)[0]
    at = tennis.MONDAY
    with pytest.raises(IntegrityError, match="engine_step_open_once"):
        welcome(asked.id, also=[(DOUBLE_STEP, [asked.id, at, at])])
    assert state_of(asked.id) == "asked"
    assert Entry.objects.filter(stream="proceeding", stream_id=asked.id).count() == 1


def test_what_the_commit_refuses_is_djangos_error_and_writes_nothing(own_database):
    asked = tennis.ask(new_party().id)[0]
    at = tennis.MONDAY
    with pytest.raises(IntegrityError, match="foreign key"):
        welcome(asked.id, also=[(STRAY_STEP, [asked.id + 1000, at, at])])
    assert state_of(asked.id) == "asked"
    welcome(asked.id)
    assert state_of(asked.id) == "member"


def test_a_broken_transaction_takes_no_further_action(asked):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            welcome(asked.id)


class Unreadable:
    def __str__(self):
        raise RuntimeError("no text")


def test_half_a_conversation_closes_the_session_and_the_next_action_gets_another(own_database):
    asked = tennis.ask(new_party().id)[0]
    with pytest.raises(RuntimeError, match="no text"):
        welcome(asked.id, also=[("SELECT 1", ()), ("SELECT %s::text", [Unreadable()])])
    assert state_of(asked.id) == "asked"
    welcome(asked.id)
    assert state_of(asked.id) == "member"


def test_values_of_a_rooms_row_arrive_as_they_are(asked):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE told"
            " (a text, b text, c bool, d bool, e int, f timestamptz, g jsonb)"
        )
    row = ["天山·“100%s”", None, True, False, 7, tennis.MONDAY]
    places = ", ".join(["%s"] * 7)
    welcome(asked.id, also=[(f"INSERT INTO told VALUES ({places})", [*row, b'{"a": 1}'])])
    with connection.cursor() as cursor:
        cursor.execute("SELECT a, b, c, d, e, f, g ->> 'a' FROM told")
        assert list(cursor.fetchone()) == [*row, "1"]
