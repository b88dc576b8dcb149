"""Every page in Chromium: nothing cut off, nothing that axe finds serious, also on a phone."""

import functools
import http.server
import json
import threading

import pytest
from django.template import engines
from django.utils import translation

from tests.web import samples
from tongban.config.options import CHECKOUT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KINDS = ["zh-hans", "en", "ug", "qps-plocm", "zh-hans-large", "en-large", "ug-large"]
# What stands out over the edge of the page; pictures and what scrolls by itself may.
OUTSIDE = """() => {
  const width = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!box.width || getComputedStyle(one).position === 'absolute') return false;
    if (one.closest('.visually-hidden, .skip, .hero-range, .table-wrap')) return false;
    return box.right > width + 1 || box.left < -1;
  }).map((one) => one.tagName + '.' + one.className);
}"""
# Targets of touch that are smaller than 24 px each way and stand alone (WCAG 2.2, 2.5.8).
SMALL = """() => [...document.querySelectorAll('button, .button, .tool, .nav a, summary')]
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.width < 24 || box.height < 24);
  }).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """All sample pages as files behind a small server; its address."""
    folder = tmp_path_factory.mktemp("gallery")
    engine = engines["django"]
    for language in ("zh-hans", "en", "ug", "qps-plocm"):
        for large in (False, True):
            for sample in samples.SAMPLES:
                made = samples.frame(language, large=large, path=sample.path, place=sample.place)
                with translation.override(language):
                    text = engine.get_template(sample.template).template.render(
                        _context(sample.page, made)
                    )
                path = folder / f"{language}{'-large' if large else ''}-{sample.name}.html"
                path.write_text(text)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path):
            if path.startswith("/static/"):
                return str(CHECKOUT / "web" / path.removeprefix("/").split("?")[0])
            return super().translate_path(path)

        def log_message(self, *_):
            pass

    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def _context(page, made):
    from django.template import Context

    return Context({"page": page, "frame": made, "csrf_token": "x", "messages": ()})


@pytest.fixture(scope="module")
def window(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def serious(window):
    """What axe finds serious or critical: rule and place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(window).response["violations"]
    return [
        (one["id"], json.dumps(one["nodes"][0]["target"]))
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda one: one.name)
def test_axe_finds_nothing_serious(window, gallery, sample):
    window.set_viewport_size({"width": 1280, "height": 900})
    window.goto(f"{gallery}/zh-hans-{sample.name}.html")

    assert serious(window) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_is_wider_than_the_window(window, gallery, kind):
    for sample in samples.SAMPLES:
        window.goto(f"{gallery}/{kind}-{sample.name}.html")
        for width in (320, 390, 768, 1280):
            window.set_viewport_size({"width": width, "height": 800})

            assert (sample.name, width, window.evaluate(OUTSIDE)) == (sample.name, width, [])


def test_what_is_touched_is_large_enough(window, gallery):
    window.set_viewport_size({"width": 390, "height": 844})
    for sample in samples.SAMPLES:
        window.goto(f"{gallery}/zh-hans-{sample.name}.html")

        assert (sample.name, window.evaluate(SMALL)) == (sample.name, [])


def test_a_question_behind_another_opens_with_its_answer(window, gallery):
    window.goto(f"{gallery}/zh-hans-ask.html")

    assert window.locator("[data-needs]").count() == 1
    assert not window.locator("[data-needs]").is_visible()
    window.check("[name=tobacco][value=yes]", force=True)
    assert window.locator("[data-needs]").is_visible()


def test_a_form_is_sent_once_however_often_the_button_is_pressed(window, gallery):
    window.goto(f"{gallery}/zh-hans-check.html")
    window.evaluate(
        "() => { window.sent = 0; document.addEventListener('submit', (e) => {"
        " if (!e.defaultPrevented) window.sent += 1; e.preventDefault(); }); }"
    )
    button = window.locator(".submit-bar button")
    button.click()
    button.click(force=True)

    assert window.evaluate("window.sent") == 1
    assert button.get_attribute("aria-disabled") == "true"


def test_the_counter_says_how_much_is_left(window, gallery):
    window.goto(f"{gallery}/zh-hans-withdraw.html")
    window.fill("textarea", "字" * 205)

    assert window.inner_text(".counter") == "超出 5 字"


def test_a_file_that_is_too_large_is_told_before_it_is_sent(window, gallery, tmp_path):
    large = tmp_path / "大图.pdf"
    with large.open("wb") as file:
        file.truncate(21_000_000)
    window.goto(f"{gallery}/zh-hans-materials.html")
    window.set_input_files("#m-layout-file", large)

    assert "文件过大" in window.inner_text("[data-preview-of=m-layout-file]")
