import urllib.request
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from tongban.config import actions
from tongban.config.models import Heartbeat
from tongban.records.queries import city_now


def _beat(name):
    actions.beat(name=name, failing=[], now=datetime(2026, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize("round_", [1, 2])
def test_an_ordinary_test_rolls_back(db, round_):
    assert not Heartbeat.objects.exists()

    _beat("here")

    assert Heartbeat.objects.count() == 1


def test_a_database_of_ones_own_commits_and_threads_meet_in_it(own_database, race):
    results = race(lambda: _beat("one"), lambda: _beat("two"))

    assert results == [None, None]
    with own_database.connect() as other:
        names = other.execute("select name from config_heartbeat order by name").fetchall()
    assert names == [("one",), ("two",)]


def test_the_runtime_role_cannot_change_tables_but_the_owner_can(own_database, owner):
    with connection.cursor() as cursor, pytest.raises(Exception, match="must be owner"):
        cursor.execute("alter table config_heartbeat add column more text")

    owner.execute("alter table config_heartbeat add column more text")


@pytest.mark.kill
def test_a_killed_server_comes_back_with_everything_committed(own_cluster):
    _beat("before")

    own_cluster.kill()
    own_cluster.wait()
    connection.close()

    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["before"]


def test_a_test_reaches_nothing_outside(db):
    with pytest.raises(Exception, match="only loopback"):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)


def test_the_city_stands_where_a_test_puts_it(db, city_at):
    at = city_at("2026-09-21 09:30")

    assert city_now() == at
    assert at == datetime(2026, 9, 21, 1, 30, tzinfo=UTC)


def test_threads_of_a_race_see_errors_of_the_database(own_database, race):
    with own_database.connect(autocommit=True) as other:
        results = race(lambda: other.execute("select 1/0"))

    assert isinstance(results[0], psycopg.errors.DivisionByZero)
