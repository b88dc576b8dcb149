"""Who reviewed or chaired the hearing does not decide, where content says so."""

import pytest

from tests.city.lives import CITY_REGION
from tongban.cases.actions import decide_case
from tongban.cases.states import Result
from tongban.engine.actions import reassign_step
from tongban.engine.actions.assignment import NobodyToAssign
from tongban.engine.rules import Excluded
from tongban.people.models import Account, Post

FOOD = "food-licence"


@pytest.fixture
def reviewing_decider(restaurant):
    """One of the two deciders holds a post as reviewer as well, and reviews."""
    life = restaurant
    account = Account.objects.get(login="sun.decider")
    Post.objects.create(
        account=account, department_id="market-regulation", role="reviewer", region_id=CITY_REGION
    )
    life.house.go("2026-09-08 11:00")
    life.accept()
    head = life.officer_of(FOOD, "head")
    step = life.case(FOOD).step_set.get(code="review", state="open")
    if step.assignee_id != account.pk:
        reassign_step(
            proceeding_id=life.case(FOOD).id, step_code="review", to_account=account.pk,
            reason="轮换", by=head, now=life.house.now,
        )  # fmt: skip
    life.review(FOOD)
    return life


@pytest.mark.law("48(3)")
def test_who_reviewed_is_not_drawn_and_does_not_decide(reviewing_decider):
    life = reviewing_decider
    sun = life.house.actor("sun.decider")
    step = life.case(FOOD).step_set.get(code="decide", state="open")
    assert step.assignee_id == life.house.actor("erkin.decider").id

    with pytest.raises(Excluded):
        decide_case(
            case_id=life.case(FOOD).id, result=Result.GRANT, reasons="", by=sun,
            now=life.house.now,
        )  # fmt: skip
    with pytest.raises(NobodyToAssign):
        reassign_step(
            proceeding_id=life.case(FOOD).id, step_code="decide", to_account=sun.id,
            reason="调换", by=life.officer_of(FOOD, "head"), now=life.house.now,
        )  # fmt: skip
    life.decide(FOOD)
    assert life.case(FOOD).state in ("producing", "granted")
