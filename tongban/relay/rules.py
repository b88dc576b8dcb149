"""Pure decisions of the relay room: when to try again, what a status does, who accepts."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 -- pydantic reads it
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tongban.kernel.clocks import ClockSpec, Unit
from tongban.kernel.refusals import BadInput, NotAllowed, Problem
from tongban.kernel.signatures import Wire
from tongban.relay.states import HOTLINE, INCIDENT_RAISED, PassingState

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENDED = (PassingState.REFUSED, PassingState.CLOSED)


class RelayUnreadable(BadInput):
    """A message of somebody outside that is no message."""

    code = "relay-message-unreadable"


class RelaySignatureWrong(NotAllowed):
    """A message whose signature is not that of the partner it names."""

    code = "relay-signature-wrong"


WIRE = Wire(
    largest=64_000,
    too_large=lambda: RelayUnreadable("互转报文过长。"),
    forged=lambda: RelaySignatureWrong("互转报文的签名不对。"),
)
"""What comes from those outside: one message, signed with the code of its partner."""


class Message(BaseModel):
    """One message of a partner: a request that it hands over, or how one of ours stands.

    ``theirs`` is its own number of the request, ``number`` ours, ``seq`` the place of the message
    among those about this request. ``longitude`` and ``latitude`` are degrees (WGS 84).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[\w.:-]{1,100}$")]
    kind: Literal["request", "status"]
    theirs: Annotated[str, StringConstraints(pattern=r"^[\w.:-]{1,100}$")]
    number: Annotated[str, StringConstraints(max_length=40)] = ""
    seq: Annotated[int, Field(ge=1, le=10**15)] = 1
    state: Literal["", "accepted", "handling", "refused", "closed"] = ""
    at: datetime
    text: Annotated[str, StringConstraints(max_length=8_000)] = ""
    place: Annotated[str, StringConstraints(max_length=200)] = ""
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    phone: Annotated[str, StringConstraints(max_length=20)] = ""


def read_message(content: bytes) -> Message:
    """The message of these bytes. Raises RelayUnreadable, which says what is wrong."""
    WIRE.need_size(len(content))
    try:
        message = Message.model_validate_json(content)
    except ValidationError as no:
        problems = Problem.each_of(no.errors(include_input=False, include_url=False))
        raise RelayUnreadable("互转报文不符合约定的格式。", problems=problems) from no
    if message.at.tzinfo is None or (message.kind == "status" and not message.state):
        raise RelayUnreadable("互转报文不符合约定的格式。")
    return message


def changes(state: str, position: int, seq: int) -> bool:
    """Whether what was told at this place changes a request: neither late nor after its end."""
    return seq > position and state not in _ENDED


def accepted_by(first_called: str, agreed: str) -> str:
    """Who accepts after a conversation of three: who agreed to, else who was called first.

    国办发〔2022〕12号: an unclear or overlapping matter is taken on by the platform that was
    called first where the two do not agree.
    """
    return agreed or first_called or HOTLINE


ACKNOWLEDGE, REPORT = "incident_acknowledge", "incident_report"


def incident_clocks(minutes: Mapping[str, int], bases: Mapping[str, str]) -> tuple[ClockSpec, ...]:
    """The clocks of an emergency: whoever was told says that he knows, whoever knows reports.

    The minutes of the next one begin when he is told. An alarm has no warning before its end.
    """
    return (
        ClockSpec(
            name=ACKNOWLEDGE, length=minutes["acknowledge"], unit=Unit.MINUTE,
            starts_on=frozenset({INCIDENT_RAISED, "call_next"}),
            stops_on=frozenset({"incident_late", "acknowledge_incident"}),
            on_expiry="note_late", warn_percent=100, basis=bases[ACKNOWLEDGE],
        ),
        ClockSpec(
            name=REPORT, length=minutes["report"], unit=Unit.MINUTE,
            starts_on=frozenset({"acknowledge_incident"}),
            stops_on=frozenset({"report_incident"}), basis=bases[REPORT],
        ),
    )  # fmt: skip
