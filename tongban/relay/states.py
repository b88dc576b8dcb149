"""Where a request handed to somebody outside is, and the words for it."""

from __future__ import annotations

from enum import StrEnum


class PassingState(StrEnum):
    """Where a handed-over request is."""

    QUEUED = "queued"  # with us: to be sent, or tried again
    SENT = "sent"  # they have it
    ACCEPTED = "accepted"
    HANDLING = "handling"
    REFUSED = "refused"
    CLOSED = "closed"
    GIVEN_UP = "given_up"  # could not be sent, or was refused as a message


TITLES = {
    PassingState.QUEUED: "正在送出",
    PassingState.SENT: "已送达",
    PassingState.ACCEPTED: "对方已接收",
    PassingState.HANDLING: "对方办理中",
    PassingState.REFUSED: "对方不接收",
    PassingState.CLOSED: "对方已办结",
    PassingState.GIVEN_UP: "没有送达",
}
NOTES = {
    "queued": "没有送到，系统会再试：",
    "given_up": "没有送达，不再重试，请改用电话联系。",
    "moot": "诉求已经撤回、退回或者并单，没有再转出。",
}
"""What stands beside the error of a handing over; moot: given up without any error."""
OPEN = (PassingState.QUEUED, PassingState.SENT, PassingState.ACCEPTED, PassingState.HANDLING)
TOLD = ("accepted", "handling", "refused", "closed")
"""What the other side may say."""
DIRECTIONS = ("out", "in")
HOTLINE = "hotline"
"""Our own side in a conversation of three."""
