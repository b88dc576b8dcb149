"""Files: taken in, checked, cleaned, kept under the hash of what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings

from tongban.documents import gateways, rules
from tongban.documents.models import StoredFile
from tongban.kernel.refusals import NotAllowed, Refusal, worded

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

# A writer that has not finished after a day is dead.
ABANDONED_SECONDS = 86_400.0


class StorageFull(Refusal):
    """There is no room for the file. Nothing of it was kept; everything else stays as it was."""

    code = "storage-full"


def upload_limits() -> rules.Limits:
    """The limits that the operator has set."""
    return rules.Limits(**settings.UPLOAD_LIMITS)


def store_file(
    *,
    content: bytes | BinaryIO,
    name: str,
    owner_party_id: int | None,
    purpose: str,
    by: Actor,
    now: datetime,
    stated_size: int | None = None,
) -> StoredFile:
    """Check, clean and keep a file; the same file of the same owner again is the same row.

    `stated_size` is what the sender says; too large a file is refused before it is read, and
    never more than the limit is read. Raises rules.FileRefused, StorageFull and NotAllowed.
    """
    why_not_for(by, owner_party_id)
    received = _read(content, name, stated_size)
    accepted = rules.accept_file(received, name, upload_limits())
    sha256 = put(accepted.content, name=accepted.name)
    stored, _ = StoredFile.objects.get_or_create(
        owner_party_id=owner_party_id,
        received_sha256=rules.sha256_of(received),
        purpose=purpose,
        name=accepted.name,
        defaults={
            "sha256": sha256,
            "size": len(accepted.content),
            "media_type": accepted.format.value,
            "by_kind": by.kind,
            "by_id": by.id,
            "stored_at": now,
        },
    )
    return stored


def put(content: bytes, *, name: str) -> bytes:
    """Put the bytes into the store; a full disk becomes a refusal that says so."""
    try:
        return gateways.object_store().put(content)
    except gateways.StoreFull as error:
        raise StorageFull(
            worded("系统存储空间已满，文件“{name}”没有保存；您已填写的内容不受影响。", name=name),
            facts={"size": len(content)},
            instead=("请稍后重试，或者联系政务服务中心窗口。",),
        ) from error


def sweep_store() -> int:
    """Remove what writers that died left in the store; how many pieces it was."""
    return gateways.object_store().sweep(older_than=ABANDONED_SECONDS)


def why_not_for(by: Actor, party_id: int | None) -> None:
    """Refuse a citizen who does not act for the party."""
    if by.kind == "citizen" and (party_id is None or not by.may_act_for(party_id)):
        raise NotAllowed("您没有代该主体提交材料的权限。")


def _read(content: bytes | BinaryIO, name: str, stated_size: int | None) -> bytes:
    limits = upload_limits()
    tidy = rules.tidy_name(name)
    too_large = rules.why_too_large(stated_size or 0, limits, name=tidy)
    if too_large:
        raise too_large
    return content if isinstance(content, bytes) else content.read(limits.size + 1)
