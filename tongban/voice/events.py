"""What other rooms do for a caller: whoever keeps ratings says here how they are given by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Raters(Protocol):
    """Keeps what callers say of a matter. A matter is named by a word that only it understands."""

    def about(self, number: str, now: datetime) -> str:
        """What may be rated now under a ticket's number; empty for nothing."""
        ...

    def by_code(self, number: str, code: str, now: datetime) -> str:
        """What may be rated now by a number and the code of its slip; empty for nothing."""
        ...

    def rate(self, matter: str, level: int, phone: str, now: datetime) -> bool:
        """Keep a level from 1 to 5; False where it may not be rated any more."""
        ...


class Nobody:
    """Nobody keeps ratings: nobody is asked for one."""

    def about(self, number: str, now: datetime) -> str:
        return ""

    def by_code(self, number: str, code: str, now: datetime) -> str:
        return ""

    def rate(self, matter: str, level: int, phone: str, now: datetime) -> bool:
        return False


_KEPT: list[Raters] = [Nobody()]


def keep_ratings(raters: Raters) -> None:
    """Say who keeps ratings; a room above this one does so when the program starts."""
    _KEPT[:] = [raters]


def raters() -> Raters:
    """Who keeps ratings."""
    return _KEPT[0]
