"""From a draft to an application: materials beside it, every check again, then filing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.catalogue.queries import package_version
from tongban.documents.actions import bind_materials
from tongban.documents.queries import get_material
from tongban.engine.models import Proceeding
from tongban.forms.actions import DraftClosed, close_draft, save_answers, save_situation
from tongban.forms.queries import access_draft
from tongban.kernel.refusals import BadInput
from tongban.licences.actions import use_grant
from tongban.packages import rules
from tongban.packages.actions.fees import open_orders
from tongban.packages.actions.filing import Filed, Submission, filed_before, submit
from tongban.packages.actions.pictures import need_picture
from tongban.packages.actions.signing import file_signatures, void_changed_signatures
from tongban.packages.models import DraftMaterial, DraftPromise
from tongban.packages.queries import DraftCheck, check_draft

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from tongban.catalogue.rules import CompiledField
    from tongban.forms.actions import Saved, Situation
    from tongban.forms.queries import DraftView
    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Confirmed:
    """That the applicant at a window has seen what will be filed, and agreed to it.

    ``shown`` is the hash of what was shown (`DraftCheck.shown_hash`), ``how`` "screen" or "paper",
    ``proof`` the SHA-256 of the signature or of the signed printout in hexadecimal, empty where
    the applicant only touched the screen.
    """

    shown: str
    how: str
    at: datetime
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a device sends: the changes, the revision that it saw, what was chosen of a dispute."""

    patch: Mapping[str, object]
    revision: int
    chosen: Collection[str] = ()


def put_material(
    *, draft_id: UUID, material_code: str, material_id: int, by: Actor, now: datetime
) -> int:
    """Put a material (newly uploaded or given before) beside a draft. Idempotent.

    Raises PictureTooSmall for a picture that is smaller than the content allows.
    """
    draft = access_draft(by, draft_id)
    compiled = package_version(draft.version_id).compiled
    file_id = get_material(material_id).file_id
    need_picture(compiled=compiled, material_code=material_code, file_id=file_id)
    row, _ = DraftMaterial.objects.get_or_create(
        draft_id=draft.id,
        material_id=material_id,
        defaults={"material_code": material_code, "put_at": now},
    )
    void_changed_signatures(draft_id=draft.id, by=by, now=now)
    return row.pk


def promise_material(*, draft_id: UUID, material_code: str, by: Actor, now: datetime) -> None:
    """Promise a material for after the acceptance instead of handing it in now. Idempotent.

    Raises NotDeficient where it may not be owed, or the applicant's credit bars it.
    """
    check = check_draft(by, draft_id, now)
    line = next((one for one in check.materials if one.code == material_code), None)
    if line is None or not line.may_owe:
        raise rules.NotDeficient(
            "这份材料不能容缺，请现在提交。",
            facts={"material": material_code},
            instead=check.barred or ("材料一时拿不到的，可以先保存草稿。",),
        )
    DraftPromise.objects.get_or_create(
        draft_id=check.draft.id, material_code=material_code, defaults={"promised_at": now}
    )


def take_promise_back(*, draft_id: UUID, material_code: str, by: Actor) -> None:
    """Hand the material in now after all, or do without it."""
    draft = access_draft(by, draft_id)
    DraftPromise.objects.filter(draft_id=draft.id, material_code=material_code).delete()


def take_material_away(
    *, draft_id: UUID, draft_material_id: int, by: Actor, now: datetime
) -> None:
    """Take a material away from a draft; it stays among the person's materials."""
    draft = access_draft(by, draft_id)
    DraftMaterial.objects.filter(id=draft_material_id, draft_id=draft.id).delete()
    void_changed_signatures(draft_id=draft.id, by=by, now=now)


def write_answers(
    *,
    draft_id: UUID,
    typed: Typed,
    fields: Iterable[CompiledField],
    by: Actor,
    now: datetime,
) -> Saved:
    """Save what was typed; a signature for what it changes is void from then on."""
    with transaction.atomic():
        saved = save_answers(
            draft_id=draft_id,
            patch=typed.patch,
            revision=typed.revision,
            chosen=typed.chosen,
            fields=fields,
            by=by,
            now=now,
        )
        void_changed_signatures(draft_id=draft_id, by=by, now=now)
    return saved


def write_situation(
    *, draft_id: UUID, situation: Situation, by: Actor, now: datetime
) -> DraftView:
    """Save the answers to the situation questions, with the same effect on signatures."""
    with transaction.atomic():
        saved = save_situation(draft_id=draft_id, situation=situation, by=by, now=now)
        void_changed_signatures(draft_id=draft_id, by=by, now=now)
    return saved


def submit_application(
    *,
    draft_id: UUID,
    key: str,
    wants_human: bool = False,
    confirmed: Confirmed | None = None,
    by: Actor,
    now: datetime,
) -> Filed:
    """Check everything again and file the whole, or nothing; the same key files once.

    A draft of a window is filed by its clerk, and only as the applicant has confirmed it.
    Raises BadInput that lists every problem, SituationUnclear, NothingApplies, NotConfirmed, and
    DraftClosed for a draft that was submitted with another key. The draft is closed first: its
    lock lets one of two submissions through, the other one then finds what was filed; a refusal
    rolls the closing back.
    """
    before = filed_before(by.id, key)
    if before is not None:
        return before
    try:
        return _submit_draft(draft_id, key, confirmed, wants_human=wants_human, by=by, now=now)
    except DraftClosed:
        before = filed_before(by.id, key)
        if before is None:
            raise
        return before


