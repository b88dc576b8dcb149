"""Pure decisions of the engine: who may act, what is due next, who is drawn."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from tongban.engine.states import StepParty
from tongban.kernel.clocks import Firing, Ledger, Level, Mark, advance, firings
from tongban.kernel.refusals import NotAllowed, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tongban.kernel.actors import Actor
    from tongban.kernel.clocks import ClockSpec
    from tongban.kernel.machines import Machine
    from tongban.kernel.worktime import Calendar
    from tongban.records.events import JournalEntry

APPLICANT = "applicant"
SYSTEM = "system"
FAMILY = "family"


class OpenStep(Protocol):
    """What a permission check needs of an open step."""

    code: str
    queue: str
    assignee_id: int | None
    whose: str


class Placed(Protocol):
    """What a permission check needs of a proceeding."""

    number: str
    region: str
    department: str
    party_id: int
    state: str
    facts: dict[str, Any]


class TakenByColleague(Refusal):
    """The step is assigned to another officer; only a head may hand it over."""

    code = "taken-by-colleague"
    status = 403


class Excluded(Refusal):
    """The officer took part in what must now be looked at by others."""

    code = "excluded"
    status = 403


EVERY_STEP = "*"


def excluded_from(facts: Mapping[str, Any], step: str = EVERY_STEP) -> frozenset[int]:
    """The accounts that may not work on a step, by the facts of its proceeding.

    A room names them in the fact ``excluded``, for one step or for all (`EVERY_STEP`).
    """
    named = facts.get("excluded", {})
    return frozenset([*named.get(EVERY_STEP, ()), *named.get(step, ())])


def with_excluded(
    facts: Mapping[str, Any], accounts: Iterable[int], step: str = EVERY_STEP
) -> dict[str, Any]:
    """The facts of a proceeding with more accounts that may not work on a step of it."""
    named = dict(facts.get("excluded", {}))
    named[step] = sorted({*named.get(step, ()), *accounts})
    return {**facts, "excluded": named}


SHOWN_PARTY = "shown_party"
"""The fact that says who stands in for whoever asks and is hidden."""


def keeps_from(actor: Actor, proceeding: Placed) -> bool:
    """Whether a child keeps this from its guardian: he neither sees it nor acts in it."""
    return proceeding.party_id in actor.wards and SHOWN_PARTY in proceeding.facts


def may_do(actor: Actor, proceeding: Placed, by: str) -> bool:
    """Whether the actor is the one whom the machine's table names for a verb."""
    if by == SYSTEM:
        return actor.kind == SYSTEM
    if by == APPLICANT:
        acts = actor.kind == "citizen" and proceeding.party_id in actor.acts_for
        return acts and not keeps_from(actor, proceeding)
    return (
        actor.kind == "staff"
        and actor.id not in excluded_from(proceeding.facts)
        and actor.holds(f"{proceeding.department}.{by}", proceeding.region)
    )


def require(actor: Actor, proceeding: Placed, *roles: str) -> None:
    """Refuse an actor whom the machine's table does not name for the verb."""
    if not any(may_do(actor, proceeding, role) for role in roles):
        raise _not_yours(proceeding, "/".join(roles))


def _not_yours(proceeding: Placed, needs: str) -> NotAllowed:
    return NotAllowed(
        "您的岗位不能办理这一步。请联系本部门负责人，或回到收件箱办理您名下的事项。",
        facts={"number": proceeding.number, "needs": needs},
    )


def why_not_move(actor: Actor, proceeding: Placed, machine: Machine[Any], verb: str) -> Refusal:
    """The refusal of a move that the state does not have; it names what this actor may do."""
    opened = [
        move
        for move in machine.open_moves(proceeding.state)
        if any(may_do(actor, proceeding, role) for role in move.roles)
    ]
    return machine.refusal(proceeding.state, verb, opened)


def may_take(actor: Actor, proceeding: Placed, step: OpenStep) -> bool:
    """Whether an officer may work on an open step: own queue, own region, not a colleague's.

    A colleague for whom he stands in is as he himself.
    What a department's own system works on is nobody's at the desk; whom the proceeding excludes
    from the step may not take it, whoever holds it.
    """
    return (
        actor.kind == "staff"
        and actor.id not in excluded_from(proceeding.facts, step.code)
        and step.whose != StepParty.ELSEWHERE
        and actor.holds(step.queue, proceeding.region)
        and actor.works_for(step.assignee_id)
    )


