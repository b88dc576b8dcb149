"""What the exchange does when a case is accepted, supplied or ended by its applicant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases.queries import case_by_id, system_of
from tongban.exchange import actions
from tongban.exchange.gateways import STATE_CODES
from tongban.exchange.states import Sent
from tongban.records.events import FedEntry, subscribe
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from tongban.engine.models import Proceeding

_HANDED = {"open", "open_accepted", "start", "start_accepted", "accept", "deem_accept"}
_CHANGES = {
    "supply": Sent.SUPPLY,
    "withdraw": Sent.WITHDRAWAL,
    "terminate": Sent.WITHDRAWAL,
    "lapse": Sent.WITHDRAWAL,
}


def _case(entry: FedEntry) -> Proceeding | None:
    """The case of an entry, if it belongs to a department's system; packages share some verbs."""
    found = case_by_id(entry.stream_id)
    return found if found is not None and found.facts.get("system") else None


def hand_over(entry: FedEntry) -> None:
    """A case was received or accepted: send it, and hear what came about it too early."""
    case = _case(entry)
    if case is not None and system_of(case):
        actions.hand_over(case=case, cause_id=entry.id, now=entry.at)
        actions.apply_waiting(case_id=case.pk, now=city_now())


def tell_change(entry: FedEntry) -> None:
    """What was handed over has changed."""
    case = _case(entry)
    if case is not None:
        kind = _CHANGES[entry.verb]
        actions.tell_change(case=case, kind=kind, cause_id=entry.id, now=entry.at)


def report_turn(entry: FedEntry) -> None:
    """A case or an application has taken a turn that the region is to know of."""
    actions.report_turn(
        proceeding_id=entry.stream_id, verb=entry.verb, told=entry.body, cause_id=entry.id,
        now=entry.at,
    )  # fmt: skip


def report_licence(entry: FedEntry) -> None:
    """A licence came to be, or its state is another one."""
    actions.report_licence(identifier=entry.body["identifier"], cause_id=entry.id, now=entry.at)


_LICENCES = {"licence_produced", "licence_mirrored", "licence_state_changed"}

subscribe("exchange.report", report_turn, verbs=set(STATE_CODES), streams={"proceeding"})
subscribe("exchange.licences", report_licence, verbs=_LICENCES, streams={"licence"})
subscribe("exchange.hand_over", hand_over, verbs=_HANDED, streams={"proceeding"})
subscribe("exchange.changes", tell_change, verbs=set(_CHANGES), streams={"proceeding"})
