"""What a telephone system may tell, read with distrust."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tongban.kernel.refusals import BadInput, NotAllowed, Problem, Refusal
from tongban.kernel.signatures import Wire
from tongban.voice.states import EventKind

TEXT_MOST = 2_000


class EventUnreadable(BadInput):
    """An event of a call that is no event."""

    code = "voice-event-unreadable"


class EventChanged(Refusal):
    """The same place in a call was told of before, with other words; the first one counts."""

    code = "voice-event-changed"


class VoiceSignatureWrong(NotAllowed):
    """An event of a call whose signature is not that of the telephone system."""

    code = "voice-signature-wrong"


WIRE = Wire(
    largest=16_000,
    too_large=lambda: EventUnreadable("来电事件过长。"),
    forged=lambda: VoiceSignatureWrong("来电事件的签名不对。"),
)
"""What comes from the telephone system: one event, short as a line that somebody says."""


class CallTaken(Refusal):
    """Another operator has this call already, or it has ended."""

    code = "call-taken"


class NoNumber(Refusal):
    """Nobody can be rung up: no telephone was left."""

    code = "no-number"


class CallEvent(BaseModel):
    """One event of a call: which call, its place in it (from 1), when, and what.

    ``value`` holds keys or words or the number that a call is connected to; ``phone`` the
    caller's number, with the first event only.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    call: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$")]
    seq: Annotated[int, Field(ge=1, le=100_000)]
    at: datetime
    kind: EventKind
    value: Annotated[str, StringConstraints(max_length=TEXT_MOST)] = ""
    speaker: Literal["caller", "operator"] = "caller"
    language: Literal["", "zh", "en", "ug"] = ""
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+ -]{0,20}$")] = ""

    @property
    def digest(self) -> str:
        """What tells this event from another one in its place; a copy may be sent later."""
        said = self.model_dump_json(exclude={"at"})
        return hashlib.sha256(said.encode()).hexdigest()


class Done(BaseModel):
    """What the telephone system confirms when it asks for orders: the ids that it has done."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    done: Annotated[tuple[int, ...], Field(max_length=1_000)] = ()


def read_done(content: bytes) -> tuple[int, ...]:
    """The ids of these bytes; what can be no id is left out. Raises EventUnreadable."""
    WIRE.need_size(len(content))
    try:
        found = Done.model_validate_json(content)
    except ValidationError as no:
        raise EventUnreadable("来电事件不符合约定的格式。") from no
    return tuple(one for one in found.done if 0 < one < 2**63)


def read_event(content: bytes) -> CallEvent:
    """The event of these bytes. Raises EventUnreadable, which says what is wrong."""
    WIRE.need_size(len(content))
    try:
        event = CallEvent.model_validate_json(content)
    except ValidationError as no:
        problems = Problem.each_of(no.errors(include_input=False, include_url=False))
        raise EventUnreadable("来电事件不符合约定的格式。", problems=problems) from no
    if event.at.tzinfo is None:
        raise EventUnreadable("来电事件的时间没有写明时区。")
    return event
