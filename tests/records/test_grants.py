"""History only grows: the running program may not change it, and a trigger refuses whoever may."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from tests.records.scenes import NOW, club
from tongban.records import actions
from tongban.records.sql import APPEND_ONLY, RUNTIME_GRANTS

HISTORY = sorted(table for table, rights in RUNTIME_GRANTS.items() if rights == APPEND_ONLY)
CHANGES = ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"]
COLUMN = {
    "records_entry": "verb",
    "records_feed": "entry_id",
    "records_seal": "root",
    "records_accessread": "why",
    "records_accessseal": "root",
}


def _command(change, table):
    return change.format(table, COLUMN[table], COLUMN[table])


def test_these_tables_are_history():
    assert sorted(COLUMN) == HISTORY


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("change", CHANGES)
def test_the_running_program_may_only_add(db, table, change):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(_command(change, table))


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("change", CHANGES)
def test_even_the_owner_is_refused(owner, table, change):
    with pytest.raises(psycopg.errors.RestrictViolation, match=f"{table} refuses"):
        owner.execute(_command(change, table))


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE records_entry DISABLE TRIGGER records_entry_grows",
        "DROP TRIGGER records_entry_grows ON records_entry",
        "DROP TABLE records_entry",
        "SET session_replication_role = replica",
        "SET ROLE tongban_owner",
        "ALTER FUNCTION records_refuse_change() RENAME TO records_let_it_pass",
        "DELETE FROM records_subjectkey",
        "DELETE FROM records_subscription",
        "DELETE FROM records_sequencer",
        "DELETE FROM records_cityclock",
        "INSERT INTO records_cityclock (id, mode, not_before) VALUES (1, 'frozen', now())",
    ],
)
def test_the_running_program_cannot_get_around_it(db, attempt):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner|must be able"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attempt)


def test_the_running_program_can_do_its_work(db):
    club(members=1)
    actions.drain_all()
    actions.seal(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, records_cluster() <> ''")
        assert cursor.fetchone() == ("tongban_app", True)
