"""Plays a request to the hotline from the call to its end and writes what came of each line.

The lines are those of a journey; people are logins, or `centre`, `centre.decider`, `unit`,
`unit.head`: whoever of them has the ticket. What is written is read from the page that the centre
sees, from the journal, and from the messages to the caller.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.hotline.calls import Call, called
from tests.journeys import outside, script, upkeep
from tongban.catalogue.queries import department_names
from tongban.doors.texts import CLOCK_NAMES
from tongban.hotline import actions
from tongban.hotline.models import Ticket
from tongban.hotline.queries import content, ticket_page
from tongban.hotline.states import HOT, TICKET
from tongban.kernel.actors import SYSTEM
from tongban.kernel.clocks import ClockState
from tongban.kernel.refusals import Refusal
from tongban.kernel.signatures import signature_of
from tongban.kernel.worktime import CITY_ZONE
from tongban.notices.models import Delivery, Message
from tongban.records.models import Entry
from tongban.relay import actions as relay
from tongban.relay.queries import beside, told_caller

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.city.house import House
    from tests.journeys.script import Line
    from tongban.kernel.actors import Actor
    from tongban.relay.gateways.fake import FakeOpen311

SAID = {"已解决": "solved", "部分解决": "partly", "未解决": "unsolved", "未联系上": "unreached"}
LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
URGENCIES = {"normal": "一般", "urgent": "紧急", "critical": "特急"}
BY_ITSELF = {"clock_warned": "时限预警", "clock_expired": "时限届满", "supervise": "系统督办",
             "raise_order": "督办升级", "order_unheard": "督办到最后一级仍未答复",
             "hold_ended": "挂账到期，恢复办理",
             "dispatch": "系统派单", "close": "系统办结", "become_hot": "聚成热点",
             "alarm": "热点预警", "alarm_again": "热点继续升温",
             "cool_down": "热度回落", "incident_late": "没有按时签收",
             "call_next": "通知下一位值班人", "leave_unanswered": "无人签收，报监督"}  # fmt: skip


@dataclass
class CallJourney:
    """One request on its way, and what has been written about it so far."""

    house: House
    call: Call | None = None
    shown: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    partner: FakeOpen311 | None = None

    @property
    def now(self) -> datetime:
        return self.house.now

    def play(self, lines: list[Line]) -> str:
        """The transcript of the whole request."""
        self.house.rest()
        for kind in (Message, Entry):
            self._new(kind)
        return script.written([(line, self._play(line)) for line in lines])

    def _play(self, line: Line) -> list[str]:
        if not line.verb:
            return []
        self.house.go(line.at)
        outside = _poll(self.house)
        told = [*self._by_itself(), *outside]
        if line.verb == "read-story":
            return [*told, *self._looked(), *self._outside()]
        if line.verb == "find-answer":
            return [*told, *upkeep.found(self, *line.words)]
        try:
            VERBS[line.verb](self, self._person(line), *line.words)
        except Refusal as no:
            rows = [f"! {no.code}：{no.sentence}", *(f"! {one}" for one in no.instead)]
            return [*told, *map(_masked, rows)]
        self.house.rest()
        told += self._by_itself()
        told += [_masked(one) for one in self.told]
        self.told = []
        if self.call is None:
            self._new(Message)
            return told
        return [*told, *self._states(), *self._outside(), *self._messages()]

    def _person(self, line: Line) -> Actor:
        where, _dot, role = line.person.partition(".")
        if where in ("owner", *outside.PEOPLE):
            # Whoever works on the step is found where the verb is played.
            return SYSTEM
        if self.call is None or where not in ("centre", "unit"):
            return self.house.actor(line.person)
        if where == "centre":
            return self.call.centre(role or "checker")
        return self.call.unit(role or "reviewer")

    def _new(self, kind: Any) -> list[Any]:
        after = self.seen.get(kind.__name__, 0)
        rows = list(kind.objects.filter(pk__gt=after).order_by("pk"))
        if rows:
            self.seen[kind.__name__] = rows[-1].pk
        return rows

    # Telling

    def _by_itself(self) -> list[str]:
        """What nobody did: deadlines, orders and dispatches by the system."""
        rows = []
        for entry in self._new(Entry):
            if entry.actor_kind == "system" and entry.verb in BY_ITSELF:
                at = f"{entry.at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
                clock = CLOCK_NAMES.get(entry.body.get("clock", ""), "")
                trigger = _named("triggers", entry.body.get("trigger", ""))
                level = _named("levels", entry.body.get("level", ""))
                about = level or clock or trigger
                rows.append(f"* {at}  {BY_ITSELF[entry.verb]}{f'（{about}）' if about else ''}")
        return rows

    def _states(self) -> list[str]:
        assert self.call is not None
        page = ticket_page(self.call.centre(), self.call.number, self.now)
        ticket = page.ticket
        facts = [
            page.state_title, _named("types", ticket.type), " / ".join(page.node.path)
            if page.node else "未归类", URGENCIES[ticket.urgency],
            f"承办 {_unit(ticket.unit)}" if ticket.unit else "",
            f"第{ticket.round}轮" if ticket.round > 1 else "", *_clocks(page.clocks),
        ]  # fmt: skip
        rows = [f"= {'；'.join(one for one in facts if one)}"]
        for task in page.tasks:
            words = [
                task.state_title,
                "" if task.is_lead else "协办",
                "指定办理，不得再退单" if task.is_designated else "",
                *_clocks(task.clocks),
            ]
            rows += self._changed(task.number, f"- 任务〔{_unit(task.unit)}〕", words)
        for order in page.orders:
            words = [
                _named("triggers", order.trigger), _named("levels", order.level),
                order.state_title, *_clocks(order.clocks),
            ]  # fmt: skip
            rows += self._changed(order.number, f"- 督办单〔{_unit(order.unit)}〕", words)
        for number, name, words in upkeep.rows_of(self, _unit):
            rows += self._changed(number, name, words)
        return [*rows, *self._issue()]

    def _issue(self) -> list[str]:
        """The hot issue that the ticket belongs to, and where the others of it stand."""
        assert self.call is not None
        issue = self.call.ticket.hot
        if issue is None:
            return []
        state = issue.proceeding.state
        words = [HOT.title(state), f"{issue.callers:g}人{issue.tickets_count}件"]
        if state in ("watching", "alarmed"):
            words.append(f"一天{issue.callers_today:g}人，{issue.limit}人起预警")
        counted = Counter(issue.tickets.values_list("proceeding__state", flat=True))
        words += [f"{TICKET.title(state)}{n}件" for state, n in sorted(counted.items())]
        return self._changed(issue.proceeding.number, f"- 热点〔{issue.title}〕", words)

    def _outside(self) -> list[str]:
        """What those outside say, what three agreed on, and the alarm."""
        assert self.call is not None
        found = beside(self.call.ticket_id, self.now)
        rows = []
        if found.alarm:
            alarm = found.alarm
            due = f"，最迟{alarm.due_at.astimezone(CITY_ZONE):%H:%M}" if alarm.due_at else ""
            words = [f"{alarm.kind['zh']}，{alarm.state_title}{due}",
                     f"{alarm.by}签收：{alarm.note}" if alarm.by else "",
                     f"报告：{alarm.report}" if alarm.report else ""]  # fmt: skip
            rows += self._changed("alarm", "- 紧急事件：", words)
        for n, one in enumerate(found.passings):
            words = ["由对方转来" if one.is_in else one.state_title, one.words]
            rows += self._changed(f"outside{n}", f"- 外单位〔{one.partner['zh']}〕", words)
        if found.conference:
            how = "商定" if found.conference.agreed else "没有商定，先接到电话的受理："
            words = [f"{how}{found.conference.accepted_by['zh']}受理", found.conference.text]
            rows += self._changed("conference", "- 三方通话：", words)
        back = Ticket.objects.filter(of_number=self.call.number, source__startswith="relay/back")
        for one in back.select_related("proceeding"):
            rows += self._changed("back", "- 退回重新受理：", [TICKET.title(one.proceeding.state)])
        return rows

    def _looked(self) -> list[str]:
        """What the caller reads on the page of the request of what became of it elsewhere."""
        assert self.call is not None
        rows = []
        for line in told_caller(self.call.ticket_id):
            again = f"，新工单{line.again}" if line.again else ""
            at = f"{line.at.astimezone(CITY_ZONE):%m-%d %H:%M}"
            rows.append(_masked(f"? {at}  {line.partner['zh']}：{line.title}{again}"))
        return rows or ["? 没有外单位的消息"]

    def _changed(self, number: str, name: str, words: list[str]) -> list[str]:
        row = name + "；".join(one for one in words if one)
        if self.shown.get(number) == row:
            return []
        self.shown[number] = row
        return [row]

    def _messages(self) -> list[str]:
        assert self.call is not None
        mine = self.call.ticket.caller_id
        new = self._new(Message)
        words = [one.words["zh"] for one in new if one.party_id == mine]
        rest = [one for one in new if one.party_id != mine and one.key.startswith("ticket_")]
        others = Counter(one.words["zh"]["title"] for one in rest)
        people = {one.party_id for one in rest}
        told = [f"+ 其他{len(people)}人的消息：{title}，{n}条" for title, n in others.items()]
        duty = [one for one in new if one.key == "incident_raised"]
        return [*self._own(words), *told, *map(_alarmed, duty)]

    def _own(self, words: list[Any]) -> list[str]:
        return [_masked(f"+ 消息：{one['title']}：{one['body']}") for one in words]


def _alarmed(row: Message) -> str:
    """What somebody on duty was told, and whether it waits for the morning."""
    delivery = Delivery.objects.get(message=row)
    waits = "" if delivery.not_before <= row.created_at else "（夜间不发，等到早上）"
    return _masked(f"+ 值班短信{waits}：{row.words['zh']['sms']}")


def _poll(house: House) -> list[str]:
    """The worker asks those outside how things stand."""
    relay.poll(now=house.now)
    house.rest()
    return []


def _masked(row: str) -> str:
    return re.sub(r"(?:GD|CB|DB|TQ|ZS|YS|YJ)[0-9A-Z]{15,}", "〔编号〕", row)


def _unit(code: str) -> str:
    return department_names()[code].zh


def _named(part: str, code: str) -> str:
    found = (one["name"]["zh"] for one in content()[part] if one["code"] == code)
    return next(found, "")


def _clocks(clocks: Any) -> list[str]:
    rows = []
    for one in clocks:
        if one.reading.state is ClockState.STOPPED:
            continue
        name, due = CLOCK_NAMES[one.spec.name], one.reading.due.at
        if one.reading.state is ClockState.SUSPENDED or due is None:
            rows.append(f"{name}暂停计算")
            continue
        over = "，已超期" if one.reading.overdue else ""
        rows.append(f"{name} {due.astimezone(CITY_ZONE):%m-%d %H:%M}{over}")
    return rows


# What people do


def receive(journey: CallJourney, by: Actor, kind: str, domain: str, text: str) -> None:
    more = {} if kind == "自动" else {"type": kind, "domain": domain}
    if kind == "自动":
        more = {"type": "", "domain": "", "urgency": ""}
    journey.call = called(journey.house, text, **more)


def another(journey: CallJourney, by: Actor, phone: str, text: str) -> None:
    """Somebody else calls about something; the operator writes it down."""
    assert journey.call is not None
    one = journey.call.ticket
    called(journey.house, text, type=one.type, domain=one.domain, phone=phone)


def _on_issue(action: Callable[..., object], *names: str) -> Any:
    def run(journey: CallJourney, by: Actor, *words: str) -> None:
        assert journey.call is not None
        given = dict(zip(names, words, strict=True))
        action(issue_id=journey.call.ticket.hot_id, **given, by=by, now=journey.now)

    return run


def cool(journey: CallJourney, by: Actor) -> None:
    """The worker looks for issues of which nobody speaks any more."""
    actions.cool_issues(journey.now)


def _on_ticket(action: Callable[..., object], *names: str, **fixed: Any) -> Any:
    def run(journey: CallJourney, by: Actor, *words: str) -> None:
        assert journey.call is not None
        given = dict(zip(names, words, strict=True))
        action(ticket_id=journey.call.ticket_id, **given, **fixed, by=by, now=journey.now)

    return run


def _on_task(action: Callable[..., object], *names: str, **fixed: Any) -> Any:
    def run(journey: CallJourney, by: Actor, *words: str) -> None:
        assert journey.call is not None
        given = dict(zip(names, words, strict=True))
        action(task_id=journey.call.task.pk, **given, **fixed, by=by, now=journey.now)

    return run


def _on_order(action: Callable[..., object], *names: str) -> Any:
    def run(journey: CallJourney, by: Actor, *words: str) -> None:
        assert journey.call is not None
        given = dict(zip(names, words, strict=True))
        action(order_id=journey.call.orders[-1].pk, **given, by=by, now=journey.now)

    return run


def wait(journey: CallJourney, by: Actor) -> None:
    """Nobody does anything; only time passes."""


def call_back(journey: CallJourney, by: Actor, outcome: str, level: str = "") -> None:
    assert journey.call is not None
    satisfied = LEVELS.index(level) + 1 if level else None
    said = actions.Said(SAID[outcome], contacted=True, satisfied=satisfied)
    actions.call_back(ticket_id=journey.call.ticket_id, said=said, by=by, now=journey.now)


def three(journey: CallJourney, by: Actor, line: str, agreed: str, text: str = "") -> None:
    """Caller, 12345 and another line talk; 没有商定 stands for no agreement."""
    assert journey.call is not None
    agreed = {"没有商定": "", "12345": "hotline", "对方": line}[agreed]
    relay.record_conference(
        ticket_id=journey.call.ticket_id, parties=[line], agreed=agreed, text=text,
        by=by, now=journey.now,
    )  # fmt: skip


def acknowledge(journey: CallJourney, by: Actor, note: str = "") -> None:
    assert journey.call is not None
    relay.acknowledge_incident(ticket_id=journey.call.ticket_id, note=note, by=by, now=journey.now)


def report_back(journey: CallJourney, by: Actor, text: str) -> None:
    assert journey.call is not None
    relay.report_incident(ticket_id=journey.call.ticket_id, text=text, by=by, now=journey.now)


def from_police(journey: CallJourney, by: Actor, theirs: str, text: str) -> None:
    """110 hands a request over, by its own signed message; twice is once."""
    said = {"id": f"m-{theirs}", "kind": "request", "theirs": theirs, "text": text,
            "at": journey.now.isoformat(), "phone": "13800001111", "place": "胜利路"}  # fmt: skip
    content = json.dumps(said).encode()
    sign = signature_of("k110", content, line="police-110")
    heard = relay.hear(partner="police-110", content=content, signature=sign, now=journey.now)
    number = Ticket.objects.get(proceeding__number=heard.number).pk
    journey.call = Call(journey.house, number, heard.number)


VERBS: dict[str, Callable[..., None]] = {
    "three": three,
    "acknowledge": acknowledge,
    "report-back": report_back,
    "from-police": from_police,
    "receive": receive,
    "another": another,
    "gather": _on_issue(actions.gather_issue),
    "join-newcomers": _on_issue(actions.join_newcomers),
    "close-issue": _on_issue(actions.close_issue, "reason"),
    "cool": cool,
    "wait": wait,
    "call-back": call_back,
    "answer": _on_ticket(actions.answer_directly, "answer"),
    "name-element": _on_ticket(actions.name_element, "guide", "item", "element"),
    "refuse": _on_ticket(actions.refuse_ticket, "reason"),
    "transfer": _on_ticket(actions.transfer_ticket, "line", "remark"),
    "dispatch": _on_ticket(actions.dispatch_ticket, "unit"),
    "ask-designation": _on_ticket(actions.ask_designation, "reason"),
    "designate": _on_ticket(actions.designate_unit, "unit", "reason"),
    "pass": _on_ticket(actions.pass_reply),
    "send-back": _on_ticket(actions.send_back_reply, "reason"),
    "rehandle": _on_ticket(actions.rehandle_ticket, "reason"),
    "confer": _on_ticket(actions.confer, "reason"),
    "close": _on_ticket(actions.close_ticket),
    "close-because": _on_ticket(actions.close_ticket, "reason"),
    "supervise": _on_ticket(actions.supervise_ticket, "trigger", "text"),
    "sign": _on_task(actions.sign_task),
    "contact": _on_task(actions.contact_caller, "text"),
    "progress": _on_task(actions.note_progress, "text"),
    "ask-return": _on_task(actions.ask_return, "reason", "basis"),
    "approve-return": _on_task(actions.approve_return),
    "refuse-return": _on_task(actions.refuse_return, "reason"),
    "ask-time": _on_task(actions.ask_extension, "reason"),
    "endorse": _on_task(actions.endorse_extension),
    "decline": _on_task(actions.decline_extension, "reason"),
    "grant-time": _on_task(actions.answer_extension, granted=True),
    "refuse-time": _on_task(actions.answer_extension, "reason", granted=False),
    "ask-hold": _on_task(actions.ask_hold, "reason", "plan"),
    "grant-hold": _on_task(actions.answer_hold, granted=True),
    "resume": _on_task(actions.resume_task),
    "reply": _on_task(actions.reply_ticket, "text"),
    "answer-order": _on_order(actions.answer_order, "text"),
    "raise-order": _on_order(actions.raise_order, "reason"),
    "close-order": _on_order(actions.close_order),
    **upkeep.VERBS,
    **outside.VERBS,
}
