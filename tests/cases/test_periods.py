"""What lengthens, stops or ends the handling: special procedures, extension, termination."""

from datetime import date

import pytest
from django.db import connection

from tests.city.house import moment
from tongban.cases import states
from tongban.cases.actions import (
    assign_inspectors,
    conclude_special,
    extend_case,
    start_special,
    terminate_case,
    withdraw_case,
)
from tongban.cases.events import ENDED_VERBS, SPECIAL_ENDED, SPECIAL_STARTED
from tongban.cases.rules import NotExtendable, SpecialProcedureOpen
from tongban.catalogue.queries import package_version
from tongban.engine.models import Clock, Proceeding
from tongban.engine.queries import audit_clocks, clocks_of
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed
from tongban.people.queries import officers_for

FOOD = "food-licence"
DRAINAGE = "drainage-permit"
NOW = moment("2026-09-08 11:00")


@pytest.fixture
def accepted(restaurant):
    restaurant.house.go("2026-09-08 11:00")
    restaurant.accept()
    return restaurant


def start(life, item=FOOD, *, by=None, **changes):
    asked = {"procedure": "inspection-testing", "days": 10, "reason": "餐饮具抽样送检"} | changes
    number = start_special(
        case_id=life.case(item).id,
        by=by or life.officer_of(item, "reviewer"),
        now=life.house.now,
        **asked,
    )
    life.house.rest()
    return Proceeding.objects.get(number=number)


def conclude(life, special, *, by=None, finding="检验合格", item=FOOD):
    if special.facts.get("officers", 1) > 1:
        inspect(life, special, item)
    conclude_special(
        special_id=special.id,
        finding=finding,
        by=by or life.officer_of(item, "reviewer"),
        now=life.house.now,
    )
    life.house.rest()


def inspect(life, special, item=FOOD):
    department = life.case(item).department
    fit = [
        one.account_id
        for role in ("reviewer", "checker")
        for one in officers_for(f"{department}.{role}", "650100")
    ]
    assign_inspectors(
        special_id=special.id, accounts=fit[:3],
        by=life.officer_of(item, "reviewer"), now=life.house.now,
    )  # fmt: skip


def extend(life, item=FOOD, *, by=None, reason="现场核查需要复核"):
    extend_case(
        case_id=life.case(item).id,
        reason=reason,
        by=by or life.officer_of(item, "head"),
        now=life.house.now,
    )
    life.house.rest()


def told_of(special, now):
    return next(one for one in clocks_of(special, now) if one.spec.name == "special")


def due_day(life, item, name="legal"):
    readings = clocks_of(life.case(item), life.house.now)
    return next(one.reading.due for one in readings if one.spec.name == name)


# 行政许可法第四十五条


@pytest.mark.law("45")
def test_the_time_of_a_special_procedure_does_not_count(accepted):
    before = due_day(accepted, FOOD).on
    accepted.house.go("2026-09-10 11:00")

    special = start(accepted)
    standing = due_day(accepted, FOOD)
    accepted.house.go("2026-09-17 11:00")
    conclude(accepted, special)

    assert standing.at is None
    # Five working days, 11 to 17 September, do not count; the 25th is a holiday.
    assert (before, due_day(accepted, FOOD).on) == (date(2026, 9, 21), date(2026, 9, 29))
    assert list(audit_clocks()) == []


@pytest.mark.law("45")
def test_a_special_procedure_has_its_own_clock_of_the_days_that_were_told(accepted):
    special = start(accepted, days=5)

    reading = told_of(special, accepted.house.now)
    assert (reading.spec.length, reading.reading.due.on) == (5, date(2026, 9, 15))
    accepted.house.go("2026-09-16 09:00")
    assert told_of(special, accepted.house.now).reading.overdue
    # It says so; only an officer ends it, and till then the case stands still.
    assert due_day(accepted, FOOD).at is None
    assert list(audit_clocks()) == []


