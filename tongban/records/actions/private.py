"""Personal data in the journal: keep it under the subject's key, read it and log the reading."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.kernel.refusals import NotFound, Refusal
from tongban.records import gateways, models, sql
from tongban.records.rules import private as crypto

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from tongban.kernel.actors import Actor


class PersonalDataDestroyed(Refusal):
    """The subject's key is destroyed: nothing personal can be read or written any more."""

    code = "personal-data-destroyed"


def seal_private(
    data: Mapping[str, Any], subject: int, *, stream: str, stream_id: int, action_id: UUID
) -> str:
    """Personal data encrypted for one entry, in base64 as `records_append` takes it.

    Makes the subject's key at its first use. Raises PersonalDataDestroyed when it is destroyed.
    """
    place = crypto.place_of(
        stream=stream, stream_id=stream_id, action_id=action_id, subject=subject
    )
    key = _subject_key(subject)
    return b64encode(crypto.encrypt(data, key=key, place=place)).decode("ascii")


def read_private(entry_id: int, *, by: Actor, why: str) -> dict[str, Any]:
    """The personal part of an entry; the access log keeps who read it and why.

    Raises NotFound when there is none, PersonalDataDestroyed when the key is.
    """
    return read_privates([entry_id], by=by, why=why)[entry_id]


def read_privates(entry_ids: Iterable[int], *, by: Actor, why: str) -> dict[int, dict[str, Any]]:
    """The personal parts of several entries, by entry id; as `read_private`."""
    wanted = list(dict.fromkeys(entry_ids))
    rows = models.Entry.objects.filter(id__in=wanted, private__isnull=False).in_bulk()
    if len(rows) < len(wanted):
        raise NotFound("这条记录没有个人信息部分，或记录不存在。")
    with transaction.atomic():
        opened = {entry_id: _open_private(rows[entry_id]) for entry_id in wanted}
        for entry_id in wanted:
            subject = rows[entry_id].private_subject or 0
            log_reads([subject], by=by, what=f"entry:{entry_id}", why=why)
    return opened


def log_reads(subjects: Iterable[int], *, by: Actor, what: str, why: str) -> list[int]:
    """Keep in the access log that personal data of these subjects is read; one line for each.

    `what` names the data ("party.phone", "entry:17"), `why` the occasion ("proceeding:5").
    """
    with transaction.atomic():
        return sql.log_reads(by.kind, by.id, None, list(subjects), what, why)


def _subject_key(subject: int) -> bytes:
    row = models.SubjectKey.objects.filter(subject=subject).first()
    if row is None:
        master = gateways.master_keys()[0]
        made = crypto.wrap(crypto.new_key(), master=master.key, subject=subject)
        # Of two first entries about the same subject one makes the key, both use it.
        models.SubjectKey.objects.bulk_create(
            [models.SubjectKey(subject=subject, wrapped=made, master=master.id)],
            ignore_conflicts=True,
        )
        row = models.SubjectKey.objects.get(subject=subject)
    return unwrap(row)


def unwrap(row: models.SubjectKey) -> bytes:
    """A subject's key. Raises PersonalDataDestroyed."""
    if row.wrapped is None:
        raise destroyed(row.subject)
    masters = {master.id: master.key for master in gateways.master_keys()}
    return crypto.unwrap(bytes(row.wrapped), master=masters[row.master], subject=row.subject)


def _open_private(row: models.Entry) -> dict[str, Any]:
    subject = row.private_subject or 0
    place = crypto.place_of(
        stream=row.stream, stream_id=row.stream_id, action_id=row.action_id, subject=subject
    )
    key = unwrap(models.SubjectKey.objects.get(subject=subject))
    return crypto.decrypt(bytes(row.private or b""), key=key, place=place)


def destroyed(subject: int) -> PersonalDataDestroyed:
    """The refusal that names the subject."""
    return PersonalDataDestroyed(
        "该主体的个人信息已依法删除，不能再读取或写入。", facts={"subject": subject}
    )
