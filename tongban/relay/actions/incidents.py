"""Emergencies: a record at once, who is on duty is told at once, the next one when he is silent.

An emergency is a proceeding of its own: the request that speaks of it may be handed over and end
while somebody still has it in hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError

from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.hotline.models import Ticket
from tongban.hotline.queries import content
from tongban.hotline.rules import CRITICAL, clean, emergency_in, need_text
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import NotAllowed, NotFound
from tongban.kernel.worktime import CITY_ZONE
from tongban.notices.actions import send_message
from tongban.notices.queries import word
from tongban.people.actions import caller_party
from tongban.relay import rules
from tongban.relay.models import Incident
from tongban.relay.queries import kind_name, may_acknowledge, relay
from tongban.relay.states import INCIDENT_RAISED, IncidentState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

PREFIX = "YJ"
WATCH, REPORT, UNANSWERED = "incident", "incident_report", "incident_unanswered"
NOTE_MOST, REPORT_MOST = 500, 2_000


def raise_incident(*, ticket_id: int, now: datetime) -> bool:
    """Record the emergency of a critical request, once, and tell who is on duty at once."""
    found = Ticket.objects.select_related("proceeding").filter(pk=ticket_id, urgency=CRITICAL)
    ticket = found.first()
    if ticket is None or Incident.objects.filter(pk=ticket_id).exists():
        return False
    try:
        with Act(by=SYSTEM, now=now) as act:
            _open(act, ticket)
    except IntegrityError:
        # It was received and classified in the same moment: the other one was first.
        return False
    return True


_ROW = (
    "INSERT INTO relay_incident (ticket_id, proceeding_id, kind, raised_at, note, report)"
    " VALUES (%s, %s, %s, %s, '', '')"
)


def _open(act: Act, ticket: Ticket) -> None:
    hotline, duty = content(), relay().duty
    known = emergency_in(ticket.text, hotline)
    kind = str(known["code"]) if known else ""
    new = NewProceeding(
        kind="incident",
        prefix=PREFIX,
        region=ticket.region,
        department=str(hotline["centre"]),
        # Whose request it is stands with the request.
        party_id=caller_party(""),
        version_id=ticket.proceeding.version_id,
        state=IncidentState.RAISED,
        facts={
            "title": ticket.title,
            "kind": kind,
            "told": 1,
            "minutes": {
                "acknowledge": int(duty.acknowledge.value),
                "report": int(duty.report.value),
            },
        },
    )
    one = act.open([new])[0]
    body = {"ticket": ticket.proceeding.number, "kind": kind, "told": 1}
    act.begin(one, INCIDENT_RAISED, body=body, public=False)
    act.open_step(one, WATCH, role="decider")
    act.also(_ROW, [ticket.pk, one.id, kind, act.now])
    _tell(act, one, ticket)


def note_late_in(act: Act, one: Locked, clock: str) -> None:
    """Who was told has not said in time that he knows: the next one is told by event."""
    act.move(one, "incident_late", body={"clock": clock, "told": one.facts["told"]}, public=False)


def call_next(*, incident_id: int, now: datetime) -> bool:
    """Tell the next of the roster, whose minutes begin; where there is none, the supervision.

    Idempotent: while somebody's minutes run nobody else is told.
    """
    with Act(by=SYSTEM, now=now) as act:
        one = act.lock(incident_id)
        clock = one.clocks.get(rules.ACKNOWLEDGE)
        if one.state != IncidentState.RAISED or clock is None or clock.ledger.stopped_at is None:
            act.drop()
            return False
        told = int(one.facts["told"])
        if told >= len(relay().duty.roster):
            act.move(one, "leave_unanswered", body={"told": told}, public=False)
            act.open_step(one, UNANSWERED, role="supervisor", department=relay().duty.supervision)
            return True
        one.facts = {**one.facts, "told": told + 1}
        act.move(one, "call_next", body={"told": told + 1}, public=False)
        _tell(act, one, _row(one).ticket)
    return True


def _tell(act: Act, one: Locked, ticket: Ticket) -> None:
    told = int(one.facts["told"])
    person = relay().duty.roster[told - 1]
    due = one.clocks[rules.ACKNOWLEDGE].due_at
    assert due is not None  # noqa: S101 -- minutes of the wall need no calendar
    send_message(
        party_id=caller_party(person.phone, person.name.zh),
        key="incident_raised",
        params={
            "number": ticket.proceeding.number,
            "kind": kind_name(str(one.facts["kind"])),
            "about": ticket.title,
            "place": ticket.place or word("unknown_place"),
            "due": f"{due.astimezone(CITY_ZONE):%H:%M}",
        },
        dedup=f"incident/{one.number}/{told}",
        now=act.now,
        proceeding=ticket.proceeding.number,
    )


def acknowledge_incident(*, ticket_id: int, note: str = "", by: Actor, now: datetime) -> None:
    """Who leads says that he knows and what he does; once. Raises NotAllowed, NotFound."""
    with Act(by=by, now=now) as act:
        one = _locked(act, ticket_id)
        if one.state in {IncidentState.ACKNOWLEDGED, IncidentState.REPORTED}:
            act.drop()
            return
        seconds = int((now - one.opened_at).total_seconds())
        body = {"told": one.facts["told"], "seconds": seconds, "text": clean(note)[:NOTE_MOST]}
        act.move(one, "acknowledge_incident", body=body, public=False)
        act.close_steps(one, "acknowledged")
        act.open_step(one, REPORT, role="decider")
        _set(act, one, acknowledged_at=now, acknowledged_by_id=by.id, note=body["text"])


def report_incident(*, ticket_id: int, text: str, by: Actor, now: datetime) -> None:
    """Say what was done and what came of it; the emergency ends with it. Raises BadInput."""
    sentence = "请写明采取了什么措施、有没有人员伤亡、现在是什么情况。"
    text = need_text("text", text, sentence, REPORT_MOST)
    with Act(by=by, now=now) as act:
        one = _locked(act, ticket_id)
        act.move(one, "report_incident", body={"text": text}, public=False)
        act.close_steps(one, "reported")
        _set(act, one, report=text, reported_at=now)


def _locked(act: Act, ticket_id: int) -> Locked:
    """The emergency about a ticket under lock, for who leads at the centre."""
    if not may_acknowledge(act.by):
        raise NotAllowed("紧急事件由热线中心的值班领导签收。")
    found = Incident.objects.filter(pk=ticket_id).values_list("proceeding_id", flat=True).first()
    if found is None:
        raise NotFound("没有找到这个紧急事件。")
    return act.lock(found)


def _row(one: Locked) -> Incident:
    return Incident.objects.select_related("ticket__proceeding").get(proceeding_id=one.id)


def _set(act: Act, one: Locked, **values: Any) -> None:
    columns = ", ".join(f"{name} = %s" for name in values)
    act.also(
        f"UPDATE relay_incident SET {columns} WHERE proceeding_id = %s", [*values.values(), one.id]
    )
