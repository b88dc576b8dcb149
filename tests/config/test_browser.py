import pytest

pytestmark = pytest.mark.browser

PAGE = """
<html lang="zh"><body style="font-size: 40px">
<p id="zh" style="font-family: sans-serif">开办餐饮店</p>
<p id="ug" style="font-family: sans-serif" dir="rtl">ئۇيغۇرچە</p>
</body></html>
"""


@pytest.mark.parametrize("text", ["zh", "ug"])
def test_chromium_has_a_font_for_every_language(page, text):
    """A missing glyph is drawn as the same box each time; real letters differ in their pixels."""
    page.set_content(PAGE)
    place = page.locator(f"#{text}")
    drawn = place.screenshot()

    page.eval_on_selector(f"#{text}", "(e) => { e.textContent = '\\uE000'.repeat(5) }")

    assert place.screenshot() != drawn


def test_chinese_is_drawn_with_the_font_of_our_package(page):
    page.set_content(PAGE)
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": "#zh"})
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]

    assert fonts[0]["familyName"].startswith("Noto Sans")
