"""秒批: a machine grants on what is known and explains itself; any doubt goes to a person."""

import pytest

from tests.city.lives import applied
from tongban.cases.actions import ask_human, confirm_review, try_machine
from tongban.cases.models import Decision
from tongban.cases.rules import HumanReviewNotOpen, told
from tongban.catalogue.queries import package_in_force
from tongban.engine.models import Step
from tongban.kernel.conditions import Fact, evaluate
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.kernel.worktime import city_date
from tongban.notices.models import Message
from tongban.records.actions import read_private
from tongban.records.models import Entry

CHECK = "licence-check"


def ask(life, item=CHECK, *, by=None, reason="请人看一看"):
    ask_human(
        case_id=life.case(item).id, reason=reason, by=by or life.applicant, now=life.house.now
    )
    life.house.rest()


def answer(life, by, opinion="经核对无误"):
    confirm_review(case_id=life.case(CHECK).id, opinion=opinion, by=by, now=life.house.now)
    life.house.rest()


@pytest.mark.law("个人信息保护法 24")
def test_the_machine_grants_and_says_why_line_by_line(snack_shop):
    decision = Decision.objects.get(proceeding=snack_shop.case(CHECK))

    assert (decision.result, decision.is_automatic, decision.decided_by) == ("grant", True, 0)
    assert {line["outcome"] for line in decision.explanation} == {"met"}
    texts = [line["text"] for line in decision.explanation]
    assert texts[0].startswith("持有有效的营业执照：符合")
    assert all("来源：" in text for text in texts)


def test_what_the_machine_relied_on_is_named_by_its_source_not_by_the_form(snack_shop):
    explanation = Decision.objects.get(proceeding=snack_shop.case(CHECK)).explanation

    assert not any("您的填写" in line["text"] for line in explanation)


def test_a_doubt_goes_to_a_person_with_the_machines_report(monday):
    life = applied(monday, "tea-restaurant")

    assert life.states()[CHECK] == "accepted"
    assert not Decision.objects.exists()
    assert Step.objects.get(proceeding=life.case(CHECK), state="open").code == "decide"
    report = Entry.objects.get(verb="refer_to_human").body["report"]
    assert report[0]["outcome"] == "not_met"


def test_a_machine_never_denies(monday):
    life = applied(monday, "tea-restaurant")

    try_machine(case_id=life.case(CHECK).id, now=monday.now)

    assert life.states()[CHECK] == "accepted"
    assert Entry.objects.filter(verb="refer_to_human").count() == 1


def test_whoever_wants_a_person_from_the_start_gets_one(monday):
    life = applied(monday, "snack-shop", wants_human=True)

    assert life.states()[CHECK] == "accepted"
    assert not Decision.objects.exists()
    life.decide(CHECK)
    assert not Decision.objects.get(proceeding=life.case(CHECK)).is_automatic


@pytest.mark.law("个人信息保护法 24")
def test_asking_for_a_person_opens_a_step_in_the_deciders_queue_and_is_answered(snack_shop):
    ask(snack_shop)
    step = Step.objects.get(proceeding=snack_shop.case(CHECK), state="open")
    assert (step.code, step.queue) == ("human_review", "market-regulation.decider")

    answer(snack_shop, snack_shop.officer_of(CHECK, "decider"), "执照有效，与系统结论一致")

    assert snack_shop.states()[CHECK] == "granted"
    told = Message.objects.filter(key="human_answered").get().words["zh"]["body"]
    assert "执照有效，与系统结论一致" in told


def test_the_reason_of_asking_is_kept_for_the_officer_alone(snack_shop):
    ask(snack_shop, reason="我家里的情况特殊")

    entry = Entry.objects.get(verb="ask_human")
    assert "特殊" not in str(entry.body)
    officer = snack_shop.officer_of(CHECK, "decider")
    assert read_private(entry.pk, by=officer, why="review") == {"reason": "我家里的情况特殊"}


def test_a_person_may_be_asked_for_once_only(snack_shop):
    ask(snack_shop)
    with pytest.raises(HumanReviewNotOpen):
        ask(snack_shop)
    answer(snack_shop, snack_shop.officer_of(CHECK, "decider"))
    with pytest.raises(HumanReviewNotOpen):
        ask(snack_shop)


def test_only_a_machines_decision_is_reviewed(snack_shop):
    with pytest.raises(HumanReviewNotOpen) as no:
        ask(snack_shop, "small-eatery-registration")

    assert no.value.basis == "个人信息保护法第二十四条"


@pytest.mark.parametrize("who", ["li.na", "li.window"])
def test_only_the_applicant_asks(snack_shop, who):
    with pytest.raises(NotAllowed):
        ask(snack_shop, by=snack_shop.house.actor(who))


@pytest.mark.parametrize("who", ["zhang.reviewer", "kong.urban"])
def test_only_a_decider_of_the_department_answers(snack_shop, who):
    ask(snack_shop)

    with pytest.raises(NotAllowed):
        answer(snack_shop, snack_shop.house.actor(who))


def test_an_answer_says_something(snack_shop):
    ask(snack_shop)

    with pytest.raises(BadInput):
        answer(snack_shop, snack_shop.officer_of(CHECK, "decider"), " ")


def test_the_machine_says_options_and_districts_by_their_names(monday):
    monday.go("2026-10-12 09:30")
    life = applied(monday, "close-company")

    lines = Decision.objects.get(proceeding=life.case("closing-check")).explanation

    assert "实际为股东（经营者）决定不办了" in lines[-1]["text"]


def test_a_district_and_a_choice_of_several_are_said_by_their_names(monday):
    on = city_date(monday.now)
    compiled = package_in_force("P01", on).compiled
    facts = {
        "registration.district": Fact("650104", "您的回答", on),
        "social.insurances": Fact(["pension", "injury"], "您的填写", on),
    }
    when = compiled.item("social-insurance-registration").automatic.when
    lines = evaluate(when, facts, on=on, parameters=compiled.parameters_by_name).lines

    text = "".join(told(line, compiled)["text"] for line in lines)

    assert "实际为新市区" in text
    assert "650104" not in text
    assert "pension" not in text
    assert "employment.insured_count" not in text
