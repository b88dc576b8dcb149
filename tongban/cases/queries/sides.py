"""Reads of what runs below cases: hearings, interested parties, opinions of departments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.signing import BadSignature, Signer

from tongban.cases.models import Advice, Interested, Minutes, Opinion, Signature
from tongban.cases.states import SIDES
from tongban.catalogue.queries import package_version
from tongban.engine.models import Proceeding, Step
from tongban.engine.queries import ClockReading, children_of, clock_rows, readings, steps_of
from tongban.engine.rules import may_do, may_take
from tongban.kernel.refusals import NotFound
from tongban.people.queries import officers_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from tongban.catalogue.rules.compiled import CompiledItem, CompiledPackage
    from tongban.kernel.actors import Actor
    from tongban.people.queries import Officer

_SIGNER = Signer(salt="cases.interested", sep="~")


@dataclass(frozen=True, slots=True)
class SideLine:
    """One proceeding below a case, with the rows that belong to its kind."""

    proceeding: Proceeding
    clocks: tuple[ClockReading, ...]
    minutes: Minutes | None = None
    signatures: tuple[Signature, ...] = ()
    interested: Interested | None = None
    advice: Advice | None = None

    @property
    def kind(self) -> str:
        """Which kind of side proceeding it is."""
        return self.proceeding.kind

    @property
    def title(self) -> str:
        """What it is called."""
        return SIDES[self.kind].title

    @property
    def state_title(self) -> str:
        """Where it stands, in words."""
        return SIDES[self.kind].machine.title(self.proceeding.state)

    @property
    def facts(self) -> Mapping[str, Any]:
        """Its small facts: time and place of a hearing, the days that were told."""
        facts: Mapping[str, Any] = self.proceeding.facts
        return facts

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.proceeding.ended_at is None


@dataclass(frozen=True, slots=True)
class SidePage:
    """What the desk shows of one of them; its case is shown only to those who may see it."""

    line: SideLine
    case: Proceeding
    item: CompiledItem
    compiled: CompiledPackage
    open_steps: tuple[Step, ...]
    open_verbs: tuple[str, ...]
    answers: tuple[tuple[str, Any], ...] = field(default=())


def sides_of(
    case_ids: Sequence[int], now: datetime, *, kinds: Sequence[str] = tuple(SIDES)
) -> dict[int, list[SideLine]]:
    """What runs, or ran, below some cases, the oldest first."""
    found: dict[int, list[SideLine]] = {case_id: [] for case_id in case_ids}
    for line in lines_of([p for p in children_of(case_ids) if p.kind in kinds], now):
        found[line.proceeding.parent_id or 0].append(line)
    return found


def lines_of(sides: Sequence[Proceeding], now: datetime) -> list[SideLine]:
    """Side proceedings with their clocks and rows; a fixed number of queries."""
    if not sides:
        return []
    ids = [one.pk for one in sides]
    clocks = clock_rows(ids)
    minutes = {one.proceeding_id: one for one in Minutes.objects.filter(proceeding_id__in=ids)}
    interested = {
        one.proceeding_id: one for one in Interested.objects.filter(proceeding_id__in=ids)
    }
    advice = {one.proceeding_id: one for one in Advice.objects.filter(proceeding_id__in=ids)}
    signed = list(Signature.objects.filter(proceeding_id__in=ids).order_by("id"))
    return [
        SideLine(
            proceeding=one,
            clocks=tuple(readings(one, clocks[one.pk], now)),
            minutes=minutes.get(one.pk),
            signatures=tuple(s for s in signed if s.proceeding_id == one.pk),
            interested=interested.get(one.pk),
            advice=advice.get(one.pk),
        )
        for one in sides
    ]


def side_line(side_id: int, now: datetime) -> SideLine | None:
    """A side proceeding for the house's own work; None for any other proceeding."""
    found = Proceeding.objects.filter(id=side_id, kind__in=list(SIDES)).first()
    return lines_of([found], now)[0] if found else None


def side_page(actor: Actor, proceeding: Proceeding, now: datetime) -> SidePage:
    """The page of a side proceeding that `access_proceeding` has let this actor see."""
    compiled = package_version(proceeding.version_id).compiled
    steps = steps_of([proceeding.pk])[proceeding.pk]
    case = proceeding.parent
    if case is None:
        raise NotFound
    return SidePage(
        line=lines_of([proceeding], now)[0],
        case=case,
        item=compiled.item(proceeding.facts["item"]),
        compiled=compiled,
        open_steps=tuple(s for s in steps if s.state == "open"),
        open_verbs=side_verbs(actor, proceeding, steps),
    )


_CHAIRS_VERBS = frozenset({"record_hearing", "conclude_hearing"})


def side_verbs(
    actor: Actor, proceeding: Proceeding, steps: Sequence[Step] = ()
) -> tuple[str, ...]:
    """What this actor may do with a side proceeding now, in the order of its table."""
    opened = [s for s in steps if s.state == "open"]
    works = not opened or any(may_take(actor, proceeding, s) for s in opened)
    verbs = []
    for move in SIDES[proceeding.kind].machine.open_moves(proceeding.state):
        if not any(may_do(actor, proceeding, role) for role in move.roles):
            continue
        if move.verb in _CHAIRS_VERBS and proceeding.facts.get("chair") != actor.id:
            continue
        if move.verb == "answer_objection" and proceeding.facts.get("objection") != "open":
            continue
        if move.verb == "object_to_chair" and proceeding.facts.get("objection"):
            continue
        if actor.kind == "citizen" or works or move.verb in _CHAIRS_VERBS:
            verbs.append(move.verb)
    return tuple(verbs)


def statement_token(number: str) -> str:
    """The key of an interested party's link: the number with its signature."""
    return _SIGNER.sign(number)


def statement_by_token(token: str) -> Proceeding:
    """The proceeding of an interested party behind his link. Raises NotFound."""
    try:
        number = _SIGNER.unsign(token)
    except BadSignature:
        raise NotFound("这个链接不完整或者已失效。请核对通知上的地址。") from None
    found = Proceeding.objects.filter(number=number, kind="statement").first()
    if found is None:
        raise NotFound("这个链接不完整或者已失效。请核对通知上的地址。")
    return found


def open_hearing(case_id: int) -> Proceeding | None:
    """The hearing of a case that goes on; None where there is none."""
    return next(
        (p for p in children_of([case_id]) if p.kind == "hearing" and p.ended_at is None), None
    )


def chairs_for(hearing: Proceeding, *, on: date) -> list[Officer]:
    """Officers of the organ who may chair a hearing: those who do not review the application."""
    busy = set(
        Step.objects.filter(proceeding_id=hearing.parent_id or 0)
        .exclude(assignee_id=None)
        .values_list("assignee_id", flat=True)
    )
    for author, others in Opinion.objects.filter(proceeding_id=hearing.parent_id or 0).values_list(
        "by_account", "with_accounts"
    ):
        busy |= {author, *others}
    found = {
        one.account_id: one
        for role in ("reviewer", "checker", "decider")
        for one in officers_for(f"{hearing.department}.{role}", hearing.region, on=on)
        if one.account_id not in busy
    }
    return [found[account] for account in sorted(found)]
