"""Sentences that are put together from parts end once."""

import re
from datetime import date

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


def test_a_refusal_with_values_is_said_in_the_readers_language(db):
    from django.utils.translation import override

    from tongban.doors.texts import in_words
    from tongban.kernel.refusals import worded

    one = worded("还没有上传“{name}”。", name={"zh": "平面图", "en": "Floor plan"})

    assert in_words(one) == "还没有上传“平面图”。"
    with override("en"):
        assert in_words(one) == "“Floor plan” has not been uploaded yet."
    with override("ug"):
        assert "\u2068平面图\u2069" in in_words(one)


def test_why_a_clock_stands_as_it_does_is_said_in_the_readers_language(db):
    from django.utils.translation import override

    from tongban.doors.texts import in_words
    from tongban.kernel.clocks import Line

    holiday = {"until": date(2026, 10, 8), "name": "国庆节"}
    one = Line("holidays", date(2026, 10, 1), params=holiday)

    with override("en"):
        said = "2026-10-01 to 2026-10-08 are holidays (National Day) and not counted."
        assert in_words(one.words) == said


def test_every_holiday_has_a_name_in_every_language():
    from tongban.config.options import CHECKOUT
    from tongban.doors.texts import HOLIDAYS

    rows = [
        line.split(",")
        for path in (CHECKOUT / "content" / "calendars").rglob("*.csv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]

    assert {row[2] for row in rows} <= set(HOLIDAYS)


@pytest.mark.parametrize("language", ["en", "ug"])
def test_what_is_missing_is_said_in_the_readers_language(city, language):
    walker = Walker(city, "ali")
    draft = walker.draft()
    walker.client.cookies["django_language"] = language
    page = walker.get(f"/apply/{draft}/check/").content.decode()

    problems = re.search(r'class="problems.*?</ol>', page, re.DOTALL)[0]
    assert re.findall(r"[\u3400-\u9fff]", problems) == []
