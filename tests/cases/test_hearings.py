"""Hearings: told, asked for in five days, called seven days before, minutes, decision (46-48)."""

from datetime import date, timedelta

import pytest

from tests.city.house import moment
from tongban.cases.actions import (
    Call,
    answer_objection,
    ask_hearing,
    call_hearing,
    conclude_hearing,
    object_to_chair,
    record_hearing,
    sign_minutes,
    tell_hearing,
    waive_hearing,
    withdraw_case,
)
from tongban.cases.queries import chairs_for, sides_of
from tongban.cases.rules import SpecialProcedureOpen
from tongban.cases.rules.sides import NotificationTooLate, NotTheChair, ObjectionOpen
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks, clocks_of
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed
from tongban.kernel.worktime import city_date

FOOD = "food-licence"


@pytest.fixture
def accepted(restaurant):
    restaurant.house.go("2026-09-08 11:00")
    restaurant.accept()
    return restaurant


@pytest.fixture
def hearing(accepted):
    return Hearing(accepted)


class Hearing:
    """The hearing of the food licence, and everybody's hand in it."""

    def __init__(self, life):
        self.life, self.house = life, life.house
        self.reviewer = life.officer_of(FOOD, "reviewer")
        self.number = tell_hearing(
            case_id=life.case(FOOD).id, reason="邻居反映油烟扰民",
            by=self.reviewer, now=self.house.now,
        )  # fmt: skip
        self.house.rest()

    @property
    def row(self):
        return Proceeding.objects.get(number=self.number)

    def ask(self, by=None):
        ask_hearing(hearing_id=self.row.id, by=by or self.life.applicant, now=self.house.now)
        self.house.rest()

    @property
    def chair(self):
        from tongban.people.models import Account

        one = chairs_for(self.row, on=city_date(self.house.now))[0]
        return self.house.actor(Account.objects.get(pk=one.account_id).login)

    def call(self, at, *, chair=None, **more):
        call_hearing(
            hearing_id=self.row.id,
            call=Call(moment(at), "政务服务中心三楼听证室", chair or self.chair.id, **more),
            by=self.reviewer, now=self.house.now,
        )  # fmt: skip
        self.house.rest()

    def record(self, by):
        record_hearing(
            hearing_id=self.row.id, present="申请人、邻居代表王某", text="双方陈述、质证。", by=by,
            now=self.house.now,
        )  # fmt: skip
        self.house.rest()

    def sign(self):
        sign_minutes(hearing_id=self.row.id, by=self.life.applicant, now=self.house.now)

    def conclude(self, by, because=""):
        conclude_hearing(
            hearing_id=self.row.id, unsigned_because=because, by=by, now=self.house.now
        )
        self.house.rest()


def due(life, item=FOOD, name="legal"):
    readings = clocks_of(life.case(item), life.house.now)
    return next(one.reading.due for one in readings if one.spec.name == name)


@pytest.mark.law("47-48")
def test_who_does_not_ask_within_five_working_days_has_waived_it(hearing):
    assert due(hearing.life).at is None  # it stands still
    hearing.house.go("2026-09-15 23:59")
    assert hearing.row.state == "told"

    hearing.house.go("2026-09-16 00:10")

    assert hearing.row.state == "waived"
    # The days from the telling to the lapse did not count.
    assert due(hearing.life).on == date(2026, 9, 30)
    with pytest.raises(MoveNotAllowed):
        hearing.ask()
    assert list(audit_clocks()) == []


@pytest.mark.law("47-48")
def test_a_hearing_is_held_within_twenty_working_days_of_the_asking(hearing):
    hearing.house.go("2026-09-10 10:00")
    hearing.ask()

    holding = next(
        one for one in clocks_of(hearing.row, hearing.house.now)
        if one.spec.name == "hearing_holding"
    )  # fmt: skip
    assert holding.reading.due.on == date(2026, 10, 14)
    with pytest.raises(NotificationTooLate, match="期限以内"):
        hearing.call("2026-10-15 10:00")


