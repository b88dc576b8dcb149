"""Passwords, one-time codes and logins, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people.scenes import SECRET
from tongban.people import rules

# RFC 6238, appendix B, the SHA-1 rows cut to six digits.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_one_time_codes_follow_the_standard(seconds, code):
    step = rules.totp_step(datetime.fromtimestamp(seconds, UTC))

    assert rules.totp_code(SECRET, step) == code


@pytest.mark.parametrize(("drift", "fits"), [(-61, False), (-30, True), (0, True), (30, True)])
def test_a_code_fits_one_step_around_its_time(drift, fits):
    at = datetime(2026, 11, 22, tzinfo=UTC)
    code = rules.totp_code(SECRET, rules.totp_step(at))

    found = rules.matching_step(SECRET, code, at=at + timedelta(seconds=drift), after=0)

    assert (found is not None) is fits


def test_a_used_code_fits_no_more():
    at = datetime(2026, 11, 22, tzinfo=UTC)
    step = rules.totp_step(at)
    code = rules.totp_code(SECRET, step)

    assert rules.matching_step(SECRET, code, at=at, after=step) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_comparison_of_codes(text):
    found = rules.matching_step(SECRET, text, at=datetime(2026, 11, 22, tzinfo=UTC), after=0)

    assert found is None or len(text.strip()) >= rules.TOTP_DIGITS


def test_a_secret_that_is_not_base32_is_refused():
    with pytest.raises(ValueError, match="base32"):
        rules.totp_code("not base 32 !", 1)


@given(st.text(max_size=80))
def test_normalising_a_login_twice_changes_nothing(text):
    once = rules.normalise_login(text)

    assert rules.normalise_login(once) == once


@pytest.mark.parametrize("login", ["Aliya", " ALIYA ", "ａｌｉｙａ"])
def test_spellings_of_a_login_are_one(login):
    assert rules.normalise_login(login) == "aliya"


@pytest.mark.parametrize("login", ["", "ab", "-abc", "有人", "a b c", "a\x00bc", "x" * 65])
def test_a_login_has_a_shape(login):
    assert rules.why_not_login(login) != []


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "12345678901234",
        "aliya-2026-xyz",
        "x" * 129,
        "阿丽娅-tianshan",
        "tian\x07shan2026",
    ],
)
def test_weak_passwords_are_told_why(password):
    assert rules.why_not_password(password, login="aliya", name="阿丽娅") != []


def test_a_long_phrase_is_a_good_password():
    assert rules.why_not_password("天山脚下的石榴红了", login="aliya", name="阿丽娅") == [
        "密码长度须为10至128个字符。"
    ]
    assert rules.why_not_password("天山脚下的石榴又红了", login="aliya", name="阿丽娅") == []
