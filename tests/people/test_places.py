"""Imports are idempotent; leave is given by the head."""

from dataclasses import replace
from datetime import date

import pytest

from tests.people.scenes import (
    DEPARTMENTS,
    NOW,
    NUMBERS,
    PASSWORD,
    POST,
    REGIONS,
    SECRET,
    citizen,
    officer,
    places,
    sign_in,
    staff,
)
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.people import actions, queries
from tongban.people.actions import Imported, PostRow
from tongban.people.models import Account, Leave, Post
from tongban.records.models import Entry

pytestmark = pytest.mark.django_db


def entries():
    return Entry.objects.count()


class TestPlaces:
    def test_the_same_rows_again_write_nothing(self):
        first = places()
        before = entries()

        again = places()

        assert first.created[:2] == ("659900", "659901")
        assert again == Imported((), ())
        assert entries() == before

    def test_children_may_come_before_their_parents(self):
        actions.import_places(
            regions=REGIONS[::-1], departments=DEPARTMENTS[::-1], by=SYSTEM, now=NOW
        )

        assert queries.department("chess").parent == "tennis"

    def test_a_changed_row_is_changed_alone(self):
        places()
        renamed = replace(DEPARTMENTS[0], phone="0991-5550000")

        done = actions.import_places(
            regions=REGIONS, departments=(renamed, DEPARTMENTS[1]), by=SYSTEM, now=NOW
        )

        assert done == Imported((), ("tennis",))
        assert queries.department("tennis").phone == "0991-5550000"

    def test_a_false_credit_code_is_refused(self):
        wrong = replace(DEPARTMENTS[0], uscc="11650100MB00TE5T6C")

        with pytest.raises(BadInput) as no:
            actions.import_places(regions=REGIONS, departments=(wrong,), by=SYSTEM, now=NOW)

        assert no.value.problems[0].path == "departments.tennis.uscc"


class TestStaff:
    def test_the_same_rows_again_write_nothing(self):
        staff(officer("wang"), officer("li"))
        before = entries()

        again = staff(officer("wang"), officer("li"))

        assert again == Imported((), ())
        assert entries() == before

    def test_new_staff_can_sign_in(self):
        done = staff(officer("wang"))

        assert done == Imported(("wang",), ())
        assert sign_in("wang").kind == "staff"

    def test_a_changed_password_survives_the_import(self):
        staff(officer("wang"))
        account = Account.objects.get(login="wang")
        password = actions.reset_password(account_id=account.pk, by=SYSTEM, now=NOW)

        staff(officer("wang"))

        assert sign_in("wang", password).pk == account.pk

    def test_without_a_password_the_account_stays_shut(self):
        staff(replace(officer("wang"), password=""))

        with pytest.raises(actions.SignInRefused):
            sign_in("wang", "")

    def test_posts_follow_the_content(self):
        staff(officer("wang", POST, PostRow("chess", "window", "659901")))

        done = staff(officer("wang", replace(POST, skills=("zh", "ug"))))

        assert done == Imported((), ("wang",))
        active = Post.objects.filter(account__login="wang", is_active=True)
        assert list(active.values_list("department_id", "skills")) == [("tennis", ["zh", "ug"])]

    def test_a_closed_post_can_come_back(self):
        both = (POST, PostRow("chess", "window", "659901"))
        staff(officer("wang", *both))
        staff(officer("wang", POST))

        staff(officer("wang", *both))

        assert Post.objects.filter(account__login="wang", is_active=True).count() == 2

    def test_names_follow_the_content(self):
        staff(officer("wang"))

        staff(replace(officer("wang"), name="王新名"))

        assert Account.objects.get(login="wang").name == "王新名"

    def test_an_unknown_role_is_refused_before_anything_is_written(self):
        with pytest.raises(BadInput):
            staff(officer("wang"), officer("li", PostRow("tennis", "king", "659900")))

        assert not Account.objects.filter(login="wang").exists()


class TestRegister:
    def test_a_known_number_gets_the_given_name(self):
        for name in ("旧名", "新名"):
            actions.import_register(people=[(NUMBERS[0], name)], by=SYSTEM, now=NOW)

        match = queries.LocalRegister().match(id_number=NUMBERS[0], name="新名")
        assert match == "same"

    def test_a_false_number_is_refused(self):
        with pytest.raises(BadInput):
            actions.import_register(people=[("650102199001010018", "某人")], by=SYSTEM, now=NOW)


class TestLeave:
    @pytest.fixture
    def wang(self):
        staff(
            officer("wang"),
            officer("head", PostRow("tennis", "head", "659900"), totp_secret=SECRET),
            officer("other", PostRow("chess", "head", "659900"), totp_secret=SECRET),
        )
        return Account.objects.get(login="wang")

    def head(self, login="head"):
        return queries.actor_of(Account.objects.get(login=login))

    def test_the_own_head_gives_leave_and_takes_it_back(self, wang):
        leave = {"account_id": wang.pk, "first_on": date(2026, 9, 21)}
        actions.record_leave(**leave, last_on=date(2026, 9, 25), by=self.head(), now=NOW)

        actions.cancel_leave(**leave, by=self.head(), now=NOW)

        assert not Leave.objects.exists()
        with pytest.raises(NotFound):
            actions.cancel_leave(**leave, by=self.head(), now=NOW)

    def test_recording_again_moves_the_end(self, wang):
        for end in (date(2026, 9, 25), date(2026, 9, 28)):
            actions.record_leave(
                account_id=wang.pk, first_on=date(2026, 9, 21), last_on=end, by=SYSTEM, now=NOW
            )

        assert Leave.objects.get().last_on == date(2026, 9, 28)

    @pytest.mark.parametrize("login", ["other", "wang"])
    def test_nobody_else_gives_leave(self, wang, login):
        with pytest.raises(NotAllowed):
            actions.record_leave(
                account_id=wang.pk,
                first_on=date(2026, 9, 21),
                last_on=date(2026, 9, 25),
                by=self.head(login),
                now=NOW,
            )

    def test_a_leave_does_not_end_before_it_begins(self, wang):
        with pytest.raises(BadInput):
            actions.record_leave(
                account_id=wang.pk,
                first_on=date(2026, 9, 21),
                last_on=date(2026, 9, 20),
                by=SYSTEM,
                now=NOW,
            )


def test_the_password_of_scenes_is_a_good_one():
    assert citizen().check_password(PASSWORD)


def test_who_stands_in_comes_from_the_content_and_stays_where_a_head_chose(db):
    from tongban.people.models import Account, Post

    post = PostRow("tennis", "reviewer", "659900")
    rows = [
        officer("wang", replace(post, deputy="li")),
        officer("li", post),
        officer("zhao", post),
    ]
    staff(*rows)
    ids = dict(Account.objects.values_list("login", "id"))
    wang = Post.objects.get(account__login="wang")
    assert wang.deputy_id == ids["li"]

    actions.set_deputy(post_id=wang.pk, deputy_id=ids["zhao"], by=SYSTEM, now=NOW)
    staff(*rows)
    wang.refresh_from_db()
    assert wang.deputy_id == ids["zhao"]
