"""Events of calls: kept once, applied in their order, answered by the menu."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from tongban.hotline.actions import Request, receive_ticket
from tongban.hotline.rules import CRITICAL, clean
from tongban.hotline.states import Channel
from tongban.kernel.actors import SYSTEM
from tongban.kernel.identifiers import is_landline, is_mobile
from tongban.kernel.refusals import Refusal
from tongban.people.actions import TooManyAttempts, admit_lookup, caller_party
from tongban.people.queries import contact_of
from tongban.reading.rules.things import mask
from tongban.voice.events import raters
from tongban.voice.models import Call, Event, Order
from tongban.voice.queries import (
    alarm_in,
    intent_of,
    latest_news,
    place_of,
    proves,
    told_to,
    voice,
)
from tongban.voice.rules import menu
from tongban.voice.rules.events import WIRE, EventChanged, read_done, read_event
from tongban.voice.rules.words import in_figures, level_of
from tongban.voice.states import CallState, Do, EventKind, EventState, Node, Speaker

if TYPE_CHECKING:
    from tongban.voice.rules.events import CallEvent
    from tongban.voice.rules.menu import Alarm, Talk, Told, Turn

HIDDEN = "••••"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an event, what is said to the caller now and what the telephone does.

    ``order`` is the order that is told with it (`actions.tell_orders`); 0 for none.
    """

    state: str
    is_copy: bool = False
    say: str = ""
    language: str = "zh"
    do: str = Do.NOTHING
    node: str = ""
    ticket: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class _Means:
    """The city as the menu asks it, for one call at one moment."""

    call: Call
    now: datetime
    wall: datetime

    def alarm(self, text: str, language: str) -> Alarm | None:
        return alarm_in(text, language)

    def intent(self, text: str) -> tuple[str, float]:
        return intent_of(text)

    def answer(self, text: str, language: str) -> Told | None:
        return told_to(text, language, self.now)

    def place(self, text: str) -> str:
        return place_of(text)

    def progress(self, number: str, ending: str, language: str) -> str | None:
        """None where the digits do not prove it, or where too many were tried."""
        try:
            admit_lookup(number, f"voice/{self.call.caller_id}", wall=self.wall)
        except TooManyAttempts:
            return None
        return latest_news(number, language) if proves(number, ending) else None

    def matter(self, numbers: tuple[str, ...], code: str) -> str:
        """What may be rated by a number and its code; empty as well where too many were tried."""
        for number in numbers:
            try:
                admit_lookup(number, f"voice/{self.call.caller_id}", wall=self.wall)
            except TooManyAttempts:
                return ""
            if found := raters().by_code(number, code, self.now):
                return found
        return ""


def hear(*, content: bytes, signature: str, now: datetime, wall: datetime) -> Answer:
    """Take in one signed event of the telephone system; the same again changes nothing.

    Raises VoiceSignatureWrong and EventUnreadable; nothing is kept of either.
    """
    WIRE.need_signed(settings.VOICE_KEY, content, signature, now=now)
    return take_in(event=read_event(content), now=now, wall=wall)


def confirmed(*, content: bytes, signature: str, now: datetime) -> tuple[int, ...]:
    """The orders that the telephone system says it has done, in its signed question for more.

    Raises VoiceSignatureWrong and EventUnreadable.
    """
    WIRE.need_signed(settings.VOICE_KEY, content, signature, now=now)
    return read_done(content)


def take_in(*, event: CallEvent, now: datetime, wall: datetime) -> Answer:
    """Keep an event once and apply what is next in its call's order.

    ``now`` is the city's time, ``wall`` the machine's, by which gaps are waited for. Raises
    EventChanged where another event has its place.
    """
    with transaction.atomic():
        call = _locked(event, now)
        known = Event.objects.filter(call=call, seq=event.seq).first()
        if known is not None:
            return _copy(known, event)
        row = Event(
            call=call,
            seq=event.seq,
            kind=event.kind.value,
            speaker=event.speaker,
            value=clean(event.value),
            language=event.language,
            digest=event.digest,
            at=event.at,
            arrived_at=wall,
        )
        if event.seq <= call.applied:
            row.state, row.value = EventState.LATE, mask(row.value)
        row.save(force_insert=True)
        return _go_on(call, row, now, wall)


