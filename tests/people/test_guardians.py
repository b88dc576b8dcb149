"""Children and guardians: who may act for whom, from which day, until which day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people.scenes import NOW, NUMBERS, PostRow, citizen, officer, registered, staff
from tongban.kernel.identifiers import Sex, assign_id_number, parse_id_number
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound
from tongban.people import actions, queries
from tongban.people.actions import NewBirth, NewGuardian, ParentNamed
from tongban.people.models import Account, Guardianship
from tongban.people.states import AgentFunction, PartyKind
from tongban.records.models import Entry

pytestmark = pytest.mark.django_db

MOTHER = ParentNamed("阿丽娅·买买提", NUMBERS[1])
FATHER = ParentNamed("艾山", NUMBERS[0])
BORN = date(2026, 9, 1)
ADULT = date(2044, 9, 1)
TODAY = date(2026, 9, 21)


def born(*parents, name="阿依努尔", **changes):
    said = {"sex": "female", "born_on": BORN, "adult_on": ADULT, "evidence": "CS1"} | changes
    return actions.record_birth(
        birth=NewBirth(name=name, parents=parents or (MOTHER, FATHER), **said), now=NOW
    )


def actor(account, on=TODAY):
    return queries.actor_of(account, on=on)


def window():
    staff(officer("w", PostRow("tennis", "window", "659900")))
    return actor(Account.objects.get(login="w"))


def may(agent, child, on=TODAY, function="submit"):
    """Both reads of the one predicate: whom an actor acts for, and why not."""
    known = child in queries.parties_acted_for(agent, on=on)
    reasons = queries.why_not_agent(
        agent_id=agent, principal_id=child, function=AgentFunction(function), on=on
    )
    assert known == (reasons == [])
    return known


@pytest.mark.law("民法典 27")
@pytest.mark.law("民法典 23")
def test_both_parents_act_for_their_child_and_nobody_else_does():
    mother, father = citizen(), citizen("hasan", "艾山", NUMBERS[0])
    stranger = citizen("guli", "古丽", NUMBERS[3])
    child = born()

    assert may(mother.party_id, child)
    assert may(father.party_id, child)
    assert not may(stranger.party_id, child)
    assert actor(mother).wards == {child}
    assert actor(mother).capacity_for(child) == {"as_guardian_of": child}
    assert actor(mother).capacity_for(mother.party_id) == {}
    assert actor(stranger).wards == frozenset()


def test_the_parents_of_another_child_see_nothing_of_this_one():
    mother, other = citizen(), citizen("guli", "古丽", NUMBERS[3])
    child = born(MOTHER)
    second = born(ParentNamed("古丽", NUMBERS[3]), name="帕提古丽")

    assert not may(other.party_id, child)
    assert not may(mother.party_id, second)
    with pytest.raises(NotFound):
        queries.access_party(actor(other), child)


def test_whoever_acts_for_the_mother_does_not_act_for_her_child():
    mother, aunt = citizen(), citizen("guli", "古丽", NUMBERS[3])
    child = born(MOTHER)
    number = actions.authorise_agent(
        grant=actions.Grant(
            mother.party_id, NUMBERS[3], "古丽", frozenset({"submit"}), TODAY, TODAY
        ),
        by=actor(mother),
        now=NOW,
    )
    actions.confirm_authorisation(authorisation_id=number, by=actor(aunt), now=NOW)

    assert mother.party_id in actor(aunt).acts_for
    assert not may(aunt.party_id, child)


def test_a_child_is_recorded_once_however_often_its_papers_say_so():
    mother = citizen()

    assert born(MOTHER) == born(MOTHER) == born(MOTHER, name=" 阿依努尔 ")
    assert Guardianship.objects.count() == 1
    assert born(MOTHER, name="阿依古丽") != born(MOTHER)
    assert len(actor(mother).wards) == 2


def test_a_father_who_is_named_later_is_added_and_finds_the_child_when_he_registers():
    child = born(MOTHER)
    born(MOTHER, FATHER)
    father = citizen("hasan", "艾山", NUMBERS[0])

    assert may(father.party_id, child)


def test_a_number_that_belongs_to_another_name_makes_no_guardian():
    father = citizen("hasan", "艾山", NUMBERS[0])
    child = born(MOTHER, ParentNamed("别人", NUMBERS[0]))

    assert not may(father.party_id, child)


@pytest.mark.law("户口登记条例 7")
def test_the_number_is_assigned_once_and_names_the_day_and_the_sex():
    child = born()
    other = born(ParentNamed("古丽", NUMBERS[3]), name="帕提古丽")
    number = actions.assign_number(child_id=child, region="650102", now=NOW)

    said = parse_id_number(number)
    assert (said.region, said.born_on, said.sex) == ("650102", BORN, Sex.FEMALE)
    assert actions.assign_number(child_id=child, region="650103", now=NOW) == number
    assert actions.assign_number(child_id=other, region="650102", now=NOW) != number
    assert queries.find_party(PartyKind.NATURAL, number).id == child
    assert queries.child_by_code(number) == child
    assert born() == child


def test_a_child_of_age_has_an_account_of_its_own_and_its_parents_see_nothing_more():
    mother = citizen()
    child = born(MOTHER, born_on=date(2008, 9, 21), adult_on=date(2026, 9, 21))
    number = actions.assign_number(child_id=child, region="650102", now=NOW)
    own = citizen("aynur", "阿依努尔", number)

    assert own.party_id == child
    assert may(mother.party_id, child, TODAY - timedelta(days=1))
    assert not may(mother.party_id, child)


def test_messages_for_a_child_go_to_the_guardian_who_was_recorded_first(city_at):
    city_at("2026-09-21 09:30")
    citizen("hasan", "艾山", NUMBERS[0], phone="13900139000")
    citizen()
    child = born()

    assert queries.contact_of(child).phone == "13800138000"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    born_in=st.integers(0, 40),
    years=st.integers(1, 18),
    ended=st.one_of(st.none(), st.integers(-5, 6600)),
    asked=st.integers(-400, 7000),
)
def test_a_guardianship_lasts_from_birth_to_majority_or_its_end(born_in, years, ended, asked):
    """Property: on any day both reads agree with the plain definition, edges included."""
    Guardianship.objects.all().delete()
    mother = queries.find_party(PartyKind.NATURAL, NUMBERS[1])
    day = BORN + timedelta(days=born_in)
    until = date(day.year + years, day.month, day.day)
    child = born(MOTHER, name=f"孩子{born_in}", born_on=day, adult_on=until)
    mother = mother or queries.find_party(PartyKind.NATURAL, NUMBERS[1])
    end = None if ended is None else day + timedelta(days=ended)
    Guardianship.objects.filter(child_id=child).update(until=until, ended_on=end)
    for on in (day + timedelta(days=asked), day - timedelta(days=1), day, until, end or day,
               until - timedelta(days=1), (end or day) - timedelta(days=1)):  # fmt: skip
        expected = day <= on < until and (end is None or on < end)
        assert may(mother.id, child, on) == expected, (on, day, until, end)


class TestAtTheWindow:
    def test_a_guardian_is_appointed_from_the_paper_that_is_shown(self):
        citizen()
        child, by = born(MOTHER), window()
        registered("古丽", NUMBERS[3])
        appointed = NewGuardian(child, "古丽", NUMBERS[3], "判决书（2026）新01民特1号", TODAY)
        actions.record_guardian(guardian=appointed, by=by, now=NOW)
        aunt = citizen("guli", "古丽", NUMBERS[3])

        assert may(aunt.party_id, child)
        assert not may(aunt.party_id, child, TODAY - timedelta(days=1))
        assert not may(aunt.party_id, child, ADULT)
        with pytest.raises(BadInput):
            actions.record_guardian(guardian=appointed, by=by, now=NOW)

    def test_one_who_starts_later_is_not_recorded_twice(self):
        citizen()
        child, by = born(MOTHER), window()
        registered("古丽", NUMBERS[3])
        later = NewGuardian(child, "古丽", NUMBERS[3], "判决书", TODAY + timedelta(days=30))
        actions.record_guardian(guardian=later, by=by, now=NOW)
        with pytest.raises(BadInput, match="已经是孩子的监护人"):
            actions.record_guardian(guardian=later, by=by, now=NOW)

    @pytest.mark.law("民法典 36")
    def test_a_judgment_ends_a_guardianship_from_that_day_for_good(self):
        mother, by = citizen(), window()
        child = born(MOTHER)
        [row] = queries.guardianships_of(child)
        actions.end_guardianship(
            guardianship_id=row.id, reason="撤销监护人资格判决书", by=by, now=NOW
        )

        assert not may(mother.party_id, child)
        assert may(mother.party_id, child, TODAY - timedelta(days=1))
        born(MOTHER)
        assert not may(mother.party_id, child)
        with pytest.raises(BadInput):
            actions.end_guardianship(guardianship_id=row.id, reason="再次", by=by, now=NOW)
        verbs = Entry.objects.filter(stream="party", stream_id=child).values_list(
            "verb", flat=True
        )
        assert set(verbs) == {"birth_recorded", "guardian_recorded", "guardianship_ended"}

    def test_nobody_but_a_window_records_or_ends_one(self):
        mother = citizen()
        child = born(MOTHER)
        [row] = queries.guardianships_of(child)
        with pytest.raises(NotAllowed):
            actions.end_guardianship(
                guardianship_id=row.id, reason="我不要了", by=actor(mother), now=NOW
            )
        with pytest.raises(NotAllowed):
            actions.record_guardian(
                guardian=NewGuardian(child, "古丽", NUMBERS[3], "文书", TODAY),
                by=actor(mother),
                now=NOW,
            )

    def test_what_is_missing_is_said(self):
        citizen()
        child, by = born(MOTHER), window()
        [row] = queries.guardianships_of(child)
        with pytest.raises(BadInput):
            actions.end_guardianship(guardianship_id=row.id, reason="  ", by=by, now=NOW)
        with pytest.raises(NotFound):
            actions.end_guardianship(guardianship_id=10**9, reason="判决", by=by, now=NOW)
        registered("古丽", NUMBERS[3])
        for changed in (
            NewGuardian(child, "古丽", NUMBERS[3], " ", TODAY),
            NewGuardian(child, "古丽", NUMBERS[3], "文书", ADULT),
        ):
            with pytest.raises(BadInput):
                actions.record_guardian(guardian=changed, by=by, now=NOW)
        later = datetime(2044, 9, 2, 4, 0, tzinfo=UTC)
        with pytest.raises(NotFound):
            actions.record_guardian(
                guardian=NewGuardian(child, "古丽", NUMBERS[3], "文书", TODAY), by=by, now=later
            )


def test_the_numbers_of_one_day_run_out_loudly():
    with pytest.raises(ValueError, match="serial"):
        assign_id_number("650102", BORN, Sex.MALE, 500)
