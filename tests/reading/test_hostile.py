"""Whatever is sent is read, in time that grows with its length."""

import time

import pytest

from tests.reading.corpus import messages
from tongban.reading.rules.lessons import learn
from tongban.reading.rules.likeness import likeness, signature
from tongban.reading.rules.rows import Column, Kind
from tongban.reading.rules.text import clean, read_form
from tongban.reading.rules.things import mask, named

MEGABYTE = 1_000_000
HOSTILE = {
    "empty": "",
    "blanks": " \n\t　" * 100,
    "megabyte": "路" * MEGABYTE,
    "digits": "1" * MEGABYTE,
    "brackets": "<" * MEGABYTE,
    "open scripts": "<script " * (MEGABYTE // 8),
    "numerals": "一" * MEGABYTE,
    "names": "新华" * (MEGABYTE // 2),
    "plates": "新A" * (MEGABYTE // 2),
    "addresses": "a." * (MEGABYTE // 2),
    "marks": "a" + "\u0301\u0323" * (MEGABYTE // 2),
    "controls": "".join(map(chr, range(32))) * 1000,
    "mixed direction": "\u202eabc\u2067سالام\u2069路灯",
    "script": "<script>alert('x')</script>路灯不亮<img src=x onerror=y>",
    "emoji": "😀👨‍👩‍👧🇨🇳" * 1000,
    "lone surrogate": "路灯\ud800不亮",
    "nulls": "\x00" * 1000,
}


@pytest.fixture(scope="module")
def lesson():
    rows = messages(90)
    return learn(rows, [row["class"] for row in rows], (Column("text", Kind.TEXT),))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_like_any_other(lesson, name):
    text = HOSTILE[name]
    begun = time.process_time()

    found = lesson.read({"text": text})
    mask(text)
    named(text)
    signature(text)
    likeness(text, text)

    assert found.label in lesson.labels
    assert 0 <= found.confidence <= 1
    assert time.process_time() - begun < 8


def test_markup_and_what_nobody_sees_is_left_out():
    assert clean(HOSTILE["script"]) == "路灯不亮"
    assert clean(HOSTILE["mixed direction"]) == "abcسالام路灯"
    assert clean("Ａ１\u200b２ 　b\x07") == "a12 b"
    assert read_form("单号20260101123，第3次") == "单号0,第3次"


def test_twice_the_text_takes_no_more_than_some_times_the_time():
    def seconds(size):
        text = "新华路13800001234在2026年3月5日三千元" * (size // 30)
        best = []
        for _ in range(3):
            begun = time.process_time()
            mask(text)
            best.append(time.perf_counter() - begun)
        return min(best)

    assert seconds(400_000) < 12 * seconds(100_000) + 0.05
