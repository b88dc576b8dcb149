"""Taking files: newly uploaded, given before, or taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.utils.translation import gettext as _

from tongban.documents.actions import attach, store_file
from tongban.documents.actions.files import upload_limits
from tongban.documents.queries import offer_reuse
from tongban.documents.states import TrustGrade
from tongban.doors.texts import refusal_in_words
from tongban.kernel.refusals import Refusal
from tongban.packages.actions import (
    promise_material,
    put_material,
    take_material_away,
    take_promise_back,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.core.files.uploadedfile import UploadedFile

    from tongban.documents.queries import ReuseOffer
    from tongban.doors.visits import KnownVisit
    from tongban.kernel.actors import Actor
    from tongban.packages.queries import DraftCheck, MaterialLine

PURPOSE = "application"
# From here on the content says that a document is sensitive (domain-05: 1 to 4).
SENSITIVE = 3
MOST_AT_ONCE = 10


def limit_bytes() -> int:
    """How large a file may be."""
    return upload_limits().size


def offers(check: DraftCheck, now: datetime) -> dict[str, ReuseOffer]:
    """For each material that is asked for, the copy given before that may be used again."""
    codes = [line.code for line in check.materials if line.asked and line.spec.material.reusable]
    return offer_reuse(party_id=check.party_id, material_codes=codes, now=now)


def take(request: KnownVisit, check: DraftCheck) -> dict[str, str]:
    """Do what a post of the page of materials says; what was refused, by material code.

    Each file stands on its own: a refused one does not undo the others.
    """
    if _is_promise(request, check):
        return {}
    wanted = request.POST.get("remove", "")
    if wanted.isdecimal():
        take_material_away(
            draft_id=check.draft.id,
            draft_material_id=int(wanted),
            by=request.actor,
            now=request.now,
        )
        return {}
    errors: dict[str, str] = {}
    for line in check.materials:
        if not (line.asked or line.may_prove):
            continue
        try:
            _reuse(request, check, line)
            for file in _files(request.FILES.getlist(f"m.{line.code}")):
                keep(request, check, line, file)
        except Refusal as no:
            errors[line.code] = words(no)
    return errors


def _is_promise(request: KnownVisit, check: DraftCheck) -> bool:
    """Promise a material for later, or take the promise back, where the post says so."""
    promised, taken = request.POST.get("promise", ""), request.POST.get("hand_in", "")
    if promised:
        promise_material(
            draft_id=check.draft.id, material_code=promised, by=request.actor, now=request.now
        )
    elif taken:
        take_promise_back(draft_id=check.draft.id, material_code=taken, by=request.actor)
    return bool(promised or taken)


def _files(given: Iterable[UploadedFile[bytes]]) -> list[UploadedFile[bytes]]:
    return list(given)[:MOST_AT_ONCE]


def _reuse(request: KnownVisit, check: DraftCheck, line: MaterialLine) -> None:
    wanted = request.POST.get(f"m.{line.code}.reuse", "")
    offer = offers(check, request.now).get(line.code) if wanted else None
    # Only what was offered may be taken again: whose it is and how long it lasts is checked there.
    if offer is not None and wanted == str(offer.material_id):
        _put(request, check, line, offer.material_id)


def keep(
    request: KnownVisit, check: DraftCheck, line: MaterialLine, file: UploadedFile[bytes]
) -> None:
    """Keep an uploaded file and put it beside the draft."""
    material_id, _file_id = store_material(
        request,
        party_id=check.party_id,
        code=line.code,
        item=line.spec.needed_by[0],
        sensitive=line.spec.material.sensitive >= SENSITIVE,
        file=file,
    )
    _put(request, check, line, material_id)


def _put(request: KnownVisit, check: DraftCheck, line: MaterialLine, material_id: int) -> None:
    put_material(
        draft_id=check.draft.id,
        material_code=line.code,
        material_id=material_id,
        by=request.actor,
        now=request.now,
    )


def try_store(request: KnownVisit, **what: Any) -> tuple[int, int] | str:
    """As `store_material`; a refused file answers its sentence instead of raising."""
    try:
        return store_material(request, **what)
    except Refusal as no:
        return words(no)


def words(no: Refusal) -> str:
    """A refusal in one line: what is wrong and what to do."""
    return refusal_in_words(no)


def store_picture(
    *,
    by: Actor,
    party_id: int,
    code: str,
    proceeding_id: int,
    file: UploadedFile[bytes],
    now: datetime,
) -> None:
    """Check, clean and keep a file beside a request; whoever has no account may give one too."""
    stored = store_file(
        content=cast("BinaryIO", file),
        name=file.name or _("未命名"),
        owner_party_id=party_id,
        purpose=PURPOSE,
        by=by,
        now=now,
        stated_size=file.size,
    )
    attach(
        party_id=party_id,
        material_code=code,
        file_id=stored.pk,
        trust=TrustGrade.C,
        given_for="",
        by=by,
        now=now,
        proceeding_id=proceeding_id,
        is_sensitive=True,
    )


def store_material(
    request: KnownVisit,
    *,
    party_id: int,
    code: str,
    item: str,
    sensitive: bool,
    file: UploadedFile[bytes],
) -> tuple[int, int]:
    """Check, clean and keep a file as a material of the party; the ids of material and file."""
    stored = store_file(
        content=cast("BinaryIO", file),
        name=file.name or _("未命名"),
        owner_party_id=party_id,
        purpose=PURPOSE,
        by=request.actor,
        now=request.now,
        stated_size=file.size,
    )
    material = attach(
        party_id=party_id,
        material_code=code,
        file_id=stored.pk,
        trust=TrustGrade.C,
        given_for=item,
        by=request.actor,
        now=request.now,
        is_sensitive=sensitive,
    )
    return material.pk, stored.pk
