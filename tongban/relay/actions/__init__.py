"""Writes of the relay room: handing over, what is told of it, conversations of three, alarms."""

from tongban.relay.actions.conferring import record_conference
from tongban.relay.actions.hearing import Heard, hear, take_status
from tongban.relay.actions.incidents import (
    acknowledge_incident,
    call_next,
    note_late_in,
    raise_incident,
    report_incident,
)
from tongban.relay.actions.passing import pass_task, pass_transfer, poll, send, send_due

__all__ = [
    "Heard",
    "acknowledge_incident",
    "call_next",
    "hear",
    "note_late_in",
    "pass_task",
    "pass_transfer",
    "poll",
    "raise_incident",
    "record_conference",
    "report_incident",
    "send",
    "send_due",
    "take_status",
]
