"""The pages of what somebody asked of the city: receipt, list, state, story, what he can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tongban.documents.queries import attachments_of
from tongban.doors.citizen import guides, pages
from tongban.doors.citizen.calling import BUSINESS
from tongban.doors.faults import sentences, told
from tongban.doors.maps import pin_of, shown
from tongban.doors.parts import (
    Empty,
    Entry,
    Fact,
    Field,
    Link,
    Notice,
    Option,
    Pager,
    Stop,
    Tag,
)
from tongban.doors.texts import clock, say
from tongban.hotline.queries import Told, content, domains, story_of
from tongban.hotline.states import RECORDED, TASK, TASK_RECORDED, TICKET, Outcome, TicketState
from tongban.kernel.clocks import ClockState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from tongban.doors.maps import Map
    from tongban.doors.parts import Clock, StopState, Tone
    from tongban.hotline.queries import TaskPart, TicketLine, TicketPage
    from tongban.kernel.refusals import Refusal
    from tongban.records.events import JournalEntry
    from tongban.relay.queries import CallerLine

T = TicketState
MOST_WORDS = 2000
_TONES: dict[str, Tone] = {
    T.RECEIVED: "calm", T.HANDLING: "calm", T.CHECKING: "calm", T.CONFERRING: "calm",
    T.MERGED: "calm", T.CALLBACK: "you", T.ANSWERED: "done", T.CLOSED: "done",
    T.REFUSED: "late", T.TRANSFERRED: "done", T.WITHDRAWN: "plain",
}  # fmt: skip
OUTCOMES = {
    Outcome.SOLVED: gettext_noop("已经解决"),
    Outcome.PARTLY: gettext_noop("部分解决"),
    Outcome.UNSOLVED: gettext_noop("没有解决"),
    Outcome.UNREACHED: gettext_noop("没有联系上"),
}
LEVELS = {
    1: gettext_noop("非常满意"),
    2: gettext_noop("满意"),
    3: gettext_noop("基本满意"),
    4: gettext_noop("不满意"),
    5: gettext_noop("非常不满意"),
}
CLOCKS = {
    "dispatch": gettext_noop("热线派单或者答复"),
    "handle": gettext_noop("承办单位答复"),
    "contact": gettext_noop("承办单位联系您"),
    "check": gettext_noop("热线审核答复"),
    "callback": gettext_noop("等您评价"),
    "conference": gettext_noop("会商"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage:
    """What I asked of the city, the newest first."""

    lines: tuple[pages.AskedLine, ...]
    empty: Empty
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    """The number, what happens next and by when; ``qr`` leads to the state."""

    number: str
    title: str
    address: str
    qr: str
    next: tuple[str, ...]
    facts: tuple[Fact, ...]
    state: Link
    secret: str = ""
    keep: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePage:
    """One request: where it is, who has it, the reply, the story, what its caller can do."""

    title: str
    number: str
    at: datetime
    state: Tag
    stops: tuple[Stop, ...]
    facts: tuple[Fact, ...]
    text: str
    clocks: tuple[Clock, ...] = ()
    notices: tuple[Notice, ...] = ()
    reply: str = ""
    replied: str = ""
    said: tuple[Fact, ...] = ()
    asks: pages.Act | None = None
    acts: tuple[pages.Act, ...] = ()
    pictures: tuple[Link, ...] = ()
    map: Map | None = None
    story: tuple[Entry, ...] = ()
    back: Link | None = None
    refused: Notice | None = None


def unit_name(code: str) -> str:
    """A unit as the reader calls it."""
    return guides.department_names().get(code, code) if code else ""


def kind_name(code: str) -> str:
    """A type of request as the reader calls it."""
    return next((say(one["name"]) for one in content()["types"] if one["code"] == code), code)


def domain_name(code: str) -> str:
    """What a request is about, as the reader calls it; empty for none."""
    return next((say(one.name) for one in domains() if one.code == code), "")


def tag(state: str) -> Tag:
    """The state of a request."""
    return Tag(_(TICKET.title(state)), _TONES[state])


def _state_tag(one: TicketPage) -> Tag:
    """The state of one request; it is nobody's turn at the page once the caller has answered."""
    shown = tag(one.proceeding.state)
    return replace(shown, tone="calm") if shown.tone == "you" and one.ticket.outcome else shown


# ---- list and receipt --------------------------------------------------------------------------


