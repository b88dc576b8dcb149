"""The style sheets keep their promises: both directions of script, contrast, no inline style."""

import re

import pytest

from tongban.config.options import CHECKOUT

STYLES = sorted((CHECKOUT / "web" / "static" / "styles").glob("*.css"))
TEMPLATES = sorted((CHECKOUT / "web" / "templates").rglob("*.html"))
SCRIPTS = sorted((CHECKOUT / "web" / "static" / "scripts").glob("*.js"))
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
    r"|border-(?:top|bottom)-(?:left|right)-radius|left|right|top|bottom"
    r"|(?:min-|max-)?(?:width|height))\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
# Text on ground, as the sheets put them together; large text and lines need less.
TEXT_PAIRS = (
    ("ink", "paper"), ("ink", "sheet"), ("ink", "sunk"), ("ink", "care-soft"),
    ("ink", "accent-soft"), ("ink", "alarm-soft"), ("ink-soft", "paper"), ("ink-soft", "sheet"),
    ("ink-soft", "sunk"), ("ink-soft", "care-soft"), ("ink-soft", "accent-soft"),
    ("ink-soft", "alarm-soft"), ("ink-faint", "paper"), ("ink-faint", "sheet"),
    ("ink-faint", "sunk"), ("accent", "paper"), ("accent", "sheet"), ("accent", "sunk"),
    ("accent", "accent-soft"), ("accent", "care-soft"), ("accent-deep", "accent-soft"),
    ("on-accent", "accent"), ("on-accent", "accent-deep"), ("care", "care-soft"),
    ("care", "sheet"), ("care", "paper"), ("alarm", "alarm-soft"), ("alarm", "sheet"),
    ("alarm", "paper"), ("sheet", "alarm"),
)  # fmt: skip
LINE_PAIRS = (
    ("line-strong", "sheet"), ("line-strong", "paper"), ("accent", "paper"), ("alarm", "sheet"),
    ("focus", "paper"), ("focus", "sheet"), ("focus", "accent-soft"), ("care", "paper"),
)  # fmt: skip


def sheet(name):
    return COMMENT.sub("", (CHECKOUT / "web" / "static" / "styles" / name).read_text())


def colours():
    first = sheet("tokens.css").split("@media")[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", first))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_name_no_physical_side(path):
    text = re.sub(r"\([^)]*\)", "", COMMENT.sub("", path.read_text()))

    assert PHYSICAL.findall(text) == []


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground(text, ground):
    known = colours()

    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize(("line", "ground"), LINE_PAIRS)
def test_lines_of_controls_stand_out_from_their_ground(line, ground):
    known = colours()

    assert contrast(known[line], known[ground]) >= 3


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_colour_is_a_token(path):
    text = COMMENT.sub("", path.read_text())
    if path.name == "tokens.css":
        text = ""
    # White in a QR code, on paper and on the dark bar is white whatever the theme.
    free = re.findall(r"#(?!f{3,6}\b)[0-9a-fA-F]{3,8}\b", text)
    allowed = {"#999999", "#d5e8e7", "#0d6672", "#b9d9d9"}

    assert {colour for colour in free if colour not in allowed} == set()


def test_every_token_that_is_used_is_defined():
    defined = set(re.findall(r"--([\w-]+):", "".join(path.read_text() for path in STYLES)))
    used = set(re.findall(r"var\(--([\w-]+)", "".join(path.read_text() for path in STYLES)))

    assert used - defined == set()


def test_motion_stops_for_who_wants_none():
    assert "prefers-reduced-motion: reduce" in sheet("base.css")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_style_or_script(path):
    text = path.read_text()

    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_hold_no_words_and_make_no_code_of_text(path):
    text = re.sub(r"//.*", "", path.read_text())

    assert not re.search(r"[\u3400-\u9fff]", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|new Function", text)


def test_every_class_of_a_template_has_a_style_or_a_meaning():
    styled = set(re.findall(r"\.([a-z][\w-]*)", "".join(p.read_text() for p in STYLES)))
    used = set()
    for path in TEMPLATES:
        plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text())
        for value in re.findall(r'class="([^"]*)"', plain):
            used |= {
                one for one in value.split() if not (one.endswith("-") or one.startswith("-"))
            }

    assert used - styled == set()
