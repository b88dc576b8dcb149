"""A request comes in and finds its way: received, answered, refused, handed over, dispatched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
from django.db import IntegrityError

from tongban.engine.actions import Act, Locked, NewProceeding
from tongban.hotline import rules
from tongban.hotline.actions.offices import (
    TICKET_PREFIX,
    content_of,
    forget_answer,
    lead_task,
    need_kind,
    note,
    open_tasks,
    region_of,
    send_task,
    version_now,
)
from tongban.hotline.models import Ticket
from tongban.hotline.queries import (
    city_region,
    guess,
    is_number,
    node_of,
    place_in,
    unit_here,
    where,
)
from tongban.hotline.rules.where import Where
from tongban.hotline.states import UNSURE, Channel, TicketState
from tongban.kernel.identifiers import is_landline, is_mobile
from tongban.kernel.refusals import BadInput, Problem
from tongban.people.actions import caller_party
from tongban.people.queries import departments, regions
from tongban.reading.rules.things import mask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tongban.kernel.actors import Actor

TITLE_MOST = 40
PLACE_MOST = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks, as a channel hands it in; what is empty is found out.

    ``source`` names it in the system that it comes from: the same source is received once.
    ``party_id`` is given where the person is signed in, else ``phone`` (may be empty) stands for
    the caller; beside a party, ``phone`` and ``name`` are of the contact that it names.
    ``of_guide``, ``of_item`` and ``of_element`` are what the person chose of a guide that it is
    about; an item and an element may stay empty.
    ``longitude`` and ``latitude`` are degrees (GCJ-02 is not turned: WGS 84).
    ``is_offered``: type and domain were shown to the person as the text reads; left like that
    they are no choice of his, and the ticket keeps how sure the reading was.
    """

    text: str
    channel: str = Channel.PHONE
    type: str = ""
    domain: str = ""
    is_offered: bool = False
    urgency: str = ""
    title: str = ""
    place: str = ""
    region: str = ""
    longitude: float | None = None
    latitude: float | None = None
    phone: str = ""
    name: str = ""
    party_id: int | None = None
    hides_caller: bool = False
    special: str = ""
    of_number: str = ""
    of_guide: str = ""
    of_item: str = ""
    of_element: str = ""
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A ticket as it was received, or as it had been received before from the same source."""

    ticket_id: int
    number: str
    is_new: bool


def receive_ticket(*, request: Request, by: Actor, now: datetime) -> Received:
    """Receive a request (受理): at any hour, by any channel, once for each source.

    Its region follows from the point or the address that it brings, else from its text; where
    they speak for several districts it is that of the city, until a person decides.
    Raises BadInput for an empty or endless text, an impossible place or telephone.
    """
    text, title = _checked(request)
    place = rules.clean(request.place)[:PLACE_MOST]
    lies = where(place, text, request.longitude, request.latitude)
    lies = Where(request.region) if request.region else lies
    request = replace(
        request,
        place=place or place_in(text)[0],
        region=lies.region or city_region(),
        of_number=request.of_number or _named(request.text),
        name=rules.clean(request.name)[:60],
        source=rules.clean(request.source) if request.source is not None else None,
    )
    if request.source is not None and (known := _known(request.source)) is not None:
        return known
    hotline = content_of()
    kind, node, read = _understood(request, text)
    if not lies.is_sure:
        read = {**read, UNSURE: list(lies.among)}
    urgency = request.urgency or rules.urgency_of(text, hotline)
    try:
        with Act(by=by, now=now) as act:
            ticket = _open(act, request, _Said(title, text, kind, node, urgency, read))
    except IntegrityError:
        # The same request came twice in one moment, and the other one was first.
        known = _known(request.source) if request.source is not None else None
        if known is None:
            raise
        return known
    return Received(ticket.id, ticket.number, is_new=True)


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said, without numbers of persons, and what it is about; ``read`` is the guess."""

    title: str
    text: str
    kind: str
    node: rules.Node | None
    urgency: str
    read: Mapping[str, object]


