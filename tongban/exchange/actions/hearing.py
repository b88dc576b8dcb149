"""Messages from departments' systems: kept once, applied in their order, refused with a reason."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef

from tongban.cases import actions as cases
from tongban.cases.states import LIFE, Result
from tongban.engine.models import Proceeding
from tongban.exchange import rules
from tongban.exchange.actions.backfills import compare_decision, compare_licence
from tongban.exchange.actions.links import actor_of, known_link
from tongban.exchange.gateways import department_system, key_of
from tongban.exchange.models import Arrival, Backfill, Reject, Sending
from tongban.exchange.states import ArrivalState, SendingState
from tongban.kernel.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.exchange.models import Link
    from tongban.kernel.actors import Actor


_BY_HAND = Exists(Backfill.objects.filter(proceeding=OuterRef("pk")))
_ON_THE_WAY = frozenset({"taken_in", "step"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message: applied, waiting or rejected; and whether it came before."""

    state: str
    is_copy: bool = False
    code: str = ""
    sentence: str = ""


def hear(*, system: str, content: bytes, signature: str, now: datetime) -> Heard:
    """Take in one message of a department's system; the same again changes nothing.

    What is wrong with it goes to the reject list with the reason. Raises SignatureWrong (nothing
    is kept of it) and NotFound for a system that nobody knows.
    """
    rules.WIRE.need_signed(key_of(system), content, signature, line=system, now=now)
    try:
        message = rules.read_message(content)
    except rules.MessageUnreadable as no:
        return _reject(system, content, no, now)
    try:
        with transaction.atomic():
            return _take(system, content, message, now)
    except _Refused as no:
        return _reject(system, content, no.refusal, now, message)
    except IntegrityError:
        # Another case has a message of this id, or the same one comes in this very moment.
        again = rules.MessageImpossible("同一报文编号先后发来不同的内容，以先到的为准。")
        return _reject(system, content, again, now, message)


class _Refused(Exception):  # noqa: N818 -- carries the refusal out of the transaction
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


def _take(system: str, content: bytes, message: Any, now: datetime) -> Heard:
    sending = (
        # Messages of one case come one after the other.
        Sending.objects.select_for_update(of=("self",))
        .select_related("proceeding")
        .filter(system=system, number=message.case, kind="application")
        .first()
    )
    if sending is None:
        raise _Refused(rules.MessageNotYours("没有把这个办件交给您的系统办理。"))
    digest = hashlib.sha256(content).hexdigest()
    rows = list(
        Arrival.objects.filter(proceeding_id=sending.proceeding_id, system=system).order_by("seq")
    )
    known = next((one for one in rows if one.message_id == message.id), None)
    if known is not None:
        return _copy(known, digest)
    _need_new(sending, message, rows, now)
    row = Arrival(
        system=system,
        message_id=message.id,
        proceeding_id=sending.proceeding_id,
        seq=message.seq,
        kind=message.kind,
        body=message.model_dump(mode="json"),
        body_hash=digest,
        event_at=message.event_at,
        arrived_at=now,
    )
    row.save(force_insert=True)
    if sending.state != SendingState.ACKNOWLEDGED:
        sending.state, sending.acknowledged_at = SendingState.ACKNOWLEDGED.value, now
        sending.save(update_fields=["state", "acknowledged_at"])
    rows = sorted([*rows, row], key=lambda one: one.seq)
    _settle(known_link(system), sending, rows, now)
    return Heard(row.state, code="" if not row.reason else "refused", sentence=row.reason)


def _copy(known: Arrival, digest: str) -> Heard:
    if known.body_hash != digest:
        raise _Refused(rules.MessageImpossible("同一报文编号先后发来不同的内容，以先到的为准。"))
    Arrival.objects.filter(pk=known.pk).update(copies=F("copies") + 1)
    return Heard(known.state, is_copy=True, sentence=known.reason)


def _need_new(sending: Sending, message: Any, rows: list[Arrival], now: datetime) -> None:
    opened_at = sending.proceeding.opened_at
    try:
        rules.need_possible_time(message.event_at, opened_at=opened_at, now=now)
    except rules.MessageImpossible as no:
        raise _Refused(no) from None
    if any(one.seq == message.seq for one in rows):
        raise _Refused(rules.MessageImpossible("这个办件的同一序号已经有另一份报文。"))


def _reject(system: str, content: bytes, no: Refusal, now: datetime, message: Any = None) -> Heard:
    """Put a message on the reject list; the same one again is not listed twice."""
    raw = content[: rules.KEPT_OF_A_REJECT].decode("utf-8", "replace").replace("\0", "")
    Reject.objects.get_or_create(
        system=system,
        code=no.code,
        raw=raw,
        defaults={
            "message_id": str(message.id) if message else "",
            "number": message.case if message else "",
            "sentence": no.sentence,
            "arrived_at": now,
        },
    )
    return Heard(ArrivalState.REJECTED, code=no.code, sentence=no.sentence)


def apply_waiting(*, case_id: int, now: datetime) -> int:
    """Apply what waited for the case to be accepted here; how many messages were settled."""
    with transaction.atomic():
        sending = (
            Sending.objects.select_for_update()
            .filter(proceeding_id=case_id, kind="application")
            .first()
        )
        if sending is None:
            return 0
        rows = list(
            Arrival.objects.filter(proceeding_id=case_id, system=sending.system).order_by("seq")
        )
        return _settle(known_link(sending.system), sending, rows, now)


