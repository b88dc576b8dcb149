"""The link to a department's system: who it is as an actor, and whether it is down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.exchange import rules
from tongban.exchange.gateways import key_of
from tongban.exchange.models import Link
from tongban.kernel.actors import Actor
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import datetime

STREAM = "exchange"
"""The journal's stream of the exchange: one for each link."""


def link_of(code: str) -> Link:
    """The link of a system that the settings name. Raises NotFound."""
    key_of(code)
    return Link.objects.get_or_create(code=code)[0]


def known_link(code: str) -> Link:
    """The link without a look at its state: who it is never changes once it is there."""
    found = Link.objects.filter(code=code).only("id", "code").first()
    return found or link_of(code)


def actor_of(link: Link) -> Actor:
    """A department's system as an actor; no account has a negative id."""
    return Actor(kind="system", id=-link.pk, name=f"部门业务系统 {link.code}")


def mark_down(*, system: str, reason: str, by: Actor, now: datetime) -> None:
    """Say that a link is down: from now on clerks may enter results by hand."""
    _mark(system, is_down=True, reason=reason.strip(), by=by, now=now)


def mark_up(*, system: str, by: Actor, now: datetime) -> None:
    """Say that a link is up again."""
    _mark(system, is_down=False, reason="", by=by, now=now)


def _mark(system: str, *, is_down: bool, reason: str, by: Actor, now: datetime) -> None:
    rules.need_operator(by)
    with transaction.atomic():
        link = Link.objects.select_for_update().get(pk=link_of(system).pk)
        if link.is_down == is_down:
            return
        link.is_down, link.reason, link.since = is_down, reason, now
        link.save(update_fields=["is_down", "reason", "since"])
        tell(link, "link_down" if is_down else "link_up", by=by, now=now, reason=reason)


def tell_region(verb: str, *, by: Actor, now: datetime, **body: Any) -> None:
    """One entry of the journal about the reports to the region; no link has the id 0."""
    append([NewEntry(stream=STREAM, stream_id=0, verb=verb, body=body)], by=by, now=now)


def tell(link: Link, verb: str, *, by: Actor, now: datetime, **body: Any) -> None:
    """One entry of the journal about a link and what went over it."""
    told = {"system": link.code, **body}
    append([NewEntry(stream=STREAM, stream_id=link.pk, verb=verb, body=told)], by=by, now=now)
