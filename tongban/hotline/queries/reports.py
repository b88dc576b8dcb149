"""Tickets that other applications sent and follow (Open311)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.catalogue.queries import live
from tongban.hotline.models import Task, Ticket
from tongban.hotline.queries.tree import domains
from tongban.hotline.states import TICKET, Channel
from tongban.records.queries import last_moments

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Reported:
    """A request as everybody may read it: no caller, no number of a person."""

    number: str
    text: str
    place: str
    latitude: float | None
    longitude: float | None
    domain: str
    domain_name: Mapping[str, str]
    unit: str
    state_title: str
    is_closed: bool
    reply: str
    received_at: datetime
    changed_at: datetime
    due_at: datetime | None


MOST_REPORTED = 1_000

TELL_APP = "hotline.tell_app"


def app_of(ticket_id: int) -> tuple[str, Reported] | None:
    """The app from which a request came, and the request as that app may read it; else None."""
    ticket = _open_to_all().filter(pk=ticket_id, source__startswith="open311/")
    source = ticket.values_list("source", flat=True).first()
    return (source.split("/")[1], _reported(ticket)[0]) if source else None


def reported(numbers: Sequence[str]) -> list[Reported]:
    """Requests that came by an app of others, by their numbers; what is secret is left out."""
    return _reported(_open_to_all().filter(proceeding__number__in=numbers))


def reported_between(
    since: datetime, until: datetime, *, domains: Collection[str], states: Collection[str]
) -> list[Reported]:
    """Requests that came by apps of others in a time, the newest first, a thousand at most.

    ``states`` holds "open" and "closed"; an empty one of either stands for all.
    """
    found = _open_to_all().filter(received_at__gte=since, received_at__lt=until)
    if domains:
        found = found.filter(domain__in=domains)
    if states == {"open"}:
        found = found.filter(proceeding__ended_at=None)
    elif states == {"closed"}:
        found = found.exclude(proceeding__ended_at=None)
    return _reported(found)


def _open_to_all() -> QuerySet[Ticket]:
    return Ticket.objects.filter(channel=Channel.OPEN311, hides_caller=False)


def _reported(found: QuerySet[Ticket]) -> list[Reported]:
    rows = list(found.select_related("proceeding").order_by("-pk")[:MOST_REPORTED])
    names = {one.code: one.name for one in domains()}
    units = {one["code"]: one["name"]["zh"] for one in live("departments")}
    dues = dict(
        Task.objects.filter(ticket__in=rows, is_lead=True)
        .order_by("pk")
        .values_list("ticket_id", "proceeding__clock__due_at")
        .filter(proceeding__clock__name="handle")
    )
    changed = last_moments("proceeding", [row.pk for row in rows])
    return [
        Reported(
            number=row.proceeding.number,
            text=row.text,
            place=row.place,
            latitude=row.latitude,
            longitude=row.longitude,
            domain=row.domain,
            domain_name=names.get(row.domain, {"zh": row.domain}),
            unit=units.get(row.unit, ""),
            state_title=TICKET.title(row.proceeding.state),
            is_closed=row.proceeding.ended_at is not None,
            reply=row.reply if row.replied_at else "",
            received_at=row.received_at,
            changed_at=changed.get(row.pk, row.received_at),
            due_at=dues.get(row.pk),
        )
        for row in rows
    ]
