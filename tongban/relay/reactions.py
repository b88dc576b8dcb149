"""The kind of proceeding that an emergency is; what follows when something happens to a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

from tongban.engine.states import Kind, Named, register
from tongban.records.events import FedEntry, subscribe
from tongban.relay import actions, rules
from tongban.relay.queries import TELL_TASK, news_for, relay
from tongban.relay.states import INCIDENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.kernel.clocks import ClockSpec


def _of_incident(one: Named) -> tuple[ClockSpec, ...]:
    duty = relay().duty
    bases = {rules.ACKNOWLEDGE: duty.acknowledge.basis, rules.REPORT: duty.report.basis}
    return rules.incident_clocks(one.facts["minutes"], bases)


INCIDENT_KIND = register(
    Kind(
        name="incident", machine=INCIDENT, specs=_of_incident,
        expiries={"note_late": actions.note_late_in},
    )
)  # fmt: skip


def raise_incident(entry: FedEntry) -> None:
    """A request of the highest urgency: somebody who leads must know at once."""
    actions.raise_incident(ticket_id=entry.stream_id, now=entry.at)


def call_next(entry: FedEntry) -> None:
    """Nobody has said in time that he knows: the next of the roster, or the supervision."""
    actions.call_next(incident_id=entry.stream_id, now=entry.at)


def pass_transfer(entry: FedEntry) -> None:
    """A caller was handed over: the other line's system gets the ticket."""
    line = str(entry.body.get("line", ""))
    actions.pass_transfer(ticket_id=entry.stream_id, line=line, now=entry.at)


def pass_task(entry: FedEntry) -> None:
    """A unit got a task: where a system outside works for it, the task goes there."""
    actions.pass_task(task_id=entry.stream_id, now=entry.at)


_STATES: Mapping[str, str] = {
    "dispatch": "handling",
    "designate": "handling",
    "pass_reply": "handling",
    "answer_directly": "closed",
    "close": "closed",
    "refuse": "refused",
    "transfer": "closed",
    "withdraw": "closed",
}


def tell_partner(entry: FedEntry) -> None:
    """A request that came from outside has moved: whoever handed it over is told."""
    news = news_for(entry.stream_id)
    if news is None:
        return
    app.configure_task(TELL_TASK).defer(**news, seq=entry.position, state=_STATES[entry.verb])


subscribe(
    "relay.incident",
    raise_incident,
    verbs={"receive", "classify", "add_to", "urge"},
    streams={"proceeding"},
)
subscribe("relay.next", call_next, verbs={"incident_late"}, streams={"proceeding"})
subscribe("relay.transfer", pass_transfer, verbs={"transfer"}, streams={"proceeding"})
subscribe("relay.task", pass_task, verbs={"task_out"}, streams={"proceeding"})
subscribe("relay.tell", tell_partner, verbs=set(_STATES), streams={"proceeding"})
