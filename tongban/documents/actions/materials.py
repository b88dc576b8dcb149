"""Materials: a file that stands for one kind of document, given once and offered again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.documents.actions.files import why_not_for
from tongban.documents.models import Attachment, Material, StoredFile
from tongban.documents.queries import why_not_reusable
from tongban.documents.states import MATERIAL_LIFE, TrustGrade
from tongban.kernel.refusals import NotAllowed, NotFound, Refusal, worded
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from tongban.kernel.actors import Actor

STREAM = "material"

# Who may say how far a material can be believed (domain-05 §6.3).
_MAY_GRADE = {
    "citizen": {TrustGrade.C, TrustGrade.D},
    "staff": {TrustGrade.B, TrustGrade.C, TrustGrade.D},
    "system": set(TrustGrade),
}


class MaterialNotReusable(Refusal):
    """The copy given before cannot be used here any more; a new one is needed."""

    code = "material-not-reusable"


def attach(  # noqa: PLR0913 -- an action names all that it needs
    *,
    party_id: int,
    material_code: str,
    file_id: int,
    trust: TrustGrade,
    given_for: str,
    by: Actor,
    now: datetime,
    proceeding_id: int | None = None,
    valid_until: date | None = None,
    is_sensitive: bool = False,
) -> Material:
    """Let a file of the party stand for a kind of document, and put it into a proceeding if given.

    `given_for` is the item code. The same file for the same kind again is the same material.
    Raises NotFound for a file that is not the party's, NotAllowed for a grade that this actor
    may not give, MaterialNotReusable where the same file was withdrawn or rejected.
    """
    why_not_for(by, party_id)
    if trust not in _MAY_GRADE[by.kind]:
        raise NotAllowed("您不能认定材料的这一可信等级。", facts={"trust": trust.value})
    with transaction.atomic():
        if not StoredFile.objects.filter(pk=file_id, owner_party_id=party_id).exists():
            raise NotFound("没有找到要使用的文件，请重新上传。")
        material, made = Material.objects.get_or_create(
            party_id=party_id,
            material_code=material_code,
            file_id=file_id,
            defaults={
                "trust": trust.value,
                "sensitive": is_sensitive,
                "given_at": now,
                "given_for": given_for,
                "valid_until": valid_until,
            },
        )
        if not made and MATERIAL_LIFE.is_final(material.state):
            raise MaterialNotReusable(
                worded(
                    "这份文件{state}，请上传新的文件。", state=MATERIAL_LIFE.title(material.state)
                ),
                facts={"material": material.pk, "reason": material.state_reason},
            )
        if proceeding_id is not None:
            _bind([material], proceeding_id, given_for, by=by, now=now)
    return material


def bind_materials(
    *,
    material_ids: Iterable[int],
    proceeding_id: int,
    item_code: str = "",
    party_id: int,
    by: Actor,
    now: datetime,
) -> list[Attachment]:
    """Put materials of the party into a proceeding; doing it again changes nothing."""
    wanted = set(material_ids)
    with transaction.atomic():
        found = list(Material.objects.filter(pk__in=wanted, party_id=party_id))
        if len(found) != len(wanted):
            raise NotFound("没有找到要使用的材料，请重新上传。")
        return _bind(found, proceeding_id, item_code, by=by, now=now)


def reuse_material(
    *,
    material_id: int,
    proceeding_id: int,
    item_code: str,
    by: Actor,
    now: datetime,
) -> Attachment:
    """Use a copy given before, with the owner's consent: `by` acts for the owner.

    Raises NotFound, or MaterialNotReusable where it has run out, was withdrawn or rejected, or is
    sensitive and was given for another item (domain-05 §6.7).
    """
    with transaction.atomic():
        material = _own(material_id, by)
        problem = why_not_reusable(material, item_code=item_code, now=now)
        if problem:
            raise MaterialNotReusable(problem, facts={"material": material_id})
        return _bind([material], proceeding_id, item_code, by=by, now=now)[0]


def withdraw_material(*, material_id: int, by: Actor, now: datetime) -> Material:
    """The party takes a material back: it is offered no more; where it was used, it stays."""
    with transaction.atomic():
        return _move(_own(material_id, by), "withdraw", reason="", by=by, now=now)


def check_original(*, material_id: int, by: Actor, now: datetime) -> Material:
    """An officer has held the copy beside the original: it may be believed as grade B (原件核验).

    What is believed as much already stays as it is. Raises NotFound, and MaterialNotReusable for
    a copy that was withdrawn or rejected.
    """
    if by.kind != "staff":
        raise NotAllowed("只有窗口工作人员可以核验原件。")
    with transaction.atomic():
        material = Material.objects.select_for_update().filter(pk=material_id).first()
        if material is None:
            raise NotFound("没有找到这份材料。")
        if MATERIAL_LIFE.is_final(material.state):
            raise MaterialNotReusable(
                worded("这份文件{state}，请重新采集。", state=MATERIAL_LIFE.title(material.state)),
                facts={"material": material.pk},
            )
        if material.trust in (TrustGrade.A, TrustGrade.B):
            return material
        before, material.trust = material.trust, TrustGrade.B.value
        material.save(update_fields=["trust"])
        entry = NewEntry(
            stream=STREAM,
            stream_id=material.pk,
            verb="material_original_checked",
            fields=("trust",),
            body={
                "code": material.material_code,
                "party": material.party_id,
                "from": before,
                "to": material.trust,
            },
        )
        append([entry], by=by, now=now)
    return material


def reject_material(*, material_id: int, reason: str, by: Actor, now: datetime) -> Material:
    """An organ found it false or unfit: it is offered no more, with the reason kept."""
    if by.kind == "citizen":
        raise NotAllowed
    with transaction.atomic():
        material = Material.objects.select_for_update().filter(pk=material_id).first()
        if material is None:
            raise NotFound("没有找到这份材料。")
        return _move(material, "reject", reason=reason, by=by, now=now)


def _own(material_id: int, by: Actor) -> Material:
    material = Material.objects.select_for_update().filter(pk=material_id).first()
    if material is None or not by.may_act_for(material.party_id):
        raise NotFound("没有找到这份材料。")
    return material


def _move(material: Material, verb: str, *, reason: str, by: Actor, now: datetime) -> Material:
    material.state = MATERIAL_LIFE.target(material.state, verb).value
    material.state_reason = reason
    material.save(update_fields=["state", "state_reason"])
    entry = NewEntry(
        stream=STREAM,
        stream_id=material.pk,
        verb=f"material_{verb}",
        fields=("state",),
        body={"code": material.material_code, "party": material.party_id},
    )
    append([entry], by=by, now=now)
    return material


def _bind(
    materials: list[Material], proceeding_id: int, item_code: str, *, by: Actor, now: datetime
) -> list[Attachment]:
    bound = []
    for material in materials:
        attachment, _ = Attachment.objects.get_or_create(
            material=material,
            proceeding_id=proceeding_id,
            item_code=item_code,
            defaults={
                # What was given earlier than this proceeding is used again.
                "is_reuse": material.attachments.exclude(proceeding_id=proceeding_id).exists(),
                "by_kind": by.kind,
                "by_id": by.id,
                "attached_at": now,
            },
        )
        bound.append(attachment)
    return bound
