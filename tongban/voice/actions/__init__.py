"""Writes of the voice room: events of calls, and who takes them."""

from tongban.voice.actions.hearing import Answer, confirmed, hear, skip_gaps, take_in
from tongban.voice.actions.operators import (
    end_call,
    leave_call,
    ring_up,
    take_call,
    tell_orders,
    tie_ticket,
)

__all__ = [
    "Answer",
    "confirmed",
    "end_call",
    "hear",
    "leave_call",
    "ring_up",
    "skip_gaps",
    "take_call",
    "take_in",
    "tell_orders",
    "tie_ticket",
]