def skip_gaps(*, now: datetime, wall: datetime) -> int:
    """Go on with calls whose missing event has not come; answers how many went on or ended.

    A call of which nothing at all is told any more has ended: its last event was lost.
    """
    before = wall - timedelta(seconds=voice().gap.value)
    stuck = Event.objects.filter(state=EventState.WAITING, arrived_at__lt=before)
    ids = sorted(set(stuck.values_list("call_id", flat=True)[:200]))
    for one in ids:
        with transaction.atomic():
            call = Call.objects.select_for_update().get(pk=one)
            _go_on(call, None, now, wall)
    return len(ids) + _end_silent(now, wall)


@transaction.atomic
def _end_silent(now: datetime, wall: datetime) -> int:
    quiet = timedelta(minutes=voice().silent.value)
    before = wall - quiet
    lately = Event.objects.filter(call=OuterRef("pk"), arrived_at__gte=before)
    # Nothing is told yet of one whom the city has just asked to be rung.
    rung = Order.objects.filter(call=OuterRef("pk"), do=Do.RING, given_at__gt=now - quiet)
    silent = Call.objects.exclude(state=CallState.ENDED).filter(~Exists(lately), ~Exists(rung))
    rows = silent.select_for_update(skip_locked=True).order_by("started_at")[:200]
    ids = [one.pk for one in rows]
    Order.objects.filter(call__in=ids, done_at=None).update(done_at=now)
    return Call.objects.filter(pk__in=ids).update(
        state=CallState.ENDED, ended_at=now, is_held=False
    )


def _locked(event: CallEvent, now: datetime) -> Call:
    phone = _phone(event.phone)
    call, _new = Call.objects.get_or_create(
        call_id=event.call,
        defaults={
            "key": uuid.uuid4().hex,
            "caller_id": caller_party(phone),
            "started_at": now,
        },
    )
    call = Call.objects.select_for_update().get(pk=call.pk)
    if phone and contact_of(call.caller_id) is None:
        # The first event came after another one: only it knows the number.
        call.caller_id = caller_party(phone)
    return call


def _phone(text: str) -> str:
    """The number that calls, as callers are known by it; empty where it is hidden or strange."""
    phone = re.sub(r"[\s-]", "", text).removeprefix("+86").removeprefix("0086")
    return phone if is_mobile(phone) or is_landline(phone) else ""


def _copy(known: Event, event: CallEvent) -> Answer:
    if known.digest != event.digest:
        raise EventChanged("同一序号先后发来不同的事件，以先到的为准。")
    Event.objects.filter(pk=known.pk).update(copies=F("copies") + 1)
    return Answer(known.state, is_copy=True, **known.answer)


def _go_on(call: Call, new: Event | None, now: datetime, wall: datetime) -> Answer:
    """Apply what is next, as far as nothing is missing or has been missing for too long."""
    given_up = wall - timedelta(seconds=voice().gap.value)
    waiting = Event.objects.filter(call=call, state=EventState.WAITING).order_by("seq")
    answer = Answer(new.state if new else EventState.WAITING)
    for row in waiting:
        if row.seq != call.applied + 1 and row.arrived_at > given_up:
            break
        answer = _apply(call, row, now, wall)
    call.save()
    return answer


def _apply(call: Call, row: Event, now: datetime, wall: datetime) -> Answer:
    talk = menu.Talk.from_data(call.talk)
    waits = _ordered(call, row, now)
    turn = None if waits else _turn(call, row, talk, _Means(call, now, wall))
    if turn is None:
        turn = menu.Turn(talk, (), Do.NOTHING)
    if turn.records:
        turn = _record(call, turn, now)
    if turn.level:
        kept = raters().rate(talk.slots["matter"], turn.level, _shown(call), now)
        turn = menu.rated(turn.talk, is_kept=kept)
    call.talk = turn.talk.to_data()
    call.danger = turn.talk.danger
    if turn.do == Do.CONNECT and call.state == CallState.MENU:
        _wait(call, now)
    answer = _answer(call, turn, waits)
    row.state, row.value = EventState.APPLIED, _kept(row, talk)
    row.answer = {
        "say": answer.say if talk.node in menu.NUMBERS else _told(answer),
        "language": answer.language,
        "do": answer.do,
        "node": answer.node,
        "ticket": answer.ticket,
        "order": answer.order,
    }
    row.save()
    call.applied = row.seq
    return answer


def _told(answer: Answer) -> str:
    """What was said, as it is kept: no number of a person, but the number of the ticket.

    Spelled out, one ticket in ten would pass for the number of a bank card.
    """
    if not answer.ticket:
        return mask(answer.say)
    own = menu.spelled(answer.ticket)
    return own.join(map(mask, answer.say.split(own)))


