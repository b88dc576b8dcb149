"""Dump, and restore into a fresh cluster, where transaction ids start anew and mean nothing."""

import os
import subprocess

import psycopg
import pytest

from tests.harness.databases import address, pointed
from tests.records.scenes import (
    CLERK,
    Listener,
    entry,
    feed,
    holds,
    in_order,
    own_subscribers,
    raw_append,
    wipe,
    write,
)
from tongban.config import postgres
from tongban.records import actions, queries

BURN = "DO $$ BEGIN FOR i IN 1..%s LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
DATA = {"name": "艾力"}


@pytest.fixture(autouse=True)
def _own_subscribers():
    with own_subscribers():
        yield


def run(server, program, *words, **more):
    """A client program of the server, as its superuser."""
    reach = ("-h", server.socket_dir, "-p", str(server.port), "-U", postgres.SUPERUSER)
    done = subprocess.run(
        [server.bin / program, *reach, *words],
        env={**os.environ, "PGPASSWORD": server.password(postgres.SUPERUSER)},
        capture_output=True,
        check=False,
        **more,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture
def restore(django_db_blocker):
    """restore(server, dump): a new database with it, gone after the test; its address."""
    made = []

    def into(server, text):
        name = f"test_restored_{os.getpid()}_{len(made)}"
        with server.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER tongban_owner")
        made.append((server, name))
        run(server, "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", name, input=text)
        return address(server, name)

    yield into
    for server, name in made:
        with server.connect() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def burn(server, count):
    """Use up transaction ids."""
    with server.connect() as connection:
        connection.execute(BURN % count)


def history(own):
    """A subscriber, and a dump with three fed entries, two unfed, one lost and one unfinished."""
    wipe(own.server, own.name)
    listener = Listener("listener")
    for member in (1, 2, 1):
        write(entry("join", member=member))
    actions.sequence()
    actions.drain()
    write(entry("pay", member=2, private=DATA, private_subject=5))
    with own.connect() as gone:
        raw_append(gone, 3, "gone")
        gone.rollback()
    with own.connect() as unfinished:
        raw_append(unfinished, 4, "unfinished")
        write(entry("pay", member=1))
        text = run(own.server, "pg_dump", own.name)
        unfinished.rollback()
    return listener, text


def lives_on(listener):
    """What must hold wherever the dump is restored: order, cursor, keys, and new entries."""
    assert queries.fed_until() == 3
    assert [actions.sequence(), actions.sequence()] == [2, 0]
    assert [verb for *_, verb in feed()][3:] == ["pay", "pay"]
    listener.heard.clear()
    actions.drain()
    assert listener.heard == [4, 5]
    paid = queries.last_entry("member", 2)
    assert actions.read_private(paid.id, by=CLERK, why="w") == DATA

    write(entry("play", member=1), entry("play", member=2))
    assert actions.sequence() == 2
    in_order(feed())
    assert holds()


@pytest.mark.kill
@pytest.mark.parametrize("ahead", ["the old server", "the new server"])
def test_a_dump_restored_into_a_fresh_cluster_loses_nothing(
    own_cluster, own_database, restore, django_db_blocker, ahead
):
    burn(own_database.server if ahead == "the old server" else own_cluster.server, 5_000)
    listener, text = history(own_database)

    with pointed(restore(own_cluster.server, text), django_db_blocker):
        lives_on(listener)


@pytest.mark.kill
def test_when_the_new_server_reaches_the_old_ids_nothing_is_fed_twice_or_lost(
    own_cluster, own_database, restore, django_db_blocker
):
    burn(own_database.server, 3_000)
    listener, text = history(own_database)

    with pointed(restore(own_cluster.server, text), django_db_blocker):
        lives_on(listener)
        for _ in range(8):
            burn(own_cluster.server, 1_000)
            write(entry("play", member=3))
            assert actions.sequence() == 1
        in_order(feed())
        assert holds()


@pytest.mark.kill
def test_a_foreign_transaction_in_the_new_cluster_arrives_after_the_first_sequencing(
    own_cluster, own_database, restore, django_db_blocker
):
    _, text = history(own_database)
    restored = restore(own_cluster.server, text)

    with pointed(restored, django_db_blocker):
        with psycopg.connect(**restored.psycopg()) as slow:
            raw_append(slow, 7, "slow")
            assert actions.sequence() == 2
        assert actions.sequence() == 1
        assert feed()[-1][3] == "slow"


def test_a_dump_restored_on_the_same_server_loses_nothing(
    own_database, restore, django_db_blocker
):
    listener, text = history(own_database)

    with pointed(restore(own_database.server, text), django_db_blocker):
        lives_on(listener)


def test_the_restored_tables_still_refuse_changes(own_database, restore):
    _, text = history(own_database)
    restored = restore(own_database.server, text)

    with (
        psycopg.connect(**restored.psycopg()) as program,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        program.execute("DELETE FROM records_entry")
    with (
        own_database.server.connect(restored.name) as superuser,
        pytest.raises(psycopg.errors.RestrictViolation),
    ):
        superuser.execute("DELETE FROM records_entry")
