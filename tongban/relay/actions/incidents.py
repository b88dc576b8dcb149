"""Emergencies: a record at once, who leads is told at once, the next one when nobody answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.hotline.models import Ticket
from tongban.hotline.queries import content
from tongban.hotline.rules import CRITICAL, clean, emergency_in
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.kernel.worktime import CITY_ZONE
from tongban.notices.actions import send_message
from tongban.notices.queries import word
from tongban.people.actions import caller_party
from tongban.records.actions import append
from tongban.records.events import NewEntry
from tongban.relay.models import Incident
from tongban.relay.queries import kind_name, may_acknowledge, relay

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


def raise_incident(*, ticket_id: int, now: datetime) -> bool:
    """Record the emergency of a critical request, once, and tell who is on duty at once."""
    with transaction.atomic():
        ticket = (
            Ticket.objects.select_related("proceeding")
            .filter(pk=ticket_id, urgency=CRITICAL)
            .first()
        )
        if ticket is None:
            return False
        found = emergency_in(ticket.text, content())
        row, is_new = Incident.objects.get_or_create(
            ticket=ticket,
            defaults={
                "kind": str(found["code"]) if found else "",
                "raised_at": now,
                "due_at": now + timedelta(minutes=relay().minutes),
            },
        )
        if is_new:
            _tell_next(row, ticket, now)
    return is_new


def remind_incidents(*, now: datetime) -> int:
    """Nobody has said in time that he knows: the next of the roster is told. Answers how many."""
    late = Incident.objects.filter(
        acknowledged_at=None, due_at__lte=now, told__lt=len(relay().duty.roster)
    )
    count = 0
    for pk in list(late.order_by("due_at").values_list("pk", flat=True)[:100]):
        with transaction.atomic():
            row = Incident.objects.select_for_update().get(pk=pk)
            if row.acknowledged_at is None and row.due_at <= now:
                row.due_at += timedelta(minutes=relay().minutes)
                ticket = Ticket.objects.select_related("proceeding").get(pk=pk)
                _tell_next(row, ticket, now)
                count += 1
    return count


def _tell_next(row: Incident, ticket: Ticket, now: datetime) -> None:
    roster = relay().duty.roster
    if row.told < len(roster):
        due = row.due_at.astimezone(CITY_ZONE)
        send_message(
            party_id=caller_party(roster[row.told].phone, roster[row.told].name.zh),
            key="incident_raised",
            params={
                "number": ticket.proceeding.number,
                "kind": kind_name(row.kind),
                "about": ticket.title,
                "place": ticket.place or word("unknown_place"),
                "due": f"{due:%H:%M}",
            },
            dedup=f"incident/{row.pk}/{row.told}",
            now=now,
            proceeding=ticket.proceeding.number,
        )
        row.told += 1
    row.save(update_fields=["told", "due_at"])


def acknowledge_incident(*, ticket_id: int, note: str = "", by: Actor, now: datetime) -> None:
    """Who leads says that he knows and what he does; once. Raises NotAllowed, NotFound."""
    if not may_acknowledge(by):
        raise NotAllowed("紧急事件由热线中心的值班领导签收。")
    with transaction.atomic():
        row = Incident.objects.select_for_update().filter(pk=ticket_id).first()
        if row is None:
            raise NotFound("没有找到这个紧急事件。")
        if row.acknowledged_at is not None:
            return
        row.acknowledged_at, row.acknowledged_by_id = now, by.id
        row.note = clean(note)[:500]
        row.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
        entry = NewEntry(
            stream="relay", stream_id=ticket_id, verb="acknowledge_incident",
            body={"told": row.told, "seconds": int((now - row.raised_at).total_seconds())},
        )  # fmt: skip
        append([entry], by=by, now=now)
