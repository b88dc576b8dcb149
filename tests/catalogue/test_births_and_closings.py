"""Two packages of the city as citizens meet them: a birth (P05), an enterprise closed (P03).

One form, one set, one order and the figures, each worked out by hand beside the content.
"""

from datetime import date

import pytest

from tongban.catalogue.content.loader import load_content
from tongban.catalogue.rules import clocks_of, guide, variant_of
from tongban.catalogue.rules.compiler import compile_package
from tongban.catalogue.rules.published import shelf_of
from tongban.config.options import CHECKOUT
from tongban.kernel.conditions import Fact
from tongban.kernel.identifiers import is_id_number

ON = date(2026, 11, 20)
CLOSED_AFTER = {
    "customs-cancellation": "customs",
    "social-insurance-cancellation": "social",
    "medical-insurance-cancellation": "medical",
    "housing-fund-cancellation": "fund",
    "bank-account-closing": "bank",
    "seal-cancellation": "seals",
}


@pytest.fixture(scope="module")
def city():
    return load_content(CHECKOUT / "content")


@pytest.fixture(scope="module")
def born(city):
    return compile_package(city.packages["P05"], shelf_of(city))


@pytest.fixture(scope="module")
def closing(city):
    return compile_package(city.packages["P03"], shelf_of(city))


def told(whole, **changed):
    """The guide in the typical situation, with other answers by fact; None takes one away."""
    answers = dict(whole.typical) | {name.replace("__", "."): v for name, v in changed.items()}
    known = {name: Fact(value) for name, value in answers.items() if value is not None}
    return guide(whole, known, ON)


def papers(lines):
    return [one.material.code for one in lines]


def asked(one):
    return {field.field.code for field in one.fields}


# Both


@pytest.mark.parametrize("code", ["P03", "P05"])
def test_the_one_form_is_the_union_of_what_the_items_consume(city, code):
    whole = compile_package(city.packages[code], shelf_of(city))

    for place in city.packages[code].items:
        item = city.items[place.item]
        assert set(whole.item(place.item).field_codes) == {use.element for use in item.fields}
        assert set(whole.item(place.item).material_codes) == {u.material for u in item.materials}
    fields = [field.code for field in whole.fields]
    assert len(fields) == len(set(fields))
    assert {f for item in whole.items for f in item.field_codes} == set(fields)


@pytest.mark.parametrize("code", ["P03", "P05"])
def test_whoever_is_spared_a_material_is_told_how(city, code):
    whole = compile_package(city.packages[code], shelf_of(city))

    spared = told(whole).spared
    assert spared
    for one in spared:
        assert one.exempt != "NONE"
        assert bool(one.licence) == (one.exempt == "LICENCE")
        assert bool(one.share) == (one.exempt == "SHARE")
        assert one.exempt != "COMMIT" or one.material.statement


@pytest.mark.parametrize("code", ["P03", "P05"])
def test_nothing_stays_open_once_every_question_is_answered(city, code):
    whole = compile_package(city.packages[code], shelf_of(city))

    everything = told(whole)
    assert everything.open_questions == ()
    assert everything.is_complete


@pytest.mark.parametrize("code", ["P03", "P05"])
def test_the_figures_are_those_of_the_typical_situation(city, code):
    whole = compile_package(city.packages[code], shelf_of(city))
    items = [city.items[item] for item in told(whole).chosen]

    figures = whole.figures
    assert figures == told(whole).figures
    assert figures.links.before == sum(item.before.links for item in items)
    assert figures.materials.before == sum(len(item.before.materials) for item in items)
    assert figures.visits.before == sum(item.before.visits.value for item in items)
    assert figures.visits.after == max(item.visits.value for item in items)


# A child is born


def test_a_birth_is_a_matter_of_persons(city, born):
    assert born.audience == ("natural",)
    assert all(item.audience == ("natural",) for item in born.items)
    strange = ("enterprise.", "registration.", "site.", "applicant.role")
    assert not [field.code for field in born.fields if field.code.startswith(strange)]
    assert "business-licence-copy" not in papers(told(born).materials)
    assert not [kind for kind in born.licence_types if kind.code == "business-licence"]


def test_everything_about_a_birth_waits_for_the_certificate_alone(born):
    order = dict(told(born).order)

    assert order == {
        "birth-certificate": (),
        "vaccination-certificate": ("birth-certificate",),
        "household-registration": ("birth-certificate",),
        "resident-insurance": ("birth-certificate",),
        "social-security-card": ("household-registration",),
        "maternity-benefit": ("birth-certificate",),
        "parenting-guidance": ("birth-certificate",),
        "childcare-subsidy": ("birth-certificate", "household-registration"),
    }


