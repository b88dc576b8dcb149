"""Deadlines fire by themselves, in due order, each with its own moment as `now`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from tongban.engine import sql
from tongban.engine.actions.act import Act, fire, spec_of
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.clocks import ClockState

if TYPE_CHECKING:
    from datetime import datetime

_SWEEP_LOCK = 7_204_011


def sweep(now: datetime, *, limit: int = 500) -> int:
    """Fire what is due until ``now``, in due order over the whole city; answers how many.

    One sweeper at a time holds an advisory lock for the length of one firing; a second one
    returns at once.
    """
    fired = 0
    while fired < limit:
        with transaction.atomic():
            if not sql.try_lock(_SWEEP_LOCK):
                return fired
            found = sql.next_firing(now)
            if found is None:
                return fired
            fire(*found)
        fired += 1
    return fired


def reindex_clocks(now: datetime, *, by: Actor = SYSTEM) -> int:
    """Index the clocks anew that waited for a calendar; one journalled action a proceeding."""
    changed = 0
    for proceeding_id in sql.clocks_without_calendar():
        with Act(by=by, now=now) as act:
            proceeding = act.lock(proceeding_id)
            names = [
                n for n, c in proceeding.clocks.items() if c.ledger.state is ClockState.RUNNING
            ]
            for name in names:
                ledger = proceeding.clocks[name].ledger
                act.set_clock(proceeding, spec_of(proceeding, name), ledger, after=now)
            act.record(proceeding, "clocks_reindexed", body={"clocks": names}, public=False)
        changed += 1
    return changed
