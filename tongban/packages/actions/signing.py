"""Signatures of others: asked for by a link, given by real name, void when the content changes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.catalogue.queries import package_version
from tongban.forms.models import Draft
from tongban.kernel.hashes import canonical_json
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.notices.actions import send_message
from tongban.packages.models import Signature
from tongban.packages.queries import DraftCheck, check_draft
from tongban.packages.queries.signing import SignerLine, signs_for, token_hash
from tongban.packages.rules.signing import (
    NotReadyToSign,
    NotTheSigner,
    PaperChanged,
    RemindedToday,
)
from tongban.packages.states import SIGNATURE, SignatureState
from tongban.people.models import Party
from tongban.records import gateways
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from tongban.kernel.actors import Actor

STREAM = "signature"
MOST_REASON = 500


def ask_signatures(*, draft_id: UUID, by: Actor, now: datetime) -> dict[int, str]:
    """Ask everybody who must sign and was not asked yet; the tokens of the new links by signature.

    Raises NotReadyToSign while something that is to be signed is not filled in.
    """
    with transaction.atomic():
        check = _locked(draft_id, by, now)
        _need_ready(check)
        _follow(check, by, now)
        missing = [one for one in check.signers if not one.is_self and one.signature is None]
        return {
            row.pk: token
            for row, token in (_ask(check, line, by=by, now=now) for line in missing)
            if token
        }


def renew_sign_link(*, signature_id: int, by: Actor, now: datetime) -> str:
    """Make a new link for a signature that is waited for; the old one opens nothing any more."""
    with transaction.atomic():
        row = _asked_by(signature_id, by)
        SIGNATURE.move(row.state, "sign")
        token = secrets.token_urlsafe(24)
        row.token_hash = token_hash(token)
        row.save(update_fields=["token_hash"])
        record_row(row, "signature_asked", by=by, now=now, again=True)
    return token


def ask_again(*, signature_id: int, by: Actor, now: datetime) -> tuple[int, str]:
    """Ask somebody who did not agree once more; answers the new signature and its token."""
    with transaction.atomic():
        row = _asked_by(signature_id, by)
        check = _locked(row.draft_id, by, now)
        if row.state != SignatureState.DECLINED:
            raise NotReadyToSign("对方还没有答复，请等待，或者重新生成链接。")
        void_row(row, by=by, now=now)
        line = next((one for one in check.signers if one.key == _key(row)), None)
        if line is None:
            raise NotFound
        fresh, token = _ask(check, line, by=by, now=now)
        return fresh.pk, token


def remind_signer(*, signature_id: int, by: Actor, now: datetime) -> None:
    """Remind whoever was asked, once a day; he hears of it where he has an account.

    Whether he has one is not told. Raises RemindedToday.
    """
    with transaction.atomic():
        row = _asked_by(signature_id, by)
        SIGNATURE.move(row.state, "sign")
        today = city_date(now)
        if row.reminded_on == today:
            raise RemindedToday("今天已经提醒过了，明天可以再提醒。")
        row.reminded_on = today
        row.save(update_fields=["reminded_on"])
        record_row(row, "signature_reminded", by=by, now=now)
        tell_signer(row, "signature_asked", f"reminded/{today}", now)


def sign_paper(*, signature_id: int, seen: bytes, by: Actor, now: datetime) -> None:
    """Sign as the one who was asked. ``seen`` is the hash of the content that was on the page.

    Raises NotTheSigner, PaperChanged where the content changed since, and MoveNotAllowed.
    """
    with transaction.atomic():
        row = _answering(signature_id, "sign", by, now)
        if bytes(row.content_hash) != seen:
            raise PaperChanged("内容刚刚改过。请把新的内容再看一遍，然后签名。")
        seal_row(row, by=by, now=now)
        record_row(row, "signature_signed", by=by, now=now)
        tell_applicant(row, "signature_given", f"{row.pk}", now, {})


def decline_paper(*, signature_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Say no, with a reason that the applicant is told. Raises NotTheSigner and BadInput."""
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise BadInput.at("reason", "reason-missing", "请写明为什么不同意，不超过500个字。")
    with transaction.atomic():
        row = _answering(signature_id, "decline", by, now)
        row.state = SignatureState.DECLINED
        row.reason = reason
        row.account_id, row.answered_at = by.id, now
        row.save(update_fields=["state", "reason", "signer", "account_id", "answered_at"])
        record_row(row, "signature_declined", by=by, now=now)
        tell_applicant(
            row, "signature_declined", f"{row.pk}", now, {"reason": reason.rstrip("。")}
        )


def void_changed_signatures(*, draft_id: UUID, by: Actor, now: datetime) -> int:
    """Void every signature whose content changed, and say so; answers how many. Idempotent.

    Whoever signed is asked again for the new content; his link stays the same.
    """
    live = Signature.objects.filter(draft_id=draft_id).exclude(state=SignatureState.VOID)
    if not live.exists():
        return 0
    with transaction.atomic():
        return _follow(_locked(draft_id, by, now), by, now)


