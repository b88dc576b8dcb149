"""Deadlines fire by themselves, in due order, each with its own moment as `now`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction

from tongban.catalogue.queries import calendar
from tongban.engine import sql
from tongban.engine.actions.act import Act, Locked, fire, spec_of
from tongban.engine.queries import clock_rows, ledger_of
from tongban.engine.rules import REINDEXED
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.clocks import due

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.engine.models import Clock

log = logging.getLogger(__name__)

_SWEEP_LOCK = 7_204_011


class DeadlinesFailed(Exception):  # noqa: N818 -- says what happened
    """Some deadlines could not fire; all the others that were due did."""


def sweep(now: datetime, *, limit: int = 500) -> int:
    """Fire what is due until ``now``, in due order over the whole city; answers how many.

    One sweeper at a time holds an advisory lock for the length of one firing; a second one
    returns at once. A deadline that cannot fire stops only itself: raises DeadlinesFailed after
    the others, and the next sweep tries it again.
    """
    fired = 0
    failed: list[int] = []
    while fired < limit:
        with transaction.atomic():
            if not sql.try_lock(_SWEEP_LOCK):
                break
            found = sql.next_firing(now, without=failed)
            if found is None:
                break
            clock_id, proceeding_id, name, at = found
            if not _fired(proceeding_id, name, at):
                failed.append(clock_id)
                continue
        fired += 1
    if failed and not fired:
        raise DeadlinesFailed(f"{len(failed)} deadlines cannot fire, the first is {failed[0]}")
    return fired


def _fired(proceeding_id: int, name: str, at: datetime) -> bool:
    try:
        fire(proceeding_id, name, at)
    except OperationalError:
        raise  # the database went away or asks to try again: nobody's deadline is to blame
    except Exception:
        # One poisoned proceeding must not hold up the deadlines of the whole city.
        log.exception("a deadline cannot fire", extra={"proceeding": proceeding_id, "clock": name})
        return False
    return True


def reindex_clocks(now: datetime, *, by: Actor = SYSTEM) -> int:
    """Index the clocks anew that a published calendar moves; answers how many proceedings.

    A due day that was not known becomes known, one that the new calendar moves is moved; each
    proceeding is told in its journal. An expiry that has happened does not happen again.
    """
    changed = 0
    for proceeding_id in sql.clocks_that_wait(now):
        with Act(by=by, now=now) as act:
            proceeding = act.lock(proceeding_id)
            rows = clock_rows([proceeding_id])[proceeding_id]
            moved = [name for name, row in rows.items() if _is_moved(proceeding, row)]
            if not moved:
                act.drop()
                continue
            over = [name for name in moved if _is_over(rows[name])]
            for name in moved:
                act.set_clock(
                    proceeding,
                    spec_of(proceeding, name),
                    proceeding.clocks[name].ledger,
                    after=now if name in over else None,
                )
            told = {"clocks": moved, "over": over}
            act.record(proceeding, REINDEXED, body=told, public=False)
        changed += 1
    return changed


def _is_moved(proceeding: Locked, row: Clock) -> bool:
    """Whether the calendar gives a clock another due day than its index says."""
    limit = due(spec_of(proceeding, row.name), ledger_of(row), calendar(proceeding.region))
    return (row.due_at, row.not_before) != (limit.at, limit.not_before)


def _is_over(row: Clock) -> bool:
    """Whether the expiry of a running clock has happened."""
    return row.stopped_at is None and row.due_at is not None and row.next_fire_at is None
