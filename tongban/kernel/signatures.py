"""Messages that machines sign: one rule for every line; what a message says is each room's own.

A signature is the HMAC-SHA256 of the message under a key that both sides hold, in hexadecimal.
Where one key could serve several lines, the name of the line and a line feed come first, so that
a message to one cannot be shown to another.

A side may name its key and its moment as well: ``key=2027; at=1798761600; value=<hexadecimal>``,
signed over the name of the key, a line feed, the seconds since 1970, a line feed and the words
above. So a key is changed without a pause, and what somebody overheard is worth nothing after a
few minutes. A side that never signs otherwise cannot be imitated by the plain form: no plain
signature of its messages was ever sent.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tongban.kernel.refusals import Refusal

HEADER = "X-Tongban-Signature"
WINDOW = timedelta(minutes=5)
"""How far the clock of the other side may be from the city's."""
_DATED = re.compile(r"key=([\w.-]{1,40}); at=([0-9]{1,11}); value=([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one line by their names, the newest last; one without a name is called ""."""

    by_name: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, said: str | Mapping[str, str]) -> Self:
        """A key as settings write it, alone or several by name. An empty one is no key."""
        several = {"": said} if isinstance(said, str) else said
        return cls(tuple((str(name), str(key)) for name, key in several.items() if key))

    def named(self, name: str) -> str:
        """The key of that name; empty where there is none."""
        return next((key for known, key in self.by_name if known == name), "")

    @property
    def newest(self) -> str:
        """The key with which this side signs; empty where there is none."""
        return self.by_name[-1][1] if self.by_name else ""


def signature_of(key: str | Keys, content: bytes, *, line: str = "") -> str:
    """The plain signature of a message, by the newest key; ``line`` names whose line it is."""
    words = line.encode() + b"\n" + content if line else content
    return hmac.new(_keys(key).newest.encode(), words, hashlib.sha256).hexdigest()


def dated_signature(
    key: str | Keys, name: str, content: bytes, *, at: datetime, line: str = ""
) -> str:
    """The signature that names its key and its moment."""
    seconds = int(at.timestamp())
    words = f"{name}\n{seconds}\n".encode() + (line.encode() + b"\n" if line else b"") + content
    value = signature_of(_keys(key).named(name), words)
    return f"key={name}; at={seconds}; value={value}"


def is_signed(
    key: str | Keys, content: bytes, signature: str, *, line: str = "", now: datetime
) -> bool:
    """Whether this message carries a right signature; never where there is no key.

    ``now`` is the moment by which a dated signature is fresh or not.
    """
    keys = _keys(key)
    dated = _DATED.fullmatch(signature)
    if dated is None:
        # Every key is compared, whichever fits: the time that it takes says nothing.
        plain = [signature_of(one, content, line=line) for _, one in keys.by_name]
        fits = [_is_same(right, signature) for right in plain]
        return any(fits)
    name, at = dated[1], datetime.fromtimestamp(int(dated[2]), UTC)
    if not keys.named(name) or abs(now - at) > WINDOW:
        return False
    return _is_same(dated_signature(keys, name, content, at=at, line=line), signature)


def _is_same(right: str, signature: str) -> bool:
    return hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))


def _keys(said: str | Keys) -> Keys:
    return said if isinstance(said, Keys) else Keys.of(said)


@dataclass(frozen=True, slots=True)
class Wire:
    """What one room takes from machines outside: how many bytes, and how it refuses the rest."""

    largest: int
    too_large: Callable[[], Refusal]
    forged: Callable[[], Refusal]

    def need_size(self, size: int) -> None:
        """Refuse more bytes than one message may have."""
        if size > self.largest:
            raise self.too_large()

    def need_signed(
        self, key: str | Keys, content: bytes, signature: str, *, line: str = "", now: datetime
    ) -> None:
        """Refuse what the side that it names did not sign; without a key nobody may speak."""
        if not is_signed(key, content, signature, line=line, now=now):
            raise self.forged()
