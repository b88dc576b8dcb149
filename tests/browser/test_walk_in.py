"""A whole walk-in at the service window by keyboard alone, with the simulator's devices."""

import sys
import threading
import time
from urllib.parse import urlsplit

import pytest

from tests.doors.hall.window import SNACK
from tongban.doors.hall.bridge.devices import CardRead, simulated
from tongban.doors.hall.bridge.server import BridgeServer, Desk

pytestmark = pytest.mark.browser

CARD = CardRead("古丽巴哈尔·阿不都热合曼", "650102197903181246")
FORM = {
    "applicant.role": "principal",
    "site.lease_until": "2029-12-31",
    "staff.health_certificates": "3",
    "food.business_form": "snack",
    "food.online": "no",
    "food.disinfection": "heat",
    "food.water": "municipal",
    "delivery.mode": "hall",
}


@pytest.fixture
def bridge(site):
    """The bridge of the clerk's machine, for this site alone."""
    address = urlsplit(site)
    desk = Desk(
        frozenset({f"{address.scheme}://{address.netloc}"}),
        simulated(CARD, {}),
        lambda _words: None,
    )
    server = BridgeServer(desk)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield desk
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def tablets(browser):
    """Browsers of second screens, closed before the site goes away."""
    contexts = []

    def open_one(address):
        context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()


class Keyboard:
    """A clerk who has no mouse: nothing is clicked, only keys are pressed."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def go(self, key, path):
        """Press a key that leads to another page, and wait until its first field has the focus."""
        with self.page.expect_navigation(url=f"**{path}"):
            self.page.keyboard.press(key)
        self.until(lambda: self.page.evaluate("() => document.activeElement !== document.body"))

    def until(self, condition):
        """Wait for something on the page; its policy forbids what Playwright would evaluate."""
        for _ in range(400):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("it did not come")

    @property
    def field(self):
        """Name, type and options of whatever has the focus."""
        return self.page.evaluate(
            """() => {
              const field = document.activeElement;
              const values = (list) => [...list].map((x) => x.value);
              const group = field.closest(".choices");
              const options = group ? values(group.querySelectorAll("input")) : [];
              const list = field.tagName === "SELECT" ? values(field.options) : [];
              return {name: field.name || "", type: field.type || "", options, list,
                      key: field.dataset.key || ""};
            }"""
        )

    def fill(self, answers):
        """Go through the form with Enter and the number keys until the button is reached."""
        for _ in range(60):
            field = self.field
            if field["key"] == "F8":
                return
            value = answers.get(field["name"])
            if value is None:
                self.press("Enter")
            elif field["options"]:
                self._choose(field, value)
            else:
                self._type(field, value)
        raise AssertionError(f"the form has no end: {field}")

    def _choose(self, field, value):
        values = value if isinstance(value, list) else [value]
        for one in values:
            self.press(str(field["options"].index(one) + 1))
        if field["type"] == "checkbox":
            self.press("Enter")

    def _type(self, field, value):
        if field["list"]:
            self.page.keyboard.press("Home")
            for _ in range(field["list"].index(value)):
                self.press("ArrowDown")
        elif field["type"] == "date":
            self.type("".join(value.split("-")[i] for i in (1, 2, 0)))
        else:
            self.type(value)
        self.press("Enter")


def test_a_walk_in_from_the_card_to_the_receipt_by_keyboard_alone(
    enter, city, site, bridge, tablets, pictures
):
    li = enter("li.window")
    page = li.open("/hall/")
    keys = Keyboard(page)
    # In the morning: the bridge's code is typed once, the second screen is paired.
    tablet = pair_screen(keys, tablets, site)

    began = time.monotonic()
    read_card(keys, bridge.code)
    choose(keys, "小吃店", "open-restaurant")
    keys.fill(SNACK)
    page.screenshot(path=pictures / "hall-3-ask.png")
    keys.go("Enter", "/form/")
    keys.fill(FORM)
    page.screenshot(path=pictures / "hall-4-form.png", full_page=True)
    keys.go("Enter", "/materials/")
    capture(keys, pictures)
    keys.go("F8", "/confirm/")
    confirm(keys, tablet, pictures)
    keys.go("F8", "/hall/done/**")
    seconds = time.monotonic() - began

    page.screenshot(path=pictures / "hall-8-receipt.png", full_page=True)
    assert "YJS" in page.inner_text("main")
    assert page.locator(".qr svg").count() == 1
    sys.stdout.write(f"a walk-in by keyboard: {seconds:.1f} seconds\n")
    assert seconds < 180

    keys.go("F10", "/hall/")
    assert "古丽" not in page.inner_text("body")
    tablet.wait_for_selector(".screen-idle")


def pair_screen(keys, tablets, site):
    """F9 pairs; the tablet opens the address that the QR code holds."""
    keys.go("F9", "/hall/pair/")
    code = keys.page.inner_text(".pair-code")
    keys.go("Escape", "/hall/")
    return tablets(f"{site}/hall/screen/{code}/")


def read_card(keys, code):
    keys.until(lambda: keys.field["name"] == "card")
    keys.type(code)
    keys.go("F2", "/hall/thing/")


def choose(keys, party, thing):
    """For whom and what, each by its number."""
    people = keys.page.locator("label.choice:has([name=party])").all_inner_texts()
    keys.press(str(next(n for n, text in enumerate(people, 1) if party in text)))
    read = "list => list.map((x) => x.value)"
    things = keys.page.locator("input[name=thing]").evaluate_all(read)
    keys.go(str(things.index(thing) + 1), "/hall/ask/**")


def capture(keys, pictures):
    """Two shots of the document camera; of each the first page is turned and filed."""
    page = keys.page
    keys.press("o")
    for number in ("1", "2"):
        keys.press("b")
        page.wait_for_selector("[data-picture]:visible")
        keys.press("r")
        page.screenshot(path=pictures / "hall-5-materials.png")
        with page.expect_response("**/sort/"):
            keys.press(number)
        keys.until(lambda n=number: page.locator(".sheet .given").count() >= int(n))
        keys.press("x")
    assert page.locator(".sheet[data-missing=yes]").count() == 0
    assert "已核原件" in page.inner_text(".sheets")


def confirm(keys, tablet, pictures):
    keys.page.screenshot(path=pictures / "hall-6-confirm.png", full_page=True)
    keys.go("F4", "/confirm/")
    tablet.wait_for_selector("[data-answer]")
    tablet.screenshot(path=pictures / "hall-7-screen.png")
    tablet.locator("button[value=yes]").click()
    keys.page.wait_for_selector("[data-submit]:enabled")
