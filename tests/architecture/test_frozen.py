"""A migration that has run anywhere is not edited: a new one replaces what it did."""

import os

import pytest

from tongban.config import frozen
from tongban.config.frozen import FunctionsDifferError, compare_functions

UPDATING = bool(os.environ.get("UPDATE"))
ADVICE = (
    "Databases that ran it keep the old functions: nothing runs a migration twice. Put the text "
    "back, and write a new migration with CREATE OR REPLACE (CONTRIBUTING.md, 'Changed SQL')."
)
RECORD_IT = "Record it: UPDATE=1 .venv/bin/pytest -n0 tests/architecture/test_frozen.py"


def test_the_sql_of_old_migrations_is_what_it_was():
    then, now = frozen.record()["migrations"], frozen.migrations()

    edited = sorted(name for name in then if now.get(name) != then[name])
    assert not edited, f"The SQL of {', '.join(edited)} was edited. {ADVICE}"


@pytest.mark.django_db
def test_new_migrations_and_what_they_leave_are_on_record():
    kept = frozen.record()
    migrations, functions = frozen.migrations(), frozen.functions()
    if UPDATING:
        # Only what is new: what was edited is never made good by an update.
        frozen.write(migrations=migrations | kept["migrations"], functions=functions)
        return

    new = sorted(migrations.keys() - kept["migrations"].keys())
    assert not new, f"{', '.join(new)} is not on record. {RECORD_IT}"
    assert functions == kept["functions"], f"The functions changed with a migration. {RECORD_IT}"


def test_a_database_of_an_edited_migration_is_told(own_database, owner):
    compare_functions()

    owner.execute(
        "create or replace function records_refuse_change() returns trigger language plpgsql"
        " as $$ begin return new; end $$"
    )

    with pytest.raises(FunctionsDifferError, match="not those of this version: records_refuse"):
        compare_functions()


def test_a_migration_that_is_not_on_record_yet_hinders_nobody(own_database, monkeypatch):
    kept = frozen.record()
    kept["migrations"].popitem()
    kept["functions"].clear()
    monkeypatch.setattr(frozen, "record", lambda: kept)

    compare_functions()
