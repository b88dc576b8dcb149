"""Deficient acceptance: what may be owed, what it blocks, how it is paid and how it lapses."""

import pytest

from tests.city.applying import upload
from tests.city.lives import applied
from tests.city.registers import mirrored
from tongban.cases.actions import (
    decide_case,
    extend_debt,
    lapse_case,
    pay_with_licence,
    withdraw_case,
)
from tongban.cases.models import Owed, Reliance
from tongban.cases.queries import debts_of, files_of
from tongban.cases.rules import MaterialOwed, NotExtendable, NothingOwed
from tongban.cases.states import Result
from tongban.credit.models import CreditRecord
from tongban.credit.queries import DEFICIENCY, why_barred
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.kernel.worktime import city_date
from tongban.packages.actions import supply_owed

FOOD = "food-licence"
WATER, HOUSE = "water-test-report", "premises-own"


@pytest.fixture
def owing(own_city):
    own_city.go("2026-09-07 10:30")
    life = applied(own_city, "noodle-well")
    own_city.go("2026-09-07 16:00")
    life.accept()
    return life


def debt_of(life):
    return Proceeding.objects.get(parent_id=life.case(FOOD).id, kind="debt")


def pay(life, material=WATER, *, by=None):
    by = by or life.applicant
    given = upload(material, life.package.party_id, by, life.house.now, name=f"{material} new")
    supply_owed(
        package_id=life.package_id,
        material=material,
        files=[given.file_id],
        by=by,
        now=life.house.now,
    )
    life.house.rest()


def test_the_case_is_reviewed_while_its_materials_are_owed(owing):
    case = owing.case(FOOD)

    assert case.state == "accepted"
    assert case.facts["owed"] == [HOUSE, WATER]
    assert debts_of([case.id], owing.house.now)[case.id].owed == (HOUSE, WATER)
    assert "owed" not in owing.case("signboard-filing").facts


def test_what_was_given_stands_in_the_set_of_the_case(owing):
    pay(owing)

    lines = {
        one["material"]: one
        for one in files_of([owing.case(FOOD).id])[owing.case(FOOD).id].materials
    }
    assert lines[WATER]["files"]
    assert "owed" not in lines[WATER]
    assert lines[HOUSE]["owed"]
    assert owing.case(FOOD).facts["owed"] == [HOUSE]
    assert debt_of(owing).state == "owed"


def test_a_licence_that_appears_pays_by_itself_and_is_relied_on(owing):
    mirrored(
        owing.house, "real-estate-certificate", "新证1号", owing.package.party_id, owing.house.now
    )
    owing.house.rest()

    assert owing.case(FOOD).facts["owed"] == [WATER]
    assert Reliance.objects.filter(proceeding_id=owing.case(FOOD).id, material=HOUSE).exists()
    again = Owed.objects.get(material=HOUSE)
    assert (
        pay_with_licence(
            party_id=owing.package.party_id,
            licence_type="real-estate-certificate",
            identifier=again.paid_with,
            now=owing.house.now,
        )
        == []
    )


def test_nothing_is_granted_before_everything_is_there(owing):
    owing.review(FOOD)
    decider = owing.officer_of(FOOD, "decider")
    pay(owing)

    with pytest.raises(MaterialOwed, match="不动产权证书"):
        decide_case(
            case_id=owing.case(FOOD).id, result=Result.GRANT, reasons="", by=decider,
            now=owing.house.now,
        )  # fmt: skip
    pay(owing, HOUSE)
    owing.decide(FOOD)

    assert debt_of(owing).state == "paid"
    assert owing.case(FOOD).state == "granted"


def test_a_denial_needs_no_more_material_and_ends_the_debt(owing):
    owing.review(FOOD)

    owing.decide(FOOD, "deny", "场所不符合要求")

    assert debt_of(owing).state == "cancelled"


def test_a_material_is_paid_once(owing):
    pay(owing)

    with pytest.raises(NothingOwed):
        pay(owing)


def test_a_stranger_pays_nothing(owing):
    with pytest.raises(NotAllowed):
        pay(owing, by=owing.house.actor("gulbahar"))


def test_the_time_is_extended_once_with_a_reason_by_the_department(owing):
    debt, officer = debt_of(owing), owing.officer_of(FOOD, "reviewer")
    now = owing.house.now
    with pytest.raises(BadInput):
        extend_debt(debt_id=debt.id, reason=" ", by=officer, now=now)
    with pytest.raises(NotAllowed):
        extend_debt(debt_id=debt.id, reason="等报告", by=owing.applicant, now=now)

    extend_debt(debt_id=debt.id, reason="等报告", by=officer, now=now)

    with pytest.raises(NotExtendable):
        extend_debt(debt_id=debt.id, reason="再等等", by=officer, now=now)
    assert list(audit_clocks()) == []


def test_a_lapse_withdraws_the_item_alone_and_stands_on_record(owing):
    owing.house.go("2026-09-16 10:00")

    assert owing.states()[FOOD] == "withdrawn"
    assert owing.states()["signboard-filing"] == "accepted"
    assert debt_of(owing).state == "lapsed"
    record = CreditRecord.objects.get()
    assert (record.kind, record.case_number) == ("broken-promise", owing.case(FOOD).number)
    assert why_barred(owing.package.party_id, DEFICIENCY, city_date(owing.house.now))
    assert not lapse_case(case_id=owing.case(FOOD).id, now=owing.house.now)


def test_who_withdraws_owes_nothing(owing):
    withdraw_case(case_id=owing.case(FOOD).id, by=owing.applicant, now=owing.house.now)
    owing.house.go("2026-09-16 10:00")

    assert debt_of(owing).state == "cancelled"
    assert not CreditRecord.objects.exists()


def test_reminders_come_at_half_time_on_the_day_before_and_on_the_day(owing):
    from tongban.records.models import Entry

    owing.house.go("2026-09-14 23:00")

    warned = Entry.objects.filter(stream_id=debt_of(owing).id, verb="clock_warned")
    days = [
        one.at.astimezone(owing.house.now.tzinfo).date().isoformat()
        for one in warned.order_by("id")
    ]
    assert len(days) == 3
