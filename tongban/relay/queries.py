"""Reads of the relay room: who is outside, what was handed over, which alarms ring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from tongban.engine.queries import clock_rows, clocks_of, visible_to
from tongban.engine.rules import may_do
from tongban.hotline.models import Ticket
from tongban.hotline.queries import content as hotline_content
from tongban.hotline.queries import emergency_name, is_of_centre
from tongban.hotline.states import TICKET, TaskState
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.people.queries import regions, staff_names
from tongban.relay.content import FILE, Relay
from tongban.relay.models import Conference, Incident, Passing, Told
from tongban.relay.states import (
    CALLER_TITLES,
    HOTLINE,
    INCIDENT,
    LEADS,
    NOTES,
    TITLES,
    IncidentState,
    PassingState,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from tongban.engine.queries import ClockReading, Proceeding
    from tongban.kernel.actors import Actor
    from tongban.kernel.signatures import Keys
    from tongban.relay.content import Partner
    from tongban.relay.gateways import Gateway

SHOWN_ALARMS = 20
SEND_TASK, TELL_TASK = "relay.send", "relay.tell"


def relay() -> Relay:
    """What `content/relay.yaml` says."""
    return FILE.read(settings.CONTENT)


def gateway(code: str) -> Gateway:
    """The gateway of a partner that the settings name. Raises NotFound."""
    found = settings.RELAY_PARTNERS.get(code)
    if found is None:
        raise NotFound("没有登记这个外单位系统。", facts={"partner": code})
    name, options = found
    return _built(name, tuple(sorted(options.items())))


@cache
def _built(name: str, options: tuple[tuple[str, Any], ...]) -> Gateway:
    made: Gateway = import_string(name)(**dict(options))
    return made


def key_of(code: str) -> str | Keys:
    """The key with which a partner signs at our door; empty where it may not speak there."""
    found = settings.RELAY_PARTNERS.get(code)
    key: str | Keys = found[1].get("key", "") if found else ""
    return key


def partner_of_line(line: str) -> Partner | None:
    """Who takes what is handed over to another line, if somebody behind a system does."""
    return _asked(lambda one: one.line == line)


def partner_of_unit(unit: str) -> Partner | None:
    """The system outside that works on the tasks of a unit, if there is one."""
    return _asked(lambda one: unit in one.units)


def _asked(fits: Any) -> Partner | None:
    known = settings.RELAY_PARTNERS
    return next((one for one in relay().partners if one.code in known and fits(one)), None)


def partner_name(code: str) -> Mapping[str, str]:
    """The name of a partner in every language; its code where the content has dropped it."""
    found = relay().partner(code)
    return found.name.model_dump(exclude_none=True) if found else {"zh": code}


# What stands on the page of a ticket


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One thing that the other side said, as officers read it: when, what, in its own words."""

    at: datetime
    state_title: str
    words: str


