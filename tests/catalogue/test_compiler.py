"""The one-thing compiler and the guide, on the club and on packages made at random."""

import json
import time
from datetime import date
from decimal import Decimal
from itertools import permutations
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalogue.club import build, club, element, item, material, package, place, question
from tongban.catalogue.content.loader import load_content
from tongban.catalogue.rules import clocks_of, direct, from_json, guide, to_json, variant_of
from tongban.catalogue.rules.compiler import compile_package
from tongban.catalogue.rules.published import shelf_of
from tongban.kernel.clocks import Unit
from tongban.kernel.conditions import Fact, Outcome
from tongban.kernel.refusals import NotFound

ON = date(2026, 11, 20)


def compiled(raw, code="P90"):
    content = build(raw)
    return compile_package(content.packages[code], shelf_of(content))


def facts(**values):
    return {name.replace("__", "."): Fact(value) for name, value in values.items()}


def codes(parts):
    return [part.code for part in parts]


# The club


def test_the_one_form_asks_each_question_once_and_names_its_consumers():
    whole = compiled(club())

    assert [(one.code, one.consumers) for one in whole.fields] == [
        ("person.name", ("membership", "locker")),
        ("person.age", ("membership", "coach")),
        ("member.number", ("locker",)),
        ("locker.size", ("locker",)),
    ]
    assert whole.field("person.age").required_by == ("membership",)
    assert codes(whole.sections) == ["person", "member"]


def test_what_an_item_brings_about_is_not_asked():
    whole = compiled(club())
    told = guide(whole, facts(coach__wanted=False, locker__wanted=True), ON)

    assert whole.field("member.number").produced_by == "membership"
    assert codes(told.produced) == ["member.number"]
    assert "member.number" not in [one.field.code for one in told.fields]


def test_what_is_not_brought_about_here_is_read_from_the_licence():
    raw = club()
    raw["packages"]["P90"]["items"] = [place("locker", 1)]
    told = guide(compiled(raw), {}, ON)

    assert told.produced == ()
    assert told.fields[1].field.source.licence == "member-card"


def test_the_one_set_names_why_a_material_is_spared():
    told = guide(compiled(club()), facts(coach__wanted=False, locker__wanted=False), ON)

    assert [(m.material.code, m.asked, m.exempt, m.from_item) for m in told.materials] == [
        ("card-copy", False, "LICENCE", "membership"),
        ("photo", True, "NONE", ""),
    ]
    assert [m.needed_by for m in told.to_bring] == [("membership",)]
    assert len(told.spared) == 1


def test_the_critical_path_is_the_longest_chain_of_promises():
    whole = compiled(club())

    assert (whole.promised_days, whole.critical_path) == (3.5, ("membership", "locker"))


def test_part_of_a_day_becomes_working_minutes():
    whole = compiled(club())
    promise = next(spec for spec in whole.clocks if spec.name == "promise")
    locker = {spec.name: spec for spec in whole.item("locker").clocks}

    assert whole.minutes_per_day == 480
    assert (promise.length, promise.unit) == (1680, Unit.WORKMINUTE)
    assert (locker["promise"].length, locker["promise"].unit) == (240, Unit.WORKMINUTE)
    assert "legal" not in locker
    (shorter,) = [c for c in whole.clocks_promising(3) if c.name == "promise"]
    assert (shorter.length, shorter.unit) == (3, Unit.WORKDAY)


def test_the_guide_names_what_applies_what_does_not_and_what_is_open():
    whole = compiled(club())

    told = guide(whole, facts(coach__wanted=False), ON)

    assert told.chosen == ("membership", "locker")
    assert [one.item.code for one in told.not_needed] == ["coach"]
    assert told.is_complete
    assert told.open_questions == ("locker_wanted",)
    assert told.licences == ("member-card",)
    assert told.departments == ("club",)


def test_an_unknown_answer_leaves_an_item_undecided_and_offers_a_person():
    whole = compiled(club())

    told = guide(whole, {}, ON, unsure={"coach_wanted"})

    (coach,) = told.undecided
    assert (coach.outcome, coach.missing) == (Outcome.UNKNOWN, ("coach.wanted",))
    assert coach.questions == ("coach_wanted",)
    assert coach.ask_person
    assert not told.is_complete
    assert told.open_questions == ("locker_wanted",)


