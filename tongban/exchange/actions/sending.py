"""Messages to departments' systems: queued once by the journal, sent until they are taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from tongban.cases.queries import files_of, item_of
from tongban.catalogue.queries import package_version
from tongban.documents.queries import get_file
from tongban.exchange import queries, rules
from tongban.exchange.actions.links import link_of, tell
from tongban.exchange.gateways import Envelope, Receipt, SystemUnreachable, department_system
from tongban.exchange.models import Sending
from tongban.exchange.states import OPEN_SENDINGS, SendingState, Sent
from tongban.kernel.refusals import NotFound
from tongban.kernel.retries import HOURS
from tongban.people.queries import department

if TYPE_CHECKING:
    from tongban.engine.models import Proceeding
    from tongban.kernel.actors import Actor

SEND_TASK = "exchange.send"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
AT_ONCE = 200
MEMBER = "tongban"


def hand_over(*, case: Proceeding, cause_id: int, now: datetime) -> None:
    """Queue the one application of a case for its department's system. Idempotent.

    ``cause_id`` is the journal's entry that hands it over. Joins the caller's transaction.
    """
    _queue(case, Sent.APPLICATION, cause_id, now)


def tell_change(*, case: Proceeding, kind: Sent, cause_id: int, now: datetime) -> None:
    """Queue what changed after a case was handed over: a supply, a withdrawal. Idempotent."""
    if Sending.objects.filter(proceeding_id=case.pk, kind=Sent.APPLICATION).exists():
        _queue(case, kind, cause_id, now)


def _queue(case: Proceeding, kind: Sent, cause_id: int, now: datetime) -> None:
    known = Q(cause_id=cause_id)
    if kind is Sent.APPLICATION:
        known |= Q(kind=kind.value)
    if Sending.objects.filter(known, proceeding_id=case.pk).exists():
        return
    message_id = uuid4()
    body = {
        "id": str(message_id),
        "case": case.number,
        "kind": kind.value,
        "queued_at": now.isoformat(),
        "payload": _payload(case) if kind is not Sent.WITHDRAWAL else {},
    }
    row = Sending.objects.create(
        message_id=message_id,
        system=case.facts["system"],
        kind=kind.value,
        proceeding_id=case.pk,
        cause_id=cause_id,
        number=case.number,
        body=body,
        request_hash=_hash_of(case, body, now),
        queued_at=now,
        # Due at once by any clock: the job that is deferred below may be lost.
        retry_at=_LONG_AGO,
    )
    app.configure_task(SEND_TASK).defer(sending_ids=[row.pk])


def _payload(case: Proceeding) -> dict[str, Any]:
    """The item's slice of the application and nothing else (ARCHITECTURE decision 14)."""
    file = files_of([case.pk])[case.pk]
    item = item_of(case)
    return {
        "item": {
            "code": item.code,
            "name": item.name.zh,
            "steps": [s.code for turn in item.route for s in turn if s.code != "decide"],
            "licence": _licence(case, item.licence) if item.licence else None,
        },
        "region": case.region,
        "opened_at": case.opened_at.isoformat(),
        "accepted_at": case.accepted_at.isoformat() if case.accepted_at else None,
        "answers": file.answers,
        "materials": file.materials,
        "attachments": [
            _attachment(file_id, code) for file_id, code in queries.files_of_case(case.pk).items()
        ],
    }


def _attachment(file_id: int, material: str) -> dict[str, Any]:
    """A file by number, name, size and hash; its content is fetched at the door, signed."""
    file = get_file(file_id)
    return {
        "file": file.pk,
        "material": material,
        "name": file.name,
        "size": file.size,
        "type": file.media_type,
        "sha256": bytes(file.sha256).hex(),
    }


def _licence(case: Proceeding, code: str) -> dict[str, Any]:
    kind = package_version(case.version_id).compiled.licence_type(code)
    return {
        "type": kind.type_code,
        "issuer": department(kind.issuer).uscc,
        "names_holder": any(one.rule == "new_uscc" for one in kind.face),
    }


def _hash_of(case: Proceeding, body: dict[str, Any], now: datetime) -> str:
    return _envelope(case.facts["system"], case, body, now).request_hash


def _envelope(system: str, case: Any, body: dict[str, Any], now: datetime) -> Envelope:
    return Envelope(
        message_id=str(body["id"]),
        client=f"CN/GOV/{case.region[:6]}/{MEMBER}",
        service=f"CN/GOV/{case.region[:6]}/{system}/cases/v1",
        case_number=case.number,
        body=body,
        sent_at=now,
    )


def send(*, sending_id: int, now: datetime, wall: datetime) -> bool:
    """Try to deliver one message; whether it was taken. Safe to repeat, whoever was killed.

    An attempt reserves the row until the next would be due, then delivers outside of any
    transaction: whoever takes over sends the same message id again. ``now`` is the city's time,
    ``wall`` the machine's.
    """
    row = _claim(sending_id, wall)
    if row is None:
        return False
    try:
        envelope = _envelope(row.system, row.proceeding, row.body, now)
        receipt = department_system(row.system).deliver(envelope)
    except (SystemUnreachable, NotFound) as error:
        _failed(row, error)
        return False
    _taken(row, receipt, now)
    return True


def _claim(sending_id: int, wall: datetime) -> Sending | None:
    with transaction.atomic():
        row = (
            Sending.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("proceeding")
            .filter(pk=sending_id, state__in=OPEN_SENDINGS, retry_at__lte=wall)
            .first()
        )
        if row is not None:
            row.attempts += 1
            row.retry_at = wall + HOURS.pause(row.attempts)
            row.save(update_fields=["attempts", "retry_at"])
    return row


def _failed(row: Sending, error: Exception) -> None:
    is_over = HOURS.is_over(row.attempts)
    state = SendingState.GIVEN_UP if is_over else SendingState.FAILED
    _still_open(row).update(state=state, last_error=f"{type(error).__name__}: {error}"[:500])


def _taken(row: Sending, receipt: Receipt, now: datetime) -> None:
    is_done = receipt.is_acknowledged
    _still_open(row).update(
        state=SendingState.ACKNOWLEDGED if is_done else SendingState.SENT,
        reference=receipt.reference,
        last_error="",
        sent_at=now,
        acknowledged_at=now if is_done else None,
    )


def _still_open(row: Sending) -> Any:
    """A message that the department has answered meanwhile stays acknowledged."""
    return Sending.objects.filter(pk=row.pk, state__in=OPEN_SENDINGS)


def send_due(*, now: datetime, wall: datetime) -> int:
    """Try every message whose time has come; how many were taken."""
    due = queries.sendings_due(wall, AT_ONCE)
    return sum(send(sending_id=one, now=now, wall=wall) for one in due)


def resend(*, system: str, by: Actor, now: datetime, wall: datetime) -> int:
    """Try again what was given up, or sent and never acknowledged; how many.

    Raises NotAllowed for anybody but the supervisor or an operator.
    """
    rules.need_operator(by)
    again = [SendingState.GIVEN_UP, SendingState.SENT]
    with transaction.atomic():
        count = Sending.objects.filter(system=system, state__in=again).update(
            state=SendingState.FAILED, attempts=0, retry_at=wall
        )
        if count:
            tell(link_of(system), "resent", by=by, now=now, count=count)
    return count
