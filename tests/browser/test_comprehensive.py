"""The QR code of a shop in Chromium: a customer, an officer and the holder scan the same code."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.doors.desk.test_looks import serious

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(city, city_at):
    """The code of Moon Bay, whose food licence has ended since; made apart from the browser."""

    def live():
        from tests.city.house import House
        from tests.city.lives import applied
        from tongban.licences.models import Comprehensive

        house = House()
        try:
            life = applied(house, "moon-bay")
            life.accept()
            life.grant(["signboard-filing"])
            house.go("2026-12-21 10:30")
            return Comprehensive.objects.get().serial
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as worker:
        return worker.submit(live).result()


def looks_right(page):
    """Nothing that axe finds serious, and nothing wider than a telephone."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_three_people_scan_one_code_and_each_sees_what_is_for_them(
    browser, site, shop, enter, pictures
):
    address = f"/one-licence/{shop}/"
    stranger = browser.new_context(locale="zh-CN").new_page()
    stranger.goto(site + address)
    text = stranger.inner_text("main")
    assert "部分有效" in text
    assert "版本记录" not in text
    looks_right(stranger)
    stranger.screenshot(path=pictures / "one-licence-public.png", full_page=True)

    stranger.get_by_role("link", name="投诉或者举报这家店").click()
    looks_right(stranger)
    stranger.get_by_label("举报").check()
    stranger.locator("[name=text]").fill("食品许可证到期了还在营业。")
    stranger.get_by_role("button", name="提交").click()
    stranger.wait_for_load_state()
    assert "热线中心最迟" in stranger.inner_text("main")
    assert "只有热线中心知道" in stranger.inner_text("main")
    looks_right(stranger)
    stranger.context.close()

    officer = enter("su.approval")
    page = officer.open(address)
    assert page.url.endswith(f"/desk{address}")
    assert "许可和监管记录" in page.inner_text("main")
    assert serious(page) == []
    officer.photograph("one-licence-officer")

    rena = enter("rena")
    page = rena.open(address)
    assert "请重新申请这一项" in page.inner_text("main")
    looks_right(page)
    rena.photograph("one-licence-holder")
    link = page.get_by_role("link", name="下载 PDF").get_attribute("href")
    paper = page.request.get(site + link)
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