def _wait(call: Call, now: datetime) -> None:
    """The caller waits for an operator, whoever spoke to him before."""
    call.state, call.waiting_at, call.operator_id = CallState.WAITING, now, None
    call.offered_at = call.offered_at or now


def _ordered(call: Call, row: Event, now: datetime) -> Order | None:
    """An order that the telephone system has not heard of: it is told before all else.

    The end of a call needs no order any more. What is keyed before the question was heard is no
    answer to it.
    """
    if row.kind == EventKind.ENDED:
        Order.objects.filter(call=call, done_at=None).update(done_at=now)
        return None
    if call.operator_id is None:
        return None
    found = Order.objects.filter(call=call, done_at=None, told_at=None).order_by("pk").first()
    if found is not None:
        found.told_at = now
        found.save(update_fields=["told_at"])
    return found


def _answer(call: Call, turn: Turn, order: Order | None) -> Answer:
    number = call.ticket.proceeding.number if call.ticket else ""
    if order is not None:
        return Answer(
            EventState.APPLIED,
            say=order.say,
            language=order.language,
            do=order.do,
            node=order.node,
            ticket=number,
            order=order.pk,
        )
    return Answer(
        EventState.APPLIED,
        say=menu.spoken(turn.says, voice(), turn.talk.language),
        language=turn.talk.language,
        do=turn.do,
        node=turn.talk.node,
        ticket=number,
    )


def _shown(call: Call) -> str:
    """The number that calls; empty where it is hidden."""
    known = contact_of(call.caller_id)
    return known.phone if known else ""


def _kept(row: Event, talk: Talk) -> str:
    """What stands in the transcript: digits that prove something never, other numbers masked."""
    if row.speaker == Speaker.CALLER and (talk.node in menu.PROOFS or _is_rating(row, talk)):
        return HIDDEN
    return _masked(row.value, talk)


def _is_rating(row: Event, talk: Talk) -> bool:
    """How content somebody is, is not for the operator to read."""
    if talk.node != Node.RATING:
        return False
    return row.kind == EventKind.KEY or len(row.value) <= 2 or bool(level_of(row.value, voice()))


def _masked(text: str, talk: Talk) -> str:
    """Words without numbers of persons; the number of a ticket stands where it was asked for."""
    said = text.rstrip("#")
    is_number = (talk.node == Node.NUMBER and menu.spoken_number(in_figures(said, voice()))) or (
        talk.node == Node.RATE_NUMBER and menu.spoken_numbers(said, voice())
    )
    return text if is_number else mask(text)


def _turn(call: Call, row: Event, talk: Talk, means: _Means) -> Turn | None:
    """What follows from an event; None where nothing is said."""
    if call.state == CallState.ENDED:
        return None
    if row.kind == EventKind.ANSWERED:
        is_first = call.state == CallState.MENU and row.speaker == Speaker.CALLER
        return menu.begin(row.language or talk.language) if is_first else None
    if row.kind in {EventKind.HELD, EventKind.RESUMED}:
        call.is_held = row.kind == EventKind.HELD
    elif row.kind == EventKind.ENDED:
        call.state, call.ended_at, call.is_held = CallState.ENDED, means.now, False
    elif row.kind in {EventKind.KEY, EventKind.SAID} and row.speaker == Speaker.CALLER:
        return _answered(row, talk, means)
    return None


def _answered(row: Event, talk: Talk, means: _Means) -> Turn | None:
    is_key = row.kind == EventKind.KEY
    needs_whole = talk.node in menu.NUMBERS | menu.PROOFS
    text = _masked(row.value.rstrip("#") if is_key and needs_whole else row.value, talk)
    if is_key and not text:
        return None
    return menu.next_turn(talk, menu.Heard(text, is_key), voice(), means)


def _record(call: Call, turn: Turn, now: datetime) -> Turn:
    """Make a ticket of what was read back, or at once where there is danger."""
    talk = turn.talk
    request = Request(
        text=talk.slots["text"],
        channel=Channel.VOICE,
        place=talk.slots.get("place", ""),
        urgency=CRITICAL if talk.danger else "",
        phone=_shown(call),
        source=f"line/{call.key}",
    )
    try:
        made = receive_ticket(request=request, by=SYSTEM, now=now)
    except Refusal:
        return turn if talk.danger else menu.hand_over(talk, "not_recorded")
    call.ticket_id = made.ticket_id
    if talk.danger:
        # The operator who takes over goes on with this ticket: the key stays.
        return turn
    call.key = uuid.uuid4().hex
    return menu.recorded(talk, made.number)