def asked_page(found: Sequence[TicketLine], pager: Pager) -> AskedPage:
    """My requests."""
    return AskedPage(
        lines=lines_of(found),
        empty=Empty(
            _("还没有提过诉求"),
            _("咨询、求助、建议、投诉、举报、表扬，都可以在这里说。"),
            Link(_("说说您遇到的事"), "/12345/"),
            icon="bell",
        ),
        pager=pager,
    )


def lines_of(found: Sequence[TicketLine]) -> tuple[pages.AskedLine, ...]:
    """Requests as lines of a list."""
    return tuple(
        pages.AskedLine(
            title=one.title,
            href=f"/my/tickets/{one.number}/",
            number=one.number,
            kind=kind_name(one.type),
            at=one.received_at,
            state=tag(one.state),
            unit=unit_name(one.unit),
        )
        for one in found
    )


def receipt_page(one: Told, base: str, address: str, qr: str, *, is_guest: bool) -> ReceiptPage:
    """What was received and what happens now."""
    ticket = one.ticket
    facts = [Fact(_("类型"), kind_name(ticket.type))]
    if ticket.domain:
        facts.append(Fact(_("归口"), domain_name(ticket.domain)))
    if ticket.special == BUSINESS:
        facts.append(Fact(_("受理"), _("营商环境专席")))
    return ReceiptPage(
        number=one.number,
        title=ticket.title,
        address=address,
        qr=qr,
        next=_next(one),
        facts=tuple(facts),
        state=Link(_("查看进展"), base),
        secret=_("您的身份只有热线中心知道，承办单位和被举报的人都看不到。")
        if ticket.hides_caller
        else "",
        keep=_("请记下编号，或者保存二维码。留了电话的，以后凭编号和电话后四位也能查。")
        if is_guest
        else _("进展会发到“消息”里，也可以随时在“我的诉求”里看。"),
    )


def _next(one: Told) -> tuple[str, ...]:
    if one.task is not None:
        return (
            _("已经转给%(unit)s，最迟 %(day)s 答复您。")
            % {"unit": unit_name(one.task.unit), "day": _day(one.due)},
            _("承办的人会先联系您。"),
            _("有了答复，热线会问您问题解决了没有；没有解决的，核实后重新办理。"),
        )
    return (
        _("热线中心最迟 %(day)s 答复您、转给承办单位，或者说明为什么不能受理。")
        % {"day": _day(one.dispatch_due)},
        _("转给承办单位以后，这里会写明是哪个单位、哪一天以前答复。"),
        _("有了答复，热线会问您问题解决了没有；没有解决的，核实后重新办理。"),
    )


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else _("日历公布后确定的日期")


# ---- one request -------------------------------------------------------------------------------


def state_page(
    one: TicketPage,
    base: str,
    away: Sequence[CallerLine] = (),
    *,
    no: Refusal | None = None,
    back: Link | None = None,
) -> StatePage:
    """Where a request is, for its caller; ``away`` is what became of it at another line."""
    ticket = one.ticket
    asks = _callback(one, base, no)
    return StatePage(
        title=ticket.title,
        number=one.proceeding.number,
        at=ticket.received_at,
        state=_state_tag(one),
        stops=_stops(one),
        facts=_facts(one),
        text=ticket.text,
        clocks=_clocks(one),
        notices=_notices(one),
        reply=ticket.reply if _is_told(one) else "",
        replied=unit_name(ticket.unit) if ticket.unit else _("热线中心"),
        said=_said(one),
        asks=asks,
        acts=_acts(one, base, no),
        pictures=_pictures(one, base),
        map=shown(_("地图：您说的位置"), pin_of(ticket.longitude, ticket.latitude, ticket.place)),
        story=_story(one, away),
        back=back,
        refused=told(no) if no and not sentences(no) else None,
    )


def _is_told(one: TicketPage) -> bool:
    """Whether the reply has gone out: before that it is the centre's to read."""
    return one.ticket.replied_at is not None and one.proceeding.state not in {
        T.HANDLING, T.CHECKING,
    }  # fmt: skip


