"""What an applicant reads when an item is denied, and which time limit he is shown first."""

import re

import pytest
from django.utils import translation

from tests.city.lives import applied
from tests.web.walks import Walker, main_of
from tongban.cases.actions import (
    assign_inspectors,
    conclude_special,
    start_special,
    terminate_case,
)
from tongban.cases.queries import child_named
from tongban.doors.citizen import outcomes, papers
from tongban.packages import rules
from tongban.packages.rules import act_name

SIGN, SIGN_NAME = "signboard-filing", "户外招牌设施设置备案"


@pytest.fixture
def ali(city):
    return Walker(city, "ali")


@pytest.fixture
def life(city):
    city.go("2026-09-07 10:30")
    found = applied(city, "restaurant")
    found.accept()
    return found


def deny(life, item, reasons="不符合规定的位置"):
    life.review(item)
    life.decide(item, "deny", reasons)


def test_with_one_item_denied_nothing_says_that_all_is_done(life, ali):
    deny(life, SIGN)
    others = [item for item, state in life.states().items() if state == "accepted"]
    life.grant(others)
    page, listed = main_of(ali.get(f"/my/{life.number}/")), main_of(ali.get("/my/"))

    assert life.package.state == "done"
    assert "全部办好了" not in page + listed
    assert "1 项没有办成" in page
    assert "没有办成 1 项" in page
    assert "各项都有了结果，请领取" in listed
    for text in (page, listed):
        assert re.search(rf"{SIGN_NAME} 不予备案", text)
        assert "办成的 食品经营许可" in text
    assert f"没有办成：{SIGN_NAME}（不予备案）。 办成：食品经营许可" in listed


def test_where_everything_was_granted_it_says_so(city):
    city.go("2026-09-07 10:30")
    life = applied(city, "snack-shop")
    life.accept()
    life.grant(["small-eatery-registration"])
    walker = Walker(city, life.wish.login)

    assert "全部办好了，请领取。" in main_of(walker.get(f"/my/{life.number}/"))
    assert "全部办好了，请领取" in main_of(walker.get("/my/"))


def test_a_denied_filing_is_called_a_filing_and_the_remedies_are_near(life, ali):
    deny(life, SIGN)
    response = ali.get(f"/my/{life.number}/")
    text = main_of(response)

    assert "不予备案的理由：不符合规定的位置" in text
    assert "不予许可" not in text
    assert 'href="#remedies"' in response.content.decode()
    assert f"{SIGN_NAME}：申请行政复议" in text


def test_every_decision_has_a_title_in_english(life, ali):
    deny(life, SIGN)
    ali.post("/language/", language="en")
    text = main_of(ali.get(f"/my/{life.number}/"))

    assert "Decision to refuse a filing" in text
    assert "决定书" not in text
    assert set(papers.DECISIONS) >= {
        title.replace("行政许可", rules.act_name(kind, name))
        for title in ("准予行政许可决定书", "不予行政许可决定书")
        for kind in ("CONFIRM", "PUBLIC_SERVICE", "OTHER_POWER")
        for name in ("招牌备案", "小餐饮登记", "信息核验")
    }


def test_a_denied_licence_is_called_a_licence(life, ali):
    deny(life, "fire-check")
    text = main_of(ali.get(f"/my/{life.number}/"))

    assert "不予许可的理由：不符合规定的位置" in text


def test_the_promise_is_the_date_and_the_law_only_explains(life, ali):
    response = ali.get(f"/my/{life.number}/")
    page = response.content.decode()
    clocks = page[page.index('class="parcel-clocks"') : page.index('class="lanes"')]
    shown = re.sub(r"<details.*?</summary>|<summary>", " ", clocks, flags=re.S)

    assert clocks.index("承诺时限") < clocks.index("法定最长 45 个工作日")
    assert "联合办理时限" not in page
    assert clocks.count("clock-due") == 1
    assert "不是预计办好的日子" in shown
    assert re.search(r"法定最长 45 个工作日.{0,400}?>V</a>", clocks, re.S)


def test_a_benefit_is_refused_by_its_own_name():
    with translation.override("zh-hans"):
        assert outcomes.denial(act_name("BENEFIT", "育儿补贴申领")) == "不予给付"


def special(life, item="food-licence"):
    return start_special(
        case_id=life.case(item).id, procedure="inspection-testing", days=20,
        reason="餐饮具抽样送检",
        by=life.officer_of(item, "reviewer"), now=life.house.now,
    )  # fmt: skip


def test_a_special_procedure_stands_on_its_lane_while_it_runs_and_afterwards(life, ali, city):
    number = special(life)
    city.rest()
    running = main_of(ali.get(f"/my/{life.number}/"))
    assert (
        "正在检验、检测：从 2026年9月7日 开始，告知需要 20 个工作日，期间不计入办理期限。"
        in running
    )

    city.go("2026-09-10 10:30")
    found = child_named(life.case("food-licence").id, number)
    officer = life.officer_of("food-licence", "reviewer")
    colleague = life.officer_of("food-licence", "checker")
    assign_inspectors(
        special_id=found, accounts=[officer.id, colleague.id], by=officer, now=city.now
    )
    conclude_special(
        special_id=found, finding="检验合格",
        by=life.officer_of("food-licence", "reviewer"), now=city.now,
    )  # fmt: skip
    city.rest()
    over = main_of(ali.get(f"/my/{life.number}/"))
    assert "检验、检测：2026年9月7日 至 2026年9月10日" in over
    ali.post("/language/", language="en")
    assert "does not count towards the time limits" in main_of(ali.get(f"/my/{life.number}/"))


def test_an_ended_case_says_so_with_its_reason_and_where_to_turn(life, ali, city):
    terminate_case(
        case_id=life.case("food-licence").id, reason="租赁合同系伪造",
        by=life.officer_of("food-licence", "decider"), now=city.now,
    )  # fmt: skip
    city.rest()
    text = main_of(ali.get(f"/my/{life.number}/"))
    listed = main_of(ali.get("/my/"))

    assert "终止办理的理由：租赁合同系伪造" in text
    assert "食品经营许可（新办）：申请行政复议" in text
    assert "1 项没有办成" in text
    assert "食品经营许可（新办）（已终止）" in listed
    ali.post("/language/", language="en")
    assert "Why handling was ended" in main_of(ali.get(f"/my/{life.number}/"))
