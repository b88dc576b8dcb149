"""What licences do when something happens to one of them: what it is part of follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.licences import actions, events
from tongban.records.events import subscribe

if TYPE_CHECKING:
    from tongban.records.events import FedEntry


def follow(entry: FedEntry) -> None:
    """A licence was made, mirrored or has another state: bring comprehensive licences along."""
    actions.refresh_comprehensives(
        holder_id=entry.body["party"], licence_type=entry.body["type"], now=entry.at
    )


subscribe(
    "licences.comprehensive",
    follow,
    verbs={events.PRODUCED, events.STATE_CHANGED, events.MIRRORED},
    streams={events.STREAM},
)
