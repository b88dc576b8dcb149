"""Comparing every day what each side holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.cases.queries import decisions_of
from tongban.exchange import queries
from tongban.exchange.actions.links import link_of, tell
from tongban.exchange.gateways import SystemUnreachable, department_system
from tongban.exchange.models import Backfill, Reconciliation, Sending
from tongban.exchange.states import BackfillState
from tongban.kernel.actors import SYSTEM
from tongban.kernel.worktime import city_date

if TYPE_CHECKING:
    from datetime import datetime


def reconcile(*, system: str, now: datetime) -> Reconciliation:
    """Compare what was handed over with what the system says it holds; kept once for each day.

    A later comparison of the same day takes the place of the earlier one. Nothing is mended: what
    is missing is listed for the sweep, for `resend`, or for somebody who has to look.
    """
    found = _found(system, now)
    with transaction.atomic():
        row, _ = Reconciliation.objects.update_or_create(
            system=system, day=city_date(now), defaults={"at": now, "found": found}
        )
        counts = {name: len(rows) for name, rows in found["lists"].items()}
        tell(link_of(system), "reconciled", by=SYSTEM, now=now, **found["counts"], **counts)
    return row


def _found(system: str, now: datetime) -> dict[str, Any]:
    sent = Sending.objects.filter(system=system, kind="application")
    ours = {number: (case, state) for number, case, state in
            sent.values_list("number", "proceeding_id", "state")}  # fmt: skip
    decided = decisions_of([case for case, _ in ours.values()])
    results = {n: decided[c].result for n, (c, _) in ours.items() if c in decided}
    try:
        theirs = {one.number: one.result for one in department_system(system).report(now)}
        is_reachable = True
    except SystemUnreachable:
        theirs, is_reachable = {}, False
    status = queries.status_of(system)
    lists = {
        "waiting": queries.waiting_cases(system),
        "not_taken": sorted(n for n, (_, s) in ours.items() if s not in ("acknowledged", "sent")),
        "open_backfills": _backfills(system, BackfillState.OPEN),
        "alarms": _backfills(system, BackfillState.ALARM),
    }
    if is_reachable:
        lists |= _differences(ours, results, theirs)
    return {
        "reachable": is_reachable,
        "counts": {
            "sent": len(ours),
            "acknowledged": sum(s == "acknowledged" for _, s in ours.values()),
            "decided": len(results),
            "held_there": len(theirs),
            "decided_there": sum(bool(result) for result in theirs.values()),
            "rejects": status.rejects,
            "copies": status.copies,
        },
        "lists": lists,
    }


def _differences(ours: Any, results: dict[str, str], theirs: dict[str, str]) -> dict[str, Any]:
    taken = {n for n, (_, state) in ours.items() if state in ("acknowledged", "sent")}
    there = {number for number, result in theirs.items() if result}
    return {
        "missing_there": sorted(taken - set(theirs)),
        "missing_here": sorted(set(theirs) - set(ours)),
        "decided_only_there": sorted((there & set(ours)) - set(results)),
        "decided_only_here": sorted(set(results) - there),
        "decided_otherwise": sorted(n for n in there & set(results) if theirs[n] != results[n]),
    }


def _backfills(system: str, state: BackfillState) -> list[str]:
    found = Backfill.objects.filter(system=system, state=state)
    return sorted(found.values_list("proceeding__number", flat=True))