def test_a_birth_is_done_in_21_days_of_which_the_allowance_takes_20(born):
    assert told(born).promised_days == 21
    assert told(born).critical_path == (
        "birth-certificate",
        "household-registration",
        "childcare-subsidy",
    )
    without = told(born, newborn__services=["insurance", "card", "maternity", "guidance"])
    assert without.promised_days == 10
    assert told(born, newborn__services=["insurance", "card"]).promised_days == 6
    assert told(born, newborn__services=["nothing"]).promised_days == 1


def test_a_married_mother_brings_nothing(born):
    typical = told(born)

    assert typical.to_bring == ()
    why = {one.material.code: (one.exempt, one.from_item) for one in typical.spared}
    assert why["id-card-copy"] == why["marriage-certificate-copy"] == ("LICENCE", "")
    assert why["birth-certificate-copy"] == ("LICENCE", "birth-certificate")
    assert why["household-page-copy"] == ("LICENCE", "household-registration")
    assert why["father-id-card-copy"] == ("INTERNAL", "")
    assert why["delivery-record"] == why["settlement-record"] == ("SHARE", "")


def test_the_figures_of_a_birth(born):
    figures = born.figures

    assert (figures.links.before, figures.links.after) == (29, 6)
    assert (figures.materials.before, figures.materials.after) == (39, 0)
    assert (figures.days.before, figures.days.after) == (34, 21)
    assert (figures.visits.before, figures.visits.after) == (11, 0)
    assert figures.fields.after < figures.fields.before


def test_number_and_certificate_of_the_child_are_handed_on_not_asked(born):
    made = {field.code: field.produced_by for field in told(born).produced}

    assert made == {
        "child.id_number": "household-registration",
        "birth.certificate_no": "birth-certificate",
    }
    held = told(born, birth__certificate_wanted=False)
    assert "birth-certificate" not in held.chosen
    assert "birth.certificate_no" in asked(held)


def test_an_unmarried_mother_is_never_refused(born):
    alone = told(born, parents__married=False, parents__father_stated=False)

    assert alone.chosen == told(born).chosen
    assert alone.to_bring == ()
    assert "non-marital-statement" in papers(alone.spared)
    assert not {"father.name", "father.id_number"} & asked(alone)


def test_only_an_unmarried_father_who_takes_the_child_needs_a_report(born):
    def brought(*, married, of, stated=True):
        told_to = told(
            born,
            parents__married=married,
            parents__father_stated=None if married else stated,
            household__of=of,
        )
        return set(papers(told_to.to_bring))

    assert brought(married=True, of="mother") == set()
    assert brought(married=True, of="father") == {"household-book-copy"}
    assert brought(married=False, of="mother") == {"father-id-card-copy"}
    assert brought(married=False, of="father") == {
        "father-id-card-copy",
        "household-book-copy",
        "paternity-report",
    }


def test_a_family_from_elsewhere_gets_what_the_city_can_give(born):
    with_permit = told(born, household__region="elsewhere", residence__permit=True)
    without = told(born, household__region="elsewhere", residence__permit=False)

    assert with_permit.chosen == (
        "birth-certificate",
        "vaccination-certificate",
        "resident-insurance",
        "maternity-benefit",
        "parenting-guidance",
    )
    assert set(with_permit.chosen) - set(without.chosen) == {"resident-insurance"}
    assert "residence-permit-copy" in papers(with_permit.spared)


def test_marriage_and_household_are_read_from_licences(born):
    known = {
        q.id: (q.known_from.licence, q.known_from.field) for q in born.questions if q.known_from
    }

    assert known == {
        "married": ("marriage-certificate", "is_married"),
        "household_region": ("household-book", "district"),
    }


# An enterprise closes


def test_nothing_ends_before_registration_and_registration_waits_for_tax_and_notice(closing):
    order = dict(told(closing).order)

    assert order["simple-closing-notice"] == order["tax-clearance"] == ("closing-check",)
    # The general lane's notice is left out and hands on what it would have waited for.
    assert order["enterprise-deregistration"] == (
        "closing-check",
        "simple-closing-notice",
        "tax-clearance",
    )
    for item in CLOSED_AFTER.keys() & order.keys():
        assert order[item] == ("enterprise-deregistration",)


def test_an_objection_ends_all_that_waits_for_the_notice(closing):
    edges = {item.code: item.depends_on for item in closing.items}

    assert {edge.on_refusal for edge in edges["enterprise-deregistration"]} == {"cancel"}
    assert all(edges[item][0].on_refusal == "cancel" for item in CLOSED_AFTER)


def test_the_time_of_the_notice_is_the_public_s(closing):
    steps = {s.code: s for turn in closing.item("simple-closing-notice").route for s in turn}

    assert steps["public_notice"].whose == "third"
    assert {s.whose for s in steps.values() if s.code != "public_notice"} == {"government"}