@pytest.mark.law("55")
def test_an_inspection_is_assigned_to_two_officers_within_five_days(accepted):
    special = start(accepted)
    clock = next(
        c for c in clocks_of(special, accepted.house.now) if c.spec.name == "inspection_assignment"
    )
    assert clock.reading.due.on == date(2026, 9, 15)
    officer = accepted.officer_of(FOOD, "reviewer")
    with pytest.raises(BadInput, match="2 名以上"):
        conclude_special(special_id=special.id, finding="合格", by=officer, now=accepted.house.now)
    for alone in ([officer.id], [officer.id, officer.id], [officer.id, 1]):
        with pytest.raises(BadInput, match="2 名以上"):
            assign_inspectors(
                special_id=special.id, accounts=alone, by=officer, now=accepted.house.now
            )

    conclude(accepted, special)

    assert list(audit_clocks()) == []


def test_two_at_once_stop_the_clock_until_both_have_ended(accepted):
    test, experts = start(accepted, DRAINAGE), start(accepted, DRAINAGE, procedure="expert-review")

    conclude(accepted, test, item=DRAINAGE)
    assert due_day(accepted, DRAINAGE).at is None
    conclude(accepted, experts, item=DRAINAGE)

    assert due_day(accepted, DRAINAGE).at is not None
    assert accepted.case(DRAINAGE).open_children == 0


@pytest.mark.law("45")
def test_the_promise_of_the_whole_and_the_joint_limit_stand_still_as_well(accepted):
    before = {one.spec.name: one.reading.due.on for one in clocks_of(accepted.package, NOW)}
    accepted.house.go("2026-09-10 11:00")
    test, experts = start(accepted), start(accepted, DRAINAGE, procedure="expert-review")
    conclude(accepted, test)
    accepted.house.go("2026-09-17 11:00")
    standing = {one.spec.name: one.reading.due.at for one in clocks_of(accepted.package, NOW)}
    withdraw_case(
        case_id=accepted.case(DRAINAGE).id, by=accepted.applicant, now=accepted.house.now
    )
    accepted.house.rest()

    after = {one.spec.name: one.reading.due.on for one in clocks_of(accepted.package, NOW)}
    assert standing == {"acceptance": standing["acceptance"], "promise": None, "joint": None}
    assert (before["promise"], after["promise"]) == (date(2026, 9, 17), date(2026, 9, 23))
    assert (before["joint"], after["joint"]) == (date(2026, 11, 16), date(2026, 11, 23))
    assert Proceeding.objects.get(id=experts.id).state == "cancelled"
    assert list(audit_clocks()) == []


@pytest.mark.law("45")
def test_nothing_is_decided_while_it_goes_on(accepted):
    special = start(accepted)
    accepted.review(FOOD)

    with pytest.raises(SpecialProcedureOpen):
        accepted.decide(FOOD)

    conclude(accepted, special)
    accepted.decide(FOOD)
    assert accepted.case(FOOD).state in ("producing", "granted")


