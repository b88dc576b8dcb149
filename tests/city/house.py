"""What a test does in the demo city: let time pass, let the worker work, ask who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tests.harness.databases import OwnDatabase

CITY = ZoneInfo("Asia/Shanghai")
ROUNDS = 200


def moment(text: str | datetime) -> datetime:
    """A moment in the city: "2026-09-14 10:00"."""
    at = datetime.fromisoformat(text) if isinstance(text, str) else text
    return at if at.tzinfo else at.replace(tzinfo=CITY)


@dataclass(frozen=True)
class House:
    """The demo city of one test."""

    database: OwnDatabase | None = None

    @property
    def now(self) -> datetime:
        from tongban.records.queries import city_now

        return city_now()

    def go(self, to: str | datetime) -> datetime:
        """Let time pass as with a punctual worker: every deadline fires in its own moment."""
        from tongban.engine import sql
        from tongban.engine.actions import reveal_secrets, sweep
        from tongban.licences.actions import expire_licences, remind_expiring

        until = moment(to)
        while found := sql.next_firing(until):
            self._set(max(found[-1], self.now))
            sweep(self.now)
            self.rest()
        self._set(until)
        reveal_secrets(until)
        expire_licences(now=until)
        remind_expiring(now=until)
        self.rest()
        return until

    def _set(self, at: datetime) -> None:
        from tongban.kernel.actors import SYSTEM
        from tongban.records.actions import set_city_clock
        from tongban.records.states import ClockMode

        set_city_clock(at, by=SYSTEM, mode=ClockMode.FROZEN)

    def rest(self, *, jobs: bool = True) -> None:
        """Do all reactions (a failing one raises) and slow jobs until nothing is left."""
        from tests.harness.time import _run_jobs
        from tongban.records.actions import drain_all

        for _ in range(ROUNDS):
            done = drain_all()
            if jobs:
                done += _run_jobs()
            if not done:
                return
        msg = f"the house does not come to rest in {ROUNDS} rounds"
        raise AssertionError(msg)

    def actor(self, login: str) -> Any:
        """Whoever signs in with that name, as the city knows him today."""
        from tongban.kernel.worktime import city_date
        from tongban.people.models import Account
        from tongban.people.queries import actor_of

        return actor_of(Account.objects.get(login=login), on=city_date(self.now))

    def party(self, code: str) -> int:
        """The party with this citizen number or credit code."""
        from tongban.people.queries import find_party
        from tongban.people.states import PartyKind

        kind = PartyKind.LEGAL if code.startswith("9") else PartyKind.NATURAL
        found = find_party(kind, code)
        assert found is not None, code
        return found.id
