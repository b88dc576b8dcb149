"""What the simulator plants: honest visitors as they are, and windows that cheat more or less.

Nothing here knows a threshold of a detector: a cheater does what suits him, from timid to bold,
and an honest visitor may look like a cheater. How much of it is found is therefore a finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING, Any

from tongban.ratings.states import Detector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

# In the order in which they are planted: who cheats how.
CHEATS = (Detector.F1, Detector.F2, Detector.F3, Detector.F4, Detector.F5, Detector.F8)
HOURS = (10, 11, 12, 13, 16, 17, 18)
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Planned:
    """One rating to come: minutes of its day when somebody was served and when he rated.

    ``cheat`` is None for an honest one, ``boldness`` from 0 (timid) to 1 how far a cheater goes.
    """

    served: int
    rated: int
    visitor: int
    cheat: Detector | None = None
    boldness: float = 0.0
    how: dict[str, Any] = field(default_factory=dict)


# ---- the honest ---------------------------------------------------------------------------------


def honest_day(
    random: Random, unit: str, usual: int, visitors: int, praise: Sequence[str]
) -> Iterator[Planned]:
    """A day of a window. One in twenty is four times as busy, one in ten sees an agent.

    Assumptions, for want of a city's records: half a minute to rate with a wide spread, six
    minutes from the counter to the tablet, one in five writes, a third of them a common phrase.
    """
    count = max(1, usual + random.randrange(-2, 3)) * (4 if random.random() < 0.05 else 1)
    for n in range(count):
        yield _honest(random, f"{unit}-{n}-{random.random()}", visitors, praise)
    if random.random() < 0.1:
        # Somebody who files for his clients rates for each of them on his own telephone.
        phone = f"{unit}-agent-{random.random()}"
        for client in random.sample(range(visitors), random.randrange(3, 9)):
            one = _honest(random, phone, visitors, praise)
            how = {**one.how, "channel": "mobile"}
            yield Planned(one.served, one.rated, client, how=how)


def _honest(random: Random, device: str, visitors: int, praise: Sequence[str]) -> Planned:
    served = random.choice(HOURS) * 60 + random.randrange(50)
    how = {
        "level": random.choices((1, 2, 3, 4, 5), weights=(70, 18, 6, 4, 2))[0],
        "channel": "tablet" if random.random() < 0.6 else "mobile",
        "seconds": round(random.lognormvariate(log(30), 0.6)),
        "device": device,
        "text": _words(random, praise),
    }
    rated = served + max(1, round(random.lognormvariate(log(6), 0.8)))
    return Planned(served, min(DAY - 1, rated), random.randrange(visitors), how=how)


def _words(random: Random, praise: Sequence[str]) -> str:
    """Few people write; some say what everybody says, others something of their own."""
    if random.random() > 0.2:
        return ""
    said = random.choice(praise)
    return said if random.random() < 0.33 else f"{said}，{random.randrange(1, 900)} 号"


# ---- the others ---------------------------------------------------------------------------------


def cheating_day(
    random: Random, unit: str, cheat: Detector, visitors: int, copied: str
) -> Iterator[Planned]:
    """What a window that wants a better number does on a day, as boldly as it dares that day."""
    boldness = random.random()
    count = _COUNTS[cheat](random, boldness)
    start = random.choice(HOURS) * 60
    chosen = random.sample(range(visitors), min(count, visitors))
    for n in range(count):
        at = start + n * random.randrange(1, 4)
        how = {
            "level": 1,
            "channel": "tablet",
            "seconds": round(random.lognormvariate(log(30), 0.6)),
            "device": f"{unit}-{cheat}-{n}-{random.random()}",
            "text": "",
        }
        served, changed = _WAYS[cheat](random, boldness, unit, at, copied)
        yield Planned(
            served, min(DAY - 1, at), chosen[n % len(chosen)], cheat, boldness, {**how, **changed}
        )


def _some(random: Random, _boldness: float) -> int:
    return random.randrange(5, 20)


# How many ratings of a day are forged: who floods or copies does it more the bolder he is.
_COUNTS: dict[Detector, Callable[[Random, float], int]] = {
    Detector.F1: lambda _random, boldness: 2 + round(20 * boldness),
    Detector.F2: _some,
    Detector.F3: _some,
    Detector.F4: lambda _random, boldness: 5 + round(60 * boldness),
    Detector.F5: lambda _random, boldness: 2 + round(18 * boldness),
    Detector.F8: lambda _random, boldness: 3 + round(17 * boldness),
}
_Way = tuple[int, dict[str, Any]]


def _one_phone(_random: Random, _bold: float, unit: str, at: int, _copied: str) -> _Way:
    return at - 5, {"channel": "mobile", "device": f"{unit}-friend"}


def _tapped(random: Random, boldness: float, _unit: str, at: int, _copied: str) -> _Way:
    """The officer taps for whoever has left: the bolder, the less he waits."""
    return at - 5, {"seconds": max(1, round(random.lognormvariate(log(25 - 21 * boldness), 0.4)))}


def _own_login(random: Random, boldness: float, _unit: str, at: int, _copied: str) -> _Way:
    """From his own screen, where the timid sign out first."""
    return at - 5, {"channel": "web", "staff_session": random.random() < boldness}


def _flood(_random: Random, _bold: float, _unit: str, at: int, _copied: str) -> _Way:
    return at - 5, {}


def _copy(random: Random, boldness: float, _unit: str, at: int, copied: str) -> _Way:
    """The same words; the timid change them a little."""
    is_same = random.random() < 0.3 + 0.7 * boldness
    return at - 5, {"text": copied if is_same else f"{copied}{random.choice('啊呀吧了嗯')}"}


def _invented(random: Random, boldness: float, _unit: str, at: int, _copied: str) -> _Way:
    """Visits that nobody made, rated long after the window has served the last one."""
    gap = 10 + round(290 * boldness * random.random())
    return max(0, at - gap), {}


_WAYS: dict[Detector, Callable[[Random, float, str, int, str], _Way]] = {
    Detector.F1: _one_phone,
    Detector.F2: _tapped,
    Detector.F3: _own_login,
    Detector.F4: _flood,
    Detector.F5: _copy,
    Detector.F8: _invented,
}
