"""Signed messages: whoever holds the key is believed, for that line, that message, that moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.kernel.signatures import (
    WINDOW,
    Keys,
    Wire,
    dated_signature,
    is_signed,
    signature_of,
)

NOW = datetime(2026, 9, 7, 10, tzinfo=UTC)
KEYS = Keys.of({"2026": "old", "2027": "new"})
words = st.binary(max_size=200)
names = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=20)


@given(names, words, names)
def test_what_the_key_signed_is_believed_and_nothing_else(key, content, line):
    sign = signature_of(key, content, line=line)

    assert is_signed(key, content, sign, line=line, now=NOW)
    assert not is_signed(key, content + b"!", sign, line=line, now=NOW)
    assert not is_signed(key + "x", content, sign, line=line, now=NOW)
    assert not is_signed(key, content, sign, line=line + "x", now=NOW)
    assert not is_signed(key, content, sign[:-1], line=line, now=NOW)


@given(words, st.timedeltas(-2 * WINDOW, 2 * WINDOW))
def test_a_dated_signature_is_believed_for_a_few_minutes(content, apart):
    apart = timedelta(seconds=int(apart.total_seconds()))
    sign = dated_signature(KEYS, "2027", content, at=NOW, line="police-110")

    believed = is_signed(KEYS, content, sign, line="police-110", now=NOW + apart)
    assert believed == (abs(apart) <= WINDOW)


def test_a_dated_signature_is_of_its_key_and_moment_alone():
    sign = dated_signature(KEYS, "2026", b"x", at=NOW)

    assert is_signed(KEYS, b"x", sign, now=NOW)
    later = sign.replace(str(int(NOW.timestamp())), str(int(NOW.timestamp()) + 60))
    assert not is_signed(KEYS, b"x", later, now=NOW)
    assert not is_signed(KEYS, b"x", sign.replace("key=2026", "key=2027"), now=NOW)
    assert not is_signed(KEYS, b"x", sign.replace("key=2026", "key=2025"), now=NOW)
    # Its value alone is no plain signature: what was overheard cannot be turned into one.
    assert not is_signed(KEYS, b"x", sign.rpartition("=")[2], now=NOW)


def test_a_key_is_changed_without_a_pause():
    assert is_signed(KEYS, b"x", signature_of("old", b"x"), now=NOW)
    assert is_signed(KEYS, b"x", signature_of("new", b"x"), now=NOW)
    assert signature_of(KEYS, b"x") == signature_of("new", b"x")
    assert not is_signed(Keys.of({"2027": "new"}), b"x", signature_of("old", b"x"), now=NOW)


@pytest.mark.parametrize("key", ["", Keys.of(""), Keys.of({}), Keys.of({"2026": ""})])
def test_without_a_key_nobody_may_speak(key):
    assert not is_signed(key, b"x", signature_of("", b"x"), now=NOW)
    assert not is_signed(key, b"x", dated_signature("", "", b"x", at=NOW), now=NOW)
    assert not is_signed(key, b"x", "", now=NOW)


@given(st.text(max_size=120))
def test_no_rubbish_is_believed_and_none_breaks_it(signature):
    assert not is_signed(KEYS, b"x", signature, now=NOW)


def test_a_moment_beyond_all_calendars_is_refused():
    sign = f"key=2027; at=99999999999; value={'0' * 64}"

    assert not is_signed(KEYS, b"x", sign, now=NOW)


def test_a_room_says_what_it_does_not_take():
    wire = Wire(10, lambda: BadInput("过长。"), lambda: NotAllowed("签名不对。"))

    wire.need_size(10)
    with pytest.raises(BadInput):
        wire.need_size(11)
    wire.need_signed("k", b"x", signature_of("k", b"x"), now=NOW)
    with pytest.raises(NotAllowed):
        wire.need_signed("k", b"x", "", now=NOW)
