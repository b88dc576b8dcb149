"""Early intervention (提前介入): a question before the application, answered in writing."""

from datetime import date

import pytest

from tests.city.lives import applied
from tongban.cases.actions import EarlyQuestion, answer_early, ask_early
from tongban.cases.models import CaseFile
from tongban.cases.queries import case_page
from tongban.engine.models import Proceeding
from tongban.engine.queries import access_proceeding, clocks_of
from tongban.engine.rules import StepParty
from tongban.kernel.refusals import BadInput, MoveNotAllowed, NotAllowed, NotFound
from tongban.notices.models import Message
from tongban.packages.queries import progress_of

PIT = "pit-permit"
OFFICER = "housing-construction.reviewer"


@pytest.fixture
def builder(monday):
    """What the builder's later application says of its project."""
    return applied(monday, "hongshan-pit", key="first")


def project(life):
    answers = CaseFile.objects.get(proceeding=life.case(PIT)).answers
    return next(value for code, value in answers.items() if code == "project.code")


def ask(life, **changes):
    said = {
        "package": "P13-S3", "item": PIT, "project": project(life),
        "question": "基坑支护方案可否分段报审",
    } | changes  # fmt: skip
    number = ask_early(
        asked=EarlyQuestion(**said), party_id=life.package.party_id, by=life.applicant,
        now=life.house.now,
    )  # fmt: skip
    life.house.rest()
    return Proceeding.objects.get(number=number)


def answer(life, early, by=None, text="可以分段，每段附专家论证意见"):
    answer_early(
        early_id=early.pk, answer=text, by=by or life.officer(OFFICER), now=life.house.now
    )
    life.house.rest()


def test_it_starts_no_clock_and_is_no_acceptance(builder):
    early = ask(builder)

    assert clocks_of(early, builder.house.now) == []
    assert early.accepted_at is None
    assert access_proceeding(builder.officer(OFFICER), early.number).state == "asked"
    assert [s.whose for s in early.step_set.all()] == [StepParty.GOVERNMENT]


def test_the_answer_is_told_and_stands_with_its_day_beside_the_later_case(builder):
    early = ask(builder)
    answer(builder, early)
    builder.house.go("2026-09-14 10:30")
    later = applied(builder.house, "hongshan-pit", key="later")

    page = case_page(later.officer(OFFICER), later.case(PIT), builder.house.now)
    lanes = progress_of(later.applicant, later.number, builder.house.now).lanes
    lane = next(one for one in lanes if one.item_code == PIT)
    assert [one.answer for one in page.early] == ["可以分段，每段附专家论证意见"]
    assert [at.date() for at, _answer in lane.early] == [date(2026, 9, 7)]
    assert "不是受理" in Message.objects.get(key="early_answered").words["zh"]["body"]


def test_another_project_does_not_show_it(builder):
    answer(builder, ask(builder, project="2603-000000-00-00-000000"))

    page = case_page(builder.officer(OFFICER), builder.case(PIT), builder.house.now)

    assert page.early == ()


def test_it_is_answered_once_by_the_department(builder):
    early = ask(builder)
    with pytest.raises(NotAllowed):
        answer(builder, early, by=builder.officer("fire-rescue.reviewer"))
    with pytest.raises(BadInput):
        answer(builder, early, text=" ")
    answer(builder, early)
    with pytest.raises(MoveNotAllowed):
        answer(builder, early)


@pytest.mark.parametrize("wrong", [{"project": ""}, {"question": " "}, {"item": "tea"}])
def test_project_item_and_question_are_named(builder, wrong):
    with pytest.raises(BadInput):
        ask(builder, **wrong)


def test_only_for_oneself_and_only_where_content_offers_it(builder):
    with pytest.raises(BadInput, match="可以提前介入"):
        ask(builder, package="P02", item="food-licence")
    stranger = builder.house.actor("ali")
    with pytest.raises(NotAllowed):
        ask_early(
            asked=EarlyQuestion("P13-S3", PIT, "x", "y"), party_id=builder.package.party_id,
            by=stranger, now=builder.house.now,
        )  # fmt: skip
    with pytest.raises(NotFound):
        access_proceeding(stranger, ask(builder).number)
