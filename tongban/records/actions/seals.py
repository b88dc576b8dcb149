"""Seal the journal and the access log, and publish the seals outside the database."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from tongban.kernel.hashes import canonical_json, merkle_root
from tongban.kernel.refusals import Refusal
from tongban.records import gateways, models, queries, sql
from tongban.records.rules import lines
from tongban.records.rules.seals import NO_SEAL, SEAL_SPAN, ReadsSeal, Seal, root_of

if TYPE_CHECKING:
    from datetime import date, datetime

CITY_ZONE = ZoneInfo("Asia/Shanghai")


class JournalBroken(Refusal):
    """Entries are missing under positions that were given: sealing would cover it up."""

    code = "journal-broken"


def seal(*, now: datetime) -> int:
    """Seal everything that has a position and no seal, and publish; answers how many seals.

    `now` is the machine's time. Never inside another transaction: what is published must not be
    rolled back. Raises JournalBroken where an entry has vanished from under its position.
    """
    made = 0
    while _seal_span(now):
        made += 1
    publish_seals()
    return made


def seal_reads(*, now: datetime) -> int:
    """Seal every past day of the access log that has no seal, and publish; how many days."""
    today = now.astimezone(CITY_ZONE).date()
    days = sql.unsealed_days(today)
    for day in days:
        _seal_day(day, now)
    publish_seals()
    return len(days)


def publish_seals() -> int:
    """Publish seals that are not outside yet, such as after a crash or a full disk; how many.

    Looks back from the newest seal to the first that is outside.
    """
    publisher = gateways.publisher()
    waiting: list[Seal | ReadsSeal] = []
    for newest_first in (queries.seals_backwards(), queries.reads_seals_backwards()):
        waiting += takewhile(lambda each: not publisher.has(each.name), newest_first)
    for each in reversed(waiting):
        publisher.publish(each.name, canonical_json(lines.as_json(each)))
    return len(waiting)


def _seal_span(now: datetime) -> bool:
    """One seal over the next positions; False when there are none."""
    signer = gateways.signer()
    with transaction.atomic(durable=True):
        sql.lock_seals()
        before = queries.last_seal()
        first = before.last_position + 1 if before else 1
        last = min(queries.fed_until(), first + SEAL_SPAN - 1)
        if last < first:
            return False
        hashes = sql.leaves(first, last)
        if len(hashes) != last - first + 1:
            raise JournalBroken(
                "日志中缺少已编号的记录，不能封印；请先核验日志。",
                facts={"first_position": first, "last_position": last, "found": len(hashes)},
                instead=("运行 tongban journal verify。",),
            )
        unsigned = Seal(
            number=before.number + 1 if before else 1,
            first_position=first,
            last_position=last,
            root=root_of(first, hashes),
            prev_hash=before.hash if before else NO_SEAL,
            sealed_at=now,
            public_key=signer.public_key,
        )
        signed = replace(unsigned, signature=signer.sign(unsigned.statement))
        models.Seal.objects.create(**_columns(signed))
    return True


def _seal_day(day: date, now: datetime) -> None:
    signer = gateways.signer()
    with transaction.atomic(durable=True):
        sql.lock_seals()
        sql.lock_reads_day(day)
        before = models.AccessSeal.objects.order_by("-day").first()
        if before is not None and before.day >= day:
            return
        reads = models.AccessRead.objects.filter(day=day).order_by("id")
        hashes = [bytes(own) for own in reads.values_list("hash", flat=True)]
        unsigned = ReadsSeal(
            day=day,
            reads=len(hashes),
            root=merkle_root(hashes),
            prev_hash=queries.as_reads_seal(before).hash if before else NO_SEAL,
            sealed_at=now,
            public_key=signer.public_key,
        )
        signed = replace(unsigned, signature=signer.sign(unsigned.statement))
        models.AccessSeal.objects.create(**_columns(signed))


def _columns(record: Seal | ReadsSeal) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}
