"""The built-in department system: it takes cases in, works on them and tells of them.

Everything that it will do with a case follows from the seed, the item and the city's clock, so
that the same city has the same days. What it took in is kept in files of its own: it is a system
outside, with no table of the house.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tongban.exchange.gateways.envelopes import (
    Envelope,
    Held,
    Receipt,
    Said,
    SystemUnreachable,
)
from tongban.exchange.gateways.files import put
from tongban.kernel.hashes import canonical_json
from tongban.kernel.identifiers import assign_uscc
from tongban.kernel.signatures import signature_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_IDS = uuid.UUID("5b1c7f0e-7f3c-4c6e-9a53-3f1f5a8a2f10")


@dataclass(frozen=True, slots=True)
class Troubles:
    """What goes wrong on the way: each a chance between 0 and 1, and stretches without a link.

    ``late`` messages come up to ``latest`` after the event, so that others overtake them;
    ``twice`` come again later; ``deaf`` is the chance that a message is taken in but the answer
    lost. ``outages`` are pairs of moments of the city.
    """

    late: float = 0.0
    latest: timedelta = timedelta(hours=8)
    twice: float = 0.0
    deaf: float = 0.0
    outages: tuple[tuple[datetime, datetime], ...] = ()

    def is_out(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.outages)


@dataclass(frozen=True, slots=True)
class Simulator:
    """A department's system. ``pace`` is the usual time between two acts on a case there.

    ``fetch`` gets the content of a file of a case by its number, if the system looks at contents:
    one that is not what its hash says is not taken in.
    ``denies`` are items that it refuses, each time with the same reason.
    """

    code: str
    folder: Path
    key: str
    seed: int = 1
    pace: timedelta = timedelta(hours=2)
    troubles: Troubles = Troubles()
    denies: frozenset[str] = frozenset()
    fetch: Callable[[str, int], bytes] | None = None

    def deliver(self, envelope: Envelope) -> Receipt:
        """Take a message in, once for each id."""
        if self.troubles.is_out(envelope.sent_at):
            raise SystemUnreachable("simulated outage")
        path = self.folder / "taken" / envelope.case_number / f"{envelope.message_id}.json"
        is_new = not path.exists()
        if is_new:
            self._need_intact(envelope)
            told = {"at": envelope.sent_at.isoformat(), **envelope.body}
            put(path, canonical_json(told))
        if is_new and self._chance(envelope.sent_at.isoformat(), "deaf") < self.troubles.deaf:
            raise SystemUnreachable("simulated loss of the answer")
        return Receipt(is_acknowledged=True, reference=f"{self.code}-{envelope.message_id[:8]}")

    def _need_intact(self, envelope: Envelope) -> None:
        for one in envelope.body.get("payload", {}).get("attachments", ()):
            found = self.fetch(envelope.case_number, one["file"]) if self.fetch else None
            if found is not None and hashlib.sha256(found).hexdigest() != one["sha256"]:
                raise SystemUnreachable(f"file {one['file']} is not what its hash says")

    def collect(self, now: datetime) -> Sequence[Said]:
        """What has come on the way by now and was not confirmed, in the order of its coming."""
        if self.troubles.is_out(now):
            return ()
        due = [
            (at, key, message)
            for case in self._cases()
            for at, key, message in self._coming(case)
            if at <= now and not (self.folder / "told" / key).exists()
        ]
        return [self._said(key, message) for _, key, message in sorted(due, key=lambda x: x[:2])]

    def confirm(self, keys: Sequence[str]) -> None:
        for key in keys:
            put(self.folder / "told" / key, b"")

    def report(self, now: datetime) -> Sequence[Held]:
        """Every case taken in, with its result once the decision has been made there."""
        if self.troubles.is_out(now):
            raise SystemUnreachable("simulated outage")
        return [Held(case["case"], self._result(case, now)) for case in self._cases()]

    def history(self, number: str) -> list[dict[str, Any]]:
        """All that will ever be told of one case, in the order in which it happens."""
        return [m for case in self._cases() if case["case"] == number for m in self._events(case)]

    # The rest is private

    def _cases(self) -> Iterator[dict[str, Any]]:
        for folder in sorted((self.folder / "taken").glob("*")):
            found = [json.loads(path.read_bytes()) for path in folder.glob("*.json")]
            if any(one["kind"] == "withdrawal" for one in found):
                continue
            yield from (one for one in found if one["kind"] == "application")

    def _result(self, case: Mapping[str, Any], now: datetime) -> str:
        for message in self._events(case):
            is_past = datetime.fromisoformat(message["event_at"]) <= now
            if message["kind"] == "decision" and is_past:
                return str(message["result"])
        return ""

    def _events(self, case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        chance = Random(f"{self.seed}/{_name(case)}")  # noqa: S311 -- a simulation, no secret
        at = datetime.fromisoformat(case["at"])
        for seq, message in enumerate(self._acts(case), 1):
            if message["kind"] != "licence":
                at += self.pace * chance.uniform(0.5, 1.5)
            key = f"{self.code}/{case['case']}/{seq}"
            if message["kind"] == "licence":
                message |= {"issued_on": f"{at:%Y-%m-%d}", "valid_from": f"{at:%Y-%m-%d}"}
            yield {
                "id": str(uuid.uuid5(_IDS, key)),
                "case": case["case"],
                "seq": seq,
                "event_at": at.isoformat(),
                **message,
            }

    def _acts(self, case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        item, number = case["payload"]["item"], case["case"]
        yield {"kind": "taken_in", "reference": f"{self.code}-{number[-6:]}"}
        for step in item["steps"]:
            yield {"kind": "step", "step": step, "opinion": "部门业务系统审查通过"}
        document = f"{self.code}-{number}"
        if item["code"] in self.denies:
            reasons = "经部门业务系统审查，不符合法定条件。"
            yield {"kind": "decision", "result": "deny", "reasons": reasons, "number": document}
            return
        yield {"kind": "decision", "result": "grant", "reasons": "", "number": document}
        if item["licence"]:
            yield {"kind": "licence", "number": self._licence_number(case), "valid_to": None,
                   "issuer": item["licence"]["issuer"]}  # fmt: skip

    def _licence_number(self, case: Mapping[str, Any]) -> str:
        digest = hashlib.sha256(f"{self.seed}/{case['case']}".encode()).digest()
        serial = int.from_bytes(digest[:4], "big")
        licence = case["payload"]["item"]["licence"]
        if licence["names_holder"]:
            return assign_uscc(case["payload"]["region"], serial % 31**6)
        return f"{self.code[:6].upper()}{serial:010d}"

    def _coming(self, case: Mapping[str, Any]) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
        """Each message with the moments at which it comes, and a key for each coming."""
        trouble = self.troubles
        for message in self._events(case):
            happened = datetime.fromisoformat(message["event_at"])
            for copy in range(2):
                name = f"{_name(case)}/{message['seq']}.{copy}"
                if copy and self._chance(name, "twice") >= trouble.twice:
                    continue
                key = f"{message['id']}.{copy}"
                late = self._chance(name, "late") < trouble.late or bool(copy)
                delay = trouble.latest * self._chance(name, "how late") if late else timedelta(0)
                yield self._after_outages(happened + delay), key, message

    def _after_outages(self, at: datetime) -> datetime:
        for start, end in sorted(self.troubles.outages):
            if start <= at < end:
                at = end
        return at

    def _chance(self, *words: str) -> float:
        return Random("/".join((str(self.seed), *words))).random()  # noqa: S311 -- as above

    def _said(self, key: str, message: Mapping[str, Any]) -> Said:
        content = canonical_json(message)
        return Said(key, content, signature_of(self.key, content, line=self.code))


def _name(case: Mapping[str, Any]) -> str:
    """What chance goes by: the item and the moment, the same in every copy of a city."""
    return f"{case['payload']['item']['code']}/{case['at']}"
