"""Appending: numbers, links and hashes, the same in SQL and in Python."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.records import scenes
from tests.records.scenes import CLERK, NOW, entry, write
from tongban.records import models, queries, sql
from tongban.records.events import NewEntry
from tongban.records.rules.chain import entry_hash, genesis, rounds

pytestmark = pytest.mark.django_db

ACTION = UUID("0b5c7f5c-8a39-4c5b-9a4c-0a3d4b7b8f11")
# PostgreSQL keeps every character but NUL; lone surrogates are no characters.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
numbers = st.one_of(
    st.integers(-(10**20), 10**20), st.decimals(allow_nan=False, allow_infinity=False).map(str)
)
bodies = st.dictionaries(
    texts, st.recursive(st.one_of(texts, numbers, st.booleans(), st.none()), st.lists), max_size=4
)


def stored():
    return [row for _, _, row in sql.stored_entries()]


def test_entries_of_a_stream_are_numbered_and_linked():
    write(entry("join"))
    write(entry("pay"), entry("join", member=2))
    write(entry("play"))

    first, second, other, third = stored()

    assert [(e.seq, e.verb) for e in (first, second, third)] == [
        (1, "join"),
        (2, "pay"),
        (3, "play"),
    ]
    assert first.prev_hash == genesis("member", 1)
    assert [second.prev_hash, third.prev_hash] == [first.hash, second.hash]
    assert (other.stream_id, other.seq, other.prev_hash) == (2, 1, genesis("member", 2))


def test_all_entries_of_an_action_share_its_columns():
    ids = write(
        entry("join", member=2, fields=("name", "phone"), body={"court": 3}, basis="章程#4"),
        entry("join", member=1, public=True),
        place="大厅3号窗口",
        action_id=ACTION,
    )

    two, one = (queries.timeline("member", member)[0] for member in (2, 1))

    assert ids == [two.id, one.id]
    assert {two.action_id, one.action_id} == {ACTION}
    assert (two.actor_kind, two.actor_id, two.at, two.place) == ("staff", 7, NOW, "大厅3号窗口")
    assert (two.fields, two.body, two.basis) == (("name", "phone"), {"court": 3}, "章程#4")
    assert (two.public, one.public) == (False, True)


def test_several_entries_of_one_stream_in_one_action_keep_their_order():
    ids = write(entry("join"), entry("join", member=2), entry("pay"), entry("play"))

    assert [e.id for e in queries.timeline("member", 1)] == [ids[0], ids[2], ids[3]]
    assert [e.verb for e in queries.timeline("member", 1)] == ["join", "pay", "play"]


@given(st.lists(st.integers(1, 3), max_size=12))
def test_rounds_hold_each_entry_once_and_no_stream_twice(members):
    entries = [entry(member=member) for member in members]

    turns = rounds(entries)

    assert sorted(index for turn in turns for index in turn) == list(range(len(members)))
    for turn in turns:
        assert len({members[index] for index in turn}) == len(turn)
    for member in set(members):
        order = [index for turn in turns for index in turn if members[index] == member]
        assert order == sorted(order)


def test_what_is_left_out_is_empty():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT records_append(%s, %s, 'system', 0, NULL, %s::jsonb)",
            [uuid4(), NOW, '[{"stream": "member", "stream_id": 9, "verb": "join"}]'],
        )

    (only,) = stored()

    assert (only.region, only.place, only.basis, only.fields, only.body) == ("", "", "", (), "{}")
    assert (only.public, only.private, only.private_subject) == (False, None, None)
    assert only.hash == entry_hash(only)


new_entries = st.builds(
    NewEntry,
    stream=texts,
    stream_id=st.just(-5),
    verb=texts,
    region=texts,
    basis=texts,
    fields=st.lists(texts, max_size=3).map(tuple),
    body=bodies,
    public=st.booleans(),
)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(new_entries, moments, texts)
def test_python_and_the_database_hash_every_text_alike(db, new, at, place):
    with transaction.atomic():
        write(new, new, now=at, place=place)

        found = stored()
        transaction.set_rollback(True)

    assert [e.hash for e in found] == [entry_hash(e) for e in found]
    assert found[1].prev_hash == found[0].hash


def test_the_hash_does_not_depend_on_how_a_session_writes_dates():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'German'")
        cursor.execute("SET LOCAL timezone = 'America/New_York'")
        cursor.execute("SET LOCAL bytea_output = 'escape'")
        cursor.execute("SET LOCAL extra_float_digits = 0")
        write(entry(body={"share": 0.1, "sum": 1.50}, private={"a": 1}, private_subject=3))
        # Django and the driver read nothing else.
        cursor.execute("SET LOCAL datestyle = 'ISO'")
        cursor.execute("SET LOCAL timezone = 'UTC'")

    (only,) = stored()

    assert only.hash == entry_hash(only)


def test_an_action_that_fails_leaves_nothing():
    with pytest.raises(IntegrityError), transaction.atomic():
        write(entry(member=1), NewEntry(stream="member", stream_id=2, verb=None))

    assert stored() == []


def test_two_entries_for_one_stream_in_one_call_cannot_fork_its_history():
    row = '{"stream": "member", "stream_id": 1, "verb": "join"}'

    with (
        pytest.raises(IntegrityError, match="records_entry_stream_seq"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT records_append(%s, %s, 'system', 0, '', %s::jsonb)",
            [uuid4(), NOW, f"[{row}, {row}]"],
        )


def test_one_action_is_one_insert(django_assert_num_queries):
    with django_assert_num_queries(4):  # savepoint, lock, append, release
        write(*(entry(member=member) for member in range(5)))


def test_the_public_timeline_leaves_out_what_is_not_public():
    scenes.club(members=1)

    assert [e.verb for e in queries.timeline("member", 1)] == ["join", "pay", "play"]
    assert [e.verb for e in queries.timeline("member", 1, public_only=True)] == ["join", "play"]


def test_histories_of_several_streams_come_in_one_statement(django_assert_num_queries):
    scenes.club(members=2, verbs=("join", "pay"))

    with django_assert_num_queries(1):
        found = queries.entries_of("member", [1, 2, 99])

    assert {key: [e.verb for e in value] for key, value in found.items()} == {
        1: ["join", "pay"],
        2: ["join", "pay"],
        99: [],
    }


def test_the_last_entry_of_a_stream():
    scenes.club(members=1)

    assert queries.last_entry("member", 1).verb == "play"
    assert queries.last_entry("member", 2) is None


def test_the_actor_is_who_did_it():
    write(entry(), by=CLERK)

    assert str(models.Entry.objects.get()) == "member/1#1 join"