# The stops of the way, and at which of them each state stands.
_WAY = (
    gettext_noop("收到"),
    gettext_noop("转办"),
    gettext_noop("办理"),
    gettext_noop("答复"),
    gettext_noop("评价"),
    gettext_noop("办结"),
)
_AT = {
    T.RECEIVED: 1, T.MERGED: 2, T.HANDLING: 2, T.CHECKING: 3, T.CALLBACK: 4, T.CONFERRING: 4,
    T.CLOSED: 6,
}  # fmt: skip
_SHORT = {
    T.ANSWERED: gettext_noop("直接答复"),
    T.REFUSED: gettext_noop("不予受理"),
    T.TRANSFERRED: gettext_noop("转其他专线"),
    T.WITHDRAWN: gettext_noop("撤回"),
}


def _stops(one: TicketPage) -> tuple[Stop, ...]:
    state = TicketState(one.proceeding.state)
    first = Stop(_(_WAY[0]), "done")
    if state in _SHORT:
        end: StopState = "failed" if state is T.REFUSED else "done"
        end = "stopped" if state is T.WITHDRAWN else end
        return first, Stop(_(_SHORT[state]), end)
    at = _AT[state]
    return (
        first,
        *(
            Stop(_(_WAY[place]), "done" if place < at else "now" if place == at else "ahead")
            for place in range(1, len(_WAY))
        ),
    )


def _facts(one: TicketPage) -> tuple[Fact, ...]:
    ticket = one.ticket
    found = [Fact(_("类型"), kind_name(ticket.type))]
    if ticket.domain:
        found.append(Fact(_("归口"), domain_name(ticket.domain)))
    if ticket.place:
        found.append(Fact(_("地点"), ticket.place))
    if ticket.of_number:
        found.append(Fact(_("关于"), ticket.of_number, is_code=True))
    if ticket.unit:
        found.append(Fact(_("承办单位"), unit_name(ticket.unit)))
    helping = [unit_name(task.unit) for task in one.tasks if not task.is_lead]
    if helping:
        found.append(Fact(_("协办单位"), _("、").join(dict.fromkeys(helping))))
    if ticket.round > 1:
        found.append(Fact(_("办理轮次"), _("第 %(n)s 轮") % {"n": ticket.round}))
    if ticket.contact_name:
        found.append(Fact(_("联系人"), ticket.contact_name))
    return tuple(found)


def _lead(one: TicketPage) -> TaskPart | None:
    found = [task for task in one.tasks if task.is_lead]
    return found[-1] if found else None


def _clocks(one: TicketPage) -> tuple[Clock, ...]:
    task = _lead(one)
    every = (*one.clocks, *(task.clocks if task else ()))
    running = {ClockState.RUNNING, ClockState.SUSPENDED}
    return tuple(
        replace(clock(each), name=_(CLOCKS[each.spec.name]))
        for each in every
        if each.spec.name in CLOCKS
        and each.reading.state in running
        # Whoever has said how it was is waited for no longer.
        and not (each.spec.name == "callback" and one.ticket.outcome)
    )


def _notices(one: TicketPage) -> tuple[Notice, ...]:
    found = []
    ticket, task = one.ticket, _lead(one)
    if ticket.hides_caller:
        words = _("承办单位看不到您是谁。请不要在补充的内容里写自己的名字和电话。")
        found.append(Notice(title=_("您的身份已经保密"), text=words))
    if task is not None and task.state == "held":
        text = f"{task.reason} {_('计划：%(plan)s') % {'plan': task.plan}}"
        if task.held_until is not None:
            day = {"day": _day(task.held_until)}
            text = f"{text} {_('最迟到%(day)s，之后恢复办理，再次答复您。') % day}"
        found.append(Notice(title=_("暂时不能解决，有了计划"), text=text, tone="care"))
    if one.proceeding.state == T.CALLBACK and ticket.outcome in {"unsolved", "partly"}:
        words = _("热线会核实，再重新交办或者组织会商；进展写在这里，也发消息给您。")
        found.append(Notice(title=_("您说还没有解决，热线正在核实"), text=words))
    if one.proceeding.state == T.MERGED and ticket.lead is not None:
        words = _("还有别人反映同一件事，一起办理。您仍会单独收到答复，也可以单独评价。")
        found.append(Notice(title=_("同一问题合并办理"), text=words))
    return tuple(found)


def _said(one: TicketPage) -> tuple[Fact, ...]:
    ticket = one.ticket
    if not ticket.outcome:
        return ()
    found = [Fact(_("问题"), _(OUTCOMES[Outcome(ticket.outcome)]))]
    if ticket.satisfied:
        found.append(Fact(_("满意程度"), _(LEVELS[ticket.satisfied])))
    if ticket.contacted is not None:
        found.append(Fact(_("有人联系过您"), _("是") if ticket.contacted else _("否")))
    return tuple(found)


