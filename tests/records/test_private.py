"""Personal data: encrypted under the subject's key, read with a trace, gone when the key is."""

from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.records.scenes import CLERK, NOW, entry, export, write
from tongban.kernel.refusals import NotFound
from tongban.records import actions, models, queries
from tongban.records.actions import PersonalDataDestroyed
from tongban.records.rules import private
from tongban.records.rules.verification import verify

pytestmark = pytest.mark.django_db

DATA = {"name": "艾力·买买提", "phone": "13999999999"}
OLD, NEW = "o" * 48, "n" * 48


def personal(subject=31, data=DATA, **more):
    return write(entry(private=data, private_subject=subject, **more))[0]


def test_personal_data_is_read_back_by_whoever_gives_a_reason():
    entry_id = personal()

    assert actions.read_private(entry_id, by=CLERK, why="proceeding:5") == DATA


def test_nothing_personal_stands_in_the_table_in_the_clear():
    personal()

    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text, encode(e.private, 'escape') FROM records_entry e")
        text = "".join(cursor.fetchone())

    assert "艾力" not in text
    assert "13999999999" not in text
    assert "13999999999" not in "".join(export())


def test_two_entries_with_the_same_data_look_different():
    personal()
    personal()

    first, second = models.Entry.objects.values_list("private", flat=True)

    assert bytes(first) != bytes(second)


def test_each_reading_leaves_a_trace():
    entry_id = personal()

    actions.read_private(entry_id, by=CLERK, why="proceeding:5")

    (read,) = queries.reads_about(31)
    assert (read.actor_kind, read.actor_id, read.subject) == ("staff", 7, 31)
    assert (read.what, read.why) == (f"entry:{entry_id}", "proceeding:5")


def test_several_entries_are_read_at_once_and_each_leaves_its_trace():
    one, two = personal(31), personal(32, data={"name": "李"}, member=2)

    found = actions.read_privates([two, one, two], by=CLERK, why="list")

    assert found == {one: DATA, two: {"name": "李"}}
    assert [len(queries.reads_about(subject)) for subject in (31, 32)] == [1, 1]


@pytest.mark.parametrize("which", ["public", "missing"])
def test_an_entry_without_personal_data_has_none_to_read(which):
    entry_id = write()[0] if which == "public" else 10**9

    with pytest.raises(NotFound):
        actions.read_private(entry_id, by=CLERK, why="curiosity")

    assert models.AccessRead.objects.count() == 0


def test_personal_data_needs_a_subject():
    with pytest.raises(ValueError, match="subject"):
        write(entry(private=DATA))


def test_a_subject_has_one_key_however_often_it_is_written_about():
    personal()
    personal(member=2)
    personal(subject=32)

    assert list(models.SubjectKey.objects.values_list("subject", flat=True)) == [31, 32]


def test_a_destroyed_key_makes_the_data_unreadable_while_the_chain_still_verifies():
    entry_id = personal()
    other = personal(subject=32)
    actions.destroy_subject_key(31, by=CLERK, now=NOW, basis="个人信息保护法#47")
    actions.sequence()

    with pytest.raises(PersonalDataDestroyed):
        actions.read_private(entry_id, by=CLERK, why="proceeding:5")

    assert queries.reads_about(31) == []
    assert actions.read_private(other, by=CLERK, why="proceeding:5") == DATA
    assert verify(export()).holds


def test_nothing_personal_is_written_about_a_subject_whose_key_is_destroyed():
    personal()
    actions.destroy_subject_key(31, by=CLERK, now=NOW, basis="个人信息保护法#47")

    with pytest.raises(PersonalDataDestroyed), transaction.atomic():
        personal()
    with pytest.raises(PersonalDataDestroyed), transaction.atomic():
        actions.destroy_subject_key(31, by=CLERK, now=NOW, basis="again")

    assert queries.last_entry("subject", 31).seq == 1


def test_the_destruction_is_in_the_journal_with_its_basis():
    actions.destroy_subject_key(31, by=CLERK, now=NOW, basis="个人信息保护法#47")

    last = queries.last_entry("subject", 31)

    assert (last.verb, last.basis, last.actor_id) == ("destroy_key", "个人信息保护法#47", 7)
    assert models.SubjectKey.objects.get().wrapped is None


def test_rotation_rewraps_the_keys_and_leaves_the_entries_alone(settings):
    settings.JOURNAL_KEYS = [OLD]
    entry_id = personal()
    before = bytes(models.Entry.objects.get().private)
    personal(subject=33)
    actions.destroy_subject_key(33, by=CLERK, now=NOW, basis="x")

    settings.JOURNAL_KEYS = [NEW, OLD]
    assert actions.read_private(entry_id, by=CLERK, why="w") == DATA
    assert actions.rotate_master_key(by=CLERK, now=NOW) == 1
    assert actions.rotate_master_key(by=CLERK, now=NOW) == 0
    settings.JOURNAL_KEYS = [NEW]

    assert actions.read_private(entry_id, by=CLERK, why="w") == DATA
    assert bytes(models.Entry.objects.get(id=entry_id).private) == before
    assert queries.last_entry("subject", 0).verb == "rotate_master"


def test_without_its_master_key_nothing_can_be_read(settings):
    settings.JOURNAL_KEYS = [OLD]
    entry_id = personal()
    settings.JOURNAL_KEYS = [NEW]

    with pytest.raises(KeyError):
        actions.read_private(entry_id, by=CLERK, why="w")


def test_the_engine_can_seal_before_it_writes():
    action_id = uuid4()
    sealed = actions.seal_private(DATA, 31, stream="member", stream_id=8, action_id=action_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT records_append(%s, %s, 'staff', 7, '', jsonb_build_array(jsonb_build_object("
            "'stream', 'member', 'stream_id', 8, 'verb', 'join', 'private', %s::text,"
            " 'private_subject', 31)))",
            [action_id, NOW, sealed],
        )
        entry_id = cursor.fetchone()[0]

    assert actions.read_private(entry_id, by=CLERK, why="w") == DATA


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3),
    st.sampled_from(["stream", "stream_id", "action_id", "subject"]),
)
def test_a_private_part_opens_in_its_own_place_only(data, moved):
    place = {"stream": "member", "stream_id": 8, "action_id": uuid4(), "subject": 31}
    elsewhere = place | {
        moved: {"stream": "court", "stream_id": 9, "action_id": uuid4(), "subject": 32}[moved]
    }
    key = private.new_key()
    sealed = private.encrypt(data, key=key, place=private.place_of(**place))

    assert private.decrypt(sealed, key=key, place=private.place_of(**place)) == data
    with pytest.raises(InvalidTag):
        private.decrypt(sealed, key=key, place=private.place_of(**elsewhere))
    with pytest.raises(InvalidTag):
        private.decrypt(sealed, key=private.new_key(), place=private.place_of(**place))


def test_a_wrapped_key_opens_for_its_subject_only():
    key, master = private.new_key(), private.new_key()
    wrapped = private.wrap(key, master=master, subject=31)

    assert private.unwrap(wrapped, master=master, subject=31) == key
    with pytest.raises(InvalidTag):
        private.unwrap(wrapped, master=master, subject=32)
