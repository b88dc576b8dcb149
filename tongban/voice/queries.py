"""Reads of the voice room: what the menu needs of the city, calls that wait, transcripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Avg, BooleanField, Count, DurationField, ExpressionWrapper, F, Q

from tongban.catalogue.queries import find_answers
from tongban.hotline.queries import content as hotline_content
from tongban.hotline.queries import is_callers, is_of_centre, party_of, place_in
from tongban.hotline.rules import emergency_in
from tongban.kernel.identifiers import mask_phone
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.kernel.worktime import city_date
from tongban.notices.queries import messages_of
from tongban.people.queries import contact_of
from tongban.reading.queries import read
from tongban.voice.content import FILE, Voice
from tongban.voice.models import Call, Event
from tongban.voice.rules.menu import Alarm, Talk, Told
from tongban.voice.states import CallState, EventKind, EventState, Speaker

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

INTENT_TASK = "voice.intent"
"""What the reading room may learn for the menu; until then words decide."""
SHOWN_WAITING = 20


def voice() -> Voice:
    """What `content/voice.yaml` says."""
    return FILE.read(settings.CONTENT)


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call in the list of those that wait, without what only its operator reads."""

    id: int
    phone: str
    language: str
    danger: str
    about: str
    since: datetime
    is_held: bool
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript."""

    speaker: str
    text: str
    at: datetime
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the telephone system shall do with a call of its id; ``do`` as in an answer.

    ``phone`` is whom it shall ring; the call has its id from the city then.
    """

    id: int
    call: str
    do: str
    say: str
    language: str
    node: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class CallPage:
    """A call for the operator who has it: who calls, what was said and understood.

    ``text`` is what the caller asked for, as far as the menu understood it, else all his words.
    ``is_one`` says that what the operator writes goes to the ticket that the menu has recorded.
    """

    id: int
    key: str
    phone: str
    language: str
    danger: str
    text: str
    place: str
    is_ended: bool
    ticket: str
    lines: tuple[Line, ...]
    region: str = ""
    is_one: bool = False


def waiting_calls() -> list[WaitingCall]:
    """Calls that wait for an operator: danger first, then who has waited longest."""
    found = Call.objects.filter(state=CallState.WAITING).select_related("caller")
    is_calm = ExpressionWrapper(Q(danger=""), output_field=BooleanField())
    rows = found.order_by(is_calm, "waiting_at", "pk")[:SHOWN_WAITING]
    return [_waiting(one) for one in rows]


def calls_of(operator_id: int) -> list[WaitingCall]:
    """Calls that an operator has and that have not ended, the one taken last first."""
    found = Call.objects.filter(state=CallState.TAKEN, operator_id=operator_id)
    return [_waiting(one) for one in found.select_related("caller").order_by("-taken_at")[:5]]


def _waiting(call: Call) -> WaitingCall:
    talk = Talk.from_data(call.talk)
    # A caller's code is his number where he shows one (people.actions.caller_party).
    phone = call.caller.code
    about = talk.slots.get("text") or talk.slots.get("question") or ""
    return WaitingCall(
        call.pk,
        mask_phone(phone) if phone.isdigit() else "",
        talk.language,
        call.danger,
        about[:60],
        call.waiting_at or call.started_at,
        call.is_held,
    )


def call_page(actor: Actor, call: int) -> CallPage:
    """A call for the operator who has it, with the number and all that was said.

    Raises NotFound for a call that another one has or nobody has taken.
    """
    need_operator(actor)
    row = Call.objects.select_related("ticket__proceeding").filter(pk=call, operator=actor.id)
    found = row.first()
    if found is None:
        raise NotFound("没有找到这通来电，或者它由别的话务员接听。")
    talk = Talk.from_data(found.talk)
    known = contact_of(found.caller_id)
    own = found.ticket if found.ticket and found.ticket.source == f"line/{found.key}" else None
    lines = transcript_of(found)
    said = "\n".join(one.text for one in lines if one.speaker == Speaker.CALLER and not one.is_key)
    return CallPage(
        id=found.pk,
        key=found.key,
        phone=known.phone if known else "",
        language=talk.language,
        danger=found.danger,
        text=talk.slots.get("text") or talk.slots.get("question") or said,
        place=talk.slots.get("place", "") or (own.place if own else ""),
        is_ended=found.state == CallState.ENDED,
        ticket=found.ticket.proceeding.number if found.ticket else "",
        lines=tuple(lines),
        region=own.region if own else "",
        is_one=own is not None,
    )


def call_about(operator_id: int, number: str) -> int | None:
    """The call that this operator has and of which that ticket came; None where it has ended."""
    found = Call.objects.filter(
        state=CallState.TAKEN, operator_id=operator_id, ticket__proceeding__number=number
    )
    return found.values_list("pk", flat=True).order_by("-taken_at").first()


def need_operator(actor: Actor) -> None:
    """Refuse whoever does not answer the telephone at the centre."""
    if actor.kind != "staff" or "window" not in actor.roles or not is_of_centre(actor):
        raise NotAllowed("这个页面供热线中心的话务岗位使用。")


def need_caller_back(actor: Actor) -> None:
    """Refuse whoever neither answers the telephone nor calls back about replies at the centre."""
    if not _calls_back(actor):
        raise NotAllowed("拨打来电人供热线中心的话务和回访岗位使用。")


