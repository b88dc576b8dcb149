"""110 as it is played here: takes requests, tells late, twice, in disorder, or refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tongban.relay.gateways.partners import Delivered, Handed, Status, Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORDS = {
    "accepted": "110已接收，正在派警。",
    "handling": "民警已到现场处置。",
    "closed": "已处置完毕，现场平稳。",
    "refused": "不属于110受理范围，请12345受理。",
}


@dataclass(frozen=True, slots=True)
class Troubles:
    """What goes wrong: ``deaf`` attempts fail first, ``refuses`` texts with these words.

    ``twice`` tells everything two times, ``disorder`` the last thing first.
    """

    deaf: int = 0
    twice: bool = False
    disorder: bool = False
    refuses: tuple[str, ...] = ("噪音", "占道", "物业")


@dataclass
class PoliceSimulator:
    """The built-in 110: one JSON file for each request; its acts follow by the city's clock."""

    code: str
    folder: Path
    key: str = ""
    pace: timedelta = timedelta(minutes=2)
    troubles: Troubles = field(default_factory=Troubles)
    heard: list[tuple[str, int, str]] = field(default_factory=list)
    _tries: int = 0

    def deliver(self, handed: Handed) -> Delivered:
        self._tries += 1
        if self._tries <= self.troubles.deaf:
            raise Unreachable("110 does not answer")
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{handed.number}.json"
        theirs = f"JQ{handed.number[2:]}"
        if not file.exists():
            refuses = any(word in handed.text for word in self.troubles.refuses)
            known = {"theirs": theirs, "at": handed.at, "refuses": refuses}
            file.write_text(json.dumps(known), encoding="utf-8")
        return Delivered(theirs)

    def tell(self, number: str, theirs: str, seq: int, state: str, words: str) -> None:
        self.heard.append((theirs, seq, state))

    def poll(self, numbers: Sequence[tuple[str, str]], now: datetime) -> Sequence[Status]:
        """What has happened until now to these requests, in the troubled order."""
        found: list[Status] = []
        for number, _theirs in numbers:
            file = self.folder / f"{number}.json"
            if file.exists():
                known = json.loads(file.read_text(encoding="utf-8"))
                found += self._until(number, known, now)
        if self.troubles.disorder:
            found.reverse()
        return found * 2 if self.troubles.twice else found

    def _until(self, number: str, known: dict[str, Any], now: datetime) -> list[Status]:
        acts = ("refused",) if known["refuses"] else ("accepted", "handling", "closed")
        begun = datetime.fromisoformat(known["at"])
        return [
            Status(f"{number}-{seq}", number, known["theirs"], seq, act, WORDS[act], at)
            for seq, act in enumerate(acts, start=1)
            if (at := begun + seq * self.pace) <= now
        ]
