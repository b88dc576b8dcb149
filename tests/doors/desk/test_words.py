"""What the pages of the desk say: deadlines, sources, where a case goes back to, ready phrases."""

from __future__ import annotations

import html
import re

import pytest
from django.template.loader import render_to_string

from tests.doors.desk.test_refusals import login_of
from tongban.catalogue.content.loader import load_content
from tongban.config.city import DemoAccount, with_work_first
from tongban.config.options import CHECKOUT
from tongban.doors.parts import Fact

FOOD = "food-licence"
# What only one item looks at, by a word that its phrases use.
OWN_WORDS = {
    "招牌": {"signboard-filing"},
    "消防": {"fire-check"},
    "安全出口": {"fire-check"},
    "食品安全": {FOOD},
    "厨房": {FOOD},
    "污水": {"drainage-permit"},
    "隔油": {"drainage-permit"},
    "烟草": {"tobacco-licence"},
}
REVIEWED = (FOOD, "signboard-filing", "fire-check", "tobacco-licence", "drainage-permit")


def phrases(page, form=""):
    """The ready phrases that a page offers, or one form of it."""
    source = page.main
    if form:
        source = source[source.index(f'id="{form}"') :]
        source = source[: source.index("</form>")]
    return [html.unescape(text) for text in re.findall(r'data-text="([^"]*)"', source)]


def reviewer(desk, life, item):
    return desk(login_of(life.officer_of(item, "reviewer")))


def test_an_intake_check_shows_the_deadline_of_the_whole_application(received, desk):
    page = reviewer(desk, received, FOOD).open("/desk/")

    assert received.case(FOOD).number in page.numbers
    assert "没有在走的时限" not in page.words
    assert "还剩 5 个工作日" in page.words
    assert "9月14日" in page.words


def test_a_step_with_a_clock_of_its_own_shows_that_one(accepted, desk):
    page = reviewer(desk, accepted, FOOD).open("/desk/")

    assert "9月15日" in page.words
    assert "9月14日" not in page.words


def test_sources_speak_of_the_applicant(accepted, desk):
    told = " ".join(
        reviewer(desk, accepted, item).see(accepted.case(item).number).words for item in REVIEWED
    )

    assert "来自申请人的实名信息" in told
    assert "来自您" not in told


def test_going_back_names_the_steps_that_it_leads_to(decidable, desk):
    decider = desk(login_of(decidable.officer_of(FOOD, "decider")))

    page = decider.see(decidable.case(FOOD).number)

    assert "退回到：资料审查、现场核查" in page.words
    assert "退回到：作出许可决定" not in page.words
    # The phrases of the steps that it goes back to: for both, and for this item.
    offered = phrases(page, "do-return_step-decide")
    assert "平面图与经营项目不相符，退回核实。" in offered
    assert "厨房没有与就餐区隔开，不符合要求。" in offered
    assert "安全出口数量不足，不符合消防技术标准。" not in offered


@pytest.mark.parametrize("moment", ["received", "accepted"])
def test_ready_phrases_are_those_of_the_item_and_the_step(request, desk, moment):
    life = request.getfixturevalue(moment)

    for item in REVIEWED:
        offered = phrases(reviewer(desk, life, item).see(life.case(item).number))
        assert offered
        for text in offered:
            owners = [items for word, items in OWN_WORDS.items() if word in text]
            assert all(item in items for items in owners), (item, text)


def test_the_window_that_accepts_is_named_by_its_department(received, desk):
    head = desk("zhou.head").see(received.number)

    assert "轮到谁 乌鲁木齐市市场监督管理局窗口 受理审核" in head.words


def test_a_fact_without_a_value_has_the_whole_line():
    drawn = render_to_string(
        "partials/facts.html", {"facts": (Fact("依法核对的一句话", ""), Fact("编号", "1"))}
    )

    assert drawn.count('class="fact-alone"') == 1
    assert drawn.index("fact-alone") < drawn.index("依法核对的一句话")


def test_the_first_account_that_is_printed_for_the_window_receives_applications():
    content = load_content(CHECKOUT / "content")
    accounts = [
        DemoAccount(m.posts[0].role, m.name.zh, m.login, "x", m.posts[0].department, None)
        for m in content.staff
    ]

    printed = with_work_first(accounts, content)

    assert next(a.login for a in printed if a.role == "window") == "li.window"
    assert sorted(a.login for a in printed) == sorted(a.login for a in accounts)


def test_an_intake_check_stands_where_the_application_is_due(received):
    """Its rank is the acceptance of the whole, so it does not hide behind later deadlines."""
    from tongban.engine.models import Clock, Step

    due = Clock.objects.get(proceeding_id=received.package_id, name="acceptance").due_at
    ranks = Step.objects.filter(code="intake_check", state="open").values_list(
        "rank_at", flat=True
    )

    assert set(ranks) == {due}
