"""Steps of a route: opinions, together and one after the other, back, and handing over."""

import pytest

from tests.city.house import moment
from tongban.cases.actions import decide_case, pass_step, return_step
from tongban.cases.models import Opinion
from tongban.cases.rules import DecidedByAnother, RouteNotDone
from tongban.cases.states import Result
from tongban.engine.actions import reassign_step
from tongban.engine.actions.assignment import NobodyToAssign
from tongban.engine.models import Clock, Step
from tongban.engine.queries import audit_clocks, inbox
from tongban.engine.rules import TakenByColleague
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed
from tongban.people.models import Account
from tongban.records.models import Entry

FOOD = "food-licence"


@pytest.fixture
def accepted(restaurant):
    restaurant.house.go("2026-09-08 11:00")
    restaurant.accept()
    return restaurant


def open_steps(life, item):
    steps = Step.objects.filter(proceeding=life.case(item), state="open").order_by("id")
    return list(steps.values_list("code", flat=True))


def pass_(life, item, step, by, opinion="符合要求"):
    pass_step(
        case_id=life.case(item).id, step_code=step, opinion=opinion, by=by, now=life.house.now
    )
    life.house.rest()


def back(life, item, step, by, opinion="请补充核查记录"):
    return_step(
        case_id=life.case(item).id, step_code=step, opinion=opinion, by=by, now=life.house.now
    )
    life.house.rest()


def test_steps_together_open_the_decision_when_both_are_done(accepted):
    assert open_steps(accepted, FOOD) == ["review", "site_check"]

    accepted.pass_step(FOOD, "site_check", "checker")
    assert open_steps(accepted, FOOD) == ["review"]

    accepted.pass_step(FOOD, "review", "reviewer")
    assert open_steps(accepted, FOOD) == ["decide"]


def test_each_step_is_in_the_inbox_of_whom_it_was_given(accepted):
    reviewer = accepted.officer_of(FOOD, "reviewer")
    number = accepted.case(FOOD).number

    mine = [row.number for row in inbox(reviewer, only_mine=True)]

    assert number in mine


def test_a_step_is_not_passed_without_an_opinion(accepted):
    with pytest.raises(BadInput):
        pass_(accepted, FOOD, "review", accepted.officer_of(FOOD, "reviewer"), opinion=" ")

    assert not Opinion.objects.exists()


def test_nobody_decides_before_the_review_is_done(accepted):
    accepted.pass_step(FOOD, "review", "reviewer")

    with pytest.raises(RouteNotDone):
        accepted.decide(FOOD)


def test_the_decision_is_not_passed_like_a_review(accepted):
    accepted.review(FOOD)

    with pytest.raises(RouteNotDone):
        pass_(accepted, FOOD, "decide", accepted.officer_of(FOOD, "decider"))


def test_a_step_is_passed_once(accepted):
    reviewer = accepted.officer_of(FOOD, "reviewer")
    pass_(accepted, FOOD, "review", reviewer)

    with pytest.raises(DecidedByAnother) as no:
        pass_(accepted, FOOD, "review", reviewer)

    assert no.value.sentence.endswith("请刷新页面查看最新进展。")


def test_a_returned_case_goes_through_its_review_again_while_its_clocks_run_on(accepted):
    accepted.review(FOOD)
    before = Clock.objects.get(proceeding=accepted.case(FOOD), name="legal").due_at
    accepted.house.go("2026-09-10 10:00")

    back(accepted, FOOD, "decide", accepted.officer_of(FOOD, "decider"))

    assert open_steps(accepted, FOOD) == ["review", "site_check"]
    after = Clock.objects.get(proceeding=accepted.case(FOOD), name="legal")
    assert (after.due_at, after.suspensions) == (before, [])
    accepted.review(FOOD)
    accepted.decide(FOOD)
    assert accepted.states()[FOOD] == "granted"
    assert list(audit_clocks()) == []


def test_the_first_steps_have_nothing_to_go_back_to(accepted):
    with pytest.raises(RouteNotDone):
        back(accepted, FOOD, "review", accepted.officer_of(FOOD, "reviewer"))


def test_a_case_is_not_sent_back_without_a_reason(accepted):
    accepted.review(FOOD)

    with pytest.raises(BadInput):
        back(accepted, FOOD, "decide", accepted.officer_of(FOOD, "decider"), opinion="")


def test_what_was_sent_back_is_not_decided_by_whoever_had_it_open(accepted):
    accepted.review(FOOD)
    decider = accepted.officer_of(FOOD, "decider")
    back(accepted, FOOD, "decide", decider)

    with pytest.raises(DecidedByAnother):
        decide_case(
            case_id=accepted.case(FOOD).id, result=Result.GRANT, reasons="", by=decider,
            now=accepted.house.now,
        )  # fmt: skip


