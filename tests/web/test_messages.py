"""Every text of a page goes through the catalogue, and the catalogue is whole."""

import re
import subprocess
import sys

import pytest
from django.template.base import Lexer, TokenType
from django.utils import translation
from django.utils.translation import gettext as _

from tongban.config.options import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "tools"))
import messages as tool

HAN = re.compile(r"[\u3400-\u9fff]")
TEMPLATES = sorted((CHECKOUT / "web" / "templates").rglob("*.html"))


def untranslated(path):
    """Pieces of a template with Chinese text outside of the translation tags."""
    inside = False
    for token in Lexer(path.read_text()).tokenize():
        if token.token_type == TokenType.BLOCK:
            word = token.contents.split()[0] if token.contents.split() else ""
            if word.startswith("blocktrans"):
                inside = True
            elif word.startswith("endblocktrans"):
                inside = False
            elif not word.startswith("trans") and HAN.search(token.contents):
                yield token.contents
        elif token.token_type != TokenType.COMMENT and not inside and HAN.search(token.contents):
            # The separators of lists and asides belong to the language of the page all the same.
            yield token.contents.strip()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_text_of_a_template_bypasses_the_catalogue(path):
    assert list(untranslated(path)) == []


@pytest.mark.parametrize("language", tool.languages())
def test_a_catalogue_has_every_message_and_no_other(language):
    assert tool.faults(language) == []


def test_english_is_among_the_catalogues():
    assert "en" in tool.languages()


def test_a_language_of_citizens_needs_what_citizens_meet_and_nothing_else():
    def message(*places):
        return tool.Message("登录", places=[(place, 1) for place in places])

    assert message("web/templates/desk/case.html", "web/templates/403.html").is_citizens
    assert not message("web/templates/desk/case.html", "tongban/doors/desk/posts.py").is_citizens


def test_uyghur_is_among_the_catalogues_of_citizens():
    assert "ug" in tool.CITIZENS_ONLY & set(tool.languages())


def test_a_page_speaks_english():
    with translation.override("en"):
        assert _("我的办件") == "My applications"


def test_the_pseudo_language_keeps_the_placeholders():
    with translation.override("qps-plocm"):
        said = _("%(at)s 保存") % {"at": "10:51"}

    assert "10:51" in said
    assert said != "10:51 保存"


def test_updating_a_catalogue_changes_nothing_that_is_up_to_date(tmp_path):
    before = tool.catalogue_of("en").read_text()
    catalogue, lost = tool.updated(tool.catalogue_of("en"))
    again = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    tool.write(again, catalogue)

    assert lost == 0
    assert again.read_text() == before


def test_messages_of_programs_are_found_but_docstrings_are_not(tmp_path):
    module = tool.CODE / "kernel" / "refusals.py"
    found = tool.Found()
    tool.from_module(module, found)

    assert ("没有找到您要的内容。", "") in found.messages
    assert not any("A well-founded no" in text for text, _context in found.messages)


def test_the_gallery_renders_every_page_without_a_database(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tools.gallery", tmp_path],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "pages in" in done.stdout
    assert (tmp_path / "qps-plocm-large" / "guide.html").exists()