def file_signatures(
    *, check: DraftCheck, case_ids: dict[str, int], by: Actor, now: datetime
) -> None:
    """Bind the signatures to the cases that they were given for; submitting is the own signature.

    Inside the transaction that files. Raises NotReadyToSign where a signature was lost meanwhile.
    """
    live = Signature.objects.select_for_update().filter(draft_id=check.draft.id)
    rows = {_key(row): row for row in live.exclude(state=SignatureState.VOID)}
    for line in check.signers:
        row = rows.pop(line.key, None)
        if line.is_self and not _stands(row, line):
            row = _own(check, row, line, by=by, now=now)
        if row is None or not _stands(row, line):
            raise NotReadyToSign("有人还没有为现在的内容签名，请等大家都签好后再提交。")
        row.proceeding_id = case_ids[line.item.code]
        row.token_hash = None
        row.save(update_fields=["proceeding", "token_hash"])
    for row in rows.values():
        void_row(row, by=by, now=now)


def _stands(row: Signature | None, line: SignerLine) -> bool:
    return (
        row is not None
        and row.state == SignatureState.SIGNED
        and bytes(row.content_hash) == line.content_hash
    )


def _own(
    check: DraftCheck, row: Signature | None, line: SignerLine, *, by: Actor, now: datetime
) -> Signature:
    """Whoever applies signs by filing; what he said about other content before is void.

    At a window that is the person who confirmed what was shown, not the clerk who files.
    """
    if row is not None:
        void_row(row, by=by, now=now)
    fresh = _new(check, line, by=by, now=now)
    fresh.signer_id = check.person_id
    seal_row(fresh, by=by, now=now)
    record_row(fresh, "signature_signed", by=by, now=now)
    return fresh


# ---- the parts ---------------------------------------------------------------------------------


def _locked(draft_id: UUID, by: Actor, now: datetime) -> DraftCheck:
    """The draft as it stands, with nobody changing it meanwhile. Raises NotFound."""
    Draft.objects.select_for_update().filter(id=draft_id).first()
    check = check_draft(by, draft_id, now)
    if not check.draft.is_open:
        raise NotFound
    return check


def _need_ready(check: DraftCheck) -> None:
    covered = {code for one in check.guide.signings for code in one.signing.covers}
    wrong = [one for one in check.problems if one.path in covered]
    if wrong:
        raise NotReadyToSign(
            "要签名的内容还没有填好，请先把表填好，再请大家签名。",
            facts={"missing": [one.path for one in wrong]},
        )


def _key(row: Signature) -> tuple[str, str, bytes]:
    return row.item, row.role, bytes(row.code_key)


def _new(check: DraftCheck, line: SignerLine, *, by: Actor, now: datetime) -> Signature:
    return Signature.objects.create(
        draft_id=check.draft.id,
        item=line.item.code,
        role=line.signing.role,
        material=line.signing.material,
        name=line.name,
        code_key=line.code_key,
        state=SignatureState.ASKED,
        content=dict(line.content),
        content_hash=line.content_hash,
        asked_by=by.id,
        asked_at=now,
    )


def _ask(
    check: DraftCheck, line: SignerLine, *, by: Actor, now: datetime, kept: str | None = None
) -> tuple[Signature, str]:
    """Ask by a new link, or by the one that the signer holds already."""
    row = _new(check, line, by=by, now=now)
    token = "" if kept else secrets.token_urlsafe(24)
    row.token_hash = kept or token_hash(token)
    row.save(update_fields=["token_hash"])
    record_row(row, "signature_asked", by=by, now=now)
    if kept is None:
        tell_signer(row, "signature_asked", "asked", now)
    return row, token


def _follow(check: DraftCheck, by: Actor, now: datetime) -> int:
    """Bring what was asked for in line with what the draft says now; how many were voided."""
    lines = {line.key: line for line in check.signers}
    voided = 0
    live = Signature.objects.filter(draft_id=check.draft.id).exclude(state=SignatureState.VOID)
    for row in live:
        line = lines.get(_key(row))
        if line is not None and bytes(row.content_hash) == line.content_hash:
            continue
        if row.state == SignatureState.ASKED and line is not None:
            row.content, row.content_hash = dict(line.content), line.content_hash
            row.name = line.name
            row.save(update_fields=["content", "content_hash", "name"])
            continue
        voided += _outdated(check, row, line, by, now)
    return voided


def _outdated(
    check: DraftCheck, row: Signature, line: SignerLine | None, by: Actor, now: datetime
) -> int:
    """Void what was said about other content; whoever said it is told, and asked anew."""
    was_signed, kept = row.state == SignatureState.SIGNED, row.token_hash
    answered = row.state != SignatureState.ASKED
    void_row(row, by=by, now=now)
    if answered:
        tell_signer(row, "signature_void", "void", now)
    if was_signed:
        tell_applicant(row, "signature_lost", f"{row.pk}/void", now, {})
    if line is not None and not line.is_self:
        _ask(check, line, by=by, now=now, kept=kept)
    return int(was_signed)


