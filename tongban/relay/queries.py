"""Reads of the relay room: who is outside, what was handed over, which alarms ring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from tongban.engine.queries import visible_to
from tongban.hotline.queries import content as hotline_content
from tongban.hotline.queries import emergency_name, is_of_centre
from tongban.hotline.states import TICKET
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.people.queries import staff_names
from tongban.relay.content import Relay, read_relay
from tongban.relay.models import Conference, Incident, Passing
from tongban.relay.states import HOTLINE, NOTES, TITLES, PassingState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.kernel.actors import Actor
    from tongban.kernel.signatures import Keys
    from tongban.relay.content import Partner
    from tongban.relay.gateways import Gateway

FILE = "relay.yaml"
SHOWN_ALARMS = 20
SEND_TASK, TELL_TASK = "relay.send", "relay.tell"


def relay() -> Relay:
    """What `content/relay.yaml` says."""
    return read_relay(settings.CONTENT / FILE)


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
    """An emergency: what kind, where, since when, who knows of it."""

    number: str
    kind: Mapping[str, str]
    text: str
    place: str
    is_visible: bool
    raised_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None
    by: str
    note: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a ticket: outside, agreed by three, its alarm."""

    passings: tuple[PassingLine, ...]
    conference: ConferenceLine | None
    alarm: Alarm | None


def beside(ticket_id: int, now: datetime) -> Beside:
    """Everything of this room about a ticket; whoever asks must be allowed to see the ticket."""
    rows = Passing.objects.filter(ticket_id=ticket_id).order_by("pk")
    spoken = Conference.objects.select_related("by").filter(pk=ticket_id).first()
    rung = _incidents().filter(pk=ticket_id).first()
    return Beside(
        passings=tuple(map(_passing, rows)),
        conference=_conference(spoken) if spoken else None,
        alarm=_alarm(rung, now) if rung else None,
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
    )


def _note(row: Passing) -> str:
    if row.state == PassingState.GIVEN_UP:
        return NOTES["given_up" if row.last_error else "moot"]
    return NOTES["queued"] if row.state == PassingState.QUEUED and row.last_error else ""


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
    return Incident.objects.select_related("ticket__proceeding", "acknowledged_by")


def may_acknowledge(actor: Actor) -> bool:
    """Whether somebody leads at the centre and so may say that he knows of an emergency."""
    return actor.kind == "staff" and is_of_centre(actor) and bool(
        actor.roles & {*relay().duty.roles}
    )  # fmt: skip


def alarms_for(actor: Actor, now: datetime) -> list[Alarm]:
    """Emergencies of which nobody has said that he knows, the oldest first; for who leads."""
    if not may_acknowledge(actor):
        return []
    rows = _incidents().filter(acknowledged_at=None).order_by("raised_at")[:SHOWN_ALARMS]
    return _alarms(actor, rows, now)


def _alarms(actor: Actor, rows: Any, now: datetime) -> list[Alarm]:
    """Who leads knows of every emergency, whether or not its ticket lies in his queue."""
    found = list(rows)
    seen = visible_to(actor).filter(pk__in=[one.pk for one in found])
    open_to = set(seen.values_list("pk", flat=True))
    return [_alarm(one, now, is_visible=one.pk in open_to) for one in found]


def incident_of(actor: Actor, number: str) -> int:
    """The id of the emergency about the ticket of that number, for who leads. NotFound."""
    found = Incident.objects.filter(ticket__proceeding__number=normalise_number(number))
    pk = found.values_list("pk", flat=True).first()
    if pk is None or not may_acknowledge(actor):
        raise NotFound("没有找到这个紧急事件。")
    return int(pk)


def alarms(actor: Actor, now: datetime) -> list[Alarm]:
    """The latest emergencies with who acknowledged them; for the centre."""
    if not is_of_centre(actor):
        return []
    return _alarms(actor, _incidents().order_by("-raised_at")[: 5 * SHOWN_ALARMS], now)


def _alarm(row: Incident, now: datetime, *, is_visible: bool = True) -> Alarm:
    ticket = row.ticket
    by = row.acknowledged_by_id
    return Alarm(
        number=ticket.proceeding.number,
        kind=kind_name(row.kind),
        text=ticket.text,
        place=ticket.place,
        is_visible=is_visible,
        raised_at=row.raised_at,
        due_at=row.due_at,
        acknowledged_at=row.acknowledged_at,
        by=staff_names([by]).get(by, "") if by else "",
        note=row.note,
        is_late=row.told > 1 or (row.acknowledged_at is None and now >= row.due_at),
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
        "words": one.reply or TICKET.title(one.proceeding.state),
    }