@dataclass(frozen=True, slots=True)
class PassingLine:
    """A request outside, as officers read it."""

    partner: Mapping[str, str]
    is_in: bool
    theirs: str
    state: str
    state_title: str
    words: str
    at: datetime
    error: str
    note: str
    told: tuple[ToldLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ConferenceLine:
    """What three agreed, as officers read it."""

    parties: tuple[Mapping[str, str], ...]
    agreed: bool
    accepted_by: Mapping[str, str]
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency: what kind, where, since when, who knows of it and what came of it.

    ``number`` is that of the request, which the reader may open where it ``is_visible``;
    ``incident`` is its own, with a page where it ``is_open``. ``due_at`` is when whoever was told
    last must know, then when whoever knows must have reported; None where nothing runs.
    ``region`` is where it is when nobody has said the place, empty else.
    """

    number: str
    incident: str
    state: str
    state_title: str
    kind: Mapping[str, str]
    text: str
    place: str
    region: Mapping[str, str]
    is_visible: bool
    is_open: bool
    raised_at: datetime
    due_at: datetime | None
    told: int
    acknowledged_at: datetime | None
    by: str
    note: str
    reported_at: datetime | None
    report: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a ticket: outside, agreed by three, its alarm."""

    passings: tuple[PassingLine, ...]
    conference: ConferenceLine | None
    alarm: Alarm | None


def beside(ticket_id: int, now: datetime, *, of_unit: bool = False) -> Beside:
    """Everything of this room about a ticket; whoever asks must be allowed to see the ticket.

    ``of_unit`` is for a unit that sees it through its task: of a ticket that hides its caller it
    is not shown what others say, since their words may name him.
    """
    rows = Passing.objects.select_related("task__proceeding").filter(ticket_id=ticket_id)
    talks = Conference.objects.select_related("by").filter(pk=ticket_id)
    if of_unit:
        rows = rows.filter(ticket__hides_caller=False)
        talks = talks.filter(ticket__hides_caller=False)
    spoken = talks.first()
    rung = _incidents().filter(pk=ticket_id).first()
    return Beside(
        passings=tuple(map(_passing, rows.prefetch_related("told").order_by("pk"))),
        conference=_conference(spoken) if spoken else None,
        alarm=_alarm(rung, now, _dues([rung]), (), {}) if rung else None,
    )


def _passing(row: Passing) -> PassingLine:
    return PassingLine(
        partner=partner_name(row.partner),
        is_in=row.direction == "in",
        theirs=row.theirs,
        state=row.state,
        state_title=TITLES[PassingState(row.state)],
        words=row.words,
        at=row.told_at or row.made_at,
        error=row.last_error if row.state in {"queued", "given_up"} else "",
        note=_note(row),
        told=tuple(
            ToldLine(_moment_of(one), TITLES[PassingState(one.state)], one.words)
            for one in _in_order(row.told.all())
        ),
    )


def _in_order(found: Iterable[Told]) -> list[Told]:
    """What was told and counts, as it happened there; what came too late is left out."""
    return sorted((one for one in found if not one.is_late), key=lambda one: one.seq)


def _moment_of(one: Told) -> datetime:
    """When it happened there; a clock of theirs that runs ahead is not believed."""
    return min(one.at, one.heard_at)


def _note(row: Passing) -> str:
    if row.state == PassingState.GIVEN_UP:
        if not row.last_error:
            return NOTES["moot"]
        return NOTES["given_up" if row.task_id else "came_back"]
    if row.state == PassingState.QUEUED and waits(row):
        return NOTES["waits"]
    return NOTES["queued"] if row.state == PassingState.QUEUED and row.last_error else ""


@dataclass(frozen=True, slots=True)
class CallerLine:
    """What became of a request at another line, as its caller reads it.

    ``again`` is the number of the request under which it came back to us.
    """

    at: datetime
    partner: Mapping[str, str]
    title: str
    again: str = ""


def told_caller(ticket_id: int) -> tuple[CallerLine, ...]:
    """What the line said to which a ticket was handed over, for its caller, the newest first.

    In words of the city's own: what offices write to each other may name somebody. Nothing of a
    ticket that hides its caller, whose page may be seen by others. What a unit's own system says
    is in the unit's story already.
    """
    rows = Passing.objects.filter(
        ticket_id=ticket_id, ticket__hides_caller=False, direction="out", task=None
    ).prefetch_related("told")
    found = [_for_caller(row, one) for row in rows for one in _in_order(row.told.all())]
    return tuple(sorted(found, key=lambda line: line.at, reverse=True))


def _for_caller(row: Passing, one: Told) -> CallerLine:
    again = ""
    if one.state == PassingState.REFUSED:
        back = Ticket.objects.filter(source=f"relay/back/{row.number}")
        again = back.values_list("proceeding__number", flat=True).first() or ""
    title = CALLER_TITLES[PassingState(one.state)]
    return CallerLine(_moment_of(one), partner_name(row.partner), title, again)


def waits(row: Passing) -> bool:
    """Whether a task is not to leave yet: its unit says that it is not its duty (退单申请).

    Where the centre agrees it has ended, and is given up; where not, it is sent.
    """
    return row.task is not None and row.task.proceeding.state == TaskState.RETURN_ASKED


def _conference(row: Conference) -> ConferenceLine:
    names = line_names()
    return ConferenceLine(
        parties=tuple(names.get(one, {"zh": one}) for one in row.parties),
        agreed=row.agreed,
        accepted_by=names.get(row.accepted_by, {"zh": row.accepted_by}),
        text=row.text,
        at=row.at,
        by=row.by.name,
    )


def line_names() -> dict[str, Mapping[str, str]]:
    """The lines that can take part in a conversation of three, our own included."""
    names = {str(one["code"]): dict(one["name"]) for one in hotline_content()["lines"]}
    return {HOTLINE: relay().own.name.model_dump(exclude_none=True), **names}


def first_line() -> str:
    """The line with which most conversations of three are held."""
    return relay().own.first_line


# Alarms


def _incidents() -> Any:
    return Incident.objects.select_related("ticket__proceeding", "proceeding", "acknowledged_by")


def may_acknowledge(actor: Actor) -> bool:
    """Whether somebody leads at the centre and so may say that he knows of an emergency."""
    return _holds(actor, str(hotline_content()["centre"]), *LEADS)


def may_watch(actor: Actor) -> bool:
    """Whether somebody supervises the centre and so hears of what nobody acknowledged."""
    houses = (str(hotline_content()["centre"]), relay().duty.supervision)
    return any(_holds(actor, one, "supervisor") for one in houses)


def _holds(actor: Actor, department: str, *roles: str) -> bool:
    return actor.kind == "staff" and any(f"{department}.{one}" in actor.queues for one in roles)


def alarms_for(actor: Actor, now: datetime) -> list[Alarm]:
    """Emergencies of which nobody has said that he knows, the oldest first; for who leads.

    Whoever supervises hears of those for which the roster is used up.
    """
    if may_acknowledge(actor):
        rows = _incidents().filter(acknowledged_at=None)
    elif may_watch(actor):
        unanswered = {"proceeding__state": IncidentState.UNANSWERED}
        rows = _incidents().filter(acknowledged_at=None, **unanswered)
    else:
        return []
    return _alarms(actor, rows.order_by("raised_at")[:SHOWN_ALARMS], now)


def _alarms(actor: Actor, rows: Any, now: datetime) -> list[Alarm]:
    """Who leads knows of every emergency, whether or not its ticket lies in his queue."""
    found = list(rows)
    if not found:
        return []
    both = {pk for one in found for pk in (one.pk, one.proceeding_id)}
    seen = frozenset(visible_to(actor).filter(pk__in=both).values_list("pk", flat=True))
    dues, names = _dues(found), _names_of_regions(found)
    return [_alarm(one, now, dues, seen, names) for one in found]


def _names_of_regions(rows: Sequence[Incident]) -> dict[str, Mapping[str, str]]:
    """What the regions are called, read only where somebody has said no more than one."""
    if all(one.ticket.place for one in rows):
        return {}
    return {one.code: one.name for one in regions()}


def _dues(rows: Sequence[Incident]) -> dict[int, datetime]:
    """By when something must happen in each of these emergencies, by the clock that runs."""
    clocks = clock_rows([one.proceeding.pk for one in rows])
    return {
        pk: row.due_at
        for pk, named in clocks.items()
        for row in named.values()
        if row.stopped_at is None and row.due_at is not None
    }


def incident_of(actor: Actor, number: str) -> int:
    """The id of the ticket of that number about which an emergency is, for who leads. NotFound."""
    found = Incident.objects.filter(ticket__proceeding__number=normalise_number(number))
    pk = found.values_list("pk", flat=True).first()
    if pk is None or not may_acknowledge(actor):
        raise NotFound("没有找到这个紧急事件。")
    return int(pk)


def ticket_of_incident(incident_id: int) -> int:
    """The id of the ticket that an emergency is about. Raises NotFound."""
    found = Incident.objects.filter(proceeding_id=incident_id).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("没有找到这个紧急事件。")
    return int(found)


def alarms(actor: Actor, now: datetime) -> list[Alarm]:
    """The latest emergencies with who acknowledged them; for the centre and its supervision."""
    if not (is_of_centre(actor) or may_watch(actor)):
        return []
    return _alarms(actor, _incidents().order_by("-raised_at")[: 5 * SHOWN_ALARMS], now)


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """An emergency with its clocks and what this officer may do."""

    proceeding: Proceeding
    alarm: Alarm
    clocks: tuple[ClockReading, ...]
    open_verbs: tuple[str, ...]


def incident_page(actor: Actor, proceeding: Proceeding, now: datetime) -> IncidentPage:
    """The page of an emergency that `access_proceeding` has let this actor see."""
    row = _incidents().get(proceeding_id=proceeding.pk)
    (alarm,) = _alarms(actor, [row], now)
    moves = INCIDENT.open_moves(proceeding.state)
    return IncidentPage(
        proceeding=proceeding,
        alarm=alarm,
        clocks=tuple(clocks_of(proceeding, now)),
        open_verbs=tuple(
            move.verb
            for move in moves
            if any(may_do(actor, proceeding, role) for role in move.roles)
        ),
    )


def _alarm(
    row: Incident,
    now: datetime,
    dues: Mapping[int, datetime],
    seen: Collection[int],
    names: Mapping[str, Mapping[str, str]],
) -> Alarm:
    ticket, one = row.ticket, row.proceeding
    by = row.acknowledged_by_id
    due, told = dues.get(one.pk), int(one.facts["told"])
    is_raised = row.acknowledged_at is None
    return Alarm(
        number=ticket.proceeding.number,
        incident=one.number,
        state=one.state,
        state_title=INCIDENT.title(one.state),
        kind=kind_name(row.kind),
        text=ticket.text,
        place=ticket.place,
        region={} if ticket.place else names.get(ticket.region, {}),
        is_visible=row.pk in seen,
        is_open=one.pk in seen,
        raised_at=row.raised_at,
        due_at=due,
        told=told,
        acknowledged_at=row.acknowledged_at,
        by=staff_names([by]).get(by, "") if by else "",
        note=row.note,
        reported_at=row.reported_at,
        report=row.report,
        is_late=(is_raised and told > 1)
        or one.state == IncidentState.UNANSWERED
        or (due is not None and now >= due),
    )


def kind_name(code: str) -> Mapping[str, str]:
    """What kind of emergency that is, in every language."""
    return emergency_name(code) or relay().own.other_kind.model_dump(exclude_none=True)


def news_for(ticket_id: int) -> dict[str, str] | None:
    """What whoever handed a ticket to us is told when it moves; None where nobody did."""
    rows = Passing.objects.select_related("ticket__proceeding").filter(
        ticket_id=ticket_id, direction="in"
    )
    row = rows.first()
    if row is None:
        return None
    one = row.ticket
    return {
        "partner": row.partner,
        "number": row.number,
        "theirs": row.theirs,
        # A reply that nobody has checked is told to nobody.
        "words": (one.replied_at and one.reply) or TICKET.title(one.proceeding.state),
    }
