"""A complaint and a bad review about one thing are linked by themselves, and counted once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tongban.engine.actions import Act
from tongban.hotline.queries import asked
from tongban.kernel.actors import SYSTEM
from tongban.ratings.models import Link, Rectification
from tongban.ratings.queries import ratings
from tongban.ratings.queries.linked import complaint_with, mended_with
from tongban.ratings.states import LINKED

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.hotline.queries import Asked

_ROW = (
    "INSERT INTO ratings_link (ticket_id, rectification_id, unit, asked_at, linked_at)"
    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (ticket_id) DO NOTHING"
)


def link_ticket(*, ticket_id: int, now: datetime) -> bool:
    """A request came in: link it with what is being put right already. Idempotent."""
    found = asked(ticket_id)
    row = mended_with(found) if found is not None and found.is_complaint else None
    return _link(found, row, now) if found is not None and row is not None else False


def link_review(*, rectification_id: int, now: datetime) -> bool:
    """A bad review came in: link it with the complaint made before it. Idempotent."""
    row = Rectification.objects.select_related("proceeding", "invitation").get(pk=rectification_id)
    since = now - timedelta(days=float(ratings().invitation.value))
    found = complaint_with(row, since)
    return _link(found, row, now) if found is not None else False


def _link(found: Asked, row: Rectification, now: datetime) -> bool:
    with Act(by=SYSTEM, now=now) as act:
        one = act.lock(row.pk)
        if Link.objects.filter(ticket_id=found.id).exists():
            act.drop()
            return False
        act.record(one, LINKED, body={"ticket": found.number}, public=False)
        act.also(_ROW, [found.id, row.pk, found.unit, found.received_at, now])
    return True
