"""A review on a phone in Chinese and in Uyghur; the head of the unit puts a bad one right."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections

from tests.browser.conftest import signed_in

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
OFFERED = {"exclude": ["button[value='qps-plocm']"]}


@pytest.fixture
def asked(city, rest):
    """Ali may rate two things that the market regulation department finished."""
    from tongban.catalogue.queries import package_in_force
    from tongban.kernel.worktime import city_date
    from tongban.people.models import Account
    from tongban.ratings.actions import Ended, invite
    from tongban.records.queries import city_now

    now = city_now()
    ali = Account.objects.get(login="ali")
    version = package_in_force("P02", city_date(now)).version_id
    found = [
        invite(
            ended=Ended(
                object="application", number=f"BJ65010020260914000000{n}", cause_id=0,
                proceeding_id=0, version_id=version, party_id=ali.party_id, region="650100",
                department="market-regulation", item="P02",
            ),
            now=now,
        ).token
        for n in range(2)
    ]  # fmt: skip
    connections.close_all()
    return found


def sound(page):
    """Nothing that axe finds serious, nothing wider than the window."""
    found = Axe().run(page, context=OFFERED)
    grave = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not grave, [(v["id"], v["nodes"][0]["html"]) for v in grave]
    assert not page.evaluate(WIDER)


def phone(browser, site, language):
    context = browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    return context.new_page()


@pytest.mark.parametrize(("language", "direction"), [("zh-hans", "ltr"), ("ug", "rtl")])
def test_somebody_rates_on_a_phone(browser, site, asked, pictures, language, direction):
    page = phone(browser, site, language)
    page.goto(f"{site}/rate/{asked[0]}/")
    sound(page)
    assert page.get_attribute("html", "dir") == direction
    assert not page.locator("input[name=level]:checked").count(), "nothing is chosen for him"

    page.click("main form .button")
    page.wait_for_selector("[data-invalid]")
    sound(page)
    page.locator("input[name=level][value='2']").check(force=True)
    page.locator("input[name=tags][value=quick]").check(force=True)
    with page.expect_navigation():
        page.click("main form .button")

    sound(page)
    assert page.locator("main .card").count() >= 2
    page.screenshot(path=pictures / f"rated-{language}.png", full_page=True)
    page.goto(f"{site}/open/ratings/")
    sound(page)
    page.context.close()


def test_the_head_puts_a_bad_review_right(browser, site, asked, rest, pictures, city):
    ali = phone(browser, site, "zh-hans")
    ali.goto(f"{site}/rate/{asked[1]}/")
    ali.locator("input[name=level][value='5']").check(force=True)
    ali.locator("input[name=real_name][value='1']").check(force=True)
    ali.fill("textarea[name=text]", "窗口让我跑了三次")
    with ali.expect_navigation():
        ali.click("main form .button")
    rest()

    head = signed_in(browser, site, "zhou.head")
    head.goto(f"{site}/desk/ratings/")
    sound(head)
    head.locator("main a[href*='/desk/ZG']").first.click()
    head.wait_for_load_state()
    sound(head)
    assert "阿里木" in head.inner_text("main"), "he who gave his name can be spoken to"
    for verb, name, words in (
        ("contact", "note", "电话联系，他说第一次没有讲清材料"),
        ("verify", "finding", "窗口没有一次告知"),
        ("reply", "answer", "已经培训窗口人员，并更换了告知单"),
    ):
        form = head.locator(f"form[action$='/{verb}/']")
        form.locator(f"textarea[name={name}]").fill(words)
        with head.expect_navigation():
            form.locator("button:not([type=button])").last.click()
        sound(head)
    head.screenshot(path=pictures / "rectified.png", full_page=True)
    rest()

    ali.goto(f"{site}/rate/{asked[1]}/")
    assert "更换了告知单" in ali.inner_text("main")
    with ali.expect_navigation():
        ali.click("button[name=solved][value='1']")
    sound(ali)
    assert ali.locator("input[name=level]").count() == 5, "now he may rate once more"
    ali.context.close()


@pytest.fixture
def kiosk(city, asked):
    """A kiosk of the hall, and the slip of one who stands at it."""
    from tests.city.house import House
    from tongban.ratings.actions import register_device
    from tongban.ratings.models import Invitation
    from tongban.records.queries import city_now

    device = register_device(
        window="", channel="kiosk", region="6501", name="一楼自助终端",
        by=House().actor("han.supervisor"), now=city_now(),
    )  # fmt: skip
    row = Invitation.objects.get(token=asked[0])
    connections.close_all()
    return device.code, row.number, row.code


@pytest.mark.parametrize("language", ["zh-hans", "ug"])
def test_a_kiosk_forgets_who_walks_away(browser, site, kiosk, pictures, language):
    device, number, code = kiosk
    page = phone(browser, site, language)
    page.set_viewport_size({"width": 1080, "height": 1600})
    page.clock.install()
    page.goto(f"{site}/hall/rate/{device}/")
    sound(page)
    page.screenshot(path=pictures / f"kiosk-{language}.png", full_page=True)
    page.fill("input[name=number]", number)
    page.fill("input[name=code]", code)
    with page.expect_navigation():
        page.click("form.stack .button")
    assert page.locator("input[name=level]").count() == 5
    assert not page.locator("input[name=level]:checked").count()
    sound(page)
    page.screenshot(path=pictures / f"kiosk-asked-{language}.png", full_page=True)

    page.clock.fast_forward(45_000)
    page.locator("input[name=level][value='5']").check(force=True)
    page.clock.fast_forward(45_000)
    assert page.locator("input[name=level]").count() == 5, "a touch keeps it"
    with page.expect_navigation():
        page.clock.fast_forward(61_000)
    page.wait_for_selector("input[name=number]")
    assert page.input_value("input[name=number]") == ""
    assert page.get_attribute("html", "dir") == "ltr", "the language is forgotten, too"
    page.go_back()
    assert number not in page.content()
    assert not page.locator("input[name=level]").count()
    page.context.close()


def test_a_board_outlives_an_error_and_a_server_that_is_away(browser, site, asked):
    """A page that turns by a refresh of the browser stayed at the browser's own error page."""
    page = phone(browser, site, "zh-hans")
    asked_for = []

    def answer(route):
        asked_for.append(route.request.url)
        if len(asked_for) == 1:
            route.abort()
        elif len(asked_for) == 2:
            route.fulfill(status=500, content_type="text/html", body="<main>wrong</main>")
        else:
            route.continue_()

    page.clock.install()
    page.goto(f"{site}/open/ratings/board/")
    page.route("**/open/ratings/board/?page=*", answer)
    page.evaluate(
        """() => { const main = document.querySelector("main");
        main.dataset.shown = "before"; main.dataset.turns = "2"; }"""
    )
    page.clock.fast_forward(30_000)
    page.locator("main:not([data-shown])").wait_for(timeout=60_000)

    assert len(asked_for) >= 3
    assert page.locator("h1").inner_text() == "政务服务好差评"
    page.context.close()