def test_a_reason_stands_beside_every_verdict():
    told = guide(compiled(club()), facts(coach__wanted=True), ON)

    (line,) = told.items[2].lines
    assert (line.field, line.outcome, line.value) == ("coach.wanted", Outcome.MET, True)


def test_a_conditional_field_is_shown_only_where_it_may_be_needed():
    whole = compiled(club())

    def size(**known):
        told = guide(whole, facts(coach__wanted=False, **known), ON)
        return [
            (one.required, one.certain) for one in told.fields if one.field.code == "locker.size"
        ]

    assert size(locker__wanted=True) == [(True, True)]
    assert size() == [(False, False)]
    assert size(locker__wanted=False) == []


def test_the_figures_are_computed_from_the_items():
    told = guide(compiled(club()), facts(coach__wanted=True, locker__wanted=True), ON)
    figures = told.figures

    assert (figures.links.before, figures.links.after) == (11, 5)
    assert (figures.materials.before, figures.materials.after) == (3, 1)
    assert (figures.fields.before, figures.fields.after) == (9, 3)
    assert (figures.days.before, figures.days.after) == (12, 3.5)
    assert (figures.visits.before, figures.visits.after) == (4, 0)
    assert figures.typed_fields == 2
    assert figures.materials.saved_percent == 67


def test_the_published_figures_are_those_of_the_typical_situation():
    raw = club()
    raw["packages"]["P90"]["typical"] = {"coach.wanted": False, "locker.wanted": False}
    whole = compiled(raw)

    typical = guide(whole, facts(coach__wanted=False, locker__wanted=False), ON)

    assert whole.figures == typical.figures != compiled(club()).figures


def test_a_charge_is_added_up():
    raw = club()
    line = {"name": {"zh": "费", "en": "fee"}, "yuan": "12.50", "standard": "每件"}
    fee = {"charged": True, "basis": "章程", "standard": "每件", "lines": [line], "online": True}
    raw["items"]["membership"]["fee"] = raw["items"]["coach"]["fee"] = fee
    whole = compiled(raw)

    assert whole.fee_yuan == Decimal("25.00")
    assert guide(whole, facts(coach__wanted=False), ON).fee_yuan == Decimal("12.50")


def test_a_situation_can_have_limits_of_its_own():
    raw = club()
    raw["items"]["membership"]["limits"]["variants"] = [
        {
            "when": {"field": "person.age", "op": "lt", "value": 18},
            "promise": {"value": 1, "mark": "A"},
        }
    ]
    whole = compiled(raw)
    member = whole.item("membership")

    def promise(known):
        clocks = clocks_of(whole, member, known, ON)
        return next(spec.length for spec in clocks if spec.name == "promise")

    assert promise(facts(person__age=12)) == 1
    assert promise(facts(person__age=40)) == 3
    assert variant_of(whole, member, {}, ON) is None
    assert member.facts_needed == ("person.age",)
    child = guide(whole, facts(coach__wanted=False, person__age=12), ON)
    assert child.promised_days == 1.5


def test_a_parameter_is_that_of_the_day():
    raw = club()
    raw["parameters"]["adult_age"]["values"].append(
        {"from": "2030-01-01", "value": 16, "mark": "A", "basis": "新法"}
    )
    raw["packages"]["P90"]["items"][2] |= {
        "required": "auto",
        "choose_question": None,
        "when": {"field": "person.age", "op": "ge", "parameter": "adult_age"},
    }
    whole = compiled(raw)

    assert "coach" not in guide(whole, facts(person__age=17), date(2029, 12, 31)).chosen
    assert "coach" in guide(whole, facts(person__age=17), date(2030, 1, 1)).chosen


def test_leaving_an_item_out_never_lets_another_start_too_early():
    raw = club()
    raw["packages"]["P90"]["items"] = [
        place("membership", 1),
        place("coach", 2, after=["membership"], required="choose", choose_question="coach_wanted"),
        place("locker", 3, after=["coach", "membership"]),
    ]
    told = guide(compiled(raw), facts(coach__wanted=False, locker__wanted=False), ON)

    assert dict(told.order)["locker"] == ("membership",)
    assert told.promised_days == 3.5


def test_a_code_that_is_not_there_is_refused():
    whole = compiled(club())

    for look_up in (whole.item, whole.field, whole.material, whole.question, whole.licence_type):
        with pytest.raises(NotFound):
            look_up("no-such")