def _callback(one: TicketPage, base: str, no: Refusal | None) -> pages.Act | None:
    """The questions after a reply, once; ``no`` marks what was missing."""
    if "call_back" not in one.verbs or one.ticket.outcome:
        return None
    wrong = sentences(no) if no else {}
    return pages.Act(
        name="rate",
        title=_("提交评价"),
        action=f"{base}rate/",
        note=_("没有解决的，热线会核实，重新交办。说实话没有任何不好的后果。"),
        fields=(
            Field(
                name="contacted",
                label=_("承办单位联系过您吗"),
                kind="choice",
                required=False,
                options=(Option("yes", _("联系过")), Option("no", _("没有"))),
            ),
            Field(
                name="outcome",
                label=_("问题解决了吗"),
                kind="choice",
                options=tuple(
                    Option(code.value, _(words))
                    for code, words in OUTCOMES.items()
                    if code is not Outcome.UNREACHED
                ),
                error=wrong.get("outcome", ""),
            ),
            Field(
                name="satisfied",
                label=_("您满意吗"),
                kind="choice",
                required=False,
                options=tuple(Option(str(n), _(words)) for n, words in LEVELS.items()),
            ),
            Field(
                name="note",
                label=_("为什么"),
                kind="longtext",
                required=False,
                max_length=1000,
            ),
        ),
    )


def _acts(one: TicketPage, base: str, no: Refusal | None) -> tuple[pages.Act, ...]:
    wrong = sentences(no) if no else {}
    possible = {
        "add_to": pages.Act(
            name="add",
            title=_("补充说明"),
            action=f"{base}add/",
            note=_("新的情况、新的时间地点，承办单位会看到。"),
            fields=(
                Field(
                    name="text",
                    label=_("补充什么"),
                    kind="longtext",
                    max_length=MOST_WORDS,
                    error=wrong.get("text", ""),
                ),
            ),
        ),
        "urge": pages.Act(
            name="urge",
            title=_("催办"),
            action=f"{base}urge/",
            note=_("承办单位会收到催办，办理时限不变。"),
        ),
        "withdraw": pages.Act(
            name="withdraw",
            title=_("撤回诉求"),
            action=f"{base}withdraw/",
            note=_("撤回以后不再办理，不能恢复；需要时可以重新提。"),
            grave=True,
        ),
    }
    return tuple(act for verb, act in possible.items() if verb in one.verbs)


def _pictures(one: TicketPage, base: str) -> tuple[Link, ...]:
    return tuple(
        Link(each.material.file.name, f"{base}files/{each.material.file_id}/")
        for each in attachments_of([one.proceeding.pk])
    )


# ---- the story ---------------------------------------------------------------------------------


def _story(one: TicketPage, away: Sequence[CallerLine]) -> tuple[Entry, ...]:
    """What happened here and at the line that the request was handed over to, newest first."""
    found = [*map(_away, away), *map(_entry, story_of(one))]
    return tuple(sorted(found, key=lambda entry: entry.at, reverse=True))


def _away(line: CallerLine) -> Entry:
    again = _("新的工单编号：%(number)s") % {"number": line.again} if line.again else ""
    return Entry(at=line.at, what=_(line.title), about=say(line.partner), note=again)


def _entry(entry: JournalEntry) -> Entry:
    body: Mapping[str, Any] = entry.body
    unit = unit_name(str(body.get("unit") or ""))
    return Entry(
        at=entry.at,
        what=_verb(entry.verb),
        about=unit,
        note=str(body.get("text") or "") if entry.verb == "note_progress" else "",
        tone="late" if entry.verb == "refuse" else "plain",
    )


def _verb(verb: str) -> str:
    names = {**RECORDED, **TASK_RECORDED}
    title = TICKET.verb_title(verb)
    if title == verb:
        title = TASK.verb_title(verb)
    return _(names.get(verb, title))


def follow_fields(number: str = "") -> tuple[Field, ...]:
    """What proves that a request is somebody's: its number and the end of the telephone."""
    return (
        Field(name="number", label=_("工单编号"), value=number, kind="text", max_length=40),
        Field(
            name="ending",
            label=_("电话后四位"),
            kind="code",
            max_length=4,
            help=_("提诉求时留的电话。"),
        ),
    )
