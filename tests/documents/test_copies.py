"""Copies in another language: all templates have its words, and every page can be printed."""

import io
import json
import re
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from tests.documents.fakes import TEMPLATES
from tests.documents.test_pages import DATA
from tongban.documents import gateways, rules
from tongban.documents.content import PAGES
from tongban.documents.states import FORMS, DocumentKind

HAN = re.compile(r"[\u3400-\u9fff]")
QUOTED = re.compile(r't\((?:if [^{]*\{\s*)?"((?:[^"\\]|\\.)*)"|\belse \{ "((?:[^"\\]|\\.)*)"')
# A guide decides nothing; a request for an opinion goes from department to department.
NOT_COPIED = {DocumentKind.GUIDE, DocumentKind.OPINION_REQUEST}
COPIED = [kind for kind in DATA if kind not in NOT_COPIED]
LANGUAGES = sorted(path.stem for path in (TEMPLATES / "words").glob("*.json"))
NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def words(language):
    return json.loads((TEMPLATES / "words" / f"{language}.json").read_text())


def sentences():
    """Every Chinese sentence that a template of a letter asks for."""
    names = {FORMS[kind].template for kind in COPIED} | {"letter", "parts", "face"}
    for name in sorted(names):
        text = (TEMPLATES / f"{name}.typ").read_text()
        for found in QUOTED.finditer(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)):
            sentence = found[1] or found[2]
            if sentence and (HAN.search(sentence) or "{" in sentence):
                yield name, sentence


def printed(kind, language="ug"):
    typesetter = gateways.renderer()
    filled = {
        **PAGES[kind].model_validate(DATA[kind]).model_dump(),
        "title": FORMS[kind].title,
        "number": "市监许准〔2026〕1号",
        "serial": "DC6501002026010500000001X",
        "made_on": "2026-01-05",
        "verify_url": "https://example.test/verify/x/",
        "organ": {"code": "market-regulation", "name": "乌鲁木齐市市场监督管理局", "uscc": "x"},
    }
    told = rules.retold(filled, lambda text: text, typesetter.words(language))
    return typesetter.render(FORMS[kind].template, told | {"lang": language}, made_at=NOW).content


def test_uyghur_has_copies():
    assert "ug" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_of_copies_has_every_sentence_of_the_letters(language):
    known = words(language)

    assert [pair for pair in sentences() if pair[1] not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translated_sentence_has_the_values_of_its_source(language):
    hole = re.compile(r"\{\w+\}")
    for source, said in words(language).items():
        if "{" in source:
            assert sorted(hole.findall(source)) == sorted(hole.findall(said)), source


@pytest.mark.parametrize("kind", COPIED)
def test_every_document_can_be_printed_as_a_copy(kind):
    reader = PdfReader(io.BytesIO(printed(kind)))
    text = "".join(page.extract_text() for page in reader.pages)

    assert DATA[kind]["proceeding_number"] in text
    # Readers take joined letters apart; that there are many of them says which language it is.
    assert sum("\u0600" <= one <= "\u06ff" for one in text) > 200


def test_days_and_lengths_are_told_by_the_frames_of_the_language():
    known = words("ug")
    data = {"due": "2026年09月04日", "at": "2026年09月04日 10:30", "promise": "5 个工作日"}

    assert rules.retold(data, lambda text: text, known) == {
        "due": "2026-يىلى 9-ئاينىڭ 4-كۈنى",
        "at": "2026-يىلى 9-ئاينىڭ 4-كۈنى 10:30",
        "promise": "5 خىزمەت كۈنى",
    }


def test_what_an_officer_wrote_stays_as_written():
    said = rules.retold({"reasons": ["面积不足。"]}, lambda text: text, words("ug"))

    assert said == {"reasons": ["面积不足。"]}


@pytest.mark.parametrize("template", ["licence", "certificate"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_licence_can_be_printed_as_a_copy_under_its_own_number(template, language):
    from tests.documents.test_pages import licence

    typesetter = gateways.renderer()
    known = words(language)
    page = rules.retold(licence(), lambda text: text, known) | {"lang": language}
    reader = PdfReader(io.BytesIO(typesetter.render(template, page, made_at=NOW).content))
    text = "".join(one.extract_text() for one in reader.pages)

    assert licence()["number"] in text
    assert len(reader.pages) == 1
