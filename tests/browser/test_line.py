"""The operator takes a call at the screen, from the ring to the dispatched ticket, by keyboard."""

import re

import pytest

from tests.browser.test_comprehensive import looks_right

pytestmark = pytest.mark.browser

LAMP = "胜利路的路灯坏了，一整条街都不亮，麻烦修一下"


def dial(context, site):
    """Somebody plays a telephone and asks for a person."""
    page = context.new_page()
    page.goto(f"{site}/voice/")
    page.get_by_label("把回答念出来").uncheck()
    page.get_by_label("您的号码").fill("13800001111")
    button = page.get_by_role("button", name="拨打", exact=True)
    talk = page.get_by_role("heading", name="通话")
    assert button.bounding_box()["y"] < talk.bounding_box()["y"], "dialling comes first"
    button.click()
    page.get_by_text("这里是12345").wait_for()
    looks_right(page)
    words = page.get_by_label("您要说的话")
    words.fill(LAMP)
    words.press("Enter")
    page.get_by_text("我念一遍").wait_for()
    words.fill("转人工")
    words.press("Enter")
    page.get_by_text("正在等候话务员").wait_for()
    return page


def test_an_operator_takes_a_call_by_keyboard_alone(browser, site, city, pictures, enter):
    caller = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    telephone = dial(caller, site)
    telephone.screenshot(path=pictures / "voice-phone.png", full_page=True)

    page = enter("ning.line").open("/line/")
    page.get_by_text("138****1111").first.wait_for()
    looks_right(page)
    page.screenshot(path=pictures / "line-waiting.png", full_page=True)
    page.keyboard.press("F1")
    page.wait_for_url(re.compile(r"/line/\?call="))
    assert page.get_by_label("诉求内容").input_value() == LAMP
    assert page.get_by_label("来电号码").input_value() == "13800001111"
    looks_right(page)
    page.screenshot(path=pictures / "line-taken.png", full_page=True)
    page.get_by_label("来电号码").press("Enter")
    assert "/line/?call=" in page.url, "Enter in a field files nothing"
    page.keyboard.press("F8")
    page.get_by_text("请告诉来电人编号").wait_for(timeout=60_000)
    assert "办理中" in page.inner_text("main")
    looks_right(page)

    telephone.get_by_text("话务员已接听：").wait_for(timeout=10_000)
    page.screenshot(path=pictures / "line-done.png", full_page=True)
    page.keyboard.press("F12")
    page.get_by_text("已挂机").wait_for()
    telephone.get_by_text("通话已经结束").wait_for(timeout=10_000)
    caller.close()


def test_hanging_up_leaves_the_words_and_the_caller_rates_by_keys(
    browser, site, city, pictures, enter, rest
):
    caller = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    telephone = dial(caller, site)
    page = enter("ning.line").open("/line/")
    page.get_by_text("138****1111").first.wait_for()
    page.keyboard.press("F1")
    page.wait_for_url(re.compile(r"/line/\?call="))
    page.keyboard.press("F4")
    page.get_by_label("直接答复的内容").fill("今天下午派人来修，修好会告诉您。")
    page.get_by_role("button", name="答复并办结").click()
    page.get_by_text("请告诉来电人编号").wait_for(timeout=60_000)
    rest()
    looks_right(page)
    page.keyboard.press("F12")
    page.get_by_text("正在请来电人按键评价").wait_for()

    telephone.get_by_text("非常满意按1").wait_for(timeout=10_000)
    looks_right(telephone)
    telephone.screenshot(path=pictures / "voice-rating.png", full_page=True)
    telephone.locator("[data-digit='2']").click()
    telephone.get_by_text("您的评价已经收到").wait_for()
    telephone.get_by_text("通话已经结束").wait_for()
    caller.close()


def test_a_call_that_is_over_leaves_what_was_typed(browser, site, city, enter):
    caller = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    telephone = dial(caller, site)
    page = enter("ning.line").open("/line/")
    page.get_by_text("138****1111").first.wait_for()
    page.keyboard.press("F1")
    page.wait_for_url(re.compile(r"/line/\?call="))
    page.get_by_label("诉求内容").fill("胜利路一整条街的路灯都不亮")
    page.keyboard.press("F12")
    page.get_by_text("已挂机。").wait_for()

    assert page.get_by_label("诉求内容").input_value() == "胜利路一整条街的路灯都不亮"
    looks_right(page)
    telephone.get_by_text("通话已经结束").wait_for(timeout=10_000)
    caller.close()
