"""Writes of the relay room: handing over, what is told of it, conversations of three, alarms."""

from tongban.relay.actions.conferring import record_conference
from tongban.relay.actions.hearing import Heard, hear, take_status
from tongban.relay.actions.incidents import acknowledge_incident, raise_incident, remind_incidents
from tongban.relay.actions.passing import pass_task, pass_transfer, poll, send, send_due

__all__ = [
    "Heard",
    "acknowledge_incident",
    "hear",
    "pass_task",
    "pass_transfer",
    "poll",
    "raise_incident",
    "record_conference",
    "remind_incidents",
    "send",
    "send_due",
    "take_status",
]
