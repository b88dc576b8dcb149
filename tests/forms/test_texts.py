"""Invisible and hostile characters."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.forms.rules.texts import HIDDEN, lines, neutralise, one_line

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=200)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("天山\u202e雪", "天山雪"),
        ("a\x00b", "ab"),
        ("a\u200bb\ufeffc\u2060d", "abcd"),
        ("\u2066isolated\u2069", "isolated"),
        ("half \ud800 character", "half  character"),
        ("tag\U000e0041", "tag"),
        ("bell\x07 escape\x1b[31m", "bell escape[31m"),
    ],
)
def test_what_nobody_sees_goes(typed, clean):
    assert neutralise(typed) == (clean, True)


def test_every_line_end_becomes_one_kind_without_a_word():
    assert neutralise("one\r\ntwo\u2028three\x85four") == ("one\ntwo\nthree\nfour", False)


@pytest.mark.parametrize(
    "text",
    [
        "买买提·艾力",
        "𪚥㐱𠮷",
        "ئۈرۈمچى شەھىرى",
        "می\u200cخواهم",
        "乌鲁木齐市天山区（胜利路）168号　1层",
        "tab\tand\nline",
        "👨‍👩‍👧",
    ],
)
def test_what_people_see_stays(text):
    assert neutralise(text) == (text, False)


@given(ANY_TEXT)
def test_a_neutral_text_can_be_stored_and_stays_as_it_is(text):
    clean, _ = neutralise(text)

    assert neutralise(clean) == (clean, False)
    assert HIDDEN.search(clean) is None
    assert json.loads(json.dumps(clean).encode("utf-8")) == clean


@given(ANY_TEXT)
def test_lines_and_one_line_are_stable(text):
    clean, _ = neutralise(text)

    assert one_line(one_line(clean)) == one_line(clean)
    assert lines(lines(clean)) == lines(clean)
    assert "\n" not in one_line(clean)