def test_the_simplified_lane_takes_19_days_the_general_one_12(closing):
    assert told(closing).promised_days == 19
    assert told(closing).critical_path[:3] == (
        "closing-check",
        "simple-closing-notice",
        "enterprise-deregistration",
    )
    general = told(closing, closing__lane="general")
    assert "liquidation-notice" in general.chosen
    assert "simple-closing-notice" not in general.chosen
    assert general.promised_days == 12
    idle = told(closing, closing__lane="general", closing__tax_business=False)
    assert idle.promised_days == 3


def test_the_days_for_objections_are_over_before_the_promise_is(city, closing):
    """20 days of notice, 10 for the departments: the promise holds a working day more."""
    from tongban.catalogue.rules.days import calendar_from_data
    from tongban.catalogue.rules.published import live_parts

    days = calendar_from_data(live_parts(city)["calendars"], "650100")
    item = closing.item("simple-closing-notice")
    lanes = {20: item.promise.value, 10: item.variants[0].promise.value}

    for start in range(date(2018, 1, 2).toordinal(), date(2026, 12, 1).toordinal()):
        begun = date.fromordinal(start)
        if days.is_working(begun):
            for length, promise in lanes.items():
                over = date.fromordinal(start + length)
                assert days.working_days_between(begun, over) < promise, begun


@pytest.mark.parametrize(
    "bar",
    [
        {"closing__debts_settled": False},
        {"closing__obstacle": True},
        {"closing__reason": "revoked"},
    ],
)
def test_who_has_debts_or_an_obstacle_takes_the_general_lane(closing, bar):
    barred = told(closing, **bar, closing__lane=None)

    assert "liquidation-notice" in barred.chosen
    assert "simple-closing-notice" not in barred.chosen
    assert {"liquidation-report", "closing-resolution"} <= set(papers(barred.to_bring))
    assert "lane" not in {question.id for question in barred.questions}


def test_an_individual_business_needs_no_notice_and_ten_days(closing):
    own = told(closing, enterprise__kind="individual_business", closing__lane=None)

    assert "simple-closing-notice" in own.chosen
    assert "liquidation-notice" not in own.chosen
    assert own.promised_days == 12
    item = closing.item("simple-closing-notice")
    known = {"enterprise.kind": Fact("individual_business")}
    assert variant_of(closing, item, known, ON).promise.value == 10
    promise = next(c for c in clocks_of(closing, item, known, ON) if c.name == "promise")
    assert promise.length == 10


def test_a_court_s_ruling_is_enough(closing):
    ruled = told(
        closing,
        closing__reason="court",
        closing__debts_settled=None,
        closing__obstacle=None,
        closing__lane=None,
    )

    assert ruled.is_complete
    assert not {"simple-closing-notice", "liquidation-notice"} & set(ruled.chosen)
    assert papers(ruled.to_bring) == ["court-ruling"]


def test_only_what_the_enterprise_has_is_closed(closing):
    for item, account in CLOSED_AFTER.items():
        chosen = told(closing, closing__accounts=[account]).chosen
        assert set(chosen) & CLOSED_AFTER.keys() == {item}
    assert not set(told(closing, closing__accounts=["none"]).chosen) & CLOSED_AFTER.keys()


def test_the_figures_of_a_closing(closing):
    figures = closing.figures

    assert (figures.links.before, figures.links.after) == (34, 6)
    assert (figures.materials.before, figures.materials.after) == (34, 0)
    assert (figures.days.before, figures.days.after) == (28.5, 19)
    assert (figures.visits.before, figures.visits.after) == (11, 1)


# The people of the demo city who walk through them


def test_the_mother_holds_what_the_form_reads(city):
    mother = next(p for p in city.citizens.persons if p.login == "reyhan")
    held = {licence.type: licence.face for licence in mother.licences}

    assert held["marriage-certificate"]["is_married"] is True
    assert is_id_number(held["marriage-certificate"]["husband_id"])
    assert held["household-book"]["district"] == "650102"


def test_every_step_of_both_has_somebody_to_do_it(city):
    held = {(p.department, p.role) for member in city.staff for p in member.posts}

    for code in ("P03", "P05"):
        package = city.packages[code]
        assert (package.lead_department, "window") in held
        for place in package.items:
            item = city.items[place.item]
            needed = {(s.department or item.department, s.role) for s in item.steps()}
            assert needed <= held, place.item


def test_a_paper_with_two_uses_has_the_note_of_the_use_that_applies(born):
    def father(*, married):
        found = told(born, parents__married=married, parents__father_stated=True).materials
        return next(one for one in found if one.material.code == "father-id-card-copy")

    assert "在结婚证上" in father(married=True).use.note.zh
    assert "没有办结婚登记" in father(married=False).use.note.zh
    assert father(married=False).asked


def test_an_item_that_uses_a_paper_in_two_ways_is_named_once(born):
    for material in born.materials:
        assert len(set(material.needed_by)) == len(material.needed_by), material.code
    for one in told(born, parents__married=None).materials:
        assert len(set(one.needed_by)) == len(one.needed_by), one.material.code
