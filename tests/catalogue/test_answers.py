"""The knowledge base: answers with source and day, numbers of the catalogue, found by words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.catalogue.club import VERBS, club, limit, text, write
from tongban.catalogue import queries
from tongban.catalogue.actions import publish
from tongban.catalogue.content.items import Item
from tongban.catalogue.content.loader import load_content
from tongban.catalogue.rules import Words
from tongban.catalogue.rules.answers import (
    AnswerShelf,
    answers_of,
    facts_of,
    filled,
    length,
    most_like,
)
from tongban.catalogue.rules.published import dump, package_data
from tongban.config.options import CHECKOUT
from tongban.kernel.actors import SYSTEM
from tongban.kernel.values import Limit

NOW = datetime(2040, 6, 1, 4, 0, tzinfo=UTC)
TODAY = date(2040, 6, 1)
ANSWER = {
    "title": text("球坏了找谁"),
    "questions": ["球破了", "网坏了"],
    "answer": text("拨打{phone}。"),
    "from": "2040-01-01",
    "updated": "2040-05-01",
    "basis": "网球章程第二条",
    "mark": "V",
}


@pytest.fixture(autouse=True)
def _fresh():
    """Nothing is remembered of versions that a rolled-back test has published."""
    queries.forget_live()
    yield
    queries.forget_live()


def _publish(folder, raw, at=NOW):
    return publish(write(raw, folder), by=SYSTEM, now=at, verbs=VERBS)


def _with(*answers):
    raw = club()
    raw["answers"]["club"]["answers"].extend(answers)
    return raw


def _codes(on=TODAY):
    return {one.code for one in queries.answers(on)}


@pytest.mark.django_db
def test_numbers_are_those_of_the_item_in_force(tmp_path):
    _publish(tmp_path, club())

    (found,) = queries.answers(TODAY)

    assert found.text.zh == "承诺3个工作日，材料：材料photo。"
    assert found.text.en == "3 working days; material photo."
    assert (found.unit_name.zh, found.updated) == ("网球俱乐部", date(2040, 5, 1))
    assert not found.may_be_quoted

    faster = club()
    faster["items"]["membership"]["limits"]["promise"] = limit(1)
    _publish(tmp_path, faster, NOW + timedelta(days=1))
    queries.forget_live()

    (found,) = queries.answers(TODAY + timedelta(days=1))
    assert found.text.en == "1 working day; material photo."


@pytest.mark.django_db
def test_an_answer_is_given_from_its_first_day_to_its_last(tmp_path):
    dated = {**ANSWER, "code": "broken", "from": "2040-06-02", "to": "2040-06-03"}
    _publish(tmp_path, _with(dated))

    days = [TODAY + timedelta(days=n) for n in range(4)]

    assert ["broken" in _codes(day) for day in days] == [False, True, True, False]


@pytest.mark.django_db
def test_an_answer_goes_with_the_item_that_it_rests_on(tmp_path):
    raw = _with({**ANSWER, "code": "lockers", "items": ["locker"]})
    raw["items"]["locker"]["valid_from"] = "2040-06-03"
    raw["packages"]["P90"]["valid_from"] = "2040-06-03"
    _publish(tmp_path, raw)

    assert "lockers" not in _codes()
    assert "lockers" in _codes(date(2040, 6, 3))


@pytest.mark.django_db
def test_an_answer_is_found_by_everyday_words_and_holds_where_it_says(tmp_path):
    district = {**ANSWER, "code": "broken", "region": "650100"}
    _publish(tmp_path, _with(district))

    (likeness, found), *_ = queries.find_answers("我的球破了咋办", TODAY)

    assert found.code == "broken"
    assert 0 < likeness <= 1
    assert queries.find_answers("我的球破了咋办", TODAY, region="650102003")
    assert not queries.find_answers("我的球破了咋办", TODAY, region="650200")
    assert queries.find_answers("今天天气怎么样", TODAY) == ()
    assert queries.find_answers("", TODAY) == ()


@pytest.fixture(scope="module")
def city():
    content = load_content(CHECKOUT / "content")
    shelf = AnswerShelf(
        units={one.code: dump(one) for one in content.departments.values()},
        materials={one.code: Words(**dump(one.name)) for one in content.materials.values()},
        items=content.items,
        packages={code: data["promised_days"] for code, data in package_data(content)},
    )
    return tuple(answers_of(content.answers.values(), shelf, date(2026, 11, 22)))


def test_the_city_answers_in_three_languages_without_a_gap(city):
    assert len(city) >= 60
    for one in city:
        for language in ("zh", "en", "ug"):
            said = getattr(one.text, language)
            assert said, (one.code, language)
            assert "{" not in said, (one.code, language)
            assert getattr(one.title, language), (one.code, language)


ASKED = {
    "我要开个饭馆都要哪些手续": "restaurant-permits",
    "食品证快到期了咋整": "food-licence-renewal",
    "健身房关门了我的会员费咋办": "prepaid-card",
    "孩子刚生下来上户口": "newborn-household",
    "公司欠我三个月工资": "unpaid-wages",
    "家里暖气一点不热": "heat-off",
    "停水了啥时候来": "water-off",
    "周末算不算工作日": "working-days",
    "举报了人家会知道是我吗": "reporter-hidden",
    "开发票商家不给开": "refused-invoice",
    "注册公司要带啥材料": "company-papers",
    "夜里工地吵得睡不着": "night-noise",
    "窗口不认我的电子身份证": "e-licence-valid",
    "how long does the food licence take": "food-licence-time",
    "بالامنى نوپۇسقا قانداق ئالدۇرىمەن": "newborn-household",
}


@pytest.mark.parametrize(("question", "code"), ASKED.items())
def test_what_citizens_ask_finds_its_answer(city, question, code):
    assert most_like(question, city, 1)[0][1].code == code


@pytest.mark.parametrize(
    "question", ["今天天气怎么样", "我想吃火锅", "怎么移民到火星", "股票涨了吗"]
)
def test_what_nobody_has_answered_finds_nothing(city, question):
    assert most_like(question, city, 3) == ()


def test_the_domain_of_a_request_helps_its_answer(city):
    (plain, _), *_ = most_like("物业费不合理", city, 1)

    (known, found), *_ = most_like("物业费不合理", city, 1, domain="housing-property-fee")

    assert found.code == "property-fee"
    assert known > plain or plain == 1.0


def test_lengths_are_said_in_words():
    def said(value, unit="workday"):
        return length(Limit(value=value, unit=unit, mark="A"))

    assert said(0).say("en") == "at once"
    assert said(1).say("en") == "1 working day"
    assert said(0.5).zh == "0.5个工作日"
    assert said(2, "hour").say("ug") == "2 سائەت"


def test_what_is_brought_in_some_situations_alone_is_said_so():
    raw = club()["items"]["membership"]
    sometimes = {"when": {"field": "person.age", "op": "ge", "value": 18}}
    raw["materials"] += [{**raw["materials"][0], "material": "lease", **sometimes}]
    item = Item.model_validate(raw)
    names = {"photo": Words("照片", "photo"), "lease": Words("合同", "lease")}

    assert facts_of(item, names)["bring"].zh == "照片；视情形提供合同"
    assert facts_of(item, names)["bring"].en == "photo; lease where it applies"
    alone = item.model_copy(update={"materials": ()})
    assert facts_of(alone, names)["bring"].zh == "不用另交"


def test_a_text_is_filled_in_each_of_its_languages():
    words = Words("要{n}", "{n} needed")

    assert filled(words, {"n": Words("一张", "one")}) == replace(
        words, zh="要一张", en="one needed"
    )
