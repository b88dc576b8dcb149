"""What packages do when something happens: the join's dependants, messages, papers."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from tongban.cases.events import ENDED_VERBS, SPECIAL_ENDED, SPECIAL_STARTED
from tongban.catalogue.queries import package_version, trades
from tongban.engine.queries import parent_id_of
from tongban.engine.states import Kind, Named, register
from tongban.licences.actions import make_comprehensive
from tongban.packages import actions
from tongban.packages.models import CorrectionNotice
from tongban.packages.queries import story_of
from tongban.packages.queries.signing import case_of_signature
from tongban.packages.reactions import agents, checks, fees, messages, papers, sides
from tongban.packages.states import LIFE
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from tongban.kernel.clocks import ClockSpec


def _specs(proceeding: Named) -> tuple[ClockSpec, ...]:
    return _promising(proceeding.version_id, proceeding.facts.get("promised_days"))


@lru_cache(maxsize=4096)
def _promising(version_id: int, days: float | None) -> tuple[ClockSpec, ...]:
    compiled = package_version(version_id).compiled
    return compiled.clocks_promising(compiled.promised_days if days is None else days)


PACKAGE = register(
    Kind(
        name="package",
        machine=LIFE,
        specs=_specs,
        expiries={
            "deem_accept": actions.deemed_accepted_in,
            "lapse_correction": actions.lapse_correction_in,
        },
        on_child_ended=actions.child_ended_in,
    )
)


__all__ = ["PACKAGE", "agents", "checks", "fees", "messages", "papers", "sides"]


def advance(entry: FedEntry) -> None:
    """A case has ended: start or cancel what waited for it.

    What ended in a department's own system was heard later than it happened: the next department
    gets its case when this house heard of it, and its time runs from then.
    """
    parent_id = parent_id_of(entry.stream_id)
    if parent_id is not None:
        heard = entry.body.get("heard_at")
        now = datetime.fromisoformat(heard) if heard else entry.at
        actions.advance_dependants(package_id=parent_id, now=now)
        # What has ended is not waited for: a supply may be whole without its signature.
        waits = CorrectionNotice.objects.filter(proceeding_id=parent_id, pending__isnull=False)
        if waits.exists():
            actions.signatures_given(case_id=entry.stream_id, now=now)


def hold(entry: FedEntry) -> None:
    """A special procedure of one item began or ended: its time does not count for the whole."""
    case_id = parent_id_of(entry.stream_id)
    package_id = parent_id_of(case_id) if case_id else None
    if package_id is not None:
        verb = "hold" if entry.verb in SPECIAL_STARTED else "go_on"
        actions.hold_clocks(package_id=package_id, verb=verb, now=entry.at)


def combine(entry: FedEntry) -> None:
    """All items of a trade's package have ended: its permits become one licence (一业一证)."""
    story = story_of(entry.stream_id) if trades() else None
    if story is None or story.case is not None:
        return
    for trade in trades():
        if trade.package == story.compiled.code:
            make_comprehensive(
                trade_code=trade.code,
                holder_id=story.package.party_id,
                application=story.package.number,
                region=story.package.region,
                now=entry.at,
            )


def signed(entry: FedEntry) -> None:
    """Somebody signed: a supply that waited for it may be whole now."""
    case_id = case_of_signature(entry.stream_id)
    if case_id is not None:
        actions.signatures_given(case_id=case_id, now=entry.at)


subscribe("packages.signed", signed, verbs={"signature_signed"}, streams={"signature"})
subscribe("packages.combine", combine, verbs={"finish"}, streams={"proceeding"})
subscribe("packages.hold", hold, verbs=SPECIAL_STARTED | SPECIAL_ENDED, streams={"proceeding"})
subscribe("packages.advance", advance, verbs=ENDED_VERBS, streams={"proceeding"})
