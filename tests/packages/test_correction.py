"""Correction: one notice of all departments, one supply that answers what it asks."""

import pytest

from tests.city.applying import upload
from tongban.cases.actions import clear_requirement, withdraw_case
from tongban.cases.models import CaseFile, Requirement
from tongban.engine.queries import audit_clocks
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed
from tongban.packages.actions import (
    Supply,
    ask_correction,
    resume_application,
    supply_correction,
)
from tongban.packages.queries import progress_of
from tongban.packages.rules import NothingToCorrect, SupplyIncomplete

FOOD, SEATS = "food-licence", "site.seats"


@pytest.fixture
def noticed(restaurant):
    """Asked to correct one answer and one material of the food licence, one of the fire check."""
    restaurant.require(FOOD, SEATS)
    restaurant.require(FOOD, "layout-plan")
    restaurant.require("fire-check", "fire-plan")
    ask(restaurant)
    return restaurant


def ask(life):
    ask_correction(package_id=life.package_id, by=life.window, now=life.house.now)
    life.house.rest()


def material(life, code):
    made = upload(code, life.package.party_id, life.applicant, life.house.now, name=f"{code} 2")
    return {"material": code, "files": [made.file_id]}


def whole(life, **answers):
    return [
        Supply(FOOD, {SEATS: 100, **answers}, [material(life, "layout-plan")]),
        Supply("fire-check", {}, [material(life, "fire-plan")]),
    ]


def supply(life, supplies, *, by=None):
    supply_correction(
        package_id=life.package_id, supplies=supplies, by=by or life.applicant, now=life.house.now
    )
    life.house.rest()


def test_an_empty_notice_is_not_sent(restaurant):
    with pytest.raises(NothingToCorrect):
        ask(restaurant)


def test_a_requirement_that_was_taken_back_is_not_told(restaurant):
    restaurant.require(FOOD, SEATS)
    one = Requirement.objects.get()
    clear_requirement(
        case_id=restaurant.case(FOOD).id, requirement_id=one.pk,
        by=restaurant.officer_of(FOOD, "reviewer"), now=restaurant.house.now,
    )  # fmt: skip

    with pytest.raises(NothingToCorrect):
        ask(restaurant)


@pytest.mark.parametrize("target", ["bank.branch", "no-such-thing", ""])
def test_a_requirement_names_something_that_the_item_has(restaurant, target):
    with pytest.raises(BadInput):
        restaurant.require(FOOD, target)

    assert not Requirement.objects.exists()


def test_during_the_correction_it_is_the_applicants_turn_and_time(noticed):
    shown = progress_of(noticed.applicant, noticed.number, noticed.house.now)

    assert (shown.state, shown.turn) == ("correction", "applicant")
    running = {c.spec.name: c.reading.state for c in shown.clocks}
    assert running == {"acceptance": "stopped", "correction": "running"}


def test_a_supply_that_answers_everything_starts_the_acceptance_anew(noticed):
    supply(noticed, whole(noticed))

    shown = progress_of(noticed.applicant, noticed.number, noticed.house.now)
    assert (shown.state, shown.turn) == ("received", "government")
    assert {c.spec.name for c in shown.clocks if c.reading.state == "running"} == {
        "acceptance_after_supply"
    }
    file = CaseFile.objects.get(item_code=FOOD)
    assert file.answers[SEATS] == 100
    plans = [m for m in file.materials if m["material"] == "layout-plan"]
    assert len(plans) == 1
    assert list(audit_clocks()) == []


def test_a_supply_that_leaves_something_out_is_refused_with_what_is_missing(noticed):
    with pytest.raises(SupplyIncomplete) as no:
        supply(noticed, whole(noticed)[:1])

    assert no.value.facts["missing"] == ["fire-plan"]
    assert noticed.package.state == "correction"


def test_a_supply_changes_only_what_the_notice_asks(noticed):
    with pytest.raises(BadInput) as no:
        supply(noticed, whole(noticed, **{"site.area": 40}))

    assert [(p.path, p.code) for p in no.value.problems] == [(f"{FOOD}:site.area", "not-asked")]
    assert CaseFile.objects.get(item_code=FOOD).answers["site.area"] != 40


def test_a_supplied_answer_is_checked_like_a_filed_one(noticed):
    with pytest.raises(BadInput) as no:
        supply(noticed, whole(noticed, **{SEATS: "很多"}))

    assert [problem.path for problem in no.value.problems] == [f"{FOOD}:{SEATS}"]


def test_what_ended_since_the_notice_needs_no_answer(noticed):
    """The fire check is withdrawn while its plan is asked for; the rest is supplied."""
    withdraw_case(
        case_id=noticed.case("fire-check").id, by=noticed.applicant, now=noticed.house.now
    )

    supply(noticed, whole(noticed)[:1])

    assert noticed.package.state == "received"
    assert CaseFile.objects.get(item_code=FOOD).answers[SEATS] == 100


def test_a_stranger_supplies_nothing(noticed):
    with pytest.raises(NotAllowed):
        supply(noticed, whole(noticed), by=noticed.house.actor("li.na"))


def test_there_is_nothing_to_supply_without_a_notice(restaurant):
    with pytest.raises(MoveNotAllowed):
        supply(restaurant, [])


def test_after_the_term_the_applicant_may_still_supply(noticed):
    noticed.house.go("2026-09-25 10:00")

    supply(noticed, whole(noticed))

    assert noticed.package.state == "received"


def test_after_the_term_the_window_goes_on_without_the_supply(noticed):
    noticed.house.go("2026-09-25 10:00")

    resume_application(package_id=noticed.package_id, by=noticed.window, now=noticed.house.now)
    noticed.house.rest()
    noticed.accept()

    assert noticed.states()[FOOD] == "accepted"
    with pytest.raises(MoveNotAllowed):
        supply(noticed, whole(noticed))


def test_before_the_term_the_window_waits(noticed):
    with pytest.raises(NothingToCorrect):
        resume_application(package_id=noticed.package_id, by=noticed.window, now=noticed.house.now)


def test_silence_after_the_supply_is_acceptance_from_the_supply(noticed):
    noticed.house.go("2026-09-09 11:00")
    supply(noticed, whole(noticed))
    supplied = noticed.house.now

    noticed.house.go("2026-09-25 10:00")

    assert noticed.package.state == "accepted"
    assert noticed.package.accepted_at == supplied


def test_a_supplied_picture_that_nobody_could_read_is_refused_before_anything_changes(restaurant):
    from tests.documents.samples import picture
    from tongban.documents.actions import store_file
    from tongban.packages.rules import PictureTooSmall

    restaurant.require("signboard-filing", "signboard-picture")
    ask(restaurant)
    small = store_file(
        content=picture(size=(900, 599)), name="小.jpg",
        owner_party_id=restaurant.package.party_id, purpose="material",
        by=restaurant.applicant, now=restaurant.house.now,
    )  # fmt: skip
    given = Supply(
        "signboard-filing", {}, [{"material": "signboard-picture", "files": [small.pk]}]
    )

    with pytest.raises(PictureTooSmall) as refused:
        supply(restaurant, [given])

    assert refused.value.problems[0].path == "signboard-filing:signboard-picture"
    assert restaurant.package.state == "correction"