def _submit_draft(
    draft_id: UUID,
    key: str,
    confirmed: Confirmed | None,
    *,
    wants_human: bool,
    by: Actor,
    now: datetime,
) -> Filed:
    with transaction.atomic():
        check = check_draft(by, draft_id, now)
        close_draft(
            draft_id=draft_id,
            fields=check.published.compiled.fields,
            values=check.answers,
            by=by,
            now=now,
        )
        _refuse(check)
        if check.draft.counter:
            _need_confirmed(check, confirmed)
        submission = _submission(check, key, confirmed, wants_human=wants_human)
        filed = submit(submission=submission, by=by, now=now)
        if not filed.is_new:
            # Another draft was filed with this key in the meantime: this one stays as it was.
            transaction.set_rollback(True)
            return filed
        cases = _bind(check, filed, by, now)
        open_orders(compiled=check.published.compiled, cases=cases, by=by, now=now)
        for one in check.grants:
            use_grant(
                grant_id=one.grant.id,
                fields=one.fields,
                purpose=check.published.compiled.name.zh,
                case_number=filed.number,
                grantees=[check.party_id, *([check.person_id] if check.person_id else [])],
                by=by,
                now=now,
            )
        if check.signers:
            file_signatures(check=check, case_ids=cases, by=by, now=now)
    return filed


def _refuse(check: DraftCheck) -> None:
    if not check.guide.is_complete:
        raise rules.SituationUnclear(
            "还有情况没有说清楚，无法确定要办哪些事项。请回到“回答问题”补充；拿不准时，可以先拨打咨询电话或到窗口问清楚。",
            facts={"undecided": [one.item.code for one in check.guide.undecided]},
        )
    if not check.guide.items:
        raise rules.NothingApplies("按您的情况，不需要办理任何事项。")
    if check.problems:
        raise BadInput("还有需要修改的地方，请逐项核对。", problems=check.problems)


def _need_confirmed(check: DraftCheck, confirmed: Confirmed | None) -> None:
    if confirmed is None:
        raise rules.NotConfirmed(
            "申请人还没有确认要提交的内容，不能代为提交。",
            instead=("请申请人在对面屏上确认，或打印确认单签字后扫描。",),
        )
    if confirmed.shown != check.shown_hash:
        raise rules.NotConfirmed(
            "申请人确认之后内容有了变动，原来的确认已经作废。",
            instead=("请申请人对现在的内容重新确认。",),
        )


def _at_window(check: DraftCheck, confirmed: Confirmed | None) -> dict[str, str]:
    """What the journal says of a filing at a window; who typed is the entry's own actor."""
    if confirmed is None or not check.draft.counter:
        return {}
    told = {"channel": "window", "counter": check.draft.counter, "confirmed": confirmed.how}
    proof = {"proof": confirmed.proof} if confirmed.proof else {}
    when = confirmed.at.isoformat()
    return {**told, "shown": confirmed.shown, "confirmed_at": when, **proof}


def _submission(
    check: DraftCheck, key: str, confirmed: Confirmed | None, *, wants_human: bool
) -> Submission:
    return Submission(
        person_id=check.draft.person_id,
        witnessed=_at_window(check, confirmed),
        version_id=check.published.version_id,
        chosen=check.guide.chosen,
        party_id=check.party_id,
        region=check.published.compiled.region,
        key=key,
        answers=check.answers,
        sources=check.sources,
        materials=check.filed_materials,
        facts={
            name: {
                "value": fact.value,
                "source": fact.source,
                "as_of": fact.as_of.isoformat() if fact.as_of else None,
            }
            for name, fact in check.facts.items()
        },
        promise={"promised_days": check.guide.promised_days},
        wants_human=wants_human,
    )


def _bind(check: DraftCheck, filed: Filed, by: Actor, now: datetime) -> dict[str, int]:
    """Bind the uploaded materials to the cases that need them, and to no other.

    Answers the case of each item.
    """
    cases = {}
    given = {line.code: [m.material_id for m in line.given] for line in check.materials}
    for case in Proceeding.objects.filter(parent_id=filed.proceeding_id):
        item = check.published.compiled.item(case.facts["item"])
        cases[item.code] = case.pk
        wanted = [pk for code in item.material_codes for pk in given.get(code, ())]
        if wanted:
            bind_materials(
                material_ids=wanted,
                proceeding_id=case.pk,
                item_code=item.code,
                party_id=check.party_id,
                by=by,
                now=now,
            )
    return cases


__all__ = [
    "Confirmed",
    "Typed",
    "promise_material",
    "put_material",
    "submit_application",
    "take_material_away",
    "take_promise_back",
    "write_answers",
    "write_situation",
]
