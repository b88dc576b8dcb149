"""Handling again what a review or a judgment set aside (行政复议法 64, 行政诉讼法 70, 71)."""

from dataclasses import replace
from datetime import date

import pytest

from tests.city.lives import Life
from tongban.cases.actions import state_new_grounds
from tongban.cases.models import Decision, SetAside
from tongban.cases.rules.redoing import (
    Forum,
    NobodyElse,
    NothingToSetAside,
    Order,
    Relief,
    SameDecision,
    SetAsideAlready,
)
from tongban.engine.models import Proceeding, Step
from tongban.engine.queries import audit_clocks, clocks_of
from tongban.engine.rules import Excluded
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.licences.queries import get_licence
from tongban.notices.models import Message
from tongban.packages.actions import set_aside
from tongban.people.models import Post

FOOD = "food-licence"
ORDER = Order(
    forum=Forum.REVIEW,
    relief=Relief.REDO,
    body="乌鲁木齐市人民政府",
    document="乌政复决〔2026〕31号",
    dated=date(2026, 9, 20),
    reason="认定排烟设施不合格的事实不清",
)


@pytest.fixture
def reviewed(restaurant):
    restaurant.house.go("2026-09-08 11:00")
    restaurant.accept()
    restaurant.review(FOOD)
    return restaurant


@pytest.fixture
def denied(reviewed):
    reviewed.decide(FOOD, "deny", "排烟设施不合格")
    reviewed.house.go("2026-09-22 10:00")
    return reviewed


def head(life):
    return life.officer_of(FOOD, "head")


def quashed(life, order=ORDER, by=None):
    filed = set_aside(
        case_id=life.case(FOOD).id, order=order, by=by or head(life), now=life.house.now
    )
    life.house.rest()
    return Life(life.house, life.wish, filed.proceeding_id, filed.number) if filed else None


@pytest.mark.law("行政诉讼法 70-71")
def test_what_was_set_aside_is_handled_again_with_fresh_clocks(denied):
    again = quashed(denied)

    case = again.case(FOOD)
    clocks = {c.spec.name: c.reading.due.on for c in clocks_of(case, denied.house.now)}
    assert (case.state, case.accepted_at) == ("accepted", denied.house.now)
    assert clocks["legal"] == date(2026, 10, 13)
    assert clocks_of(again.package, denied.house.now)
    assert SetAside.objects.get(proceeding=denied.case(FOOD)).again_id == case.id
    assert list(audit_clocks()) == []
    told = Message.objects.get(key="decision_set_aside")
    assert again.number in told.words["zh"]["body"]


@pytest.mark.law("行政诉讼法 70-71")
def test_who_reviewed_or_decided_before_is_not_drawn_and_is_refused(denied):
    from tongban.cases.actions import pass_step
    from tongban.cases.models import Opinion
    from tongban.people.models import Account

    before = Opinion.objects.get(proceeding=denied.case(FOOD), step_code="review").by_account

    again = quashed(denied)

    case = again.case(FOOD)
    away = set(case.facts["excluded"]["*"])
    drawn = set(
        Step.objects.filter(proceeding=case, state="open").values_list("assignee_id", flat=True)
    )
    assert before in away
    assert Decision.objects.get(proceeding=denied.case(FOOD)).decided_by in away
    assert drawn
    assert not drawn & away
    login = Account.objects.get(pk=before).login
    with pytest.raises(Excluded, match="应当由其他同事办理"):
        pass_step(
            case_id=case.id, step_code="review", opinion="符合",
            by=denied.house.actor(login), now=denied.house.now,
        )  # fmt: skip
    again.review(FOOD)
    again.decide(FOOD)
    assert again.case(FOOD).state == "granted"
    assert not {Decision.objects.get(proceeding=case).decided_by} & away


@pytest.mark.law("行政诉讼法 70-71")
def test_the_same_decision_is_not_made_again_on_the_same_grounds(denied):
    again = quashed(denied)
    again.review(FOOD)
    with pytest.raises(SameDecision, match="请部门负责人先在本页说明"):
        again.decide(FOOD, "deny", "排烟设施仍不合格")

    state_new_grounds(
        case_id=again.case(FOOD).id, grounds="九月二十三日检测，油烟浓度超标",
        by=head(denied), now=denied.house.now,
    )  # fmt: skip
    with pytest.raises(SameDecision, match="完全相同"):
        again.decide(FOOD, "deny", "排烟设施不合格")
    again.decide(FOOD, "deny", "九月二十三日检测，油烟浓度超标")

    assert again.case(FOOD).state == "denied"


@pytest.mark.law("行政诉讼法 70-71")
def test_what_fell_on_its_procedure_alone_may_be_decided_alike(denied):
    again = quashed(denied, replace(ORDER, on_procedure=True))
    again.review(FOOD)

    again.decide(FOOD, "deny", "排烟设施不合格")

    assert again.case(FOOD).state == "denied"


def test_the_licence_falls_with_the_decision_that_granted_it(reviewed):
    reviewed.decide(FOOD)
    reviewed.house.go("2026-09-22 10:00")
    licence = reviewed.case(FOOD).facts["licence"]

    nothing = quashed(reviewed, replace(ORDER, forum=Forum.COURT, relief=Relief.QUASH))

    assert nothing is None
    assert get_licence(licence, reviewed.house.now.date()).state == "revoked"
    assert reviewed.case(FOOD).facts["set_aside"]["document"] == ORDER.document
    assert not Proceeding.objects.filter(facts__again=reviewed.number).exists()


def test_a_denial_that_is_quashed_leaves_the_application_to_be_decided(denied):
    assert quashed(denied, replace(ORDER, relief=Relief.QUASH)) is not None


def test_it_is_recorded_once_and_by_the_head(denied):
    with pytest.raises(NotAllowed):
        quashed(denied, by=denied.officer_of(FOOD, "checker"))
    quashed(denied)
    with pytest.raises(SetAsideAlready):
        quashed(denied)


def test_what_is_not_decided_is_not_set_aside(reviewed):
    with pytest.raises(NothingToSetAside):
        quashed(reviewed, replace(ORDER, dated=date(2026, 9, 1)))


@pytest.mark.parametrize(
    "wrong", [{"body": " "}, {"document": ""}, {"reason": ""}, {"dated": date(2026, 9, 23)}]
)
def test_the_document_is_named_in_full(denied, wrong):
    with pytest.raises(BadInput):
        quashed(denied, replace(ORDER, **wrong))


def test_with_nobody_else_it_waits_for_somebody(denied):
    Post.objects.filter(department="market-regulation", role="decider").exclude(
        account_id=Decision.objects.get(proceeding=denied.case(FOOD)).decided_by
    ).delete()

    with pytest.raises(NobodyElse, match="增派"):
        quashed(denied)


def test_only_what_is_handled_again_needs_new_grounds(reviewed):
    with pytest.raises(NothingToSetAside, match="正在重新办理"):
        state_new_grounds(
            case_id=reviewed.case(FOOD).id, grounds="新的检测", by=head(reviewed),
            now=reviewed.house.now,
        )  # fmt: skip
