"""Writes of the voice room: events of calls, and who takes them."""

from tongban.voice.actions.hearing import Answer, hear, skip_gaps, take_in
from tongban.voice.actions.operators import leave_call, take_call, tie_ticket

__all__ = ["Answer", "hear", "leave_call", "skip_gaps", "take_call", "take_in", "tie_ticket"]
