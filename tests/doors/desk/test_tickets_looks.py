"""A ticket from the inbox of its unit to the callback, in Chromium and by the keyboard."""

from __future__ import annotations

import pytest

from tests.doors.desk.test_looks import OUTSIDE, serious
from tests.doors.desk.test_tickets import login_of
from tests.hotline.calls import REPLY, called

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def call(own_city):
    own_city.go("2026-09-07 10:30")
    return called(own_city).dispatched().signed()


# What a sheet of paper has no use for: whatever is pressed, and the choice of something else.
PRESSED = """() => [...document.querySelectorAll(
  'button, .button, .button-quiet, select, .tab:not([aria-current]), .act-bar, .keys-hint, .nav a'
)].filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80))"""


def on_paper(page, *words):
    page.emulate_media(media="print")
    assert page.evaluate(PRESSED) == []
    shown = page.inner_text("body")
    assert [word for word in words if word not in shown] == []
    page.emulate_media(media="screen")


def whole(page, name):
    assert (name, serious(page)) == (name, [])
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert (name, width, page.evaluate(OUTSIDE)) == (name, width, [])


def test_a_unit_replies_and_the_centre_passes_it_and_calls_back(call, sit_down):
    page = sit_down(login_of(call.unit()))
    page.goto("/desk/")
    press = page.keyboard.press
    press("j")
    with page.expect_navigation():
        press("Enter")
    assert page.url.endswith(f"/desk/{call.task.proceeding.number}/")
    whole(page, "task")
    press("a")
    assert page.evaluate("document.activeElement.id") == "do-reply-text"
    page.fill("#do-reply-text", "已收到，请耐心等待。")
    page.wait_for_selector(".act-check[data-tone=care]")
    assert "答复没有具体内容" in page.inner_text(".act-check")
    page.fill("#do-reply-text", REPLY)
    page.wait_for_selector(".act-check[data-tone=fine]")
    with page.expect_navigation():
        page.click("#do-reply-form .actions button")
    assert "已办理：答复" in page.inner_text("main")
    page.context.close()

    page = sit_down("qiu.line")
    page.goto(f"/desk/{call.number}/")
    whole(page, "ticket")
    assert "13800001111" not in page.content()
    with page.expect_navigation():
        page.click("text=查看联系方式")
    assert "13800001111" in page.inner_text("main")
    page.goto(f"/desk/{call.number}/")
    page.keyboard.press("a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("a")
    page.check("#do-call_back-form input[name=outcome][value=solved]")
    page.check("#do-call_back-form input[name=satisfied][value='1']")
    with page.expect_navigation():
        page.click("#do-call_back-form .actions button")
    assert "已解决 · 非常满意" in page.inner_text("main")
    whole(page, "called back")
    for name, path in (("list", "/desk/tickets/"), ("figures", "/desk/tickets/figures/")):
        page.goto(path)
        whole(page, name)


def test_a_ticket_and_the_lists_are_printed_without_anything_to_press(call, sit_down):
    call.replied(REPLY)
    page = sit_down("qiu.line")
    page.goto(f"/desk/{call.number}/")
    on_paper(page, call.number, "承办和督办", "经过", REPLY)
    for path in ("/desk/tickets/", "/desk/tickets/figures/"):
        page.goto(path)
        on_paper(page)