def test_a_department_sees_the_fields_of_its_item_alone():
    assert codes(compiled(club()).fields_of("coach")) == ["person.age"]


def test_the_task_code_has_31_characters():
    assert len(compiled(club()).item("coach").task_code("12650100MB0U012T03")) == 31


# Packages made at random


@st.composite
def packages(draw):
    """A sound package: items in an order without circles, sharing elements and materials."""
    raw = club()
    many = draw(st.integers(1, 7))
    names = [f"item-{i}" for i in range(many)]
    elements = [f"thing.e{i}" for i in range(draw(st.integers(1, 6)))]
    papers = [f"paper-{i}" for i in range(draw(st.integers(1, 4)))]
    wishes = [f"wish.w{i}" for i in range(3)]
    producer = draw(st.sampled_from([None, *range(many)]))
    raw["elements"] = {
        "thing": {
            "group": "thing",
            "name": {"zh": "东西", "en": "things"},
            "order": 1,
            "elements": [
                *(element(code) for code in elements),
                element(
                    "thing.made",
                    source={"from": "licence", "licence": "member-card", "field": "number"},
                ),
            ],
        }
    }
    raw["licences"]["member-card"]["face"] = raw["licences"]["member-card"]["face"][:1]
    raw["materials"] = [material(code) for code in [*papers, "made-copy"]]
    raw["items"], places = {}, []
    for i, name in enumerate(names):
        used = draw(st.lists(st.sampled_from(elements), unique=True))
        needed = draw(st.lists(st.sampled_from(papers), unique=True))
        after = draw(st.lists(st.sampled_from(names[:i]), unique=True)) if i else []
        uses_made = producer is not None and i > producer and draw(st.booleans())
        if uses_made and names[producer] not in after:
            after = [*after, names[producer]]
        wish = draw(st.sampled_from([None, *wishes]))
        raw["items"][name] = item(
            name,
            promise=draw(st.integers(0, 40)) / 2,
            fields=[
                *({"element": code, "required": draw(st.booleans())} for code in used),
                *([{"element": "thing.made"}] if uses_made else []),
            ],
            materials=[
                *(_paper(code, "NONE") for code in needed),
                *([_paper("made-copy", "LICENCE", licence="member-card")] if uses_made else []),
            ],
            result={
                "licence": "member-card" if i == producer else None,
                "name": None,
                "form": "none",
                "sample": False,
            },
        )
        when = {"when": {"field": wish, "op": "eq", "value": True}} if wish else {}
        places.append(place(name, i, after=after, required="auto" if wish else "must", **when))
    raw["packages"] = {"P90": package(*places, questions=[question(wish) for wish in wishes])}
    answers = {wish: draw(st.sampled_from([True, False, None])) for wish in wishes}
    return raw, {wish: Fact(answer) for wish, answer in answers.items() if answer is not None}


def _paper(code, exempt, **changes):
    return {"material": code, "required": True, "exempt": exempt, "mark": "A", **changes}


def _consumed(raw, chosen, key, name):
    return {use[name] for code in chosen for use in raw["items"][code][key]}


@given(packages())
@settings(deadline=None)
def test_nothing_that_an_item_needs_is_lost(made):
    raw, known = made
    whole = compiled(raw)

    for code, data in raw["items"].items():
        one = whole.item(code)
        assert set(one.field_codes) == {use["element"] for use in data["fields"]}
        assert set(one.material_codes) == {use["material"] for use in data["materials"]}
        for use in data["fields"]:
            field = whole.field(use["element"])
            assert code in field.consumers
            assert (code in field.required_by) == use.get("required", True)
        assert all(code in whole.material(m).needed_by for m in one.material_codes)
    told = guide(whole, known, ON)
    got = {one.field.code for one in told.fields} | set(codes(told.produced))
    assert got == _consumed(raw, told.chosen, "fields", "element")
    assert {m.material.code for m in told.materials} == (
        _consumed(raw, told.chosen, "materials", "material")
    )


@given(packages())
@settings(deadline=None)
def test_no_output_of_one_item_is_asked_for_by_another(made):
    raw, known = made

    told = guide(compiled(raw), known, ON)

    issued = {one.item.code for one in told.items if one.item.licence}
    asked = {one.field.code for one in told.fields if one.field.produced_by in issued}
    assert not asked
    assert all(
        one.from_item in issued for one in told.spared if one.exempt == "LICENCE" and issued
    )


