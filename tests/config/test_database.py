import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from tests.harness.databases import drop, url
from tongban.config import database, setup
from tongban.config.options import CHECKOUT, OptionError, Options


def test_the_tests_run_on_the_embedded_server_as_the_runtime_role(db):
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_setting('server_version_num')::int")
        user, version = cursor.fetchone()

    assert user == "tongban_app"
    assert version >= 150000


def test_an_address_is_read_whole():
    found = database.parse("postgresql://me:p%40ss@db.example:5433/city?sslmode=require")

    assert found == database.Address(
        name="city",
        user="me",
        password="p@ss",
        host="db.example",
        port="5433",
        parameters=(("sslmode", "require"),),
    )


def test_several_hosts_with_failover_are_read():
    found = database.parse(
        "postgresql://me@/city?host=one,two&port=5432,5433&target_session_attrs=read-write"
    )

    assert (found.host, found.port) == ("one,two", "5432,5433")
    assert found.parameters == (("target_session_attrs", "read-write"),)


@pytest.mark.parametrize("text", ["mysql://a@b/c", "postgresql://a@b/", "sqlite:///x", "city"])
def test_another_database_is_refused(text):
    with pytest.raises(OptionError, match="PostgreSQL is the only database"):
        database.parse(text)


def test_the_owner_of_a_real_server_has_its_own_address():
    options = Options(
        database_url="postgresql://app@h/city", owner_database_url="postgresql://owner@h/city"
    )

    assert database.address(options).user == "app"
    assert database.address(options, "owner").user == "owner"


def test_an_unknown_role_is_refused():
    with pytest.raises(OptionError, match="write app or owner"):
        database.address(Options(database_role="root"))


@pytest.fixture
def empty(server):
    """A database of somebody's own: there are two roles, and nothing in it."""
    name = f"test_empty_{os.getpid()}"
    server.prepare(name, owner=database.OWNER_ROLE, users=(database.APP_ROLE,))
    yield name
    with server.connect() as superuser:
        drop(superuser, name)


def _migrate(server, name, **more):
    addresses = {
        "DATABASE_URL": url(server, name, database.APP_ROLE),
        "TONGBAN_OWNER_DATABASE_URL": url(server, name, database.OWNER_ROLE),
    }
    return subprocess.run(
        [sys.executable, "-m", "tongban", "migrate"],
        cwd=CHECKOUT,
        env=os.environ | addresses | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_real_server_gets_tables_of_the_owner_and_rights_for_the_runtime(server, empty):
    done = _migrate(server, empty)

    assert done.returncode == 0, done.stderr
    with server.connect(empty, database.APP_ROLE) as app:
        owners = app.execute(
            "select distinct tableowner from pg_tables where schemaname = 'public'"
        ).fetchall()
        assert owners == [(database.OWNER_ROLE,)]
        assert app.execute("select count(*) from config_heartbeat").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("delete from django_migrations")


def test_a_server_that_is_away_is_told_without_a_traceback(server, empty):
    nowhere = "postgresql://tongban_app@127.0.0.1:1/city"
    done = _migrate(server, empty, DATABASE_URL=nowhere, TONGBAN_OWNER_DATABASE_URL=nowhere)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "connection" in done.stderr


def test_a_port_that_is_no_number_is_refused():
    with pytest.raises(OptionError, match="port in DATABASE_URL must be a number"):
        database.parse("postgresql://a:b@host:abc/name")


def test_a_set_up_for_a_real_server_makes_the_home_folder(db, tmp_path, monkeypatch):
    options = Options(home=tmp_path / "new" / "home")
    monkeypatch.setattr(setup, "STEPS", (setup.Step("one", "one", ("compile",), ()),))
    monkeypatch.setattr(setup, "_place", lambda _options: "here")
    done = []
    monkeypatch.setattr(setup, "_run", done.append)

    setup.set_up(options)
    setup.set_up(options)

    assert [step.name for step in done] == ["one"]