def may_ring(actor: Actor) -> bool:
    """Whether this actor may ring up callers, and a telephone system is there to do it."""
    return bool(settings.VOICE_KEY) and _calls_back(actor)


def _calls_back(actor: Actor) -> bool:
    is_one = bool({"window", "checker"} & actor.roles)
    return actor.kind == "staff" and is_one and is_of_centre(actor)


def transcript_of(call: Call) -> list[Line]:
    """What was said in a call, in its order: the caller's words and keys, the machine's, ours."""
    rows = Event.objects.filter(call=call, state=EventState.APPLIED).order_by("seq")
    lines: list[Line] = []
    for row in rows:
        if row.kind in {EventKind.SAID, EventKind.KEY} and row.value:
            is_key = row.kind == EventKind.KEY
            text = f"[{row.value}]" if is_key else row.value
            lines.append(Line(row.speaker, text, row.at, is_key))
        if row.answer.get("say"):
            lines.append(Line(Speaker.MACHINE, row.answer["say"], row.at))
    return lines


def is_known(call_id: str) -> bool:
    """Whether anything has been told of a call."""
    return Call.objects.filter(call_id=call_id).exists()


@dataclass(frozen=True, slots=True)
class CallNow:
    """Where a call is, for the page of its caller."""

    state: str
    operator: str
    ticket: str


def call_now(call_id: str) -> CallNow:
    """Where a call is. Raises NotFound for none of that id."""
    found = Call.objects.select_related("operator", "ticket__proceeding").filter(call_id=call_id)
    row = found.first()
    if row is None:
        raise NotFound("没有找到这通来电。")
    return CallNow(
        row.state,
        row.operator.name if row.operator else "",
        row.ticket.proceeding.number if row.ticket else "",
    )


@dataclass(frozen=True, slots=True)
class AnswerRate:
    """How many calls were offered to operators in a time, and what became of them.

    ``prompt`` were answered within the seconds of the content, ``given_up`` ended before anybody
    answered; what is neither answered nor given up waits still. ``seconds`` is how long those
    who were answered had waited, on the average; None where none was.
    """

    offered: int
    answered: int
    prompt: int
    given_up: int
    seconds: float | None

    @property
    def waiting(self) -> int:
        """How many wait still."""
        return self.offered - self.answered - self.given_up

    @property
    def share(self) -> float | None:
        """Answered of offered (接通率, domain-04 §5.6); None where none was offered."""
        return self.answered / self.offered if self.offered else None

    @property
    def prompt_share(self) -> float | None:
        """Answered soon enough of offered; None where none was offered."""
        return self.prompt / self.offered if self.offered else None


def answer_rate(since: datetime, until: datetime) -> AnswerRate:
    """The answer rate of calls that began in a time (since included, until not); one statement.

    A call counts once, by the first time that it was offered and the first that it was answered.
    """
    soon = F("offered_at") + timedelta(seconds=voice().prompt.value)
    answered = Q(answered_at__isnull=False)
    found = Call.objects.filter(
        started_at__gte=since, started_at__lt=until, offered_at__isnull=False
    ).aggregate(
        offered=Count("*"),
        answered=Count("answered_at"),
        prompt=Count("answered_at", filter=Q(answered_at__lte=soon)),
        given_up=Count("ended_at", filter=~answered),
        wait=Avg(
            ExpressionWrapper(F("answered_at") - F("offered_at"), output_field=DurationField())
        ),
    )
    wait = found.pop("wait")
    return AnswerRate(**found, seconds=wait.total_seconds() if wait is not None else None)


# What the menu asks of the city


def intent_of(text: str) -> tuple[str, float]:
    """What a sentence in the main menu wants, and how sure that is (0 to 1)."""
    found = read(INTENT_TASK, text, words=voice().words)
    return (found.reading.label, found.reading.confidence) if found else ("", 0.0)


def alarm_in(text: str, language: str) -> Alarm | None:
    """The emergency that words speak of, with what is said at once; None for none."""
    found = emergency_in(text, hotline_content())
    if found is None:
        return None
    says: dict[str, Any] = found["say"]
    return Alarm(str(found["code"]), str(says.get(language) or says["zh"]))


def told_to(text: str, language: str, now: datetime) -> Told | None:
    """The answer of the knowledge base to a question; None where nobody has written one."""
    found = find_answers(text, city_date(now), 1)
    if not found:
        return None
    answer = found[0][1]
    return Told(
        answer.title.say(language),
        answer.text.say(language),
        answer.unit_name.say(language),
        answer.updated.isoformat(),
    )


def place_of(text: str) -> str:
    """The first place or road that a text names; empty for none."""
    return place_in(text)[0]


def latest_news(number: str, language: str) -> str:
    """The last thing that was told about a ticket to its caller; empty before the first."""
    party = party_of(number)
    found = messages_of((party,), language=language, limit=100).messages
    return next((f"{one.title}：{one.body}" for one in found if one.proceeding == number), "")


def proves(number: str, ending: str) -> bool:
    """Whether these last digits of a telephone prove that the ticket is the caller's."""
    return is_callers(number, ending)