def test_a_case_that_ends_takes_its_procedures_with_it(accepted):
    special = start(accepted)

    withdraw_case(case_id=accepted.case(FOOD).id, by=accepted.applicant, now=accepted.house.now)
    accepted.house.rest()

    special.refresh_from_db()
    assert (special.state, accepted.case(FOOD).open_children) == ("cancelled", 0)
    assert not Clock.objects.filter(proceeding=special, stopped_at=None).exists()
    assert list(audit_clocks()) == []


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"procedure": "auction"}, "procedure"),
        ({"procedure": "expert-review"}, "procedure"),  # announced for other items only
        ({"days": 0}, "days"),
        ({"days": 21}, "days"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_the_item_does_not_announce_is_not_started(accepted, wrong, path):
    with pytest.raises(BadInput) as no:
        start(accepted, **wrong)

    assert [problem.path for problem in no.value.problems] == [path]
    assert due_day(accepted, FOOD).at is not None


def test_only_officers_of_the_case_start_and_end_it(accepted):
    with pytest.raises(NotAllowed):
        start(accepted, by=accepted.applicant)
    special = start(accepted)
    with pytest.raises(NotAllowed):
        conclude(accepted, special, by=accepted.officer("fire-rescue.reviewer"))


def test_it_ends_once(accepted):
    special = start(accepted)
    conclude(accepted, special)

    with pytest.raises(MoveNotAllowed):
        conclude(accepted, special)


# 行政许可法第四十二条


@pytest.mark.law("42(1)")
def test_the_head_extends_the_legal_limit_once(accepted):
    before = due_day(accepted, FOOD).on

    extend(accepted)

    assert (before, due_day(accepted, FOOD).on) == (date(2026, 9, 21), date(2026, 9, 29))
    assert list(audit_clocks()) == []
    with pytest.raises(NotExtendable, match="已经延长过一次"):
        extend(accepted)


@pytest.mark.law("42(1)")
def test_a_limit_that_has_passed_is_not_extended(accepted):
    accepted.house.go("2026-09-22 09:00")

    with pytest.raises(NotExtendable, match="已经届满"):
        extend(accepted)


def test_what_no_law_lets_extend_is_not_extended(snack_shop):
    snack_shop.house.go("2026-09-08 11:00")
    snack_shop.accept()

    with pytest.raises(NotExtendable, match="没有规定"):
        extend(snack_shop, "small-eatery-registration")


def test_only_the_head_extends_and_says_why(accepted):
    with pytest.raises(NotAllowed):
        extend(accepted, by=accepted.officer_of(FOOD, "reviewer"))
    with pytest.raises(BadInput):
        extend(accepted, reason=" ")


# Termination


def test_a_terminated_case_ends_with_its_reason_and_the_others_go_on(accepted):
    terminate_case(
        case_id=accepted.case(FOOD).id,
        reason="申请人已依法注销",
        by=accepted.officer_of(FOOD, "decider"),
        now=accepted.house.now,
    )
    accepted.house.rest()

    states = accepted.states()
    assert states[FOOD] == "terminated"
    assert states["fire-check"] == "accepted"
    assert list(audit_clocks()) == []


def test_a_decided_case_is_not_terminated(accepted):
    accepted.grant([FOOD])

    with pytest.raises(MoveNotAllowed):
        terminate_case(
            case_id=accepted.case(FOOD).id,
            reason="申请人已依法注销",
            by=accepted.officer_of(FOOD, "decider"),
            now=accepted.house.now,
        )


# The database


@pytest.mark.parametrize(
    "machine",
    [states.LIFE, *(side.machine for side in states.SIDES.values())],
    ids=lambda one: one.name,
)
@pytest.mark.usefixtures("db")
def test_the_database_knows_the_states_of_the_machine(machine):
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = %s",
            [f"engine_{machine.name}_state"],
        )
        text = cursor.fetchone()[0]

    assert {state for state in machine.states if f"'{state}'" in text} == set(machine.states)


def test_every_end_of_a_case_stops_its_clocks(restaurant):
    """A verb that ends a case and leaves a clock running would let it expire in the archive."""
    ends = {move.verb for move in states.LIFE.moves if move.target in states.LIFE.final}
    compiled = package_version(restaurant.package.version_id).compiled

    left = {
        (item.code, clock.name): sorted(ends - clock.stops_on - {"issue"})
        for item in compiled.items
        for clock in item.clocks
        if clock.name != "licence"
    }

    assert {where: verbs for where, verbs in left.items() if verbs} == {}


def test_every_end_of_a_case_is_announced():
    ends = {move.verb for move in states.LIFE.moves if move.target in states.LIFE.final}

    assert ends == ENDED_VERBS


def test_every_beginning_and_end_that_stops_the_clocks_is_announced():
    stopping = [side for side in states.SIDES.values() if side.stops_clocks]

    assert {verb for side in stopping for verb in side.begins} == SPECIAL_STARTED
    assert {verb for side in stopping for verb in side.ends} == SPECIAL_ENDED