def _open(act: Act, request: Request, said: _Said) -> Locked:
    hotline = content_of()
    party = request.party_id or caller_party(request.phone, request.name)
    hides = request.hides_caller or _hides(hotline, said.kind)
    facts = {
        "title": said.title,
        "type": said.kind,
        "urgency": said.urgency,
        "domain": said.node.code if said.node else "",
        "round": 1,
    }
    if hides:
        facts["shown_party"] = caller_party("")
    new = NewProceeding(
        kind="ticket",
        prefix=TICKET_PREFIX,
        region=request.region,
        department=str(hotline["centre"]),
        party_id=party,
        version_id=version_now(),
        state=TicketState.RECEIVED,
        facts=facts,
    )
    ticket = act.open([new])[0]
    body = {"channel": request.channel, "type": said.kind}
    if request.of_element:
        body |= _element(request.of_guide, request.of_item, request.of_element)
    act.begin(ticket, "receive", body=body)
    act.open_step(ticket, "dispatch", role="window")
    special = request.special or rules.special_of(said.text, said.node, hotline)
    row = (said.title, said.text, special, orjson.dumps(said.read).decode())
    act.also(_ROW, _row(ticket, request, party, row, hides=hides))
    return ticket


_ROW = (
    "INSERT INTO hotline_ticket (proceeding_id, region, channel, type, urgency, domain, special,"
    " title, text, place, longitude, latitude, caller_id, hides_caller, contact_id, contact_name,"
    " unit, round, of_number, of_item, source, received_at, reading, reply, outcome)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', 1, %s, %s, %s,"
    " %s, %s, '', '')"
)


def _row(
    ticket: Locked,
    request: Request,
    party: int,
    said: tuple[str, str, str, str],
    *,
    hides: bool,
) -> Sequence[object]:
    title, text, special, read = said
    facts = ticket.facts
    return [
        ticket.id,
        request.region,
        request.channel,
        facts["type"],
        facts["urgency"],
        facts["domain"],
        special,
        title,
        text,
        request.place,
        request.longitude,
        request.latitude,
        party,
        hides,
        *_contact(request),
        request.of_number,
        request.of_item,
        request.source,
        ticket.opened_at,
        read,
    ]


def _contact(request: Request) -> tuple[int | None, str]:
    """Whom to call where a party names somebody, as a party of its own kind and a name."""
    if request.party_id is None or not request.phone:
        return None, ""
    return caller_party(request.phone), rules.clean(request.name)[:60]


def _checked(request: Request) -> tuple[str, str]:
    text = rules.need_text(
        "text", request.text, "请写明您要反映的事情：什么时间、什么地点、什么情况。"
    )
    title = rules.clean(request.title).replace("\n", " ")[:TITLE_MOST] or _short(text)
    problems = []
    if request.phone and not (is_mobile(request.phone) or is_landline(request.phone)):
        problems.append(
            Problem("phone", "invalid", "电话号码不正确：请填写手机号或者带区号的座机号。")
        )
    if (request.longitude is None) != (request.latitude is None) or not _on_earth(request):
        problems.append(Problem("place", "invalid", "地图上的位置不正确，请重新选择。"))
    if problems:
        raise BadInput(problems[0].sentence, problems=tuple(problems))
    return mask(text), mask(title)


def _on_earth(request: Request) -> bool:
    if request.longitude is None or request.latitude is None:
        return True
    return -180 <= request.longitude <= 180 and -90 <= request.latitude <= 90


