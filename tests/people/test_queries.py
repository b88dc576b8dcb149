"""Actors and their price, officers of a queue, departments, regions, masks."""

from datetime import date

import pytest

from tests.people.scenes import (
    NOW,
    NUMBERS,
    SECRET,
    USCCS,
    citizen,
    officer,
    places,
    staff,
)
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotFound
from tongban.people import actions, queries
from tongban.people.actions import PostRow
from tongban.people.models import Account
from tongban.people.queries import Contact, Officer
from tongban.people.states import PartyKind

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 21)


def actor(login):
    return queries.actor_of(Account.objects.get(login=login), on=TODAY)


class TestActors:
    def test_a_citizen_acts_for_themselves(self):
        account = citizen()

        found = actor("aliya")

        assert (found.kind, found.id, found.party_id) == ("citizen", account.pk, account.party_id)
        assert found.acts_for == {account.party_id}

    def test_a_representative_acts_for_the_enterprise(self):
        account = citizen()
        company = actions.register_legal_party(
            uscc="91650100MA7TE5T198",
            name="石榴餐饮有限公司",
            representative_id=account.party_id,
            by=SYSTEM,
            now=NOW,
        )

        assert actor("aliya").acts_for == {account.party_id, company}

    def test_staff_carry_all_their_posts(self):
        staff(
            officer(
                "wang",
                PostRow("tennis", "reviewer", "659900"),
                PostRow("chess", "window", "659901"),
            )
        )

        found = actor("wang")

        assert found.queues == {"tennis.reviewer", "chess.window"}
        assert found.departments == {"tennis", "chess"}
        assert found.regions == ("6599", "659901")
        assert found.covers_region("659902001")
        assert not found.supervises

    def test_a_head_without_a_second_factor_has_no_power(self):
        staff(
            officer(
                "head", PostRow("tennis", "head", "659900"), PostRow("tennis", "window", "659900")
            )
        )
        account = Account.objects.get(login="head")

        assert actor("head").roles == {"window"}
        assert queries.needs_second_factor(account)

    def test_a_supervisor_with_a_second_factor_supervises(self):
        staff(officer("sun", PostRow("tennis", "supervisor", "659900"), totp_secret=SECRET))

        assert actor("sun").supervises
        assert not queries.needs_second_factor(Account.objects.get(login="sun"))

    @pytest.mark.parametrize("posts", [1, 3])
    def test_an_officer_costs_one_query(self, posts, django_assert_num_queries):
        roles = ("window", "reviewer", "decider")[:posts]
        staff(officer("wang", *(PostRow("tennis", role, "659900") for role in roles)))
        account = Account.objects.get(login="wang")

        with django_assert_num_queries(1):
            found = queries.actor_of(account, on=TODAY)

        assert found.roles == set(roles)

    @pytest.mark.parametrize("companies", [1, 3])
    def test_a_citizen_costs_one_query_on_a_known_day(self, companies, django_assert_num_queries):
        account = citizen()
        codes = ("91650100MA7TE5T198", "91650104MA7TE5T192", "92650102MA7TE5T192")
        for code in codes[:companies]:
            actions.register_legal_party(
                uscc=code, name="某店", representative_id=account.party_id, by=SYSTEM, now=NOW
            )

        with django_assert_num_queries(1):
            found = queries.actor_of(account, on=TODAY)

        assert len(found.acts_for) == 1 + companies

    def test_a_citizen_costs_two_queries_with_the_citys_clock(self, django_assert_num_queries):
        account = citizen()

        with django_assert_num_queries(2):
            queries.actor_of(account)


class TestParties:
    def test_strangers_and_nobody_read_the_same(self):
        citizen()
        other = citizen("hasan", "艾山", NUMBERS[0])
        me = actor("aliya")

        with pytest.raises(NotFound) as stranger:
            queries.access_party(me, other.party_id)
        with pytest.raises(NotFound) as nobody:
            queries.access_party(me, 10**15)

        assert stranger.value.sentence == nobody.value.sentence

    def test_the_own_party_is_found(self):
        account = citizen()

        assert queries.access_party(actor("aliya"), account.party_id).name == "阿丽娅·买买提"

    def test_parties_come_in_one_query(self, django_assert_num_queries):
        ids = [citizen().party_id, citizen("hasan", "艾山", NUMBERS[0]).party_id]

        with django_assert_num_queries(1):
            found = queries.parties([*ids, 10**15])

        assert sorted(found) == sorted(ids)

    def test_exact_search_goes_by_the_keyed_hash(self):
        account = citizen()

        assert queries.find_party(PartyKind.NATURAL, NUMBERS[1]).id == account.party_id
        assert queries.find_party(PartyKind.LEGAL, NUMBERS[1]) is None

    def test_the_key_depends_on_the_secret(self, settings):
        before = queries.code_key(PartyKind.NATURAL, NUMBERS[1])

        settings.CODE_KEY = "another"

        assert queries.code_key(PartyKind.NATURAL, NUMBERS[1]) != before

    def test_an_enterprise_is_told_through_its_representative(self):
        account = citizen()
        company = actions.register_legal_party(
            uscc=USCCS[0], name="某店", representative_id=account.party_id, by=SYSTEM, now=NOW
        )

        assert queries.contact_of(account.party_id) == Contact("13800138000", "zh")
        assert queries.contact_of(company) == Contact("13800138000", "zh")
        assert queries.contact_of(10**15) is None


