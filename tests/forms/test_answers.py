"""The whole form: what is asked, what is kept, every problem at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forms.scenes import FORM, LEASE, NOTE, TODAY, fact, field, use
from tongban.catalogue.rules.compiled import CompiledCheck, CompiledSource, Words
from tongban.forms.rules import asked_fields, check_answers, prefill, read_answers
from tongban.kernel.conditions import parse

GOOD = {"club.name": "石榴", "club.courts": "4", "club.kind": "own"}


def problems(answers, facts=None, fields=FORM, **more):
    found = check_answers(fields, answers, facts or {}, TODAY, **more)
    return [(problem.path, problem.code) for problem in found]


def asked(facts=None, fields=FORM, **more):
    return {one.field.code for one in asked_fields(fields, facts or {}, TODAY, **more)}


class TestChecking:
    def test_a_good_form_has_no_problem(self):
        assert problems(GOOD) == []

    def test_every_problem_is_told_at_once_in_the_order_of_the_form(self):
        assert problems({"club.courts": "99", "club.kind": "steal"}) == [
            ("club.name", "required"),
            ("club.courts", "too-large"),
            ("club.kind", "option-unknown"),
        ]

    def test_an_optional_field_may_stay_empty_but_not_be_wrong(self):
        assert problems(GOOD | {"club.note": "x" * 6000}) == [("club.note", "too-long")]

    def test_an_empty_answer_is_none(self):
        assert problems(GOOD | {"club.name": " \u200b "}) == [("club.name", "required")]

    def test_an_answer_opens_a_field(self):
        answers = GOOD | {"club.kind": "lease"}

        assert problems(answers) == [("club.lease_until", "required")]
        assert problems(answers | {"club.lease_until": "2029-12-31"}) == []

    def test_an_answer_to_a_hidden_field_is_not_checked_and_not_filed(self):
        reading = read_answers(FORM, GOOD | {"club.lease_until": "nonsense"}, {}, TODAY)

        assert reading.problems == ()
        assert reading.values == {"club.name": "石榴", "club.courts": 4, "club.kind": "own"}

    def test_unknown_elements_are_not_filed(self):
        reading = read_answers(FORM, GOOD | {"admin.is_root": "true"}, {}, TODAY)

        assert "admin.is_root" not in reading.values

    def test_answers_are_facts_for_conditions(self):
        reading = read_answers(FORM, GOOD, {"site.area": fact(40)}, TODAY)

        assert reading.facts["club.courts"].value == 4
        assert reading.facts["site.area"].value == 40


class TestAsking:
    def test_an_open_condition_asks_without_requiring(self):
        (one,) = [one for one in asked_fields(FORM, {}, TODAY) if one.field is LEASE]

        assert (one.required, one.certain) == (False, False)

    def test_a_field_of_another_item_is_not_asked(self):
        form = (field("a.b", uses=(use("tennis"),)), field("a.c", uses=(use("chess"),)))

        assert asked(fields=form, items=["chess"]) == {"a.c"}
        assert asked(fields=form) == {"a.b", "a.c"}

    def test_a_field_that_an_item_brings_about_is_not_asked(self):
        form = (field("a.b", uses=(use("tennis"),), produced_by="chess"),)

        assert asked(fields=form, items=["tennis", "chess"]) == set()
        assert asked(fields=form, items=["tennis"]) == {"a.b"}

    def test_one_item_that_requires_it_is_enough(self):
        form = (field("a.b", uses=(use("chess", required=False), use("tennis"))),)

        (one,) = asked_fields(form, {}, TODAY)

        assert one.required

    def test_dated_parameters_decide(self):
        when = {"field": "site.area", "op": "gt", "parameter": "big"}
        form = (field("a.b", uses=(use(when=when),)),)
        parameters = {"big": [(date(2026, 1, 1), 50)]}

        assert asked({"site.area": fact(60)}, form, parameters=parameters) == {"a.b"}
        assert asked({"site.area": fact(50)}, form, parameters=parameters) == set()

    def test_hiding_one_field_hides_what_hangs_on_it(self):
        form = (
            field("a.one", "boolean"),
            field(
                "a.two",
                "boolean",
                uses=(use(when={"field": "a.one", "op": "eq", "value": True}),),
            ),
            field("a.three", uses=(use(when={"field": "a.two", "op": "eq", "value": True}),)),
        )
        typed = {"a.one": "no", "a.two": "yes", "a.three": "x"}

        reading = read_answers(form, typed, {}, TODAY)

        # The second is hidden, so the third hangs on an answer that does not count: not certain.
        assert set(reading.values) <= {"a.one", "a.three"}
        assert "a.two" not in reading.values

    def test_a_circle_of_conditions_comes_to_an_end(self):
        form = (
            field("a.b", uses=(use(when={"field": "a.c", "op": "exists", "value": False}),)),
            field("a.c", uses=(use(when={"field": "a.b", "op": "exists", "value": True}),)),
        )

        read_answers(form, {"a.b": "x", "a.c": "y"}, {}, TODAY)


class TestPrefilled:
    LICENCE = CompiledSource("licence", licence="club-licence", field="name")
    FORM = (
        field("club.name", source=LICENCE),
        field("club.phone", "phone", source=CompiledSource("person", field="phone")),
    )

    def read(self, answers):
        facts = {"club.name": fact("石榴"), "club.phone": fact("13900000001")}
        known = prefill(self.FORM, facts, on=TODAY)
        return read_answers(self.FORM, answers, {}, TODAY, prefilled=known)

    def test_what_is_filled_in_counts_without_being_sent(self):
        reading = self.read({})

        assert reading.values == {"club.name": "石榴", "club.phone": "13900000001"}
        assert reading.sources == {
            "club.name": "licence:club-licence.name",
            "club.phone": "person:phone",
        }
        assert reading.problems == ()

    def test_a_locked_value_cannot_be_typed_over(self):
        reading = self.read({"club.name": "别的"})

        assert reading.values["club.name"] == "石榴"
        assert [problem.code for problem in reading.problems] == ["locked"]

    def test_a_free_value_can(self):
        reading = self.read({"club.phone": "13700000001"})

        assert reading.values["club.phone"] == "13700000001"
        assert reading.sources["club.phone"] == "typed"

    def test_sending_it_back_unchanged_keeps_its_source(self):
        reading = self.read({"club.name": " 石榴 ", "club.phone": "139 0000 0001"})

        assert reading.sources["club.name"] == "licence:club-licence.name"
        assert reading.sources["club.phone"] == "person:phone"

    def test_clearing_a_free_value_leaves_it_empty(self):
        reading = self.read({"club.phone": ""})

        assert [(p.path, p.code) for p in reading.problems] == [("club.phone", "required")]


hostile = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(codec=None, categories=None), max_size=80),
    st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none()), max_size=4),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)
codes = st.sampled_from([one.code for one in FORM] + ["no.such", ""])


@given(st.dictionaries(codes, hostile, max_size=6))
def test_whatever_is_sent_each_asked_field_is_kept_empty_or_told(answers):
    reading = read_answers(FORM, answers, {}, TODAY)
    told = {problem.path for problem in reading.problems}

    for one in reading.asked:
        code = one.field.code
        assert (code in reading.values) + (code in told) <= 1
        if one.required:
            assert code in reading.values or code in told


@given(st.dictionaries(codes, hostile, max_size=6))
def test_reading_what_was_kept_changes_nothing(answers):
    first = read_answers(FORM, answers, {}, TODAY)

    again = read_answers(FORM, first.values, {}, TODAY)

    assert again.values == first.values


@pytest.mark.parametrize("one", [*FORM])
def test_a_megabyte_is_told_and_not_filed(one):
    reading = read_answers([one], {one.code: "长" * 1_000_000}, {}, TODAY)

    assert reading.values == {}
    assert one is NOTE or one is LEASE or reading.problems


COACHES = field(
    "club.coaches",
    "integer",
    checks=(
        CompiledCheck(
            parse({"field": "club.coaches", "op": "le", "other": "club.members"}),
            Words("教练不能多于会员。", {"en": "More coaches than members."}),
        ),
    ),
)
MEMBERS = field("club.members", "integer", uses=(use(required=False),))
RENTED = field(
    "club.rented_until",
    "date",
    checks=(
        CompiledCheck(
            parse({"field": "club.rented_until", "op": "ge", "other": "today"}),
            Words("租期已届满。"),
        ),
    ),
)
CHECKED = (COACHES, MEMBERS, RENTED)
SOUND = {"club.coaches": "2", "club.members": "10", "club.rented_until": "2030-01-01"}


class TestChecksOfTheContent:
    def test_answers_that_agree_have_no_problem(self):
        assert problems(SOUND, fields=CHECKED) == []
        assert problems(SOUND | {"club.coaches": "10"}, fields=CHECKED) == []

    def test_an_answer_that_disagrees_with_another_is_told_at_its_field(self):
        (problem,) = check_answers(CHECKED, SOUND | {"club.coaches": "11"}, {}, TODAY)

        assert (problem.path, problem.code) == ("club.coaches", "check")
        assert problem.sentence == "教练不能多于会员。"

    @pytest.mark.parametrize(("until", "found"), [("2026-09-20", 1), ("2026-09-21", 0)])
    def test_a_day_is_compared_with_the_day_of_filing(self, until, found):
        answers = SOUND | {"club.rented_until": until}

        assert len(problems(answers, fields=CHECKED)) == found
        # The same answer, filed later.
        assert len(check_answers(CHECKED, answers, {}, date(2026, 9, 22))) == 1

    def test_what_is_not_known_is_no_fault(self):
        assert problems(SOUND | {"club.members": ""}, fields=CHECKED) == []

    def test_a_wrong_answer_is_told_once(self):
        found = problems(SOUND | {"club.coaches": "many"}, fields=CHECKED)

        assert found == [("club.coaches", "number-shape")]
