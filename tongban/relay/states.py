"""Where a request handed to somebody outside is, and the life of an emergency."""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move


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
CALLER_TITLES = {
    PassingState.ACCEPTED: "对方已经接到您的诉求",
    PassingState.HANDLING: "对方正在处理",
    PassingState.REFUSED: "对方不受理这件事，已退回12345重新受理",
    PassingState.CLOSED: "对方已经处理完毕",
}
"""What the other side may say, in words for the caller."""
NOTES = {
    "queued": "没有送到，系统会再试：",
    "given_up": "没有送达，不再重试，请改用电话联系。",
    "came_back": "没有送达，不再重试，诉求已经由12345重新受理。",
    "moot": "诉求已经撤回、退回或者并单，没有再转出。",
    "waits": "单位申请退单，等热线中心决定，先不送出。",
}
"""What stands beside a handing over; moot: given up without any error."""
OPEN = (PassingState.QUEUED, PassingState.SENT, PassingState.ACCEPTED, PassingState.HANDLING)
TOLD = ("accepted", "handling", "refused", "closed")
"""What the other side may say."""
DIRECTIONS = ("out", "in")
HOTLINE = "hotline"
"""Our own side in a conversation of three."""


class IncidentState(StrEnum):
    """Where an emergency is (domain-04 §5.3)."""

    RAISED = "raised"  # who is on duty was told and has not said that he knows
    UNANSWERED = "unanswered"  # nobody of the roster said so: the supervision knows
    ACKNOWLEDGED = "acknowledged"  # somebody who leads has it in hand
    REPORTED = "reported"  # he has said what came of it


_I = IncidentState
LEADS = ("decider", "head")
"""The roles of the centre that lead in an emergency."""

# fmt: off
INCIDENT = Machine(
    name="incident",
    subject="紧急事件",
    states=IncidentState,
    initial=_I.RAISED,
    final=frozenset({_I.REPORTED}),
    moves=(
        Move("incident_late",    _I.RAISED, None, by="system", title="没有按时签收"),
        Move("call_next",        _I.RAISED, None, by="system", title="通知下一位值班人"),
        Move("leave_unanswered", _I.RAISED, _I.UNANSWERED, by="system",
             title="无人签收，报监督"),
        Move("acknowledge_incident", (_I.RAISED, _I.UNANSWERED), _I.ACKNOWLEDGED, by=LEADS,
             title="签收"),
        Move("report_incident",  _I.ACKNOWLEDGED, _I.REPORTED, by=LEADS, title="报告处置情况"),
    ),
    titles={
        _I.RAISED: "等待签收", _I.UNANSWERED: "无人签收", _I.ACKNOWLEDGED: "处置中",
        _I.REPORTED: "已报告",
    },
)
# fmt: on
INCIDENT_RAISED = "raise_incident"
INCIDENT_RECORDED = {
    INCIDENT_RAISED: "发现紧急情况",
    "clock_expired": "时限届满",
    "clock_warned": "时限临近",
}
