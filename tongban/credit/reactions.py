"""The kind of proceeding that a record is, and how its person hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.credit import rules
from tongban.credit.queries import told_of
from tongban.credit.states import LIFE
from tongban.engine.states import Kind, Named, register
from tongban.notices.actions import send_message
from tongban.records.events import FedEntry, subscribe

if TYPE_CHECKING:
    from tongban.kernel.clocks import ClockSpec


def _specs(proceeding: Named) -> tuple[ClockSpec, ...]:
    return (rules.objection_clock(int(proceeding.facts["days"])),)


CREDIT = register(Kind(name="credit", machine=LIFE, specs=_specs))

_MESSAGES = {
    "note_credit": "credit_noted",
    "uphold": "credit_upheld",
    "lift": "credit_lifted",
    "repair": "credit_repaired",
}


def tell(entry: FedEntry) -> None:
    """Tell the person what is on record, what it bars and until when, and how it ended."""
    told = told_of(entry.stream_id)
    if told is None:
        return
    send_message(
        party_id=told.party_id,
        key=_MESSAGES[entry.verb],
        params={
            "number": told.number,
            "what": {one: told.name.say(one) for one in ("zh", "en", "ug")},
            "reasons": told.answer or told.reason,
            "until": told.until,
        },
        dedup=f"entry/{entry.id}",
        now=entry.at,
        proceeding=told.number,
    )


subscribe("credit.messages", tell, verbs=set(_MESSAGES), streams={"proceeding"})