@pytest.mark.law("47-48")
def test_seven_working_days_lie_between_the_notice_and_the_hearing(hearing):
    hearing.ask()

    with pytest.raises(NotificationTooLate, match="7 个工作日"):
        hearing.call("2026-09-17 10:00")
    hearing.call("2026-09-18 10:00")

    assert hearing.row.state == "called"


@pytest.mark.law("47-48")
def test_the_chair_does_not_review_the_application(hearing):
    hearing.ask()

    for login in (hearing.reviewer.id, 1):
        with pytest.raises(BadInput) as no:
            hearing.call("2026-09-21 10:00", chair=login)
        assert [p.path for p in no.value.problems] == ["chair"]


@pytest.mark.law("47-48")
def test_an_objection_to_the_chair_is_answered_before_he_holds_the_hearing(hearing):
    hearing.ask()
    hearing.call("2026-09-21 10:00")
    first = hearing.chair
    object_to_chair(
        hearing_id=hearing.row.id, reason="主持人是竞争对手的亲属",
        by=hearing.life.applicant, now=hearing.house.now,
    )  # fmt: skip
    hearing.house.go("2026-09-21 10:30")
    with pytest.raises(ObjectionOpen):
        hearing.record(first)
    others = [
        one.account_id
        for one in chairs_for(hearing.row, on=city_date(hearing.house.now))
        if one.account_id != first.id
    ]

    answer_objection(
        hearing_id=hearing.row.id, chair=others[0], reason="属实，更换主持人",
        by=hearing.life.officer_of(FOOD, "head"), now=hearing.house.now,
    )  # fmt: skip

    with pytest.raises(NotTheChair):
        hearing.record(first)
    assert hearing.row.facts["chair"] == others[0]


@pytest.mark.law("47-48")
def test_the_minutes_are_confirmed_and_the_decision_rests_on_them(hearing):
    hearing.ask()
    hearing.call("2026-09-18 10:00")
    chair = hearing.chair
    with pytest.raises(BadInput, match="还没有到"):
        hearing.record(chair)
    hearing.house.go("2026-09-18 11:00")
    hearing.record(chair)
    hearing.life.review(FOOD)
    with pytest.raises(SpecialProcedureOpen):
        hearing.life.decide(FOOD)
    with pytest.raises(BadInput, match="没有签字的原因"):
        hearing.conclude(chair)

    hearing.sign()
    hearing.conclude(chair)

    with pytest.raises(BadInput, match="听证笔录"):
        hearing.life.decide(FOOD)
    hearing.life.decide(FOOD, reasons="依据听证笔录，油烟净化设施符合要求。")
    assert hearing.life.case(FOOD).state in ("producing", "granted")
    line = sides_of([hearing.life.case(FOOD).id], hearing.house.now)[hearing.life.case(FOOD).id]
    assert [one.name for one in line[0].signatures] == [hearing.life.applicant.name]
    assert list(audit_clocks()) == []


def test_the_applicant_may_waive_it_and_nobody_else(hearing):
    with pytest.raises(NotAllowed):
        waive_hearing(hearing_id=hearing.row.id, by=hearing.reviewer, now=hearing.house.now)

    waive_hearing(hearing_id=hearing.row.id, by=hearing.life.applicant, now=hearing.house.now)
    hearing.house.rest()

    assert hearing.row.state == "waived"
    assert due(hearing.life).on == date(2026, 9, 21)


def test_a_case_that_ends_takes_its_hearing_with_it(hearing):
    hearing.ask()

    withdraw_case(
        case_id=hearing.life.case(FOOD).id, by=hearing.life.applicant,
        now=hearing.house.now + timedelta(minutes=1),
    )  # fmt: skip
    hearing.house.rest()

    assert (hearing.row.state, hearing.life.case(FOOD).open_children) == ("cancelled", 0)
    assert list(audit_clocks()) == []


def test_one_hearing_at_a_time_and_only_where_it_is_announced(hearing):
    for item in (FOOD, "signboard-filing"):
        with pytest.raises(BadInput):
            tell_hearing(
                case_id=hearing.life.case(item).id, reason="邻居反映",
                by=hearing.life.officer_of(item, "reviewer"), now=hearing.house.now,
            )  # fmt: skip
