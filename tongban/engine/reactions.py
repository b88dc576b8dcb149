"""What the engine does when something happens: a published calendar sets waiting deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.catalogue.queries import forget_live
from tongban.engine.actions import reindex_clocks
from tongban.records.events import subscribe

if TYPE_CHECKING:
    from tongban.records.events import FedEntry


def reindex(entry: FedEntry) -> None:
    """Index the clocks anew that waited for a year; each proceeding is told in its journal."""
    forget_live()
    reindex_clocks(entry.at)


subscribe("engine.reindex", reindex, verbs={"publish_calendar"})
