"""The words of the room of notices that the database keeps."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """Life of one delivery beside the inbox, which itself needs none."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Outcome(StrEnum):
    """What one attempt came to."""

    SENT = "sent"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNCLEAR = "unclear"
