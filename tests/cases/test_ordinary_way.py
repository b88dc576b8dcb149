"""From a commitment to the ordinary way within the case; a proof instead of its letter."""

from datetime import date

import pytest

from tests.city import applying
from tests.city.lives import applied
from tests.city.wishes import wish
from tongban.cases.actions import leave_commitment, supply_proof
from tongban.cases.models import CaseFile, Letter
from tongban.cases.rules import DecidedByAnother, NothingOwed
from tongban.cases.rules.checks import NothingToLeave
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks, clocks_of
from tongban.kernel.refusals import MoveNotAllowed, NotAllowed
from tongban.packages.actions import submit_application
from tongban.packages.queries import check_draft, progress_of

FIRE, FOOD = "fire-check", "food-licence"


@pytest.fixture
def promised(monday):
    life = applied(monday, "restaurant-commit")
    monday.go("2026-09-07 16:00")
    life.accept()
    return life


def leave(life, item=FIRE, by=None):
    due = leave_commitment(case_id=life.case(item).id, by=by or life.applicant, now=life.house.now)
    life.house.rest()
    return due


def supply(life, code, item=FIRE):
    one = applying.upload(code, life.package.party_id, life.applicant, life.house.now, name=code)
    supply_proof(
        case_id=life.case(item).id, material=code, files=[one.file_id], by=life.applicant,
        now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def reading(life, name="legal", item=FIRE):
    found = clocks_of(life.case(item), life.house.now)
    return next(one.reading for one in found if one.spec.name == name)


def steps(life, item=FIRE):
    return set(life.case(item).step_set.filter(state="open").values_list("code", flat=True))


@pytest.mark.law("国办发〔2020〕42号")
def test_who_leaves_the_commitment_hands_in_the_proofs_and_is_checked_first(promised):
    assert "site_check" not in steps(promised)

    due = leave(promised)

    assert set(due) == {"fire-safety-rules", "fire-plan"}
    assert (
        Letter.objects.get(proceeding=promised.case(FIRE), regime="LICENCE").state == "withdrawn"
    )
    assert reading(promised).state == "suspended"
    lane = next(
        one
        for one in progress_of(promised.applicant, promised.number, promised.house.now).lanes
        if one.item_code == FIRE
    )
    assert (lane.turn, set(lane.proofs)) == ("applicant", set(due))
    promised.house.go("2026-09-09 10:00")
    supply(promised, "fire-plan")
    assert reading(promised).state == "suspended"
    supply(promised, "fire-safety-rules")

    assert steps(promised) == {"review", "site_check"}
    assert reading(promised).due.on == date(2026, 9, 28)
    assert list(audit_clocks()) == []
    promised.review(FIRE)
    promised.decide(FIRE)
    assert promised.case(FIRE).state in ("producing", "granted")
    assert not Proceeding.objects.filter(kind="check").exists()


@pytest.mark.law("国办发〔2020〕42号")
def test_nothing_is_granted_before_the_proofs_are_there(promised):
    promised.review(FIRE)
    leave(promised)

    with pytest.raises(DecidedByAnother):
        promised.decide(FIRE)
    supply(promised, "fire-plan")
    with pytest.raises(DecidedByAnother):
        promised.decide(FIRE)


def test_what_is_not_waited_for_is_not_taken(promised):
    with pytest.raises(NothingOwed):
        supply(promised, "fire-plan")
    leave(promised)
    with pytest.raises(NothingOwed):
        supply(promised, "signboard-picture")


def test_only_the_applicant_leaves_and_once(promised):
    with pytest.raises(NotAllowed):
        leave(promised, by=promised.house.actor("qiao.bin"))
    leave(promised)
    with pytest.raises(NothingToLeave):
        leave(promised)


def test_a_letter_instead_of_a_proof_is_left_as_well(promised):
    due = leave(promised, FOOD)

    assert due == ("food-safety-rules",)
    supply(promised, "food-safety-rules", FOOD)
    assert steps(promised, FOOD) == {"review", "site_check"}


def test_after_the_decision_nothing_is_left(promised):
    promised.review(FIRE)
    promised.decide(FIRE)
    with pytest.raises(MoveNotAllowed):
        leave(promised)


def test_a_proof_may_be_handed_in_instead_of_its_letter(monday):
    draft = applying.write_draft(monday, wish("restaurant"))
    by = monday.actor("ali")
    check = check_draft(by, draft, monday.now)
    line = next(one for one in check.materials if one.code == "food-safety-rules")
    assert line.may_prove
    form = next(one for one in check.materials if one.code == "signboard-safety-promise")
    assert not form.may_prove

    applying.put(monday, draft, "food-safety-rules", check.party_id, by, monday.now)
    applying.sign_all(monday, draft, by)
    filed = submit_application(draft_id=draft, key="proof", by=by, now=monday.now)

    case = Proceeding.objects.get(parent_id=filed.proceeding_id, facts__item=FOOD)
    given = {m["material"]: m for m in CaseFile.objects.get(proceeding=case).materials}
    assert given["food-safety-rules"]["files"]
    assert not Letter.objects.filter(proceeding=case).exists()
