"""Every template with its sample, in every language and print size: whole, labelled, in order."""

from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.template.engine import Engine
from django.utils import translation

from tests.web import samples
from tongban.config.options import CHECKOUT

LANGUAGES = ("zh-hans", "en")
VOID = {"meta", "link", "input", "br", "hr", "img", "use", "rect", "path"}
NAMED = {"input", "select", "textarea"}


class Missing(str):
    """Stands where a template asks for what is not there."""

    __slots__ = ()

    def __mod__(self, name):
        return f"[[missing {name}]]"

    def __contains__(self, text):
        return text == "%s" or super().__contains__(text)


@pytest.fixture(scope="module")
def engine():
    return Engine(
        dirs=[CHECKOUT / "web" / "templates"],
        libraries={
            "tongban": "tongban.doors.tags",
            "i18n": "django.templatetags.i18n",
            "static": "tests.web.plainstatic",
        },
        builtins=["django.template.defaulttags"],
        string_if_invalid=Missing("%s"),
    )


class Reader(HTMLParser):
    """Reads a page into what the checks below ask about."""

    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.fors, self.open = [], [], [], []
        self.labelled = set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given, tuple(self.open)))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label" and "for" in given:
            self.fors.append(given["for"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open, f"</{tag}> closes nothing"
            assert self.open.pop() == tag, f"</{tag}> closes something else"


def page_of(engine, sample, language="zh-hans", *, large=False):
    made = samples.frame(language, large=large, path=sample.path, place=sample.place)
    template = engine.get_template(sample.template)
    from django.template import Context

    with translation.override(language):
        return template.render(
            Context({"page": sample.page, "frame": made, "csrf_token": "x", "messages": ()})
        )


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda one: one.name)
def test_a_page_asks_for_nothing_that_is_not_there(engine, sample, language):
    assert "[[missing" not in page_of(engine, sample, language)


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda one: one.name)
def test_a_page_is_whole_and_its_ids_are_unique(engine, sample):
    reader = read(page_of(engine, sample))

    assert sorted(reader.ids) == sorted(set(reader.ids))


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda one: one.name)
def test_every_control_has_a_label(engine, sample):
    reader = read(page_of(engine, sample))

    for tag, given, inside in reader.tags:
        if tag not in NAMED or given.get("type") == "hidden":
            continue
        named = given.get("id") in reader.fors or "label" in inside or "aria-label" in given
        assert named, given


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda one: one.name)
def test_every_reference_leads_to_something_on_the_page(engine, sample):
    reader = read(page_of(engine, sample))
    ids = set(reader.ids)

    for _tag, given, _inside in reader.tags:
        for name in ("aria-describedby", "aria-labelledby", "for"):
            for target in (given.get(name) or "").split():
                assert target in ids, (name, target)
        if (given.get("href") or "").startswith("#") and given.get("href") != "#":
            assert given["href"][1:] in ids, given["href"]


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda one: one.name)
def test_headings_come_in_order_and_begin_with_one_title(engine, sample):
    reader = read(page_of(engine, sample))
    levels = [int(tag[1]) for tag, *_ in reader.tags if tag in {"h1", "h2", "h3", "h4"}]

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda one: one.name)
def test_every_form_that_changes_something_carries_the_token(engine, sample):
    text = page_of(engine, sample)
    posts = text.count('method="post"')

    assert text.count("csrfmiddlewaretoken") == posts


def test_a_mistake_is_told_beside_the_field_and_above_the_form(engine):
    sample = next(one for one in samples.SAMPLES if one.name == "ask-wrong")
    text = page_of(engine, sample)

    assert 'aria-invalid="true" aria-describedby="f-area-help f-area-error"' in text
    assert 'href="#f-area"' in text
    assert 'value="一百二"' in text


def test_text_from_people_is_never_markup(engine):
    sample = next(one for one in samples.SAMPLES if one.name == "my")
    hostile = replace(
        sample.page,
        applications=(replace(sample.page.applications[0], name="<script>alert(1)</script>"),),
    )
    text = page_of(engine, replace(sample, page=hostile))

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("name", samples.PLAIN)
def test_the_pages_of_last_resort_need_nothing(engine, name):
    from django.template import Context

    text = engine.get_template(name).render(Context())

    assert "<h1>" in text
    read(text)


def test_the_language_of_the_page_is_declared(engine):
    sample = samples.SAMPLES[0]

    assert '<html lang="zh-Hans" dir="ltr"' in page_of(engine, sample)
    assert '<html lang="en" dir="ltr"' in page_of(engine, sample, "en")
    assert 'dir="rtl"' in page_of(engine, sample, "qps-plocm")
    assert 'data-print="large"' in page_of(engine, sample, large=True)
