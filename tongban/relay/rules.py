"""Pure decisions of the relay room: when to try again, what a status does, who accepts."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tongban.kernel.refusals import BadInput, NotAllowed, Problem
from tongban.relay.gateways import signature_of
from tongban.relay.states import HOTLINE, PassingState

LARGEST_MESSAGE = 64_000
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
MOST_ATTEMPTS = 12
"""With pauses of 15 seconds, doubling up to an hour: about five hours."""
_ENDED = (PassingState.REFUSED, PassingState.CLOSED)


class RelayUnreadable(BadInput):
    """A message of somebody outside that is no message."""

    code = "relay-message-unreadable"


class RelaySignatureWrong(NotAllowed):
    """A message whose signature is not that of the partner it names."""

    code = "relay-signature-wrong"


class Message(BaseModel):
    """One message of a partner: a request that it hands over, or how one of ours stands.

    ``theirs`` is its own number of the request, ``number`` ours, ``seq`` the place of the message
    among those about this request.
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
    phone: Annotated[str, StringConstraints(max_length=20)] = ""


def read_message(content: bytes) -> Message:
    """The message of these bytes. Raises RelayUnreadable, which says what is wrong."""
    if len(content) > LARGEST_MESSAGE:
        raise RelayUnreadable("互转报文过长。")
    try:
        message = Message.model_validate_json(content)
    except ValidationError as no:
        problems = tuple(
            Problem(".".join(map(str, one["loc"])), str(one["type"]), str(one["msg"])[:200])
            for one in no.errors(include_input=False, include_url=False)[:10]
        )
        raise RelayUnreadable("互转报文不符合约定的格式。", problems=problems) from no
    if message.at.tzinfo is None or (message.kind == "status" and not message.state):
        raise RelayUnreadable("互转报文不符合约定的格式。")
    return message


def need_signature(key: str, partner: str, content: bytes, signature: str) -> None:
    """Refuse what the partner did not sign; one without a key may not speak at the door."""
    right = signature_of(key, partner, content)
    if not key or not hmac.compare_digest(right.encode(), signature.encode()):
        raise RelaySignatureWrong("互转报文的签名不对。")


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None where it is given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    seconds = FIRST_PAUSE.total_seconds() * 2 ** (attempts - 1)
    return min(timedelta(seconds=seconds), LONGEST_PAUSE)


def changes(state: str, position: int, seq: int) -> bool:
    """Whether what was told at this place changes a request: neither late nor after its end."""
    return seq > position and state not in _ENDED


def accepted_by(first_called: str, agreed: str) -> str:
    """Who accepts after a conversation of three: who agreed to, else who was called first.

    国办发〔2022〕12号: an unclear or overlapping matter is taken on by the platform that was
    called first where the two do not agree.
    """
    return agreed or first_called or HOTLINE