@given(packages(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_in_which_items_are_written_does_not_matter(made, chance):
    raw, known = made
    whole = compiled(raw)
    order = list(raw["items"].items())
    chance.shuffle(order)
    raw["items"] = dict(order)
    chance.shuffle(raw["packages"]["P90"]["items"])
    for one in raw["packages"]["P90"]["items"]:
        chance.shuffle(one["depends_on"])

    again = compiled(raw)

    assert again == whole
    assert to_json(again) == to_json(whole)
    assert guide(again, known, ON) == guide(whole, known, ON)


def _slow_longest_path(whole, chosen):
    """Every chain of items, written out; a chain may step over items that were left out."""
    before = {one.code: {edge.item for edge in one.depends_on} for one in whole.items}
    days = {one.code: one.promise.value for one in whole.items}

    def chains(code):
        own = days[code] if code in chosen else 0.0
        yield own
        for dependency in before[code]:
            for rest in chains(dependency):
                yield own + rest

    return max((length for code in chosen for length in chains(code)), default=0.0)


@given(packages())
@settings(deadline=None)
def test_the_promised_time_is_the_longest_path(made):
    raw, known = made
    whole = compiled(raw)
    everything = [one.code for one in whole.items]

    assert whole.promised_days == _slow_longest_path(whole, everything)
    told = guide(whole, known, ON)
    assert told.promised_days == _slow_longest_path(whole, told.chosen)
    assert told.promised_days == sum(whole.item(code).promise.value for code in told.critical_path)


@given(packages())
@settings(deadline=None)
def test_each_thing_is_asked_for_once(made):
    raw, known = made

    told = guide(compiled(raw), known, ON)

    fields = [one.field.code for one in told.fields]
    papers = [one.material.code for one in told.to_bring]
    assert len(set(fields)) == len(fields) == told.figures.fields.after
    assert len(set(papers)) == len(papers) == told.figures.materials.after
    wanted = _consumed(raw, told.chosen, "materials", "material") - {"made-copy"}
    assert set(papers) == wanted


@given(packages())
@settings(deadline=None)
def test_a_compiled_package_survives_storage(made):
    raw, _ = made
    whole = compiled(raw)

    assert from_json(json.loads(json.dumps(to_json(whole)))) == whole


# The city


@pytest.fixture(scope="module")
def city():
    from tongban.config.options import CHECKOUT

    return load_content(CHECKOUT / "content")


def test_opening_an_enterprise_takes_two_days(city):
    whole = compile_package(city.packages["P01"], shelf_of(city))

    assert whole.promised_days == 2
    assert whole.critical_path == (
        "enterprise-registration",
        "seal-filing",
        "bank-account-booking",
    )


def test_opening_a_restaurant_takes_seven_days(city):
    whole = compile_package(city.packages["P02"], shelf_of(city))

    assert whole.promised_days == 7
    assert whole.departments[0] == "market-regulation"


def test_either_the_small_eatery_or_the_food_licence_applies(city):
    whole = compile_package(city.packages["P02"], shelf_of(city))

    def chosen(area, staff, *projects):
        told = guide(
            whole,
            facts(site__area=area, staff__count=staff, food__projects=projects),
            ON,
        )
        return [
            code for code in told.chosen if code in ("small-eatery-registration", "food-licence")
        ]

    for area, staff, project in permutations((50, 5, "hot"), 3):
        if isinstance(project, str):
            assert len(chosen(area, staff, project)) == 1
    assert chosen(50, 3, "hot") == ["small-eatery-registration"]
    assert chosen(51, 3, "hot") == chosen(50, 3, "raw") == ["food-licence"]


def test_guide_and_form_of_the_city_take_less_than_five_milliseconds(city):
    for code in ("P01", "P02"):
        whole = compile_package(city.packages[code], shelf_of(city))
        known = {name: Fact(value) for name, value in whole.typical}
        took = []
        for _ in range(21):
            begun = time.perf_counter()
            told = guide(whole, known, ON)
            took.append(time.perf_counter() - begun)
            assert told.fields
        assert median(took) < 0.005


def test_the_order_that_is_told_leaves_out_what_follows_from_it():
    order = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("a", "c"), "e": ("a",)}

    assert direct(order) == {"a": (), "b": ("a",), "c": ("b",), "d": ("c",), "e": ("a",)}
