"""Reading the documents room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.documents import gateways, rules
from tongban.documents.models import Attachment, Document
from tongban.documents.models import Material as Material  # noqa: PLC0414 -- doors name the row
from tongban.documents.models import StoredFile as StoredFile  # noqa: PLC0414 -- doors name the row
from tongban.documents.states import (
    FORMS,
    MATERIAL_LIFE,
    DocumentKind,
    DocumentState,
    MaterialState,
)
from tongban.kernel.refusals import NotFound, worded
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class ReuseOffer:
    """“Use the copy that you gave on {given_at} for {given_for}” (domain-05 §6.7)."""

    material_id: int
    material_code: str
    file_id: int
    file_name: str
    trust: str
    given_at: datetime
    given_for: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class SealCheck:
    """What the seal on a PDF says: intact and trusted together mean genuine."""

    is_sealed: bool
    intact: bool
    trusted: bool
    signer: str
    uscc: str
    seal_id: str
    signed_at: datetime | None
    sha256: str

    @property
    def is_genuine(self) -> bool:
        return self.intact and self.trusted


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """What a stranger who scans the code on a paper may know: that it is real, and whose."""

    title: str
    number: str
    serial: str
    organ: str
    issued_on: date | None
    is_issued: bool
    sha256: str


def get_file(file_id: int) -> StoredFile:
    """The file. Raises NotFound."""
    stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is None:
        raise NotFound("没有找到这个文件。")
    return stored


def access_file(person: Actor, file_id: int) -> StoredFile:
    """A file of a party that the person acts for; to a stranger it does not exist."""
    stored = get_file(file_id)
    if stored.owner_party_id is None or not person.may_act_for(stored.owner_party_id):
        raise NotFound("没有找到这个文件。")
    return stored


def file_in_proceeding(file_id: int, proceeding_ids: Sequence[int]) -> StoredFile:
    """A file that was handed in or issued in one of the proceedings, which the caller may see."""
    attached = Attachment.objects.filter(
        material__file=OuterRef("pk"), proceeding_id__in=proceeding_ids
    )
    issued = Document.objects.filter(file=OuterRef("pk"), proceeding_id__in=proceeding_ids)
    stored = (
        StoredFile.objects.filter(pk=file_id).filter(Exists(attached) | Exists(issued)).first()
    )
    if stored is None:
        raise NotFound("没有找到这个文件。")
    return stored


def content_of(stored: StoredFile) -> bytes:
    """The bytes, checked against their hash. Raises gateways.ContentMissing, ContentDamaged."""
    return gateways.object_store().get(bytes(stored.sha256))


def picture_size(file_id: int) -> tuple[int, int] | None:
    """Width and height of a kept picture in pixels; None for a file that is no picture.

    Raises NotFound; its bytes are read, so do not ask inside a transaction that holds locks.
    """
    stored = get_file(file_id)
    if not stored.media_type.startswith("image/"):
        return None
    return rules.picture_size(content_of(stored))


def headers_for(stored: StoredFile) -> dict[str, str]:
    """The headers of a download; nothing is ever rendered as a page."""
    return rules.download_headers(stored.name, stored.media_type)


def preview_headers(name: str, media_type: str) -> dict[str, str]:
    """The headers for looking at bytes that are not kept."""
    return rules.preview_headers(name, media_type)


def preview_headers_for(stored: StoredFile) -> dict[str, str]:
    """The headers for looking at a PDF or picture in the browser."""
    return rules.preview_headers(stored.name, stored.media_type)


def why_not_reusable(material: Material, *, item_code: str, now: datetime) -> str:
    """Why a material may not be used again for an item, as a sentence; empty where it may."""
    if material.state != MaterialState.USABLE.value:
        return worded("该材料{state}，请重新提交。", state=MATERIAL_LIFE.title(material.state))
    if material.valid_until is not None and material.valid_until < city_date(now):
        return worded("该材料的有效期到 {day} 为止，请重新提交。", day=material.valid_until)
    if material.sensitive and material.given_for != item_code:
        return "该材料含敏感信息，只能用于原来的事项，请重新提交。"
    return ""


def offer_reuse(
    *, party_id: int, material_codes: Iterable[str], now: datetime, item_code: str = ""
) -> dict[str, ReuseOffer]:
    """For each kind, the newest copy that may be used again; nothing is used without consent."""
    today = city_date(now)
    found = (
        Material.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=today),
            Q(sensitive=False) | Q(given_for=item_code),
            party_id=party_id,
            material_code__in=list(material_codes),
            state=MaterialState.USABLE.value,
        )
        .select_related("file")
        .order_by("material_code", "-given_at", "-id")
        .distinct("material_code")
    )
    return {material.material_code: _offer(material) for material in found}


def materials_of(party_id: int) -> QuerySet[Material]:
    """Everything that the party has given, newest first."""
    return (
        Material.objects.filter(party_id=party_id)
        .select_related("file")
        .order_by("-given_at", "-id")
    )


def get_material(material_id: int) -> Material:
    """The material with its file. Raises NotFound."""
    material = Material.objects.filter(pk=material_id).select_related("file").first()
    if material is None:
        raise NotFound("没有找到这份材料。")
    return material


def attachments_of(proceeding_ids: Sequence[int]) -> QuerySet[Attachment]:
    """What was handed in in these proceedings, with material and file."""
    return (
        Attachment.objects.filter(proceeding_id__in=proceeding_ids)
        .select_related("material__file")
        .order_by("id")
    )


def documents_of(proceeding_ids: Sequence[int]) -> QuerySet[Document]:
    """The documents of these proceedings, oldest first; pending ones have no file yet."""
    return (
        Document.objects.filter(proceeding_id__in=proceeding_ids)
        .select_related("file")
        .order_by("id")
    )


def document_of_file(file_id: int, proceeding_ids: Sequence[int]) -> Document:
    """The document of these proceedings that was issued as this file. Raises NotFound."""
    found = Document.objects.filter(file=file_id, proceeding_id__in=proceeding_ids).first()
    if found is None:
        raise NotFound("没有找到这份文书。")
    return found


def has_copies_in(language: str) -> bool:
    """Whether documents can be printed as copies in this language."""
    return bool(gateways.renderer().words(language))


def document_title(document: Document) -> str:
    """The name of its kind, as it stands on the page."""
    return rules.document_title(FORMS[DocumentKind(document.kind)].title, document.data)


def find_document(token: str) -> DocumentCheck | None:
    """What the code on a paper leads to, None where no document has this token."""
    document = Document.objects.filter(token=token).select_related("file").first()
    return _document_check(document) if document else None


def find_document_of_file(sha256: bytes) -> DocumentCheck | None:
    """The document whose file has exactly these bytes."""
    document = (
        Document.objects.filter(file__sha256=sha256).select_related("file").order_by("id").first()
    )
    return _document_check(document) if document else None


def verify_pdf(content: bytes) -> SealCheck:
    """Check the seal of any PDF; never raises for what the bytes are."""
    signature = gateways.seal_service().verify(content)
    return SealCheck(
        is_sealed=signature.is_signed,
        intact=signature.intact,
        trusted=signature.trusted,
        signer=signature.signer,
        uscc=signature.uscc,
        seal_id=signature.seal_id,
        signed_at=signature.at,
        sha256=rules.sha256_of(content).hex(),
    )


def _offer(material: Material) -> ReuseOffer:
    return ReuseOffer(
        material_id=material.pk,
        material_code=material.material_code,
        file_id=material.file_id,
        file_name=material.file.name,
        trust=material.trust,
        given_at=material.given_at,
        given_for=material.given_for,
        valid_until=material.valid_until,
    )


def _document_check(document: Document) -> DocumentCheck:
    return DocumentCheck(
        title=document_title(document),
        number=document.number or "",
        serial=document.serial,
        organ=document.organ["name"],
        issued_on=city_date(document.issued_at) if document.issued_at else None,
        is_issued=document.state == DocumentState.ISSUED.value,
        sha256=bytes(document.file.sha256).hex() if document.file else "",
    )
