"""The desk in Chromium: nothing that axe finds serious, nothing cut off, all of it by keyboard."""

from __future__ import annotations

import json

import pytest

from tests.doors.desk.test_refusals import login_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOOD = "food-licence"
# What stands out over the edge of the page; what scrolls by itself may.
OUTSIDE = """() => {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!box.width || getComputedStyle(one).position === 'absolute') return false;
    if (one.closest('.visually-hidden, .skip, .table-wrap, .queues, .act-bar')) return false;
    if (one.closest('.map-sheet')) return false;
    return box.right > width + 1 || box.left < -1;
  }).map((one) => one.tagName + '.' + one.className);
}"""


def stations(life):
    """Name, login and address of what a clerk looks at in the life of one application.

    A generator: the application moves on between them.
    """
    food = life.case(FOOD).number
    reviewer = login_of(life.officer_of(FOOD, "reviewer"))
    yield "inbox-window", "li.window", "/desk/"
    yield "inbox-reviewer", reviewer, "/desk/"
    yield "inbox-head", "zhou.head", "/desk/"
    yield "inbox-empty", "wang.window", "/desk/"
    yield "package-window", "li.window", f"/desk/{life.number}/"
    yield "case-intake", reviewer, f"/desk/{food}/"
    yield "found", "li.window", "/desk/find/?q=YJS"
    yield "found-many", "zhou.head", "/desk/find/?q=乌鲁木齐天山雪餐饮管理有限公司"
    yield "not-found", "li.window", "/desk/find/?q=没有的公司"
    yield "nowhere", "li.window", "/desk/nonsense/"
    life.house.go("2026-09-08 11:00")
    life.accept()
    yield "inbox-accepted", reviewer, "/desk/"
    yield "case-reviewer", reviewer, f"/desk/{food}/"
    yield "package-accepted", "li.window", f"/desk/{life.number}/"
    life.review(FOOD)
    decider = login_of(life.officer_of(FOOD, "decider"))
    yield "case-decider", decider, f"/desk/{food}/"
    yield "case-head", "zhou.head", f"/desk/{food}/"
    life.decide(FOOD)
    yield "case-granted", decider, f"/desk/{food}/"
    yield "licence", decider, f"/desk/licences/{licence_of(life)}/"
    yield "assignments", "li.window", "/open/assignments/2026-09-08/"


def licence_of(life):
    from tongban.licences.queries import licences_of_proceedings

    case = life.case(FOOD)
    return licences_of_proceedings([case.pk], life.house.now.date())[case.pk].identifier


def serious(page):
    """What axe finds serious or critical: rule and place."""
    from axe_playwright_python.sync_playwright import Axe

    # The pseudo language of the tests is no language.
    found = Axe().run(page, context={"exclude": [["[lang^=qps]"]]}).response["violations"]
    return [
        (one["id"], json.dumps(one["nodes"][0]["target"]))
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_every_page_of_the_desk_is_whole_and_accessible(life_with_commits, sit_down):
    for name, login, path in stations(life_with_commits):
        page = sit_down(login)
        page.goto(path)
        assert (name, serious(page)) == (name, [])
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert (name, width, page.evaluate(OUTSIDE)) == (name, width, [])
        page.context.close()


def test_the_sheet_is_printed_over_the_whole_width(life_with_commits, sit_down):
    page = sit_down("li.window")
    page.goto(f"/desk/{life_with_commits.number}/")
    page.emulate_media(media="print")

    assert page.locator("main").bounding_box()["width"] > 1000
    assert not page.locator(".queues, .acts, .act-bar, .keys-hint").first.is_visible()


def test_a_clerk_finds_opens_and_accepts_without_a_mouse(life_with_commits, sit_down):
    page = sit_down("li.window")
    page.goto("/desk/")
    press = page.keyboard.press

    press("/")
    assert page.evaluate("document.activeElement.id") == "desk-find"
    press("Escape")
    press("j")
    with page.expect_navigation():
        press("Enter")
    assert page.url.endswith(f"/desk/{life_with_commits.number}/")
    press("a")
    assert page.evaluate("document.activeElement.closest('details').id") == "do-accept"
    with page.expect_navigation():
        press("Enter")

    assert "已办理：予以受理" in page.inner_text("main")
    with page.expect_navigation():
        press("g")
    assert page.url.endswith("/desk/")


def test_a_refusal_opens_its_form_and_escape_leaves_it_with_everything_typed(
    life_with_commits, sit_down
):
    reviewer = login_of(life_with_commits.officer_of(FOOD, "reviewer"))
    page = sit_down(reviewer)
    page.goto(f"/desk/{life_with_commits.case(FOOD).number}/")
    press = page.keyboard.press

    press("c")
    box = page.locator("#do-raise_requirement")
    assert box.evaluate("one => one.contains(document.activeElement)")
    page.fill("#do-raise_requirement-problem", "看不清")
    with page.expect_navigation():
        box.locator("button:not([type=button])").press("Enter")

    assert box.get_attribute("open") is not None
    assert page.input_value("#do-raise_requirement-problem") == "看不清"
    assert page.locator("#do-raise_requirement .problems").is_visible()
    page.focus("#do-raise_requirement-problem")
    press("Escape")
    press("Escape")
    assert box.get_attribute("open") is None
    assert page.input_value("#do-raise_requirement-problem") == "看不清"