def test_a_colleague_of_the_same_post_does_not_take_a_step_that_was_given(accepted):
    given = Step.objects.get(proceeding=accepted.case(FOOD), code="review")
    others = [
        accepted.house.actor(login)
        for login in ("zhang.reviewer", "gulnar.reviewer", "ma.reviewer")
    ]
    colleague = next(one for one in others if one.id != given.assignee_id)

    with pytest.raises(TakenByColleague):
        pass_(accepted, FOOD, "review", colleague)


@pytest.mark.parametrize(
    "who", ["yan.fire", "kong.urban", "nurlan.reviewer", "li.window", "han.supervisor"]
)
def test_an_officer_of_another_post_department_or_region_passes_nothing(accepted, who):
    with pytest.raises(NotAllowed):
        pass_(accepted, FOOD, "review", accepted.house.actor(who))


# Handing over


def hand_over(life, to, *, by="zhou.head", reason="请假", step="review"):
    reassign_step(
        proceeding_id=life.case(FOOD).id, step_code=step,
        to_account=Account.objects.get(login=to).pk, reason=reason, by=life.house.actor(by),
        now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def another(life):
    """The login of a reviewer who does not hold the step."""
    given = Step.objects.get(proceeding=life.case(FOOD), code="review", state="open")
    return (
        Account.objects.filter(login__in=["zhang.reviewer", "gulnar.reviewer", "ma.reviewer"])
        .exclude(pk=given.assignee_id)
        .order_by("login")
        .values_list("login", flat=True)[0]
    )


def test_the_head_hands_a_step_over_with_a_reason(accepted):
    to = another(accepted)

    hand_over(accepted, to)

    pass_(accepted, FOOD, "review", accepted.house.actor(to))
    assert open_steps(accepted, FOOD) == ["site_check"]


def test_a_step_is_not_handed_over_without_a_reason(accepted):
    with pytest.raises(NobodyToAssign):
        hand_over(accepted, another(accepted), reason="  ")


@pytest.mark.parametrize("by", ["sun.decider", "qi.fire", "han.supervisor"])
def test_only_the_head_of_the_department_hands_over(accepted, by):
    with pytest.raises(NotAllowed):
        hand_over(accepted, another(accepted), by=by)


@pytest.mark.parametrize("to", ["sun.decider", "tian.reviewer", "yan.fire"])
def test_a_step_goes_to_a_colleague_of_the_same_post_only(accepted, to):
    with pytest.raises(NobodyToAssign):
        hand_over(accepted, to)


def test_nothing_is_handed_over_after_the_end(accepted):
    accepted.grant([FOOD])

    with pytest.raises((NobodyToAssign, MoveNotAllowed)):
        hand_over(accepted, "ma.reviewer")


def test_the_times_of_the_segments_add_up(accepted):
    from tongban.engine.queries import segments, steps_of

    accepted.house.go("2026-09-08 12:00")
    accepted.pass_step(FOOD, "review", "reviewer")
    accepted.house.go("2026-09-09 11:00")
    accepted.pass_step(FOOD, "site_check", "checker")

    case = accepted.case(FOOD)
    lines = segments(case, steps_of([case.id])[case.id], moment("2026-09-09 12:00"))

    # Office hours are counted as 10:00–14:00 and 15:30–19:30 all year.
    times = {(one.code, one.whose): one.working_minutes for one in lines}
    assert times == {
        ("intake_check", "government"): 210 + 240 + 60,
        ("review", "government"): 60,
        ("site_check", "government"): 180 + 240 + 60,
        ("decide", "government"): 60,
    }


# 行政许可法第三十四条第三款


@pytest.mark.law("34(3)")
def test_a_check_on_site_takes_two_officers(accepted):
    case = accepted.case(FOOD)
    checker = accepted.officer_of(FOOD, "checker")
    other = accepted.house.actor("zhang.reviewer")

    def check(*companions):
        pass_step(
            case_id=case.id, step_code="site_check", opinion="现场核查合格",
            companions=companions, by=checker, now=accepted.house.now,
        )  # fmt: skip

    for wrong in ((), (checker.id,)):
        with pytest.raises(BadInput, match="2 名以上") as no:
            check(*wrong)
        assert [problem.code for problem in no.value.problems] == ["missing"]
    for stranger in ("yan.fire", "ali", "li.window"):
        with pytest.raises(BadInput, match="本部门") as no:
            check(accepted.house.actor(stranger).id)
    assert open_steps(accepted, FOOD) == ["review", "site_check"]

    check(other.id)

    assert open_steps(accepted, FOOD) == ["review"]
    assert Opinion.objects.get(proceeding=case).with_accounts == [other.id]
    told = Entry.objects.get(stream_id=case.id, verb="pass_step")
    assert told.body["companions"] == [other.id]


def test_other_steps_take_one_officer_and_name_nobody_else(accepted):
    accepted.pass_step(FOOD, "review", "reviewer")

    assert Opinion.objects.get(proceeding=accepted.case(FOOD)).with_accounts == []