def _short(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= TITLE_MOST else line[: TITLE_MOST - 1] + "…"


def _named(text: str) -> str:
    """The first number in a text that is one of the city's; empty for none."""
    numbers = rules.numbers_in(text[: rules.TEXT_MOST])
    return next((one for one in numbers if is_number(one)), "")


def _known(source: str) -> Received | None:
    row = (
        Ticket.objects.filter(source=source)
        .values_list("proceeding_id", "proceeding__number")
        .first()
    )
    return Received(row[0], row[1], is_new=False) if row else None


def _understood(
    request: Request, text: str
) -> tuple[str, rules.Node | None, Mapping[str, object]]:
    """Type and domain: what the channel says, else what the text reads like, with why."""
    hotline, version = content_of(), version_now()
    kinds = {one["code"] for one in hotline["types"]}
    if request.type and request.type not in kinds:
        raise BadInput("没有这种诉求类型。", problems=(Problem("type", "unknown", request.type),))
    node = node_of(request.domain, version)
    if request.domain and node is None:
        raise BadInput(
            "没有这个归口类别。", problems=(Problem("domain", "unknown", request.domain),)
        )
    if request.type and node is not None and not request.is_offered:
        return request.type, node, {}
    read = guess(text)
    offered = (read.type, read.domain)
    if request.type and node is not None and (request.type, node.code) != offered:
        return request.type, node, {}
    return (
        request.type or read.type,
        node or node_of(read.domain, version),
        read.to_data(),
    )


def _hides(hotline: Any, kind: str) -> bool:
    return any(one["code"] == kind and one.get("hides_caller", False) for one in hotline["types"])


# What the centre does with it


def answer_directly(*, ticket_id: int, answer: str, by: Actor, now: datetime) -> None:
    """Answer at once from what is known (直接答复); the caller has it in writing as well."""
    answer = rules.need_text("answer", answer, "请写明给来电人的答复。")
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        act.move(ticket, "answer_directly", body={"reply": True})
        note(act, ticket, reply=answer, replied_at=now, closed_at=now)


def refuse_ticket(*, ticket_id: int, reason: str, way: str = "", by: Actor, now: datetime) -> None:
    """Refuse what is not the hotline's, with the reason and the right way (不予受理).

    ``reason`` is a code of the content. Raises BadInput for another.
    """
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        known = {one["code"]: one for one in content_of(ticket)["refusals"]}
        if reason not in known:
            sentence = "请从目录中选择不予受理的情形。"
            raise BadInput(sentence, problems=(Problem("reason", "unknown", sentence),))
        said = rules.clean(way) or str(known[reason]["way"]["zh"])
        act.move(ticket, "refuse", basis=known[reason]["basis"], body={"reason": reason})
        note(act, ticket, reply=said, replied_at=now, closed_at=now)


def transfer_ticket(
    *, ticket_id: int, line: str, remark: str = "", by: Actor, now: datetime
) -> None:
    """Hand a caller over to another line (互转): one key, and the three are on record.

    ``line`` is a code of the content. Raises BadInput for another.
    """
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        known = {one["code"]: one for one in content_of(ticket)["lines"]}
        if line not in known:
            sentence = "请选择要转接的专线。"
            raise BadInput(sentence, problems=(Problem("line", "unknown", sentence),))
        body = {"line": line, "number": known[line]["number"], "remark": rules.clean(remark)[:500]}
        act.move(ticket, "transfer", basis=known[line].get("basis", ""), body=body)
        note(act, ticket, closed_at=now)


def classify_ticket(
    *,
    ticket_id: int,
    kind: str,
    domain: str,
    urgency: str,
    by: Actor,
    now: datetime,
) -> None:
    """Say what a request is about; where this differs from the guess, the guess learns from it.

    Its domain may stay open only where it was never known.
    """
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        hotline = content_of(ticket)
        kinds = {one["code"] for one in hotline["types"]}
        if kind not in kinds or urgency not in rules.URGENCIES:
            raise BadInput("请选择诉求类型和紧急程度。")
        is_unread = not domain and not ticket.facts["domain"]
        if not is_unread and node_of(domain, ticket.version_id) is None:
            raise BadInput("请选择归口类别。", problems=(Problem("domain", "unknown", domain),))
        body = {"type": kind, "domain": domain, "urgency": urgency}
        before = {name: ticket.facts[name] for name in body}
        ticket.facts = {**ticket.facts, **body}
        if _hides(hotline, kind):
            _hide_in(act, ticket)
        act.move(ticket, "classify", body={**body, "before": before}, public=False)
        note(act, ticket, **body)


def correct_place(
    *, ticket_id: int, place: str, region: str = "", by: Actor, now: datetime
) -> None:
    """Say where it is, where that was heard or read wrong; its unit is that of the new place.

    Without ``region`` it is the one that the place lies in, where that is known, else as before.
    Where it was on the map is forgotten. Raises BadInput for no place and for a strange region.
    """
    place = rules.need_text("place", place, "请写明在什么地方。", PLACE_MOST)
    if region and not any(one.code == region for one in regions(below=city_region())):
        raise BadInput.at("region", "unknown", "请选择所在区域。")
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        before = region_of(ticket)
        after = region or place_in(place)[1] or before
        ticket.facts = {**ticket.facts, "region": after}
        act.move(
            ticket,
            "correct_place",
            body={"region": after, "before": before},
            private={"place": place},
            fields=("place", "region"),
            public=False,
        )
        note(act, ticket, place=place, region=after, longitude=None, latitude=None)


def name_element(
    *, ticket_id: int, guide: str, item: str = "", element: str, by: Actor, now: datetime
) -> None:
    """Say which element of which guide a request is about; its owner hears of it by event.

    ``item`` is empty where the guide as a whole is meant. What the codes stand for is known to
    whoever keeps guides, not here. Raises BadInput without an element.
    """
    if not element:
        raise BadInput.at("element", "missing", "请选择指南的哪一项。")
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        act.move(ticket, "name_element", body=_element(guide, item, element), public=False)
        note(act, ticket, of_item=item)


def _element(guide: str, item: str, element: str) -> dict[str, str]:
    """What an entry says of an element of a guide."""
    return {"guide": guide, "item": item, "element": element}


def hide_caller(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """Keep from the units who asks, from now on: also from those that have it. Idempotent."""
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        if "shown_party" in ticket.facts:
            act.drop()
            return
        _hide_in(act, ticket)
        act.move(ticket, "hide_caller", public=False)


def _hide_in(act: Act, ticket: Locked) -> None:
    nobody = caller_party("")
    ticket.facts = {**ticket.facts, "shown_party": nobody}
    act.let_stand_in(ticket, nobody)
    note(act, ticket, hides_caller=True)


def dispatch_ticket(
    *,
    ticket_id: int,
    unit: str = "",
    with_units: Sequence[str] = (),
    by: Actor,
    now: datetime,
) -> int:
    """Send a ticket to the unit that answers, and to those that help (派单); the task's id.

    Without ``unit`` it goes to the one that the content names for its domain and place. Raises
    BadInput where that is nobody.
    """
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        node = node_of(ticket.facts["domain"], ticket.version_id)
        chosen = unit or (unit_here(node, region_of(ticket)) if node else "")
        need_units(chosen, with_units)
        act.move(ticket, "dispatch", body={"unit": chosen, "with": list(with_units)})
        act.close_steps(ticket, "dispatched")
        task = send_all_in(act, ticket, chosen, with_units)
    return task.id


def ask_designation(*, ticket_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Units dispute whose duty it is: the decider is asked to designate one (提请指定)."""
    reason = rules.need_text("reason", reason, "请写明有争议的单位和各自的理由。", 1000)
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        if ticket.open_step("designate") is not None:
            raise BadInput("已经提请指定，请等待决定。")
        act.move(ticket, "ask_designation", body={"reason": reason}, public=False)
        act.open_step(ticket, "designate", role="decider")


def designate_unit(*, ticket_id: int, unit: str, reason: str, by: Actor, now: datetime) -> int:
    """Decide a dispute about duty: this unit handles it and may not return it again (指定).

    Answers the task's id. domain-04 §5.1, state 22.
    """
    reason = rules.need_text("reason", reason, "请写明指定这个单位办理的理由。", 1000)
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        need_units(unit)
        if ticket.state == TicketState.CONFERRING:
            forget_answer(act, ticket)
        act.move(ticket, "designate", body={"unit": unit, "reason": reason})
        act.close_steps(ticket, "designated")
        task = send_all_in(act, ticket, unit, (), is_designated=True)
    return task.id


def send_all_in(
    act: Act,
    ticket: Locked,
    unit: str,
    with_units: Sequence[str] = (),
    *,
    is_designated: bool = False,
) -> Locked:
    """Send a locked ticket to the unit that answers and to those that help; the first's task."""
    task = send_task(act, ticket, unit, is_designated=is_designated)
    for other in dict.fromkeys(with_units):
        if other != unit:
            send_task(act, ticket, other, is_lead=False)
    note(act, ticket, unit=unit)
    return task


def need_units(unit: str, others: Sequence[str] = ()) -> None:
    """Raise BadInput unless these are units of the city."""
    known = {one.code for one in departments()}
    if any(one not in known for one in (unit, *others)):
        sentence = "请选择承办单位：这个类别没有指定单位，需要人工确定。"
        raise BadInput(sentence, problems=(Problem("unit", "missing", sentence),))


def add_unit(*, ticket_id: int, unit: str, by: Actor, now: datetime) -> int:
    """Let another unit help with a ticket that is being handled (协办); answers its task's id."""
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        need_units(unit)
        if any(one.department == unit for one in open_tasks(act, ticket)):
            raise BadInput("这个单位已经在办理本单。")
        act.move(ticket, "add_unit", body={"unit": unit})
        task = send_task(act, ticket, unit, is_lead=False)
    return task.id


def merge_ticket(*, ticket_id: int, into: int, by: Actor, now: datetime) -> None:
    """Handle a request together with another about the same thing; its caller is answered too.

    Raises NotTogether where the other one has ended, is merged itself, or is this one.
    """
    with Act(by=by, now=now) as act:
        act.lock_all([ticket_id, into], family=True)
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        lead = need_kind(act.lock(into, family=True), "ticket")
        merge_in(act, ticket, lead)


def merge_in(act: Act, ticket: Locked, lead: Locked) -> None:
    """Merge a locked request into another within an action; its units stop."""
    if ticket.id == lead.id or lead.is_ended or lead.state == TicketState.MERGED:
        raise rules.NotTogether("只能并入另一个还在办理、没有并入别处的诉求。")
    if Ticket.objects.filter(lead_id=ticket.id, proceeding__ended_at=None).exists():
        raise rules.NotTogether("已经有别的诉求并入本单，请把它们并入同一个主单。")
    act.move(ticket, "merge", body={"into": lead.number})
    act.cancel_steps(ticket, "merged")
    for task in open_tasks(act, ticket):
        act.move(task, "cancel_task")
    note(act, ticket, lead_id=lead.id)


def take_apart(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """Handle a merged request by itself again: it was about something else, no hot issue."""
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        act.move(ticket, "take_apart")
        act.open_step(ticket, "dispatch", role="window")
        note(act, ticket, lead_id=None, hot_id=None)


# What the caller does with it


def add_to_ticket(*, ticket_id: int, text: str, by: Actor, now: datetime) -> None:
    """More words to a request that is under way; the units see them."""
    text = mask(rules.need_text("text", text, "请写明要补充的内容。", 2000))
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id), "ticket")
        _mind_danger(act, ticket, text)
        act.move(ticket, "add_to", body={"text": text}, public=False)
        act.also(
            "UPDATE hotline_ticket SET text = text || %s WHERE proceeding_id = %s",
            [f"\n补充：{text}", ticket.id],
        )


def _mind_danger(act: Act, ticket: Locked, text: str) -> None:
    """Words of danger count whenever they are said: the request is of the highest urgency."""
    is_danger = rules.emergency_in(text, content_of(ticket)) is not None
    if is_danger and ticket.facts["urgency"] != rules.CRITICAL:
        ticket.facts = {**ticket.facts, "urgency": rules.CRITICAL}
        note(act, ticket, urgency=rules.CRITICAL)


def urge_ticket(*, ticket_id: int, remark: str = "", by: Actor, now: datetime) -> None:
    """The caller asks where it stands (催办): the unit that has it hears of it."""
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        ticket.facts = {**ticket.facts, "urged": int(ticket.facts.get("urged", 0)) + 1}
        _mind_danger(act, ticket, remark)
        task = lead_task(act, ticket)
        unit = task.department if task else ""
        act.move(ticket, "urge", body={"remark": mask(rules.clean(remark))[:500], "unit": unit})


def withdraw_ticket(*, ticket_id: int, reason: str = "", by: Actor, now: datetime) -> None:
    """The caller takes the request back; what units were doing ends with it."""
    with Act(by=by, now=now) as act:
        ticket = need_kind(act.lock(ticket_id, family=True), "ticket")
        act.move(ticket, "withdraw", body={"reason": mask(rules.clean(reason))[:500]})
        note(act, ticket, closed_at=now)
