"""Interested parties are heard, other departments are asked: beside the route (36)."""

import re
from datetime import date

import pytest

from tongban.cases.actions import (
    Concerned,
    ask_hearing,
    ask_opinion,
    give_opinion,
    hear_interested,
    make_statement,
    tell_hearing,
    withdraw_case,
)
from tongban.cases.queries import sides_of, statement_by_token, statement_token
from tongban.cases.rules.sides import CountersignerDisagrees, WaitsForOthers
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks, clocks_of, inbox
from tongban.kernel.actors import Actor
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed, NotFound
from tongban.notices.models import Message

FOOD = "food-licence"
LINK = Actor(kind="citizen", id=0, name="王某")


@pytest.fixture
def accepted(restaurant):
    restaurant.house.go("2026-09-08 11:00")
    restaurant.accept()
    restaurant.review(FOOD)
    return restaurant


def tell(life, **changes):
    who = Concerned(
        **({"name": "王某", "concerns": "排烟口正对住宅", "contact": "13909910000"} | changes)
    )
    number = hear_interested(
        case_id=life.case(FOOD).id, who=who, by=life.officer_of(FOOD, "decider"),
        now=life.house.now,
    )  # fmt: skip
    life.house.rest()
    return Proceeding.objects.get(number=number)


def legal(life):
    found = clocks_of(life.case(FOOD), life.house.now)
    return next(one.reading.due.on for one in found if one.spec.name == "legal")


def state(life, row, text="排烟口应当改到背街一侧。"):
    make_statement(statement_id=row.id, text=text, by=LINK, now=life.house.now, is_by_link=True)
    life.house.rest()


@pytest.mark.law("36")
def test_nothing_is_decided_before_the_interested_party_has_spoken(accepted):
    before = legal(accepted)
    row = tell(accepted)
    with pytest.raises(WaitsForOthers, match="利害关系人"):
        accepted.decide(FOOD)

    state(accepted, statement_by_token(statement_token(row.number)))
    accepted.decide(FOOD)

    line = sides_of([accepted.case(FOOD).id], accepted.house.now)[accepted.case(FOOD).id][0]
    assert (line.proceeding.state, line.interested.contact) == ("stated", "139****0000")
    assert "背街" in line.interested.statement
    assert legal(accepted) == before  # this time counts
    assert list(audit_clocks()) == []


@pytest.mark.law("36")
def test_after_the_days_of_the_content_silence_is_an_answer(accepted):
    row = tell(accepted)

    accepted.house.go("2026-09-16 00:10")

    row.refresh_from_db()
    assert row.state == "silent"
    with pytest.raises(MoveNotAllowed):
        state(accepted, row)
    accepted.decide(FOOD)
    assert list(audit_clocks()) == []


@pytest.mark.law("36")
def test_an_interested_party_may_ask_for_the_hearing(accepted):
    row = tell(accepted)
    number = tell_hearing(
        case_id=accepted.case(FOOD).id, reason="邻居反映油烟扰民",
        by=accepted.officer_of(FOOD, "decider"), now=accepted.house.now,
    )  # fmt: skip
    hearing = Proceeding.objects.get(number=number)
    with pytest.raises(NotAllowed):
        ask_hearing(hearing_id=hearing.id, by=LINK, now=accepted.house.now)

    ask_hearing(hearing_id=hearing.id, by=LINK, now=accepted.house.now, statement_id=row.id)

    hearing.refresh_from_db()
    assert hearing.state == "requested"


def test_a_known_interested_party_gets_the_link_in_his_inbox(accepted):
    row = tell(accepted, code="91650100MA7TE5T198")

    sent = Message.objects.get(key="statement_asked")
    token = re.search(r"/hear/([^/]+)/", str(sent.params))[1]
    assert statement_by_token(token).id == row.id
    with pytest.raises(NotFound):
        statement_by_token(token[:-1] + ("a" if token[-1] != "a" else "b"))


@pytest.mark.parametrize("wrong", [{"name": " "}, {"concerns": ""}])
def test_who_is_concerned_and_how_must_be_said(accepted, wrong):
    with pytest.raises(BadInput):
        tell(accepted, **wrong)


# Opinions


def ask(life, *departments, countersign=False, question="排烟口的位置是否合规？"):
    numbers = ask_opinion(
        case_id=life.case(FOOD).id, departments=departments, question=question,
        countersign=countersign, by=life.officer_of(FOOD, "decider"), now=life.house.now,
    )  # fmt: skip
    life.house.rest()
    return [Proceeding.objects.get(number=number) for number in numbers]


def answer(life, row, *, agrees=True, text="没有意见"):
    give_opinion(
        opinion_id=row.id, agrees=agrees, text=text,
        by=life.officer(f"{row.department}.reviewer"), now=life.house.now,
    )  # fmt: skip
    life.house.rest()


def test_a_department_answers_in_its_own_inbox_while_the_clocks_run_on(accepted):
    (row,) = ask(accepted, "urban-management")
    officer = accepted.officer("urban-management.reviewer")
    assert row.number in {line.number for line in inbox(officer)}
    with pytest.raises(WaitsForOthers, match="征求的部门意见"):
        accepted.decide(FOOD)

    answer(accepted, row)

    accepted.decide(FOOD)
    assert list(audit_clocks()) == []


def test_no_answer_is_no_objection_where_content_says_so(accepted):
    (row,) = ask(accepted, "urban-management")

    accepted.house.go("2026-09-16 00:10")

    row.refresh_from_db()
    assert row.state == "silent"
    accepted.decide(FOOD)


def test_a_joint_signature_is_waited_for_and_counts(accepted):
    first, second = ask(accepted, "urban-management", "fire-rescue", countersign=True)
    accepted.house.go("2026-09-14 10:00")
    first.refresh_from_db()
    assert (first.state, clocks_of(first, accepted.house.now)[0].reading.overdue) == (
        "asked",
        True,
    )
    assert clocks_of(first, accepted.house.now)[0].reading.due.on == date(2026, 9, 11)
    answer(accepted, first, agrees=False, text="排烟口临街，不符合规定")
    answer(accepted, second)

    with pytest.raises(CountersignerDisagrees):
        accepted.decide(FOOD)
    (again,) = ask(accepted, "urban-management", countersign=True)
    answer(accepted, again)
    accepted.decide(FOOD)


@pytest.mark.parametrize(
    ("departments", "question"),
    [(["market-regulation"], "?"), (["nobody"], "?"), ([], "?"), (["fire-rescue"], " ")],
)
def test_whom_and_what_one_may_ask(accepted, departments, question):
    with pytest.raises(BadInput):
        ask(accepted, *departments, question=question)


def test_who_does_not_agree_says_why_and_a_stranger_says_nothing(accepted):
    (row,) = ask(accepted, "urban-management")
    with pytest.raises(BadInput):
        answer(accepted, row, agrees=False, text="")
    with pytest.raises(NotAllowed):
        give_opinion(
            opinion_id=row.id, agrees=True, text="", by=accepted.officer_of(FOOD, "decider"),
            now=accepted.house.now,
        )  # fmt: skip


def test_what_runs_beside_ends_with_its_case(accepted):
    (row,), statement = ask(accepted, "urban-management"), tell(accepted)

    withdraw_case(case_id=accepted.case(FOOD).id, by=accepted.applicant, now=accepted.house.now)
    accepted.house.rest()

    states = Proceeding.objects.filter(id__in=[row.id, statement.id]).values_list("state")
    assert set(states) == {("cancelled",)}
    assert list(audit_clocks()) == []