def _settle(link: Link, sending: Sending, rows: list[Arrival], now: datetime) -> int:
    """Apply every message whose turn it is; one that is early holds up those after it.

    The case is read under the lock of its sending, anew for each message.
    """
    by_seq = {row.seq: row for row in rows}
    settled = {row.seq for row in rows if row.state != ArrivalState.WAITING}
    count = 0
    while (turn := rules.next_of(settled)) in by_seq:
        row = by_seq[turn]
        try:
            _apply(link, row, rows, _standing(sending.proceeding_id), now)
        except rules.StillWaiting:
            break
        settled.add(turn)
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class _Standing:
    """A case as it stands, and whether somebody entered its decision by hand."""

    case: Proceeding
    is_by_hand: bool


def _standing(case_id: int) -> _Standing:
    found = Proceeding.objects.annotate(is_by_hand=_BY_HAND).get(pk=case_id)
    return _Standing(found, found.is_by_hand)


def _apply(
    link: Link, row: Arrival, rows: list[Arrival], standing: _Standing, now: datetime
) -> None:
    case = standing.case
    earlier = [one.event_at for one in rows if one.seq < row.seq]
    at = rules.moment_of(row.event_at, since=[case.opened_at, case.accepted_at, *earlier], now=now)
    row.state, row.reason = ArrivalState.APPLIED.value, ""
    try:
        # One action undoes itself; a licence takes several.
        with transaction.atomic() if row.kind == "licence" else nullcontext():
            _act(link, row, standing, at, now)
    except Refusal as no:
        row.state, row.reason = ArrivalState.REJECTED.value, f"{no.code}：{no.sentence}"
    except IntegrityError:
        row.state = ArrivalState.REJECTED.value
        row.reason = "licence-number-taken：这个证照编号已经属于另一本证照。"
    row.applied_at = now
    row.save(update_fields=["state", "reason", "applied_at"])
    if row.state == ArrivalState.REJECTED.value:
        code, _, sentence = row.reason.partition("：")
        Reject.objects.create(
            system=row.system,
            message_id=str(row.message_id),
            number=case.number,
            code=code,
            sentence=sentence,
            raw=str(row.body)[: rules.KEPT_OF_A_REJECT],
            arrived_at=now,
        )


def _act(link: Link, row: Arrival, standing: _Standing, at: datetime, now: datetime) -> None:
    by, case = actor_of(link), standing.case
    message = rules.read_body(row.body)
    if standing.is_by_hand:
        if row.kind in _ON_THE_WAY:
            # The way to a decision that was entered by hand changes nothing any more.
            return
        if row.kind == "decision" and compare_decision(link, case, message, by=by, now=now):
            return
    rules.need_ready(row.kind, case.state, {str(k): str(v) for k, v in LIFE.titles.items()})
    told = {
        "system": link.code,
        "message": str(row.message_id),
        "event_at": row.event_at.isoformat(),
        "heard_at": now.isoformat(),
    }
    _VERBS[row.kind](case, message, _Hearing(link, by, at, now, told))


@dataclass(frozen=True, slots=True)
class _Hearing:
    """Who speaks, when it happened, when it was heard, and what the entry says of it."""

    link: Link
    by: Actor
    at: datetime
    now: datetime
    told: dict[str, Any]

    @property
    def place(self) -> str:
        return f"system:{self.link.code}"

    @property
    def words(self) -> dict[str, Any]:
        return {"by": self.by, "now": self.at, "told": self.told, "place": self.place}


def _taken_in(case: Proceeding, message: Any, here: _Hearing) -> None:
    cases.take_in_elsewhere(case_id=case.pk, **here.words)


def _correction(case: Proceeding, message: Any, here: _Hearing) -> None:
    missing = cases.Missing(message.target, message.problem, message.remedy, message.clause)
    cases.raise_requirement(case_id=case.pk, missing=missing, by=here.by, now=here.at)


def _step(case: Proceeding, message: Any, here: _Hearing) -> None:
    cases.pass_elsewhere(
        case_id=case.pk, step_code=message.step, opinion=message.opinion, **here.words
    )


def _decision(case: Proceeding, message: Any, here: _Hearing) -> None:
    cases.decide_elsewhere(
        case_id=case.pk, result=Result(message.result), reasons=message.reasons, **here.words
    )


def _licence(case: Proceeding, message: Any, here: _Hearing) -> None:
    issued = cases.IssuedElsewhere(
        number=message.number,
        issuer=message.issuer,
        issued_on=message.issued_on,
        valid_from=message.valid_from,
        valid_to=message.valid_to,
        identifier=message.identifier,
        source=here.link.code,
    )
    cases.mirror_elsewhere(case_id=case.pk, issued=issued, **here.words)
    compare_licence(here.link, case, message.number, by=here.by, now=here.now)


_VERBS = {
    "taken_in": _taken_in,
    "correction": _correction,
    "step": _step,
    "decision": _decision,
    "licence": _licence,
}


def collect(*, system: str, now: datetime) -> int:
    """Ask a system that does not come by itself for what it has to say; how many messages."""
    gateway = department_system(system)
    said = gateway.collect(now)
    for one in said:
        hear(system=system, content=one.content, signature=one.signature, now=now)
        gateway.confirm([one.key])
    return len(said)
