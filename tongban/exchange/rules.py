"""Pure decisions of the exchange: what a message must look like, when it may be applied."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID  # noqa: TC003 -- pydantic reads it

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from tongban.kernel.refusals import NotAllowed, Refusal
from tongban.kernel.signatures import Wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tongban.engine.rules import Placed
    from tongban.kernel.actors import Actor

KEPT_OF_A_REJECT = 8_000
"""Characters of a refused message that are kept."""
SKEW = timedelta(minutes=5)
"""How far the clock of a department's system may be ahead of the city's."""


class MessageUnreadable(Refusal):
    """What came is no message of the exchange."""

    code = "exchange-message-unreadable"
    status = 422


class MessageNotYours(NotAllowed):
    """A system spoke for a case that was not handed over to it."""

    code = "exchange-not-your-case"


class MessageImpossible(Refusal):
    """A message that contradicts what is known, or what the law allows."""

    code = "exchange-message-impossible"


class LinkIsUp(Refusal):
    """Entering by hand is for the time while a link is down."""

    code = "exchange-link-is-up"


class SignatureWrong(NotAllowed):
    """The signature is not that of the system's own key."""

    code = "exchange-signature-wrong"


LARGEST_MESSAGE = 256_000
"""Bytes of one message."""
WIRE = Wire(
    largest=LARGEST_MESSAGE,
    too_large=lambda: MessageUnreadable(f"报文超过{LARGEST_MESSAGE}字节。"),
    forged=lambda: SignatureWrong("报文签名不对。"),
)
"""What comes from departments' systems: one message, signed with the name of its system."""


class StillWaiting(Exception):  # noqa: N818 -- says what holds
    """The message can be applied later: the case is not as far yet."""


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Some = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Message(BaseModel):
    """What every message says: its id, the case, its place among those of the case, its time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    case: Some
    seq: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    event_at: AwareDatetime


class TakenIn(Message):
    """The system has taken the case in (exchange code 8)."""

    kind: Literal["taken_in"]
    reference: Line = ""


class CorrectionAsked(Message):
    """Something is missing or wrong; the lead window tells it with all the rest (code 6)."""

    kind: Literal["correction"]
    target: Some
    problem: Paragraph
    remedy: Paragraph
    clause: Line = ""


class StepDone(Message):
    """A step of the item's route was passed there."""

    kind: Literal["step"]
    step: Some
    opinion: Paragraph = ""


class Decided(Message):
    """The decision, with the number of its document (codes 11, 13)."""

    kind: Literal["decision"]
    result: Literal["grant", "deny"]
    reasons: Paragraph = ""
    number: Line = ""


class LicenceIssued(Message):
    """The licence that was issued there. What stands on its face is what the applicant said."""

    kind: Literal["licence"]
    number: Some
    issuer: Some
    issued_on: date
    valid_from: date
    valid_to: date | None = None
    identifier: Line = ""


AnyMessage = Annotated[
    TakenIn | CorrectionAsked | StepDone | Decided | LicenceIssued, Field(discriminator="kind")
]
_ANY: TypeAdapter[Any] = TypeAdapter(AnyMessage)


def read_message(content: bytes) -> Any:
    """The message in these bytes. Raises MessageUnreadable naming what is wrong with it."""
    WIRE.need_size(len(content))
    if b"\\u0000" in content:
        raise MessageUnreadable("报文中有不能保存的字符。")
    try:
        return _ANY.validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise MessageUnreadable(
            "报文不符合交换格式，请按接口说明改正后用新的报文编号重发。",
            facts={"at": place, "why": first["type"], "problems": error.error_count()},
        ) from None


def read_body(body: dict[str, Any]) -> Any:
    """A message that was read and kept before."""
    return _ANY.validate_python(body)


# Where a case must stand for a message; where it may come to stand there, the message waits.
_NEEDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "taken_in": (frozenset({"received", "accepted"}), frozenset({"waiting"})),
    "correction": (frozenset({"received"}), frozenset()),
    "step": (frozenset({"accepted"}), frozenset({"received"})),
    "decision": (frozenset({"accepted"}), frozenset({"received"})),
    "licence": (frozenset({"producing"}), frozenset({"received"})),
}


def need_ready(kind: str, state: str, titles: dict[str, str]) -> None:
    """Raises StillWaiting for a message that is early, MessageImpossible for one out of place."""
    now, later = _NEEDS[kind]
    if state in now:
        return
    if state in later:
        raise StillWaiting
    raise MessageImpossible(
        f"办件现在是“{titles.get(state, state)}”，不能登记这类报文。",
        facts={"kind": kind, "state": state},
    )


def next_of(settled: Iterable[int]) -> int:
    """The place of the message that is to be applied next: the first that is not settled."""
    done = set(settled)
    place = 1
    while place in done:
        place += 1
    return place


def moment_of(event_at: datetime, *, since: Iterable[datetime | None], now: datetime) -> datetime:
    """When the clocks take a message to have happened: its own time, inside of what is possible.

    Not before the case came there or before what was told of it earlier, not after now.
    """
    earliest = [one for one in since if one is not None]
    return min(max([event_at, *earliest]), now)


def need_possible_time(event_at: datetime, *, opened_at: datetime, now: datetime) -> None:
    """Raises MessageImpossible for a time before the case was filed or after now."""
    if event_at > now + SKEW:
        raise MessageImpossible("报文中的办理时间晚于现在。", facts={"at": event_at.isoformat()})
    if event_at < opened_at - SKEW:
        raise MessageImpossible(
            "报文中的办理时间早于申请人提交申请的时间。", facts={"at": event_at.isoformat()}
        )


def need_operator(by: Actor) -> None:
    """Refuse everybody but the supervisor and the operator's command line."""
    if by.kind == "citizen" or (by.kind == "staff" and not by.supervises):
        raise NotAllowed("链路和重发由监督岗位或系统管理员登记。")


_ENTERS = ("window", "reviewer", "checker", "decider")


def is_of(actor: Actor, case: Placed) -> bool:
    """Whether an officer of the case's department may enter results by hand."""
    return any(actor.holds(f"{case.department}.{role}", case.region) for role in _ENTERS)


def difference_of(entered: tuple[str, str], real: tuple[str, str]) -> str:
    """What a real message says otherwise than the entry by hand; empty where they agree."""
    words = {"grant": "准予", "deny": "不予"}
    if entered[0] != real[0]:
        return f"补录为{words[entered[0]]}，部门业务系统为{words[real[0]]}"
    if real[1] and entered[1].strip().upper() != real[1].strip().upper():
        return f"补录编号为{entered[1]}，部门业务系统为{real[1]}"
    return ""
