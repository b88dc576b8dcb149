"""A wrong acceptance goes back to the window: once, within a working day, the clocks run on."""

import pytest

from tongban.cases.actions import refuse_acceptance, return_acceptance, uphold_acceptance
from tongban.cases.rules import ReturnNotPossible
from tongban.engine.queries import audit_clocks, clocks_of, inbox
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.records.models import Entry

FOOD, FIRE = "food-licence", "fire-check"


@pytest.fixture
def accepted(restaurant):
    restaurant.house.go("2026-09-08 11:00")
    restaurant.accept()
    return restaurant


def send_back(life, item=FIRE, reason="不属于公众聚集场所"):
    return_acceptance(
        case_id=life.case(item).id, reason=reason, by=life.officer_of(item, "reviewer"),
        now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def dues(life, item=FIRE):
    return {c.spec.name: c.reading.due.on for c in clocks_of(life.case(item), life.house.now)}


def test_the_window_upholds_and_the_department_reviews_anew(accepted):
    before = dues(accepted)
    send_back(accepted)
    window = accepted.officer("market-regulation.window", FIRE)
    assert accepted.case(FIRE).number in {line.number for line in inbox(window)}
    with pytest.raises(ReturnNotPossible, match="退回过"):
        send_back(accepted)

    uphold_acceptance(
        case_id=accepted.case(FIRE).id, opinion="面积超过三百平方米", by=window,
        now=accepted.house.now,
    )  # fmt: skip
    accepted.house.rest()

    assert dues(accepted) == before
    assert Entry.objects.filter(verb="return_acceptance").count() == 1
    accepted.review(FIRE)
    accepted.decide(FIRE)
    assert list(audit_clocks()) == []


def test_the_window_refuses_and_names_the_right_body(accepted):
    send_back(accepted)
    with pytest.raises(NotAllowed):
        refuse_acceptance(
            case_id=accepted.case(FIRE).id, reason="不归本机关管", right_body="兵团消防",
            by=accepted.officer_of(FIRE, "reviewer"), now=accepted.house.now,
        )  # fmt: skip

    refuse_acceptance(
        case_id=accepted.case(FIRE).id, reason="不归本机关管", right_body="兵团消防",
        by=accepted.officer("market-regulation.window", FIRE), now=accepted.house.now,
    )  # fmt: skip
    accepted.house.rest()

    assert accepted.states()[FIRE] == "refused"
    assert list(audit_clocks()) == []


def test_after_one_working_day_it_is_too_late(accepted):
    accepted.house.go("2026-09-09 23:00")
    send_back(accepted, FOOD, "材料不符合法定形式")
    accepted.house.go("2026-09-10 09:00")

    with pytest.raises(ReturnNotPossible, match="时间已过"):
        send_back(accepted)


def test_the_reason_is_written_and_nothing_is_upheld_that_was_not_returned(accepted):
    with pytest.raises(BadInput):
        send_back(accepted, reason=" ")
    with pytest.raises(ReturnNotPossible, match="没有退回"):
        uphold_acceptance(
            case_id=accepted.case(FIRE).id, opinion="x", by=accepted.window,
            now=accepted.house.now,
        )  # fmt: skip
