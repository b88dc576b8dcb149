"""Drafts in the database: autosave, strangers, submission, memory."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.forms.scenes import (
    COURTS,
    FORM,
    NAME,
    NOW,
    draft,
    fact,
    field,
    person,
    save,
)
from tests.people.scenes import NUMBERS
from tongban.forms import actions, queries
from tongban.forms.actions import Conflict, NewDraft, Situation
from tongban.forms.models import Draft, Remembered
from tongban.kernel.refusals import BadInput, NotFound
from tongban.records.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return person()


@pytest.fixture
def stranger():
    return person(NUMBERS[1])


@pytest.fixture
def opened(me):
    return draft(me)


class TestOpening:
    def test_it_begins_with_the_situation(self, me):
        facts = {"site.area": fact(40, "您的回答")}

        opened = draft(me, facts=facts, unsure=("tobacco",))

        found = queries.access_draft(me, opened.id)
        assert (found.facts, found.unsure, found.revision) == (facts, ("tobacco",), 0)
        assert (found.package, found.version_id, found.is_open) == ("P99", 7, True)

    def test_nobody_opens_one_for_a_stranger(self, me, stranger):
        with pytest.raises(NotFound):
            actions.open_draft(
                draft=NewDraft(stranger.party_id, "P99", 7, Situation({})), by=me, now=NOW
            )

    def test_the_situation_can_be_changed_and_the_answers_stay(self, me, opened):
        save(me, opened, {"club.name": "石榴"})

        found = actions.save_situation(
            draft_id=opened.id,
            situation=Situation({"site.area": fact(60)}),
            by=me,
            now=NOW,
        )

        assert found.facts["site.area"].value == 60
        assert found.answers == {"club.name": "石榴"}

    def test_open_drafts_are_listed_last_touched_first(self, me, stranger):
        first, second = draft(me), draft(me)
        draft(stranger)
        save(me, first, {"club.name": "石榴"}, now=NOW + timedelta(minutes=1))

        assert [one.id for one in queries.drafts_of(me)] == [first.id, second.id]
        assert queries.drafts_of(me, package="P01") == []

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_costs_one_query(self, me, rows, django_assert_num_queries):
        for _ in range(rows):
            draft(me)

        with django_assert_num_queries(1):
            assert len(queries.drafts_of(me)) == rows


class TestSaving:
    def test_invalid_text_is_kept_as_typed_and_told(self, me, opened):
        saved = save(me, opened, {"club.courts": "十二 ", "club.name": "石榴"})

        assert [(p.path, p.code) for p in saved.problems] == [("club.courts", "number-shape")]
        assert queries.access_draft(me, opened.id).answers == {
            "club.courts": "十二 ",
            "club.name": "石榴",
        }

    def test_two_devices_both_get_both_values(self, me, opened):
        save(me, opened, {"club.name": "手机上写的"})

        saved = save(me, opened, {"club.name": "电脑上写的", "club.courts": "4"})

        assert saved.conflicts == (Conflict("club.name", "手机上写的", ("电脑上写的",)),)
        found = queries.access_draft(me, opened.id)
        assert found.answers == {"club.name": "手机上写的", "club.courts": "4"}
        assert found.disputed == {"club.name": ("电脑上写的",)}

    def test_choosing_settles_it(self, me, opened):
        save(me, opened, {"club.name": "手机上写的"})
        saved = save(me, opened, {"club.name": "电脑上写的"})

        save(me, opened, {"club.name": "电脑上写的"}, saved.revision, chosen=["club.name"])

        found = queries.access_draft(me, opened.id)
        assert (found.answers, found.disputed) == ({"club.name": "电脑上写的"}, {})

    def test_hidden_characters_are_taken_out_and_said(self, me, opened):
        saved = save(me, opened, {"club.name": "石\u202e榴\x00", "club.note": "a\ud800b"})

        assert saved.cleaned == ("club.name", "club.note")
        assert queries.access_draft(me, opened.id).answers == {
            "club.name": "石榴",
            "club.note": "ab",
        }

    @pytest.mark.parametrize(
        ("code", "raw"),
        [
            ("club.note", "长" * 1_000_000),
            ("club.note", ["长" * 15_000] * 2),
            ("club.note", ["x"] * 1000),
            ("club.note", {"$gt": ""}),
            ("club.note", [["deep"]]),
            ("no.such", "x"),
            ("bad\x00code", "x"),
        ],
    )
    def test_what_is_not_kept_is_told_and_the_rest_is_kept(self, me, opened, code, raw):
        saved = save(me, opened, {code: raw, "club.name": "石榴"})

        assert [problem.code for problem in saved.problems] == ["not-saved"]
        assert queries.access_draft(me, opened.id).answers == {"club.name": "石榴"}

    @pytest.mark.parametrize("raw", [5, 2.5, float("nan"), float("inf"), 10**400, True, None, []])
    def test_numbers_and_the_like_can_be_kept(self, me, opened, raw):
        save(me, opened, {"club.courts": raw})

        kept = queries.access_draft(me, opened.id).answers["club.courts"]
        assert kept == (raw if raw is None or isinstance(raw, bool | list) else str(raw))

    @pytest.mark.parametrize("revision", [-1, 1, 10**9])
    def test_a_revision_that_never_was_is_refused(self, me, opened, revision):
        with pytest.raises(BadInput):
            save(me, opened, {"club.name": "石榴"}, revision)

    def test_a_stranger_finds_nothing(self, opened, stranger):
        with pytest.raises(NotFound):
            save(stranger, opened, {"club.name": "石榴"})
        with pytest.raises(NotFound):
            queries.access_draft(stranger, opened.id)
        with pytest.raises(NotFound):
            queries.access_draft(stranger, uuid4())

    def test_autosave_costs_two_statements_and_a_transaction(
        self, me, opened, django_assert_num_queries
    ):
        with django_assert_num_queries(4):
            save(me, opened, {"club.name": "石榴"})

    def test_drafts_leave_no_history(self, me, opened):
        before = Entry.objects.count()

        save(me, opened, {"club.name": "石榴"})

        assert Entry.objects.count() == before


class TestEnding:
    def close(self, me, opened, values=None):
        return actions.close_draft(
            draft_id=opened.id, fields=FORM, values=values or {}, by=me, now=NOW
        )

    def test_a_submitted_draft_changes_no_more(self, me, opened):
        self.close(me, opened)

        with pytest.raises(actions.DraftClosed):
            save(me, opened, {"club.name": "石榴"})
        with pytest.raises(actions.DraftClosed):
            self.close(me, opened)
        assert not queries.access_draft(me, opened.id).is_open
        assert queries.drafts_of(me) == []

    def test_a_discarded_draft_keeps_nothing(self, me, opened):
        save(me, opened, {"club.name": "石榴"})

        actions.discard_draft(draft_id=opened.id, by=me, now=NOW)

        assert Draft.objects.get(id=opened.id).answers == {}
        with pytest.raises(actions.DraftClosed):
            actions.discard_draft(draft_id=opened.id, by=me, now=NOW)


class TestMemory:
    VALUES = {"club.name": "石榴", "club.courts": 4, "club.secret": "x", "club.files": ["f"]}
    FIELDS = (NAME, COURTS, field("club.secret", sensitive=3), field("club.files", "file_list"))

    def file(self, me, values=None):
        actions.close_draft(
            draft_id=draft(me).id,
            fields=self.FIELDS,
            values=self.VALUES if values is None else values,
            by=me,
            now=NOW,
        )

    def test_without_consent_nothing_is_remembered(self, me):
        self.file(me)

        assert not Remembered.objects.exists()
        assert not queries.remembers(me.party_id)

    def test_with_consent_ordinary_answers_are(self, me):
        actions.agree_to_memory(party_id=me.party_id, by=me, now=NOW)

        self.file(me)

        found = queries.remembered(me.party_id)
        assert {code: one.value for code, one in found.items()} == {
            "club.name": "石榴",
            "club.courts": 4,
        }

    def test_the_newest_answer_is_remembered(self, me):
        actions.agree_to_memory(party_id=me.party_id, by=me, now=NOW)
        self.file(me)

        self.file(me, {"club.name": "新石榴"})

        assert queries.remembered(me.party_id)["club.name"].value == "新石榴"

    def test_taking_consent_back_deletes(self, me):
        actions.agree_to_memory(party_id=me.party_id, by=me, now=NOW)
        self.file(me)

        actions.forget_answers(party_id=me.party_id, by=me, now=NOW)

        assert not Remembered.objects.exists()
        verbs = Entry.objects.filter(stream="account", stream_id=me.id).values_list(
            "verb", flat=True
        )
        assert set(verbs) == {"memory_agreed", "memory_ended"}

    def test_nobody_consents_for_a_stranger(self, me, stranger):
        for verb in (actions.agree_to_memory, actions.forget_answers):
            with pytest.raises(NotFound):
                verb(party_id=me.party_id, by=stranger, now=NOW)


class TestThePerson:
    def test_the_real_name_record_fills_in(self, me):
        found = queries.real_name_facts(me.party_id, NOW.date())

        assert {word: one.value for word, one in found.items()} == {
            "name": "艾山",
            "id_number": NUMBERS[0],
        }
