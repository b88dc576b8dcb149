"""A place is pointed out by finger and by keyboard, and is seen where the request is read."""

import re

import pytest

from tests.browser.test_comprehensive import looks_right

pytestmark = pytest.mark.browser

LOUD = "工地夜间施工打桩，混凝土罐车整夜轰鸣，投诉"


def asked(page, site):
    """The whole form of a request, with its map unfolded."""
    page.goto(f"{site}/12345/")
    page.get_by_label("什么事").fill(LOUD)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_load_state()
    page.get_by_label("在哪个区县").select_option("650102")
    page.get_by_text("标出准确位置").click()
    page.wait_for_selector(".leaflet-container")
    return page.locator("[data-map-sheet]")


def place_of(page):
    east = page.get_by_label("经度").input_value()
    north = page.get_by_label("纬度").input_value()
    return float(east or 0), float(north or 0)


def test_a_finger_points_the_place_out_and_the_page_of_the_request_shows_it(
    browser, site, city, rest, pictures
):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    page = context.new_page()
    sheet = asked(page, site)
    page.wait_for_selector(".map-name")
    looks_right(page)

    sheet.tap()
    assert page.locator(".map-pin").count() == 1
    assert re.search("离.+约 .+ 米", page.locator("[data-map-status]").inner_text())
    east, north = place_of(page)
    # The middle of the map is about the middle of the chosen district.
    assert abs(east - 87.6317) < 0.02
    assert abs(north - 43.7944) < 0.02
    page.screenshot(path=pictures / "map-picked.png", full_page=True)
    page.get_by_role("button", name="清除位置").click()
    assert place_of(page) == (0, 0)
    sheet.tap()

    page.get_by_label("您的电话").fill("13800002222")
    page.get_by_role("button", name="提交诉求").click()
    page.wait_for_load_state()
    page.get_by_role("link", name="查看进展").click()
    page.locator("[data-map-sheet]").scroll_into_view_if_needed()
    page.wait_for_selector(".map-pin")
    looks_right(page)
    page.screenshot(path=pictures / "map-shown.png", full_page=True)
    context.close()


def test_the_keyboard_points_out_the_middle(browser, site, city, rest):
    page = browser.new_page(locale="zh-CN")
    sheet = asked(page, site)
    page.get_by_label("从这里找起").select_option(label="南湖广场")
    sheet.focus()
    page.keyboard.press("Enter")

    east, north = place_of(page)
    assert abs(east - 87.6172) < 0.001
    assert abs(north - 43.8256) < 0.001
    before = place_of(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    assert place_of(page)[0] > before[0]
    page.close()


def test_where_the_map_does_not_come_the_words_of_the_place_are_asked_for(
    browser, site, city, rest
):
    page = browser.new_page(locale="zh-CN")
    page.route("**/map.json", lambda route: route.abort())
    page.goto(f"{site}/12345/")
    page.get_by_label("什么事").fill(LOUD)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_load_state()
    page.get_by_text("标出准确位置").click()
    page.get_by_text("地图没有打开，请用文字写明地点").wait_for()
    assert page.get_by_label("经度").is_visible()
    page.close()
