"""Commitments: letters word for word, the check after the decision, breach and what follows."""

import pytest

from tests.city.lives import applied
from tongban.cases.actions import (
    ask_to_correct,
    begin_check,
    fail_check,
    pass_check,
    report_corrected,
    withdraw_case,
)
from tongban.cases.models import Letter, PostCheck
from tongban.cases.rules import checks
from tongban.credit.models import CreditRecord
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.kernel.worktime import city_date
from tongban.licences.queries import get_licence

FIRE = "fire-check"


@pytest.fixture
def promised(own_city):
    own_city.go("2026-09-07 10:30")
    life = applied(own_city, "restaurant-commit")
    own_city.go("2026-09-07 16:00")
    life.accept()
    return life


@pytest.fixture
def granted(promised):
    promised.review(FIRE)
    promised.decide(FIRE)
    return promised


def check(life):
    return Proceeding.objects.get(kind="check")


def checker(life):
    return life.officer("fire-rescue.checker")


def others(life):
    return life.companions(FIRE, checker(life))


def letter(life):
    return Letter.objects.get(proceeding_id=life.case(FIRE).id, regime="LICENCE")


def test_the_letter_is_kept_word_for_word_with_version_and_hash(promised):
    one = letter(promised)

    assert (one.letter, one.version, one.state) == ("fire-opening", 1, "signed")
    assert one.signed_by == promised.applicant.id
    assert one.text_hash == checks.hash_of(one.words)
    assert promised.case(FIRE).facts["committed"]
    assert "committed" not in promised.case("food-licence").facts


def test_who_withdraws_before_the_decision_is_bound_no_more(promised):
    withdraw_case(case_id=promised.case(FIRE).id, by=promised.applicant, now=promised.house.now)
    promised.house.rest()

    assert letter(promised).state == "withdrawn"
    assert not Proceeding.objects.filter(kind="check").exists()


def test_the_check_begins_once_after_the_decision(granted):
    assert (
        begin_check(case_id=granted.case(FIRE).id, now=granted.house.now) == check(granted).number
    )

    assert PostCheck.objects.count() == 1
    assert list(audit_clocks()) == []


@pytest.mark.law("34(3)")
def test_a_check_takes_two_officers_of_the_department(granted):
    with pytest.raises(BadInput, match="2 名"):
        pass_check(
            check_id=check(granted).id, finding="合格", by=checker(granted),
            now=granted.house.now,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        pass_check(
            check_id=check(granted).id, finding="合格", by=granted.window, now=granted.house.now,
            companions=others(granted),
        )  # fmt: skip

    pass_check(
        check_id=check(granted).id, finding="合格", companions=others(granted),
        by=checker(granted), now=granted.house.now,
    )  # fmt: skip
    granted.house.rest()

    assert letter(granted).state == "fulfilled"


def test_it_is_put_right_once_and_checked_again(granted):
    asked = {"check_id": check(granted).id, "companions": others(granted)}
    ask_to_correct(problem="堆放杂物", by=checker(granted), now=granted.house.now, **asked)
    with pytest.raises(NotAllowed):
        report_corrected(
            check_id=check(granted).id, report="好了", by=granted.house.actor("gulbahar"),
            now=granted.house.now,
        )  # fmt: skip
    report_corrected(
        check_id=check(granted).id, report="已清走", by=granted.applicant, now=granted.house.now
    )

    with pytest.raises(checks.CorrectedOnce):
        ask_to_correct(problem="还有", by=checker(granted), now=granted.house.now, **asked)


def test_a_breach_revokes_the_licence_and_stands_on_record(granted):
    identifier = granted.case(FIRE).facts["licence"]
    with pytest.raises(NotAllowed):
        fail_check(
            check_id=check(granted).id, reasons="不实", by=checker(granted), now=granted.house.now
        )

    fail_check(
        check_id=check(granted).id, reasons="安全出口被封堵",
        by=granted.officer("fire-rescue.decider"), now=granted.house.now,
    )  # fmt: skip
    granted.house.rest()

    assert get_licence(identifier, city_date(granted.house.now)).state == "revoked"
    assert letter(granted).state == "breached"
    record = CreditRecord.objects.get()
    assert (record.kind, record.is_published) == ("false-commitment", True)


@pytest.mark.parametrize("percent", [0, 25, 100])
def test_the_share_that_is_checked_follows_the_content(percent):
    drawn = sum(checks.is_drawn(f"BJ{n}", percent) for n in range(2000))

    assert abs(drawn / 20 - percent) < 4
