"""A child is born, in Uyghur on a phone: from the first question to the progress, axe clean."""

import json
import re
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from tests.city.applying import sign_all
from tests.city.house import House

pytestmark = pytest.mark.browser

WISH = yaml.safe_load((Path(__file__).parents[1] / "journeys" / "newborn.yaml").read_text())
PHONE = {"width": 390, "height": 844}
HAN = re.compile(r"[\u3400-\u9fff]")
# What stands out over the edge of the page; what scrolls by itself may.
OUTSIDE = """() => {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!box.width || getComputedStyle(one).position === 'absolute') return false;
    if (one.closest('.visually-hidden, .skip, .hero-range, .table-wrap')) return false;
    return box.right > width + 1 || box.left < -1;
  }).map((one) => one.tagName + '.' + one.className);
}"""
# The pseudo language is offered to tests alone; its name is in no registry.
OFFERED = {"exclude": ["button[value='qps-plocm']"]}
# Sentences on the page that nobody typed: labels, helps, buttons, headings.
PRINTED = """() => [...document.querySelectorAll('h1, h2, h3, label, legend, button, .help')]
  .filter((one) => one.checkVisibility() && !one.closest('[lang=zh-Hans]'))
  .map((one) => one.innerText.trim())"""


class Mother:
    """Reyhangul with her phone, the site in Uyghur."""

    def __init__(self, person):
        self.person = person
        self.page = person.page
        self.page.set_viewport_size(PHONE)
        self.page.context.add_cookies(
            [{"name": "django_language", "value": "ug", "url": person.site}]
        )

    def looks(self, name):
        """The page runs from right to left, fits the phone, says what it is; axe is content."""
        page = self.page
        html = page.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("ug", "rtl")
        assert page.locator(".unreviewed button").get_attribute("value") == "zh-hans"
        assert (name, page.evaluate(OUTSIDE)) == (name, [])
        found = Axe().run(page, context=OFFERED).response["violations"]
        assert [
            (one["id"], json.dumps(one["nodes"][0]["target"]))
            for one in found
            if one["impact"] in ("serious", "critical")
        ] == []
        if name != "home":  # where other things stand that may not be translated yet
            chinese = [text for text in page.evaluate(PRINTED) if HAN.search(text)]
            assert (name, chinese) == (name, [])
        self.person.photograph(f"newborn-ug-{name}")

    def press(self, selector):
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def answer(self, answers):
        for name, value in answers.items():
            field = self.page.locator(f"[name='{name}']")
            if field.count():
                self.choose(name, value)

    def choose(self, name, value):
        values = value if isinstance(value, list) else [value]
        for one in values:
            said = str(one)
            if isinstance(one, bool):
                said = "yes" if one else "no"
            picked = self.page.locator(f"input[name='{name}'][value='{said}']")
            if picked.count():
                picked.first.check(force=True)
            elif self.page.locator(f"select[name='{name}']").count():
                self.page.select_option(f"select[name='{name}']", said)
            else:
                self.page.fill(f"[name='{name}']", said)


def test_a_mother_registers_her_child_in_uyghur_on_a_phone(  # noqa: PLR0915 -- one way
    enter, city_at, rest, city
):
    city_at("2026-10-12 09:30")
    mother = Mother(enter("reyhan"))
    page = mother.page

    mother.person.open("/")
    mother.looks("home")
    mother.person.open("/packages/newborn/")
    mother.looks("package")

    mother.person.open("/packages/newborn/ask/")
    mother.looks("ask")
    questions = {"newborn.filer": "filer", "birth.certificate_wanted": "certificate_wanted",
                 "household.of": "household_of", "newborn.services": "services"}  # fmt: skip
    mother.answer({questions[fact]: value for fact, value in WISH["situation"].items()})
    mother.press("main form .actions button, main form button.button")
    assert "/guide/" in page.url
    mother.looks("guide")

    mother.press("main form[action*='guide'] button, main form button.button")
    assert "/form/" in page.url
    mother.answer(WISH["answers"])
    mother.looks("form")
    mother.press("main form button.button")
    assert "/materials/" in page.url
    mother.looks("materials")
    mother.press("main form button.button")
    assert "/check/" in page.url
    mother.looks("unsigned")
    draft = page.url.split("/apply/")[1].split("/")[0]
    house = House()
    sign_all(house, UUID(draft), house.actor("reyhan"))
    page.reload()
    for box in page.locator("main form input[type=checkbox]").all():
        if box.get_attribute("name") != "human":
            box.check(force=True)
    mother.looks("check")
    mother.press(".submit-bar button")
    assert re.search(r"/my/YJS[0-9A-Z]+/", page.url)
    rest()

    page.reload()
    mother.looks("progress")
    copy = page.locator("a[href$='/copy/ug/']").first
    assert page.request.get(mother.person.site + copy.get_attribute("href")).body()[:5] == b"%PDF-"
    mother.person.open("/my/messages/")
    mother.looks("messages")
    assert "ئىلتىماس تاپشۇرۇلدى" in page.inner_text("main")
