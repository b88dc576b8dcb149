"""12345 on a telephone: somebody without account asks, follows, says whether it helped."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.browser.test_comprehensive import looks_right

pytestmark = pytest.mark.browser

LOUD = "工地夜间施工打桩，混凝土罐车整夜轰鸣，投诉"


def answered():
    """The unit handles the newest ticket and the centre passes the reply on."""
    from tests.city.house import House
    from tests.hotline.calls import Call
    from tongban.hotline.models import Ticket

    try:
        row = Ticket.objects.select_related("proceeding").latest("pk")
        Call(House(), row.pk, row.proceeding.number).signed().replied().passed()
        return row.proceeding.number
    finally:
        connections.close_all()


def test_somebody_asks_follows_and_rates_on_a_telephone(browser, site, city, rest, pictures):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    page = context.new_page()
    page.goto(f"{site}/12345/")
    looks_right(page)
    page.get_by_label("什么事").fill(LOUD)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_load_state()
    assert page.get_by_label("投诉").is_checked()
    assert page.get_by_label("夜间施工噪声").is_checked()
    looks_right(page)
    page.screenshot(path=pictures / "ticket-ask.png", full_page=True)
    page.get_by_label("在哪个区县").select_option("650102")
    page.get_by_label("您的电话").fill("13800001111")
    page.get_by_role("button", name="提交诉求").click()
    page.wait_for_load_state()
    assert "诉求已收到" in page.inner_text("main")
    looks_right(page)

    rest()
    with ThreadPoolExecutor(max_workers=1) as worker:
        number = worker.submit(answered).result()
    page.goto(f"{site}/12345/follow/")
    page.get_by_label("工单编号").fill(number)
    page.get_by_label("电话后四位").fill("1111")
    page.get_by_role("button", name="查进展").click()
    page.wait_for_load_state()
    assert "责令当晚停工" in page.inner_text("main")
    looks_right(page)
    page.get_by_label("已经解决").check()
    page.get_by_label("非常满意").check()
    page.get_by_role("button", name="提交评价").click()
    page.wait_for_load_state()
    assert "您的评价" in page.inner_text("main")
    looks_right(page)
    page.screenshot(path=pictures / "ticket-rated.png", full_page=True)
    context.close()