class TestOfficers:
    def test_posts_reach_the_regions_below(self):
        staff(
            officer("city", PostRow("tennis", "reviewer", "659900", ("zh",))),
            officer("east", PostRow("tennis", "reviewer", "659901", ("ug",))),
            officer("west", PostRow("tennis", "reviewer", "659902")),
            officer("else", PostRow("chess", "reviewer", "659900")),
        )

        found = queries.officers_for("tennis.reviewer", "659901001", on=TODAY)

        ids = dict(Account.objects.values_list("login", "id"))
        assert found == [
            Officer(ids["city"], "官员city", frozenset({"zh"})),
            Officer(ids["east"], "官员east", frozenset({"ug"})),
        ]

    def test_skills_of_several_posts_come_together(self):
        staff(
            officer(
                "wang",
                PostRow("tennis", "reviewer", "659900", ("zh",)),
                PostRow("tennis", "reviewer", "659901", ("ug",)),
            )
        )

        (found,) = queries.officers_for("tennis.reviewer", "659901", on=TODAY)

        assert found.skills == {"zh", "ug"}

    @pytest.mark.parametrize(
        ("day", "count"),
        [("2026-09-20", 1), ("2026-09-21", 0), ("2026-09-25", 0), ("2026-09-26", 1)],
    )
    def test_people_on_leave_get_no_work(self, day, count):
        staff(officer("wang"))
        wang = Account.objects.get(login="wang")
        actions.record_leave(
            account_id=wang.pk,
            first_on=date(2026, 9, 21),
            last_on=date(2026, 9, 25),
            by=SYSTEM,
            now=NOW,
        )

        found = queries.officers_for("tennis.reviewer", "659900", on=date.fromisoformat(day))

        assert len(found) == count

    def test_closed_accounts_and_powerless_heads_get_no_work(self):
        staff(officer("wang"), officer("head", PostRow("tennis", "head", "659900")))
        Account.objects.filter(login="wang").update(is_active=False)

        assert queries.officers_for("tennis.reviewer", "659900", on=TODAY) == []
        assert queries.officers_for("tennis.head", "659900", on=TODAY) == []

    @pytest.mark.parametrize("officers", [1, 3])
    def test_officers_cost_one_query(self, officers, django_assert_num_queries):
        staff(*(officer(f"officer{n}") for n in range(officers)))

        with django_assert_num_queries(1):
            found = queries.officers_for("tennis.reviewer", "659901", on=TODAY)

        assert len(found) == officers

    def test_names_of_staff_are_told_and_those_of_citizens_are_not(self):
        account = citizen()
        staff(officer("wang"))
        wang = Account.objects.get(login="wang")

        assert queries.staff_names([account.pk, wang.pk]) == {wang.pk: "官员wang"}


class TestPlaces:
    def test_a_department_is_found_by_its_code(self):
        places()

        found = queries.department("chess")

        assert (found.name["zh"], found.short["zh"], found.parent) == ("棋局", "棋局", "tennis")
        assert found in queries.departments()

    @pytest.mark.parametrize("ask", [queries.department, queries.region])
    def test_an_unknown_code_is_said(self, ask):
        with pytest.raises(NotFound) as no:
            ask("nowhere")

        assert "nowhere" in no.value.sentence

    def test_regions_below_a_city_include_its_streets(self):
        places()

        assert [region.code for region in queries.regions(below="659901")] == [
            "659901",
            "659901001",
        ]
        assert len(queries.regions(below="659900")) == 4
        assert queries.region("659901").parent == "659900"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_number", NUMBERS[0], "650102********0017"),
        ("phone", "13800130000", "138****0000"),
        ("name", "欧阳小明", "欧**明"),
        ("uscc", USCCS[0], USCCS[0]),
        ("anything", "secret", "******"),
    ],
)
def test_personal_values_lose_their_middle(kind, value, shown):
    assert queries.masked(kind, value) == shown
