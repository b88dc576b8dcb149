"""The keys of personal data: destroy a subject's, rewrap all of them under a new master."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.records import gateways, models
from tongban.records.actions.entries import append
from tongban.records.actions.private import destroyed, unwrap
from tongban.records.events import NewEntry
from tongban.records.rules import private as crypto
from tongban.records.states import Stream

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def destroy_subject_key(subject: int, *, by: Actor, now: datetime, basis: str) -> None:
    """Make everything personal about the subject in the journal unreadable, for good.

    The chains still verify: they cover the ciphertext. Copies of the key in old dumps die with
    the old master key, see `rotate_master_key`. Raises PersonalDataDestroyed the second time.
    """
    with transaction.atomic():
        row = models.SubjectKey.objects.select_for_update().filter(subject=subject).first()
        if row is not None and row.wrapped is None:
            raise destroyed(subject)
        models.SubjectKey.objects.update_or_create(
            subject=subject, defaults={"wrapped": None, "master": "", "destroyed_at": now}
        )
        entry = NewEntry(stream=Stream.SUBJECT, stream_id=subject, verb="destroy_key", basis=basis)
        append([entry], by=by, now=now)


def rotate_master_key(*, by: Actor, now: datetime) -> int:
    """Wrap every subject's key with the first master key; answers how many were rewrapped.

    Afterwards the other master keys can be taken out of the settings and destroyed.
    """
    first = gateways.master_keys()[0]
    with transaction.atomic():
        old = models.SubjectKey.objects.select_for_update().exclude(master=first.id)
        rows = list(old.filter(wrapped__isnull=False))
        for row in rows:
            row.wrapped = crypto.wrap(unwrap(row), master=first.key, subject=row.subject)
            row.master = first.id
        models.SubjectKey.objects.bulk_update(rows, ["wrapped", "master"], batch_size=1_000)
        body = {"master": first.id, "keys": len(rows)}
        entry = NewEntry(stream=Stream.SUBJECT, stream_id=0, verb="rotate_master", body=body)
        append([entry], by=by, now=now)
    return len(rows)
