"""授权用证: a holder lets somebody else use a licence, for one thing, so often, until a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from tongban.kernel.identifiers import is_id_number, normalise
from tongban.kernel.names import name_key
from tongban.kernel.refusals import BadInput, NotAllowed, NotFound, Problem, Refusal
from tongban.kernel.worktime import city_date
from tongban.licences.actions.changing import record_use
from tongban.licences.models import LicenceGrant
from tongban.licences.queries import access_licence, get_licence, identifier_of, why_not_usable
from tongban.licences.states import GRANT_LIFE, GrantState
from tongban.notices.actions import send_message
from tongban.people.queries import find_party, party
from tongban.people.states import PartyKind
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from tongban.kernel.actors import Actor

STREAM = "licence"
MOST_TIMES = 100


class GranteeUnknown(Refusal):
    """Nobody has this number and this name; which one differs is not said."""

    code = "grantee-unknown"
    status = 422


class GrantedAlready(Refusal):
    """The same person may use the same licence for the same thing already."""

    code = "granted-already"


class GrantNotUsable(Refusal):
    """The holder took it back, or its days, its times or the licence itself are over."""

    code = "grant-not-usable"


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What a holder lets whom use: ``times`` None is any number until the last day."""

    identifier: str
    fields: tuple[str, ...]
    grantee_code: str
    grantee_name: str
    package: str
    role: str
    times: int | None
    until: date


def grant_use(*, grant: NewGrant, by: Actor, now: datetime) -> int:
    """Let somebody use a licence of one's own; answers the id of the grant.

    Only the holder, or an enterprise's legal representative, may: nobody hands on what he was
    lent. Raises NotFound, NotAllowed, BadInput, GranteeUnknown and GrantedAlready.
    """
    on = city_date(now)
    held = access_licence(by, grant.identifier, on)
    holder = party(held.holder_id)
    if by.party_id not in (holder.id, holder.representative_id):
        raise NotAllowed("只有持证人本人（单位由法定代表人）可以授权别人用证。")
    _check(grant, faces=frozenset(held.face), on=on)
    if not held.is_in_force:
        raise GrantNotUsable("这份证照现在不是有效状态，不能授权别人使用。")
    code = normalise(grant.grantee_code)
    grantee = find_party(PartyKind.NATURAL, code) if is_id_number(code) else None
    if grantee is None or name_key(grantee.name) != name_key(grant.grantee_name):
        raise GranteeUnknown(
            "没有找到与该姓名和号码一致的实名用户。",
            instead=("请核对姓名和公民身份号码。", "对方需要先完成实名注册。"),
        )
    if grantee.id == by.party_id:
        raise BadInput.at("grantee_code", "grantee-self", "不能授权给自己。")
    try:
        with transaction.atomic():
            row = LicenceGrant.objects.create(
                licence_id=held.id,
                grantee_id=grantee.id,
                package=grant.package,
                role=grant.role,
                fields=sorted(grant.fields),
                times=grant.times,
                until=grant.until,
                state=GrantState.ACTIVE,
                granted_by=by.id,
                granted_at=now,
            )
            _record(row, "licence_use_granted", by=by, now=now)
            _tell(grantee.id, "licence_granted", row, now, holder=holder.name, licence=held.name)
    except IntegrityError:
        raise GrantedAlready("已经授权过对方用这份证照办这件事，不用再授权。") from None
    return row.pk


def _check(grant: NewGrant, *, faces: frozenset[str], on: date) -> None:
    problems = []
    if not grant.fields or not set(grant.fields) <= faces:
        problems.append(Problem("fields", "fields-unknown", "请选择授权使用的内容。"))
    if grant.until < on:
        problems.append(Problem("until", "period-over", "结束日期已经过去。"))
    if grant.times is not None and not 1 <= grant.times <= MOST_TIMES:
        problems.append(Problem("times", "times-out-of-range", "次数请填1到100。"))
    if problems:
        raise BadInput(problems=problems)


def revoke_grant(*, grant_id: int, by: Actor, now: datetime) -> None:
    """Take a grant back; what was filed with it stays as it was filed. Raises NotFound."""
    with transaction.atomic():
        row = _locked(grant_id)
        holder = party(row.licence.holder_id)
        if by.party_id not in (holder.id, holder.representative_id):
            raise NotFound
        row.state = str(GRANT_LIFE.move(row.state, "revoke").target)
        row.revoked_at = now
        row.save(update_fields=["state", "revoked_at"])
        _record(row, "licence_grant_revoked", by=by, now=now)
        held = get_licence(identifier_of(row.licence_id), city_date(now))
        _tell(
            row.grantee_id,
            "licence_grant_revoked",
            row,
            now,
            holder=holder.name,
            licence=held.name,
        )


def use_grant(
    *,
    grant_id: int,
    fields: Sequence[str],
    purpose: str,
    case_number: str,
    grantees: Collection[int],
    by: Actor,
    now: datetime,
) -> None:
    """Use a licence under a grant, in the transaction that files; counted once for each filing.

    Raises GrantNotUsable where it was taken back or has run out meanwhile, NotFound for somebody
    whom it was not given to: ``grantees`` are the applicant and the person who applies.
    """
    with transaction.atomic():
        row = _locked(grant_id)
        if row.grantee_id not in grantees:
            raise NotFound
        held = get_licence(identifier_of(row.licence_id), city_date(now))
        why_not = why_not_usable(row, held, city_date(now))
        if why_not:
            raise GrantNotUsable(why_not, instead=("请对方重新授权，或者自己填写、上传。",))
        row.used += 1
        row.save(update_fields=["used"])
        use = record_use(
            identifier=held.identifier,
            purpose=purpose,
            by=by,
            now=now,
            case_number=case_number,
            fields=fields,
        )
        use.grant_id = row.pk
        use.save(update_fields=["grant"])
        _record(row, "licence_grant_used", by=by, now=now, case_number=case_number)
        _tell(
            held.holder_id,
            "licence_grant_used",
            row,
            now,
            what=case_number,
            licence=held.name,
            grantee=party(row.grantee_id).name,
            number=case_number,
        )


def _locked(grant_id: int) -> LicenceGrant:
    row = (
        LicenceGrant.objects.select_for_update(of=("self",))
        .select_related("licence")
        .filter(pk=grant_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def _record(row: LicenceGrant, verb: str, *, by: Actor, now: datetime, **more: str) -> None:
    body = {
        "grant": row.pk,
        "grantee": row.grantee_id,
        "package": row.package,
        "role": row.role,
        "fields": list(row.fields),
        "times": row.times,
        "until": row.until.isoformat(),
        **more,
    }
    entry = NewEntry(stream=STREAM, stream_id=row.licence_id, verb=verb, body=body)
    append([entry], by=by, now=now)


def _tell(
    party_id: int, key: str, row: LicenceGrant, now: datetime, *, what: str = "", **params: str
) -> None:
    send_message(
        party_id=party_id,
        key=key,
        params={**params, "until": row.until} if key == "licence_granted" else params,
        dedup=f"grant/{row.pk}/{key}/{what}",
        now=now,
    )
