"""Sentences that are put together from parts end once."""

import re

import pytest

from tests.web import samples
from tests.web.test_supply import ali, number  # noqa: F401 -- fixtures
from tests.web.test_templates import engine, page_of  # noqa: F401 -- a fixture
from tests.web.walks import Walker, main_of, words_of
from tongban.packages.rules import unstopped

# Two stops in a row, a stop before a comma, a pair of marks that closes on nothing.
DOUBLED = re.compile(r"[。，；：、！？]\s?[。，；、]|：：|。\s?\.|\.。|,，|“”|（）")


def doubled(text):
    return [text[max(0, one.start() - 20) : one.end() + 5] for one in DOUBLED.finditer(text)]


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda one: one.name)
def test_no_sample_page_has_doubled_punctuation(engine, sample):  # noqa: F811 -- a fixture
    assert doubled(words_of(page_of(engine, sample))) == []


def test_a_notice_of_typed_sentences_ends_each_once(ali, number):  # noqa: F811 -- fixtures
    for path in ("/my/messages/", "/my/", f"/my/{number}/", f"/my/{number}/supply/"):
        text = main_of(ali.get(path))
        assert doubled(text) == [], path
    assert "看不清，按实际情况改正" in main_of(ali.get("/my/messages/"))


@pytest.mark.parametrize("slug", ["open-restaurant", "open-enterprise"])
def test_the_guides_of_the_city_have_no_doubled_punctuation(city, slug):
    walker = Walker(city, "ali")
    for path in ("", "ask/", "guide/"):
        assert doubled(main_of(walker.client.get(f"/packages/{slug}/{path}", follow=True))) == []


@pytest.mark.parametrize("typed", ["看不清。", "看不清；", "看不清， ", " 看不清"])
def test_a_typed_sentence_loses_its_last_stop(typed):
    assert unstopped(typed) == "看不清"