def void_row(row: Signature, *, by: Actor, now: datetime) -> None:
    """What was said holds no more."""
    row.state = SIGNATURE.target(row.state, "void").value
    row.token_hash = None
    row.ended_at = now
    row.save(update_fields=["state", "token_hash", "ended_at"])
    record_row(row, "signature_void", by=by, now=now)


def _asked_by(signature_id: int, by: Actor) -> Signature:
    """A signature that this person's draft waits for. Raises NotFound for strangers."""
    row = (
        Signature.objects.select_for_update(of=("self",))
        .select_related("draft")
        .filter(pk=signature_id, draft__party_id__in=by.acts_for)
        .exclude(state=SignatureState.VOID)
        .first()
    )
    if row is None or row.draft.submitted_at or row.draft.discarded_at:
        raise NotFound
    return row


def _answering(signature_id: int, verb: str, by: Actor, now: datetime) -> Signature:
    """The signature in the hands of the one who was asked; the draft stands still meanwhile."""
    draft_id = Signature.objects.filter(pk=signature_id).values_list("draft_id", flat=True).first()
    if draft_id is None:
        raise NotFound
    draft = Draft.objects.select_for_update().get(id=draft_id)
    row = (
        Signature.objects.select_for_update(of=("self",))
        .select_related("draft", "proceeding")
        .get(pk=signature_id)
    )
    party_id = signs_for(by, row, city_date(now))
    if party_id is None:
        raise NotTheSigner(
            "请用被请求签名的本人账号登录。登录的账号和要签名的人不一致，不能代签。",
            instead=(
                "换用本人的实名账号登录。",
                "姓名或号码写错的，请对方在表里改正后重新发链接。",
            ),
        )
    SIGNATURE.move(row.state, verb)
    if (draft.submitted_at and row.proceeding_id is None) or draft.discarded_at:
        raise PaperChanged("这份申请已经提交或者删除，不用再签名。")
    if row.proceeding is not None and row.proceeding.ended_at is not None:
        raise PaperChanged("这个事项已经办结或者撤回，不用再签名。")
    row.signer_id = party_id
    return row


def seal_row(row: Signature, *, by: Actor, now: datetime) -> None:
    """Signed by this account now, sealed by the house."""
    row.state = SIGNATURE.target(SignatureState.ASKED, "sign").value
    row.account_id, row.answered_at = by.id, now
    signer = gateways.signer()
    row.seal_key = signer.public_key
    row.seal = signer.sign(statement_of(row))
    row.save()


def statement_of(row: Signature) -> bytes:
    """What this house vouches for with its seal: who signed which content, and when."""
    return canonical_json(
        {
            "form": "tongban-signature-1",
            "signature": row.pk,
            "party": row.signer_id,
            "account": row.account_id,
            "code_key": bytes(row.code_key).hex(),
            "content": bytes(row.content_hash).hex(),
            "at": row.answered_at,
        }
    )


def record_row(row: Signature, verb: str, *, by: Actor, now: datetime, **more: Any) -> None:
    """One entry of the signature's stream."""
    body = {
        "draft": str(row.draft_id),
        "item": row.item,
        "role": row.role,
        "content": bytes(row.content_hash).hex(),
        **more,
    }
    if row.seal is not None and verb == "signature_signed":
        body["seal"] = bytes(row.seal).hex()
    entry = NewEntry(stream=STREAM, stream_id=row.pk, verb=verb, fields=("state",), body=body)
    append([entry], by=by, now=now)


def tell_signer(row: Signature, key: str, what: str, now: datetime) -> None:
    """A message to whoever was asked, where the number belongs to a party."""
    party = Party.objects.filter(code_key=bytes(row.code_key)).first()
    if party is None:
        return
    told = party.pk if party.representative_id is None else party.representative_id
    _send(
        row, told, key, f"signature/{row.pk}/{what}", now, {"applicant": row.content["applicant"]}
    )


def tell_applicant(
    row: Signature, key: str, what: str, now: datetime, more: dict[str, Any]
) -> None:
    """A message to the applicant about one signer."""
    _send(row, row.draft.party_id, key, f"signature/{what}", now, {"signer": row.name, **more})


def _send(
    row: Signature, party_id: int, key: str, dedup: str, now: datetime, params: dict[str, Any]
) -> None:
    compiled = package_version(row.draft.version_id).compiled
    thing, paper = compiled.name, compiled.material(row.material).name
    send_message(
        party_id=party_id,
        key=key,
        params={
            "thing": {"zh": thing.zh, "en": thing.en or thing.zh},
            "paper": {"zh": paper.zh, "en": paper.en or paper.zh},
            **params,
        },
        dedup=dedup,
        now=now,
    )


__all__ = [
    "ask_again",
    "ask_signatures",
    "decline_paper",
    "file_signatures",
    "remind_signer",
    "renew_sign_link",
    "sign_paper",
    "statement_of",
    "void_changed_signatures",
]
