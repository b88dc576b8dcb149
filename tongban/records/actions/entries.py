"""Append to the journal, and set the city's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction

from tongban.kernel.refusals import Refusal
from tongban.records import sql
from tongban.records.actions.private import seal_private
from tongban.records.events import NewEntry
from tongban.records.rules.chain import rounds
from tongban.records.states import ClockMode, Stream

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor

CITY_CLOCK_ID = 1


class CityClockOnlyForward(Refusal):
    """The city's clock never goes back: deadlines that have fired cannot unfire."""

    code = "city-clock-only-forward"


def append(
    entries: Sequence[NewEntry],
    *,
    by: Actor,
    now: datetime,
    place: str = "",
    action_id: UUID | None = None,
) -> list[int]:
    """Append the entries of one action and answer their ids.

    `now` is the city's time. Waits for every stream it writes; a stream that another writer
    guards by a row of its own must be locked there before. Joins the caller's transaction.
    """
    action = action_id or uuid4()
    ids: dict[int, int] = {}
    with transaction.atomic():
        sql.lock_streams({(entry.stream, entry.stream_id) for entry in entries})
        for turn in rounds(entries):
            rows = [_row(entries[index], action) for index in turn]
            written = sql.append(
                action_id=action,
                at=now,
                actor_kind=by.kind,
                actor_id=by.id,
                place=place,
                entries=rows,
            )
            ids.update(zip(turn, written, strict=True))
    return [ids[index] for index in range(len(entries))]


def set_city_clock(
    to: datetime | None, *, by: Actor, mode: ClockMode = ClockMode.RUNNING
) -> datetime:
    """Set the city's clock forward and answer the time it shows.

    `to` None keeps the time and only lets it run or freezes it. Raises CityClockOnlyForward.
    """
    with transaction.atomic():
        before = sql.lock_city_clock()
        if to is not None and to < before:
            raise CityClockOnlyForward(
                "城市时钟只能向前调，不能回拨。",
                facts={"now": before.isoformat(), "to": to.isoformat()},
                instead=("请设为当前城市时间之后的时间。",),
            )
        after = sql.set_city_clock(mode, to)
        body = {"mode": mode.value, "from": before.isoformat(), "to": after.isoformat()}
        entry = NewEntry(stream=Stream.CLOCK, stream_id=CITY_CLOCK_ID, verb="set_clock", body=body)
        append([entry], by=by, now=after)
    return after


def _row(entry: NewEntry, action_id: UUID) -> dict[str, Any]:
    private = None
    if entry.private is not None:
        if entry.private_subject is None:
            raise ValueError("personal data needs the subject under whose key it is kept")
        private = seal_private(
            entry.private,
            entry.private_subject,
            stream=entry.stream,
            stream_id=entry.stream_id,
            action_id=action_id,
        )
    return {
        "stream": entry.stream,
        "stream_id": entry.stream_id,
        "region": entry.region,
        "verb": entry.verb,
        "basis": entry.basis,
        "fields": entry.fields,
        "body": entry.body,
        "private": private,
        "private_subject": entry.private_subject if private else None,
        "public": entry.public,
    }
