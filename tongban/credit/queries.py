"""Reads of credit: what bars a promise, a person's own records, the published ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tongban.catalogue.queries import live
from tongban.catalogue.rules import Words
from tongban.credit import rules
from tongban.credit.models import CreditRecord
from tongban.credit.states import LIFE, RecordState
from tongban.engine.queries import clocks_of
from tongban.engine.rules import may_do

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from tongban.engine.models import Proceeding
    from tongban.engine.queries import ClockReading
    from tongban.kernel.actors import Actor

DEFICIENCY, PROOF, LICENCE = "DEFICIENCY", "PROOF", "LICENCE"


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record as its person sees it; ``is_over`` says that its time has passed."""

    number: str
    name: Words
    text: Words
    case_number: str
    department: str
    state: str
    state_title: str
    noted_on: date
    until: date
    is_over: bool
    is_published: bool
    party_id: int
    reason: str
    objection: str
    answer: str
    open_verbs: tuple[str, ...]


def kinds() -> dict[str, Any]:
    """The kinds of credit events, by code, as the content says now."""
    return dict(live("credit")["kinds"])


def kind_name(code: str) -> Words:
    """What a kind of event is called; its code where the content does not know it any more."""
    known = kinds().get(code)
    return Words(**known["name"]) if known else Words(code)


def why_barred(party_id: int, regime: str, on: date) -> tuple[str, ...]:
    """Why a party may not promise anything under this regime on a day; empty where it may.

    A record that is objected to, lifted, repaired or over bars nothing.
    """
    found = CreditRecord.objects.filter(
        proceeding__party_id=party_id,
        proceeding__state=RecordState.STANDING,
        until__gte=on,
        noted_on__lte=on,
    ).order_by("-until")
    rows = list(found)
    if not rows:
        return ()
    known = kinds()
    return rules.sentences(
        (known[one.kind]["name"]["zh"], one.case_number, one.until)
        for one in rows
        if one.kind in known and rules.bars(known[one.kind], regime)
    )


def records_of(actor: Actor, on: date) -> list[RecordLine]:
    """What is on record about everybody whom a citizen acts for, the newest first."""
    found = CreditRecord.objects.filter(
        proceeding__party_id__in=sorted(actor.acts_for)
    ).select_related("proceeding")
    return _lines(found.order_by("-noted_on", "-proceeding_id"), actor, on)


def published_records(on: date, limit: int = 100) -> list[RecordLine]:
    """The records that are published (公示), the newest first; what has ended is taken down."""
    found = CreditRecord.objects.filter(
        is_published=True, until__gte=on, proceeding__state=RecordState.STANDING
    ).select_related("proceeding")
    return _lines(found.order_by("-noted_on", "-proceeding_id")[:limit], None, on)


def told_of(proceeding_id: int) -> RecordLine | None:
    """A record for the messages about it; None for any other proceeding."""
    row = (
        CreditRecord.objects.select_related("proceeding")
        .filter(proceeding_id=proceeding_id)
        .first()
    )
    return _lines([row], None, row.noted_on)[0] if row else None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One record on the desk."""

    proceeding: Proceeding
    line: RecordLine
    clocks: tuple[ClockReading, ...]


def record_page(actor: Actor, proceeding: Proceeding, now: datetime, on: date) -> RecordPage:
    """The page of a record that `access_proceeding` has let this actor see."""
    row = CreditRecord.objects.select_related("proceeding").get(proceeding_id=proceeding.pk)
    return RecordPage(proceeding, _lines([row], actor, on)[0], tuple(clocks_of(proceeding, now)))


def _lines(rows: Iterable[CreditRecord], actor: Actor | None, on: date) -> list[RecordLine]:
    known = kinds()
    return [_line(row, known.get(row.kind), actor, on) for row in rows]


def _line(row: CreditRecord, kind: Any, actor: Actor | None, on: date) -> RecordLine:
    one = row.proceeding
    named = kind or {"name": {"zh": row.kind}, "text": {"zh": ""}}
    verbs = [
        move.verb
        for move in LIFE.open_moves(one.state)
        if actor is not None and any(may_do(actor, one, role) for role in move.roles)
    ]
    if "object" in verbs and one.facts.get("objection"):
        verbs.remove("object")
    return RecordLine(
        number=one.number,
        name=Words(**named["name"]),
        text=Words(**named["text"]),
        case_number=row.case_number,
        department=one.department,
        state=one.state,
        state_title=LIFE.title(one.state),
        noted_on=row.noted_on,
        until=row.until,
        is_over=row.until < on,
        is_published=row.is_published,
        party_id=one.party_id,
        reason=one.facts.get("reason", ""),
        objection=one.facts.get("objection", ""),
        answer=one.facts.get("answer", ""),
        open_verbs=tuple(verbs),
    )