def require_step(actor: Actor, proceeding: Placed, step: OpenStep) -> None:
    """Refuse an officer who does not hold the open step."""
    if actor.kind == SYSTEM or may_take(actor, proceeding, step):
        return
    if actor.holds(step.queue, proceeding.region):
        if actor.id in excluded_from(proceeding.facts, step.code):
            raise Excluded(
                "您办理过与这一步有关的前一环节或原决定，应当由其他同事办理。"
                "需要时，请由科室负责人改派。",
                facts={"number": proceeding.number, "step": step.code},
            )
        raise TakenByColleague(
            "这一步已分给其他同事。需要转办时，请由科室负责人改派并写明理由。",
            facts={"number": proceeding.number, "step": step.code},
        )
    raise _not_yours(proceeding, step.queue)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An officer who could get a step, with the number of open steps that he holds."""

    account_id: int
    load: int


@dataclass(frozen=True, slots=True)
class Draw:
    """The outcome of one random assignment, with all that a replay needs."""

    account_id: int
    ticket: int
    weights: tuple[int, ...]


# The weight of an officer is inverse to his load; an integer so that any language replays it.
_WEIGHT_SCALE = 2520


def seed_for(secret: bytes, number: str, step: str) -> bytes:
    """The seed of one draw: HMAC-SHA256 of the case number and step under the day's secret."""
    return hmac.new(secret, f"{number}/{step}".encode(), hashlib.sha256).digest()


def commitment_of(secret: bytes) -> str:
    """What is published in the morning: the SHA-256 of the day's secret, in hexadecimal."""
    return hashlib.sha256(secret).hexdigest()


def draw(seed: bytes, candidates: Sequence[Candidate]) -> Draw:
    """Draw one officer, weighted by inverse load (domain-03 §3.10).

    Candidates are ordered by account id, so that the same log gives the same answer. Raises
    ValueError without candidates: the caller leaves such a step in the queue.
    """
    if not candidates:
        msg = "nobody to draw from"
        raise ValueError(msg)
    ordered = sorted(candidates, key=lambda candidate: candidate.account_id)
    weights = tuple(max(1, _WEIGHT_SCALE // (1 + c.load)) for c in ordered)
    ticket = int.from_bytes(seed, "big") % sum(weights)
    rest = ticket
    for candidate, weight in zip(ordered, weights, strict=True):
        if rest < weight:
            return Draw(candidate.account_id, ticket, weights)
        rest -= weight
    raise AssertionError


@dataclass(frozen=True, slots=True)
class Replayed:
    """One line of a replay: what the log says and what the secret gives."""

    number: str
    step: str
    logged: int
    drawn: int

    @property
    def agrees(self) -> bool:
        """Whether the officer in the log is the one that the secret draws."""
        return self.logged == self.drawn


def replay(secret: bytes, log: Iterable[Mapping[str, Any]]) -> list[Replayed]:
    """Recompute every draw of a day from the revealed secret and the published log."""
    lines = []
    for line in log:
        number, step = str(line["number"]), str(line["step"])
        candidates = [Candidate(int(a), int(b)) for a, b in line["candidates"]]
        drawn = draw(seed_for(secret, number, step), candidates).account_id
        lines.append(Replayed(number, step, int(str(line["officer"])), drawn))
    return lines


# Clocks


def next_firing(
    spec: ClockSpec,
    ledger: Ledger,
    calendar: Calendar,
    *,
    after: datetime | None,
    now: datetime,
) -> Firing | None:
    """What a clock does by itself next, None where nothing is certain.

    Firings up to and including ``after`` have happened. A warning that lies behind ``now`` is
    left out: it would tell nothing. An expiry never is.
    """
    if ledger.stopped_at is not None:
        return None
    for one in firings(spec, ledger, calendar):
        is_behind = after is not None and one.at <= after
        if not is_behind and (one.level is Level.EXPIRE or one.at > now):
            return one
    return None


@dataclass(frozen=True, slots=True)
class LastIndexed:
    """When a clock's next firing was looked for last, and which firings were behind then."""

    at: datetime
    after: datetime | None = None


_FIRED = frozenset({"clock_warned", "clock_expired"})
REINDEXED = "clocks_reindexed"


def replay_clock(
    spec: ClockSpec, told: Iterable[JournalEntry]
) -> tuple[Ledger, LastIndexed | None]:
    """A clock's ledger and its last indexing from the journal alone; None where nothing ticked."""
    ledger = Ledger()
    last: LastIndexed | None = None
    over: datetime | None = None
    for entry in told:
        effective = entry.body.get("effective_at")
        mark = Mark(entry.at, entry.verb, datetime.fromisoformat(effective) if effective else None)
        ticked = advance(spec, ledger, mark)
        if ticked is not ledger:
            is_same_run = ticked.started_at == ledger.started_at
            ledger, last = ticked, LastIndexed(entry.at, over if is_same_run else None)
            over = over if is_same_run else None
        elif entry.verb in _FIRED and entry.body.get("clock") == spec.name:
            last = LastIndexed(entry.at, entry.at)
            over = entry.at if entry.verb == "clock_expired" else over
        elif entry.verb == REINDEXED and spec.name in entry.body["clocks"]:
            is_over = spec.name in entry.body.get("over", ())
            last = LastIndexed(entry.at, entry.at if is_over else None)
    return ledger, last
