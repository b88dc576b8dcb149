"""What becomes of a licence: its state, and the note of who used it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound, Problem
from tongban.kernel.worktime import city_date
from tongban.licences import events, rules
from tongban.licences.actions.renewing import deem_renewed_in
from tongban.licences.actions.versions import lock_licence, succeed, tell
from tongban.licences.models import Licence, LicenceUse, LicenceVersion
from tongban.licences.states import LIFE, LicenceState, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

EXPIRY_REASON = "有效期届满"
EXPIRY_BASIS = "行政许可法第七十条"


class LicenceIsMirrored(NotAllowed):
    """Another system issued it; its state changes there and is taken over from there."""

    code = "licence-is-mirrored"


def change_state(
    *, identifier: str, to: LicenceState, reason: str, basis: str, by: Actor, now: datetime
) -> LicenceVersion:
    """Suspend, resume, revoke, withdraw, cancel, transfer: a new version, told to everybody.

    Only a decider of the organ that issued it may, and must say why and on what basis. Raises
    NotFound, MoveNotAllowed, NotAllowed, LicenceIsMirrored, BadInput.
    """
    with transaction.atomic():
        licence, version = lock_licence(_id_of(identifier))
        # A late expiry counts first, as if it had been punctual.
        if _is_over(licence, now):
            version = _end(licence, version)
        move = rules.move_to(licence.state, to)
        _why_not(licence, by, move_allows=rules.may_change(by, move, licence.department))
        _need(reason=reason, basis=basis)
        return _change(
            licence, version, move.verb, reason=reason.strip(), basis=basis.strip(), by=by, now=now
        )


def expire_licences(*, now: datetime, limit: int = 500) -> int:
    """End the licences whose last day has passed, each at the midnight after it; how many.

    One whose renewal was asked for in time and is not decided is renewed instead (50(2)).
    """
    due = Licence.objects.filter(
        state__in=[LicenceState.VALID.value, LicenceState.SUSPENDED.value],
        valid_to__lt=city_date(now),
    )
    ended = 0
    for licence_id in list(due.order_by("valid_to", "id").values_list("id", flat=True)[:limit]):
        with transaction.atomic():
            licence, version = lock_licence(licence_id)
            if _is_over(licence, now):
                _end(licence, version)
                ended += 1
    return ended


def record_use(  # noqa: PLR0913 -- an action names all that it needs
    *,
    identifier: str,
    purpose: str,
    by: Actor,
    now: datetime,
    department: str = "",
    case_number: str = "",
    item_code: str = "",
    fields: Sequence[str] = (),
) -> LicenceUse:
    """Note who used a licence, for what and which fields; its holder sees it (domain-05 §6.6).

    The same use in the same case by the same department is noted once. Raises NotFound.
    """
    with transaction.atomic():
        licence_id = _id_of(identifier)
        version = LicenceVersion.objects.get(licence_id=licence_id, succeeded_at=None)
        key = {
            "licence_id": licence_id,
            "seq": version.seq,
            "department": department,
            "case_number": case_number,
            "item_code": item_code,
        }
        rest = {
            "by_kind": by.kind,
            "by_id": by.id,
            "purpose": purpose,
            "fields": list(fields),
            "used_at": now,
        }
        if not case_number:
            return LicenceUse.objects.create(**key, **rest)
        use, _ = LicenceUse.objects.get_or_create(**key, defaults=rest)
    return use


def _id_of(identifier: str) -> int:
    found = LicenceVersion.objects.filter(identifier=identifier)
    licence_id = found.values_list("licence_id", flat=True).first()
    if licence_id is None:
        raise NotFound("没有找到这份证照。")
    return licence_id


def _is_over(licence: Licence, now: datetime) -> bool:
    present = LicenceState(licence.state)
    return rules.state_on(present, licence.valid_to, city_date(now)) is not present


def _end(licence: Licence, version: LicenceVersion) -> LicenceVersion:
    """The last day has passed: renewed by silence where the law says so, else expired."""
    if licence.valid_to is None:
        raise AssertionError(licence.pk)
    if deem_renewed_in(licence, version, now=rules.expired_at(licence.valid_to)):
        return licence.versions.get(succeeded_at=None)
    return _expire(licence, version)


def _expire(licence: Licence, version: LicenceVersion) -> LicenceVersion:
    if licence.valid_to is None:
        raise AssertionError(licence.pk)
    return _change(
        licence,
        version,
        "expire",
        reason=EXPIRY_REASON,
        basis=EXPIRY_BASIS,
        by=SYSTEM,
        now=rules.expired_at(licence.valid_to),
    )


def _why_not(licence: Licence, by: Actor, *, move_allows: bool) -> None:
    if not move_allows:
        raise NotAllowed(
            "只有发证机关的决定人员可以变更证照状态。", facts={"department": licence.department}
        )
    if licence.origin == Origin.MIRRORED.value and by.kind != "system":
        raise LicenceIsMirrored("该证照由其他系统制发，请在原系统变更状态。")


def _need(*, reason: str, basis: str) -> None:
    problems = [
        Problem(path, "missing", sentence)
        for path, text, sentence in (
            ("reason", reason, "请填写变更证照状态的原因。"),
            ("basis", basis, "请填写变更证照状态的依据。"),
        )
        if not text.strip()
    ]
    if problems:
        raise BadInput(problems[0].sentence, problems=problems)


def _change(
    licence: Licence,
    before: LicenceVersion,
    verb: str,
    *,
    reason: str,
    basis: str,
    by: Actor,
    now: datetime,
) -> LicenceVersion:
    was = licence.state
    licence.state = LIFE.target(was, verb).value
    licence.retry_at = None
    licence.save(update_fields=["state", "retry_at"])
    version = succeed(
        before, by=by, now=now, state=licence.state, state_reason=reason, basis=basis
    )
    tell(
        events.STATE_CHANGED,
        licence,
        version,
        by=by,
        now=now,
        basis=basis,
        fields=("state",),
        to=licence.state,
        **{"from": was},
    )
    return version
