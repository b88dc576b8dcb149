"""Plays a telephone call: what the caller says and presses, what the menu answers, who takes over.

The lines are those of a journey. `caller` talks; everybody else is a login. What is written is
what was said to the caller, where the call is, and what came of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.journeys import script
from tests.journeys.calls import URGENCIES, _masked, _named, _unit
from tests.voice.ringing import Ringing
from tongban.doors.reviews import channel_name, level_name
from tongban.hotline.actions import (
    Request,
    answer_directly,
    correct_place,
    dispatch_ticket,
    receive_ticket,
)
from tongban.hotline.models import Task, Ticket
from tongban.hotline.queries import ticket_page
from tongban.kernel.refusals import Refusal
from tongban.ratings.models import Review
from tongban.records.models import Entry
from tongban.voice.actions import end_call, take_call, tell_orders, tie_ticket
from tongban.voice.queries import call_page, waiting_calls

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.city.house import House
    from tests.journeys.script import Line
    from tongban.voice.actions import Answer

STATES = {"menu": "语音导航中", "waiting": "等候话务员", "taken": "话务员接听", "ended": "已挂机"}


@dataclass
class VoiceJourney:
    """One call from the first ring to the hand-over, and what has been written about it."""

    house: House
    caller: Ringing = field(init=False)
    last: Answer | None = None

    def __post_init__(self) -> None:
        self.caller = Ringing(self.house)

    def play(self, lines: list[Line]) -> str:
        self.house.rest()
        return script.written([(line, self._play(line)) for line in lines])

    def _play(self, line: Line) -> list[str]:
        if not line.verb:
            return []
        self.house.go(line.at)
        try:
            rows = VERBS[line.verb](self, line.person, *line.words)
        except Refusal as no:
            return [f"! {no.code}：{no.sentence}"]
        self.house.rest()
        return [*map(_hidden, rows), *self._state()]

    def _state(self) -> list[str]:
        call = self.caller.call
        facts = [
            STATES[call.state], f"语言 {call.talk.get('language', 'zh')}",
            f"紧急 {_named('emergencies', call.danger)}" if call.danger else "",
        ]  # fmt: skip
        return [f"= {'；'.join(one for one in facts if one)}", *self._ticket()]

    def _ticket(self) -> list[str]:
        call = self.caller.call
        if call.ticket is None:
            return []
        one = Ticket.objects.select_related("proceeding").get(pk=call.ticket_id)
        page = ticket_page(self.house.actor("ning.line"), one.proceeding.number, self.house.now)
        facts = [page.state_title, _named("types", one.type), URGENCIES[one.urgency]]
        return [f"- 工单：{'；'.join(facts)}；地点 {one.place or '未说'}"]


def _hidden(row: str) -> str:
    """Numbers, however they are said, differ from run to run."""
    return re.sub(r"G D(?: [0-9A-Z]){15,}|\d{18,}(?=#)", "〔编号〕", _masked(row))


def _told(answer: Answer) -> list[str]:
    return [f"« {answer.say}"] if answer.say else []


def ring(journey: VoiceJourney, person: str, phone: str) -> list[str]:
    journey.caller.phone = phone
    return _told(journey.caller.lift())


def say(journey: VoiceJourney, person: str, text: str) -> list[str]:
    return _told(journey.caller.say(text))


def key(journey: VoiceJourney, person: str, keys: str) -> list[str]:
    if keys == "编号":
        number = Ticket.objects.select_related("proceeding").latest("pk").proceeding.number
        keys = f"{number[2:-1]}#"
    return _told(journey.caller.key(keys))


def again(journey: VoiceJourney, person: str) -> list[str]:
    """The same event comes once more."""
    event = journey.caller.call.events.latest("seq")
    told = journey.caller.tell(event.kind, event.value, seq=event.seq)
    return [f"* 重复的事件，{'只回原话' if told.is_copy else '又执行了一遍'}"]


def hang_up(journey: VoiceJourney, person: str) -> list[str]:
    return _told(journey.caller.tell("ended"))


def take(journey: VoiceJourney, person: str) -> list[str]:
    by = journey.house.actor(person)
    call = journey.caller.call.pk
    listed = [one.phone for one in waiting_calls() if one.id == call]
    take_call(call=call, by=by, now=journey.house.now)
    page = call_page(by, call)
    return [
        f"> 等候列表上是 {'、'.join(listed)}；接听后看到号码 {page.phone}",
        f"> 表单已填：{' / '.join(page.text.splitlines())}；地点 {page.place or '空'}",
        *(f"> {line.speaker}：{line.text}" for line in page.lines if line.speaker == "caller"),
    ]


def dispatch(journey: VoiceJourney, person: str, unit: str = "") -> list[str]:
    dispatch_ticket(
        ticket_id=journey.caller.call.ticket_id, unit=unit,
        by=journey.house.actor(person), now=journey.house.now,
    )  # fmt: skip
    return []


def answer(journey: VoiceJourney, person: str, text: str) -> list[str]:
    """The operator writes down what was asked and answers it at once."""
    by, call, now = journey.house.actor(person), journey.caller.call, journey.house.now
    page = call_page(by, call.pk)
    request = Request(text=page.text, type="consult", phone=page.phone, source=f"line/{page.key}")
    made = receive_ticket(request=request, by=by, now=now)
    tie_ticket(call=call.pk, ticket_id=made.ticket_id, by=by, now=now)
    answer_directly(ticket_id=made.ticket_id, answer=text, by=by, now=now)
    return []


def put_right(journey: VoiceJourney, person: str, place: str, region: str) -> list[str]:
    """The operator hears that it is somewhere else than the menu understood."""
    correct_place(
        ticket_id=journey.caller.call.ticket_id, place=place, region=region,
        by=journey.house.actor(person), now=journey.house.now,
    )  # fmt: skip
    journey.house.rest()
    return [f"> 更正记入日志：{Entry.objects.filter(verb='correct_place').count()}次"]


def units(journey: VoiceJourney, person: str) -> list[str]:
    """To whom it went."""
    ticket = journey.caller.call.ticket_id
    found = Task.objects.select_related("proceeding").filter(ticket_id=ticket)
    return [f"> 承办：{_unit(one.unit)}，区域 {one.proceeding.region}" for one in found]


def end(journey: VoiceJourney, person: str) -> list[str]:
    """The operator hangs up; the telephone asks what it shall do."""
    by, now = journey.house.actor(person), journey.house.now
    ending = end_call(call=journey.caller.call.pk, by=by, now=now)
    told = [f"> 话务员挂机：{ENDINGS[ending]}"]
    for one in tell_orders(now=now):
        told += [f"> 指令：{one.do}", *([f"« {one.say}"] if one.say else [])]
    return told


def rated(journey: VoiceJourney, person: str) -> list[str]:
    """What is on record of what callers said."""
    rows = Review.objects.order_by("pk")
    told = [f"> 评价：{level_name(one.level)}，{channel_name(one.channel)}" for one in rows]
    return told or ["> 评价：没有，不算好评"]


ENDINGS = {"cut": "通话结束", "rating": "语音导航接着请他评价", "gone": "来电人已经挂机"}
VERBS: dict[str, Callable[..., list[str]]] = {
    "ring": ring,
    "say": say,
    "key": key,
    "again": again,
    "hang-up": hang_up,
    "take": take,
    "dispatch": dispatch,
    "answer": answer,
    "put-right": put_right,
    "units": units,
    "end": end,
    "rated": rated,
}
