"""One visit for all checks on site (综合踏勘)."""

import pytest

from tests.city.house import moment
from tongban.cases.actions import join_visit, pass_step
from tongban.cases.models import Opinion
from tongban.cases.rules.visits import NoJointVisit, VisitAhead
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.notices.models import Message
from tongban.packages.actions import cancel_visit, propose_visit
from tongban.people.queries import officers_for

FOOD, FIRE = "food-licence", "fire-check"
AT = "2026-09-10 10:00"


@pytest.fixture
def accepted(restaurant):
    restaurant.house.go("2026-09-08 11:00")
    restaurant.accept()
    return restaurant


def propose(life, at=AT, by=None, place="友好路88号"):
    propose_visit(
        package_id=life.package.id, held_at=moment(at), place=place, by=by or life.window,
        now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def team(life, item):
    department = life.case(item).department
    found = {
        one.account_id: one
        for role in ("checker", "reviewer")
        for one in officers_for(f"{department}.{role}", "650100")
    }
    return sorted(found)[:2]


def join(life, item, officers=None):
    join_visit(
        case_id=life.case(item).id, officers=officers or team(life, item),
        by=life.officer_of(item, "reviewer"), now=life.house.now,
    )  # fmt: skip


def check(life, item):
    step = life.case(item).step_set.exclude(code__in=["review", "intake_check"]).get(state="open")
    by = life.officer(step.queue, item)
    pass_step(
        case_id=life.case(item).id, step_code=step.code, opinion="现场符合要求",
        by=by, now=life.house.now,
    )  # fmt: skip
    return step, by


@pytest.mark.law("34(3)")
def test_each_department_records_the_one_visit_with_two_officers(accepted):
    propose(accepted)
    join(accepted, FOOD)
    join(accepted, FIRE)
    accepted.house.go("2026-09-10 11:30")

    for item in (FOOD, FIRE):
        step, by = check(accepted, item)
        told = Opinion.objects.get(proceeding=accepted.case(item), step_code=step.code)
        assert set(told.with_accounts) | {by.id} >= set(team(accepted, item))

    words = Message.objects.get(key="visit_called").words["zh"]["body"]
    assert "2026-09-10 10:00，友好路88号" in words
    assert "食品经营许可" in words
    assert "消防" in words


def test_nobody_goes_before_the_hour_that_all_share(accepted):
    propose(accepted)
    join(accepted, FOOD)

    with pytest.raises(VisitAhead, match="还没有到约定的时间"):
        check(accepted, FOOD)


def test_a_new_time_is_told_and_officers_are_named_anew(accepted):
    propose(accepted)
    join(accepted, FOOD)

    propose(accepted, "2026-09-11 15:00")

    assert "officers" not in accepted.case(FOOD).facts["visit"]
    assert Message.objects.filter(key="visit_called").count() == 2


def test_a_visit_that_is_called_off_leaves_each_to_check_alone(accepted):
    propose(accepted)

    cancel_visit(
        package_id=accepted.package.id, reason="下雪封路", by=accepted.window,
        now=accepted.house.now,
    )  # fmt: skip
    accepted.house.rest()

    accepted.review(FOOD)
    assert Message.objects.filter(key="visit_off").exists()
    with pytest.raises(NoJointVisit):
        join(accepted, FIRE)
    with pytest.raises(NoJointVisit):
        cancel_visit(
            package_id=accepted.package.id, reason="再次", by=accepted.window,
            now=accepted.house.now,
        )  # fmt: skip


def test_for_one_item_alone_there_is_no_joint_visit(accepted):
    accepted.review(FOOD)

    with pytest.raises(NoJointVisit, match="不到两个"):
        propose(accepted)


@pytest.mark.parametrize(
    ("at", "place"),
    [("2026-09-08 16:00", "友好路"), ("2026-09-12 10:00", "友好路"), (AT, " ")],
    ids=["today", "a Saturday", "nowhere"],
)
def test_the_appointment_is_a_working_day_ahead_at_a_place(accepted, at, place):
    with pytest.raises(BadInput):
        propose(accepted, at, place=place)


def test_two_of_the_own_department_go(accepted):
    propose(accepted)
    one, other = team(accepted, FOOD)[0], team(accepted, FIRE)[0]
    with pytest.raises(BadInput, match="两名不同"):
        join(accepted, FOOD, [one, one])
    with pytest.raises(BadInput, match="本部门在岗"):
        join(accepted, FOOD, [one, other])


def test_another_department_does_not_appoint_it(accepted):
    with pytest.raises(NotAllowed):
        propose(accepted, by=accepted.officer_of(FIRE, "reviewer"))
