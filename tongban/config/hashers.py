"""How passwords are kept: slowly for those that people think up, quickly for those drawn here."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import hashers

if TYPE_CHECKING:
    from collections.abc import Iterator


class DrawnPasswordHasher(hashers.PBKDF2PasswordHasher):
    """For passwords of 60 random bits, which no number of rounds makes safer.

    At its first use at the door such a password is kept anew like any other.
    """

    algorithm = "pbkdf2_sha256_drawn"
    iterations = 10_000


@contextlib.contextmanager
def drawn_passwords() -> Iterator[None]:
    """Keep passwords that are set inside the block with few rounds: dozens of demo accounts."""
    usual = settings.PASSWORD_HASHERS
    _use([f"{__name__}.{DrawnPasswordHasher.__name__}", *usual])
    try:
        yield
    finally:
        _use(usual)


def _use(chosen: list[str]) -> None:
    settings.PASSWORD_HASHERS = chosen
    # Django keeps both lists for the life of a process.
    hashers.get_hashers.cache_clear()  # type: ignore[attr-defined]  # -- an lru_cache, unknown to the stubs
    hashers.get_hashers_by_algorithm.cache_clear()  # type: ignore[attr-defined]  # -- an lru_cache, unknown to the stubs
