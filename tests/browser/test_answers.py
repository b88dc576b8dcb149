"""The answers' desk with the keyboard alone: drafted, approved, published; a citizen finds it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.browser.conftest import signed_in
from tests.browser.test_comprehensive import looks_right

pytestmark = pytest.mark.browser

TITLE = "共享单车占盲道怎么办"
ASKED = "请问共享单车占了盲道找谁挪走？"
WRITTEN = {
    "questions": "共享单车停在盲道上找谁\n单车占了盲道谁来挪",
    "text": "城市管理部门通知企业两小时内清理；也可以扫车身上的码报告。",
    "basis": "城市道路管理条例第二十七条",
}


def holder(number):
    """Whoever works on the open step of a proceeding."""
    from tongban.engine.models import Step
    from tongban.people.models import Account
    from tongban.people.queries import officers_for

    try:
        step = Step.objects.get(proceeding__number=number, state="open")
        account = step.assignee_id or officers_for(step.queue, "650100")[0].account_id
        return Account.objects.get(pk=account).login
    finally:
        connections.close_all()


def key_opens(page, verb):
    """The main verb has the key A: its form is open, and the focus goes into it."""
    page.keyboard.press("a")
    form = page.locator(f"#do-{verb}")
    form.wait_for()
    assert form.evaluate("one => one.contains(document.activeElement)")


def tab_to(page, target):
    """Press Tab until the focus stands on the target."""
    for _ in range(60):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not reach it")


def send(page, verb):
    """Go on to the button of the form and press it."""
    button = page.locator(f"#do-{verb} button:not([type=button])").last
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()


def finds(browser, site, pictures):
    """A citizen who asks the question sees the answer before anybody is bothered with it."""
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    citizen = phone.new_page()
    citizen.goto(f"{site}/12345/")
    citizen.get_by_label("什么事").fill(ASKED)
    citizen.get_by_role("button", name="下一步").click()
    citizen.get_by_text("也许已经有答案").wait_for()
    assert WRITTEN["text"] in citizen.inner_text("main")
    assert WRITTEN["basis"] in citizen.inner_text("main")
    looks_right(citizen)
    citizen.screenshot(path=pictures / "answer-found.png", full_page=True)
    phone.close()


def test_from_a_draft_to_the_shelf_and_to_a_citizen_by_keyboard(
    browser, site, city, rest, pictures, enter
):
    page = enter("zhang.urban").open("/desk/answers/")
    looks_right(page)
    tab_to(page, page.get_by_label("答的是什么问题"))
    page.keyboard.type(TITLE)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()
    number = page.url.rstrip("/").rpartition("/")[2]
    looks_right(page)

    key_opens(page, "submit_answer")
    for name, words in WRITTEN.items():
        tab_to(page, page.locator(f"#do-submit_answer-{name}"))
        page.keyboard.insert_text(words)
    page.screenshot(path=pictures / "answer-draft.png", full_page=True)
    send(page, "submit_answer")
    assert "单位审核中" in page.inner_text("main")
    assert page.locator("#do-approve_answer").count() == 0, "who wrote it does not approve it"

    worker = ThreadPoolExecutor(max_workers=1)
    for verb, state in (("approve_answer", "热线中心审核中"), ("publish_answer", "已发布")):
        rest()
        who = worker.submit(holder, number).result()
        page = signed_in(browser, site, who)
        page.goto(f"{site}/desk/{number}/")
        looks_right(page)
        key_opens(page, verb)
        send(page, verb)
        assert state in page.inner_text("main")
    page.screenshot(path=pictures / "answer-published.png", full_page=True)
    page.goto(f"{site}/desk/answers/?state=published")
    assert TITLE in page.inner_text("main")
    looks_right(page)
    worker.shutdown()
    rest()

    finds(browser, site, pictures)
