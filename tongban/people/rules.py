"""Pure decisions of the room of people: passwords, one-time codes, throttling."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

TOTP_PERIOD_SECONDS = 30
TOTP_DIGITS = 6
PASSWORD_LENGTHS = range(10, 129)
LOGIN_SHAPE = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures within a window close a door, and for how long."""

    failures: int
    window: timedelta
    closed: timedelta


# One login is a person who mistypes; one address may be a whole hall behind one router.
LOGIN_LIMIT = Limit(8, timedelta(minutes=15), timedelta(minutes=15))
ADDRESS_LIMIT = Limit(200, timedelta(minutes=15), timedelta(minutes=15))
# Requests to the hotline without an account, and looking one up by the end of a number.
ASKING_LIMIT = Limit(20, timedelta(hours=1), timedelta(hours=1))
LOOKUP_LIMIT = Limit(8, timedelta(hours=1), timedelta(hours=1))
LOOKUP_ADDRESS_LIMIT = Limit(40, timedelta(hours=1), timedelta(hours=1))
REGISTER_LIMIT = Limit(30, timedelta(hours=1), timedelta(hours=1))


def normalise_login(text: str) -> str:
    """The one form of a login: compatible characters, lower case, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def why_not_login(login: str) -> list[str]:
    """What is wrong with a normalised login, in sentences."""
    if LOGIN_SHAPE.fullmatch(login):
        return []
    return ["登录名须为3至64位小写字母、数字或 . _ @ -，并以字母或数字开头。"]


def why_not_password(password: str, *, login: str, name: str) -> list[str]:
    """What is wrong with a new password, in sentences; commonness is checked elsewhere."""
    reasons = []
    if len(password) not in PASSWORD_LENGTHS:
        reasons.append("密码长度须为10至128个字符。")
    if password.isdigit():
        reasons.append("密码不能全是数字。")
    folded = password.casefold()
    if any(len(word) >= 3 and word.casefold() in folded for word in (login, name)):
        reasons.append("密码不能包含登录名或姓名。")
    if any(unicodedata.category(char) == "Cc" for char in password):
        reasons.append("密码不能包含控制字符。")
    return reasons


def totp_step(at: datetime) -> int:
    """The thirty-second step of RFC 6238 that an instant of machine time lies in."""
    return int(at.timestamp()) // TOTP_PERIOD_SECONDS


def totp_code(secret: str, step: int) -> str:
    """The six digits of a step (RFC 6238 with SHA-1); the secret is base32, padding optional.

    Raises ValueError for a secret that is not base32.
    """
    padded = secret.upper() + "=" * (-len(secret) % 8)
    try:
        key = base64.b32decode(padded)
    except binascii.Error as error:
        raise ValueError("the secret is not base32") from error
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**TOTP_DIGITS:0{TOTP_DIGITS}d}"


def matching_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step that a code belongs to, one step of drift either way; None for a wrong code.

    ``after`` is the last step used: a code of that step or an earlier one is refused, so that
    a code seen over a shoulder is worth nothing.
    """
    typed = unicodedata.normalize("NFKC", code).replace(" ", "").encode()
    found = None
    for step in range(totp_step(at) - 1, totp_step(at) + 2):
        # No early return: the time taken says nothing about which step matched.
        same = hmac.compare_digest(totp_code(secret, step).encode(), typed)
        if same and step > after and found is None:
            found = step
    return found


def minutes_left(until: datetime, now: datetime) -> int:
    """Whole minutes until a closed door opens, at least one."""
    return max(1, -int((now - until).total_seconds() // 60))
