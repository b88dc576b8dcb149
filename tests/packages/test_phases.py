"""Phased construction permits: each step needs those before it, the whole one closes them."""

import pytest

from tests.city.lives import applied
from tongban.cases.actions import conclude_special, start_special
from tongban.cases.models import CaseFile
from tongban.cases.rules.phases import EarlierDebtOpen, EarlierPhaseMissing
from tongban.credit.models import CreditRecord
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks, clocks_of
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput
from tongban.licences.actions import change_state
from tongban.licences.models import Licence
from tongban.licences.states import LicenceState

REVIEWS = ("drawings-review", "quality-safety-supervision", "air-defence-review")


def granted(city, name, permit):
    """One step from filing to its permit."""
    life = applied(city, name, key=name)
    life.accept()
    life.grant([one for one in (*REVIEWS, permit) if one in life.states()])
    assert life.states()[permit] == "granted"
    return life


@pytest.fixture
def pit(city):
    city.go("2026-09-07 10:30")
    granted(city, "hongshan-pit", "pit-permit")
    return city


def permits():
    rows = Licence.objects.filter(type_code__endswith="-permit").exclude(origin="mirrored")
    return {row.type_code: row.state for row in rows}


def test_a_step_is_not_applied_for_before_the_one_that_it_builds_on(city):
    city.go("2026-09-07 10:30")

    with pytest.raises(BadInput) as refused:
        applied(city, "hongshan-basement")

    problem = next(one for one in refused.value.problems if one.code == "earlier-phase-missing")
    assert "基坑" in problem.sentence


def test_with_a_basement_the_superstructure_needs_both_steps_before_it(pit):
    with pytest.raises(BadInput) as refused:
        applied(pit, "hongshan-superstructure", key="above")

    missing = [one.sentence for one in refused.value.problems]
    assert len(missing) == 1
    assert "地下室" in missing[0]


def test_a_step_is_not_granted_when_the_one_before_it_is_gone(pit):
    life = applied(pit, "hongshan-basement", key="below")
    life.accept()
    life.grant(["drawings-review", "air-defence-review"])
    life.review("basement-permit")
    before = Licence.objects.get(type_code="pit-permit")
    change_state(
        identifier=before.versions.get(succeeded_at=None).identifier, to=LicenceState.REVOKED,
        reason="基坑支护未按图施工", basis="行政许可法第六十九条", by=SYSTEM, now=pit.now,
    )  # fmt: skip

    with pytest.raises(EarlierPhaseMissing):
        life.decide("basement-permit")

    assert life.states()["basement-permit"] == "accepted"


def test_the_whole_permit_closes_the_steps_and_says_so(pit):
    granted(pit, "hongshan-basement", "basement-permit")
    granted(pit, "hongshan-superstructure", "superstructure-permit")
    assert set(permits().values()) == {"valid"}

    granted(pit, "hongshan-closing", "construction-permit")

    assert permits() == {
        "pit-permit": "cancelled",
        "basement-permit": "cancelled",
        "superstructure-permit": "cancelled",
        "construction-permit": "valid",
    }
    closed = Licence.objects.get(type_code="pit-permit").versions.get(succeeded_at=None)
    assert "建筑工程施工许可证" in closed.state_reason


@pytest.mark.law("45")
def test_the_technical_review_of_drawings_does_not_count(city):
    city.go("2026-09-07 10:30")
    life = applied(city, "hongshan-pit")
    life.accept()
    case = life.case("drawings-review")
    by = life.officer_of("drawings-review", "reviewer")
    start_special(
        case_id=case.id, procedure="technical-review", days=5, reason="送审图机构", by=by,
        now=city.now,
    )  # fmt: skip
    city.go("2026-09-14 10:30")
    special = Proceeding.objects.get(parent_id=case.id)
    conclude_special(special_id=special.id, finding="合格", by=by, now=city.now)
    city.rest()

    clocks = {one.spec.name: one for one in clocks_of(life.case("drawings-review"), city.now)}
    assert clocks["promise"].reading.used == 0


def test_a_lapsed_debt_of_a_key_project_is_on_record_and_still_holds_the_next_step(city):
    """签批先行、流程后补：到期没有补齐的，许可仍在，但记入信用，下一步不能准予。"""
    city.go("2026-09-07 10:30")
    pit = granted(city, "hongshan-pit-owing", "pit-permit")
    city.go("2026-09-14 10:30")
    later = applied(city, "hongshan-basement")
    later.accept()
    city.go("2026-10-13 09:00")  # the debt was due on 12 October

    debt = Proceeding.objects.get(parent_id=pit.case("pit-permit").id, kind="debt")
    assert debt.state == "lapsed"
    assert pit.states()["pit-permit"] == "granted"
    record = CreditRecord.objects.get(proceeding__party_id=pit.package.party_id)
    assert record.kind
    later.grant(["drawings-review"])
    later.grant(["air-defence-review"])
    later.review("basement-permit")
    file = CaseFile.objects.get(proceeding=later.case("basement-permit"))
    given = file.materials
    file.materials = [m for m in given if m["material"] != debt.facts["owed"][0]]
    file.save()
    with pytest.raises(EarlierDebtOpen, match="还没有补齐"):
        later.decide("basement-permit")
    # What was owed may be handed in with the next step; the broken promise stays on record.
    file.materials = given
    file.save()
    later.decide("basement-permit")
    assert later.states()["basement-permit"] in ("producing", "granted")
    assert list(audit_clocks()) == []
