"""What packages do when something happens: the join's dependants, messages, papers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tongban.cases.events import ENDED_VERBS
from tongban.catalogue.queries import package_version
from tongban.engine.queries import parent_id_of
from tongban.engine.states import Kind, Named, register
from tongban.packages import actions
from tongban.packages.reactions import messages, papers
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


__all__ = ["PACKAGE", "messages", "papers"]


def advance(entry: FedEntry) -> None:
    """A case has ended: start or cancel what waited for it."""
    parent_id = parent_id_of(entry.stream_id)
    if parent_id is not None:
        actions.advance_dependants(package_id=parent_id, now=entry.at)


subscribe("packages.advance", advance, verbs=ENDED_VERBS, streams={"proceeding"})
