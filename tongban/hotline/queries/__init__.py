"""Reads of the hotline: what a text is about, who answers for it, pages, lists, a past."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Subquery

from tongban.catalogue.content.citymap import FILE as MAP
from tongban.catalogue.queries import live, live_version, part
from tongban.engine.models import Clock, Proceeding, Step
from tongban.engine.queries import clock_rows, clocks_of, visible_to
from tongban.engine.rules import may_do, may_take
from tongban.hotline import rules, sql
from tongban.hotline.models import Order, Task, Ticket
from tongban.hotline.rules.where import Where, deepest, districts_at, settle
from tongban.hotline.states import ORDER, TASK, TICKET, Channel
from tongban.kernel.identifiers import region_within
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date, start_of_day
from tongban.people.queries import contact_of, find_party, regions
from tongban.people.states import NOBODY, PartyKind
from tongban.reading.queries import read_for
from tongban.reading.rules.likeness import likeness
from tongban.reading.rules.readable import readable
from tongban.reading.rules.things import Gazetteer, ThingKind, named
from tongban.records.queries import entries_of, last_moments

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from tongban.engine.queries import ClockReading
    from tongban.kernel.actors import Actor
    from tongban.reading.rules.lessons import Reading
    from tongban.reading.rules.things import Thing
    from tongban.records.events import JournalEntry

ENDING = 4
"""How many last digits of a telephone number prove that a ticket is somebody's."""
TOLD = frozenset(
    {
        "receive", "answer_directly", "refuse", "transfer", "dispatch", "designate", "merge",
        "take_apart", "answer_together", "approve_return", "grant_extension", "grant_hold",
        "reply_in", "pass_reply", "rehandle", "confer", "close", "supervise", "urge", "withdraw",
        "sign", "note_progress", "resume",
    }
)  # fmt: skip
"""The verbs of a ticket and its tasks that its caller reads in the story."""

# What a text is about


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text reads like, how sure that is (0 to 1), and by which words."""

    type: str
    domain: str
    confidence: float
    reasons: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """The guess as it is kept with the ticket."""
        return {
            "type": self.type,
            "domain": self.domain,
            "confidence": round(self.confidence, 4),
            "reasons": list(self.reasons),
        }


TYPE_TASK, DOMAIN_TASK = "hotline.type", "hotline.domain"
"""What the reading room learns for the hotline."""


MOST_REASONS = 6
"""Words that say why a text reads like something: more nobody reads."""


def guess(text: str) -> Guess:
    """What a request is about: as learnt from earlier ones, else by the words of the content."""
    learnt = read_for((TYPE_TASK, DOMAIN_TASK), text)
    kind, domain = learnt.get(TYPE_TASK), learnt.get(DOMAIN_TASK)
    known = {one.code for one in domains()}
    if kind is None or domain is None or domain.reading.label not in known:
        return _guess(text, live_version("hotline"))
    reasons = (*domain.reading.reasons, *kind.reading.reasons)
    return Guess(
        kind.reading.label,
        domain.reading.label,
        _sure(kind.reading, domain.reading),
        readable(text, (one.piece for one in reasons), _words())[:MOST_REASONS],
    )


def _sure(*readings: Reading) -> float:
    """How sure readings are together, less so of a text that is strange to their lessons.

    What was never taught looks like the nearest thing that was: such a request is for a person
    (``familiar`` of the content).
    """
    known = min(one.familiarity for one in readings)
    sure = min(one.confidence for one in readings)
    return sure if known >= float(content()["familiar"]["value"]) else sure * known


def _words() -> set[str]:
    """What may be a word of a request: those of the content, and the names of regions."""
    nodes = [word for one in domains() for word in (*one.words, str(one.name["zh"]))]
    kinds = [word for one in content()["types"] for word in one.get("words", ())]
    return {*nodes, *kinds, *content().get("urgent_words", ()), *_region_names()}


def place_in(text: str) -> tuple[str, str]:
    """The first place or road that a text names, and the region it lies in; empty for none.

    Names that follow each other are one place (沙依巴克区友好路). Of a city and its district,
    named together, the region is the district.
    """
    found = [one for one in named(text, _gazetteer()) if one.kind in _WHERE]
    region = ""
    for code in (one.code for one in found if one.code):
        if not region or region_within(code, region):
            region = code
    return (_in_a_row(found), region)


def where(place: str, text: str, longitude: float | None, latitude: float | None) -> Where:
    """In which region of the city a request lies, by its point, its address, else its text."""
    spot = None
    if longitude is not None and latitude is not None:
        by = content()
        spot = districts_at(
            longitude,
            latitude,
            MAP.read(settings.CONTENT).districts,
            nearer=float(by["nearer"]["value"]),
            reach_km=float(by["reach_km"]["value"]),
        )
    return settle(spot, _regions_in(place), _regions_in(text))


def _regions_in(text: str) -> tuple[str, ...]:
    """The regions below the city that a text names, in their order, the innermost alone."""
    city = city_region()
    codes = [one.code for one in named(text, _gazetteer()) if one.code]
    return deepest(code for code in codes if code != city and region_within(code, city))


def _in_a_row(found: Sequence[Thing]) -> str:
    """The first name with those that stand right behind it."""
    text, end = "", None
    for one in found:
        if end is not None and one.begin != end:
            break
        text, end = text + one.text, one.end
    return text


_WHERE = frozenset({ThingKind.PLACE, ThingKind.ROAD})


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    """Names of the regions as people say them; the tree changes with the program's start only."""
    return Gazetteer.of(_region_names())


@lru_cache(maxsize=1)
def _region_names() -> Mapping[str, str]:
    names = {str(one.name["zh"]): one.code for one in regions()}
    short = {
        name[:-2]: code for name, code in names.items() if name.endswith(("街道", "社区", "片区"))
    }
    return {**short, **names}


def _guess(text: str, version_id: int) -> Guess:
    hotline = part(version_id)
    kinds = [
        (one["code"], rules.found_words(text, one.get("words", ()))) for one in hotline["types"]
    ]
    kind = max(kinds, key=lambda one: len(one[1]))
    scored = [(one, rules.found_words(text, one.words)) for one in _nodes(version_id)]
    best = sorted(scored, key=lambda one: (-sum(map(len, one[1])), -len(one[0].path)))
    node, words = best[0]
    if not words:
        return Guess(kind[0] if kind[1] else "help", "", 0.0, kind[1])
    first, second = (sum(map(len, one[1])) for one in best[:2])
    sure = first / (first + second + 1) if kind[1] else first / (first + second + 4)
    return Guess(kind[0] if kind[1] else "help", node.code, sure, (*kind[1], *words))


@lru_cache(maxsize=8)
def _nodes(version_id: int) -> tuple[rules.Node, ...]:
    return tuple(rules.nodes(part(version_id)["domains"]))


@lru_cache(maxsize=8)
def _by_code(version_id: int) -> Mapping[str, rules.Node]:
    return {one.code: one for one in _nodes(version_id)}


def node_of(code: str, version_id: int) -> rules.Node | None:
    """The domain of that code in a version of the content; None for an unknown or empty one."""
    return _by_code(version_id).get(code)


def domains() -> tuple[rules.Node, ...]:
    """The tree of domains as a list, what is above before what is below."""
    return _nodes(live_version("hotline"))


def content() -> Mapping[str, Any]:
    """The hotline's content as it is now."""
    found: Mapping[str, Any] = live("hotline")
    return found


def emergency_name(code: str) -> Mapping[str, str] | None:
    """What a kind of emergency is called; None for a code that the content does not know."""
    found = (one["name"] for one in content()["emergencies"] if one["code"] == code)
    return next(found, None)


def good_to() -> int:
    """The last of the five levels that counts as content (domain-04 §4.1)."""
    return int(content()["good_to"]["value"])


def usual_hold(now: datetime) -> date:
    """The last day of a hold that is granted now, where nobody names another."""
    return city_date(now) + timedelta(days=int(content()["hold_days"]["value"]))


def city_region() -> str:
    """The region of the whole city, for a request whose place nobody knows yet."""
    return str(live("city")["code"])


def unit_here(node: rules.Node, region: str) -> str:
    """The unit that answers for a domain in a region: its branch there where there is one."""
    if not node.local:
        return node.unit
    branches = [
        one["code"]
        for one in live("departments")
        if one.get("parent") == node.unit and region.startswith(one["region"])
    ]
    return str(branches[0]) if branches else node.unit


def replies_of_unit(unit: str, *, apart_from: int, most: int = 50) -> list[str]:
    """The latest replies of a unit, to see whether a new one is a copy."""
    found = Task.objects.filter(unit=unit, replied_at__isnull=False).exclude(pk=apart_from)
    return list(found.order_by("-pk").values_list("reply", flat=True)[:most])


# Pages


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket in a list; ``hot`` is the number of the issue that it belongs to.

    ``urged`` is how often its caller urged, of a task how often its unit was told so;
    ``held_until`` the last day of a hold that is on.
    """

    number: str
    title: str
    type: str
    domain: str
    urgency: str
    state: str
    state_title: str
    channel: str
    unit: str
    received_at: datetime
    place: str
    hot: str = ""
    urged: int = 0
    held_until: date | None = None

    @property
    def cursor(self) -> str:
        """Where the next page starts."""
        return self.number


@dataclass(frozen=True, slots=True)
class TaskPart:
    """What one unit does for a ticket, as a page shows it."""

    number: str
    proceeding_id: int
    unit: str
    round: int
    is_lead: bool
    is_designated: bool
    state: str
    state_title: str
    reply: str
    plan: str
    reason: str
    sent_at: datetime
    signed_at: datetime | None
    contacted_at: datetime | None
    replied_at: datetime | None
    extension: str
    clocks: tuple[ClockReading, ...]
    verbs: tuple[str, ...]
    may_return: bool = True
    urged: int = 0
    urged_at: datetime | None = None
    held_until: date | None = None
    is_hold_over: bool = False
    extension_reason: str = ""


@dataclass(frozen=True, slots=True)
class Risen:
    """A level that an order had, and since when; ``by_itself`` where nobody answered it below."""

    level: str
    at: datetime
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class OrderPart:
    """An order about a ticket, as a page shows it; ``levels`` are those it had, the latest last.

    ``may_rise`` are the levels to which it may be raised; none of one that is closed.
    """

    number: str
    proceeding_id: int
    unit: str
    trigger: str
    level: str
    text: str
    answer: str
    state: str
    state_title: str
    clocks: tuple[ClockReading, ...]
    verbs: tuple[str, ...]
    levels: tuple[Risen, ...] = ()
    may_rise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with everything that this actor may see and do.

    ``steps`` are the open steps of the ticket and what is below it, each with its proceeding's id;
    ``mine`` those of them that this actor may work on; ``holders`` who holds one of them, by
    proceeding and account.
    """

    proceeding: Proceeding
    ticket: Ticket
    node: rules.Node | None
    state_title: str
    shows_caller: bool
    clocks: tuple[ClockReading, ...]
    tasks: tuple[TaskPart, ...]
    orders: tuple[OrderPart, ...]
    members: tuple[TicketLine, ...]
    timeline: tuple[JournalEntry, ...]
    verbs: tuple[str, ...]
    steps: frozenset[tuple[int, str]] = field(default_factory=frozenset)
    mine: frozenset[tuple[int, str]] = field(default_factory=frozenset)
    holders: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def holds(self, proceeding_id: int, step: str) -> bool:
        """Whether the actor may work on an open step of the ticket, a task or an order."""
        return (proceeding_id, step) in self.mine


def ticket_of(actor: Actor, number: str) -> Ticket:
    """The ticket of that number, or that the task or order of that number is about.

    NotFound where this person may see neither. A unit sees a ticket through its own task.
    """
    found = (
        visible_to(actor)
        .filter(
            number=normalise_number(number), kind__in=("ticket", "ticket_task", "ticket_order")
        )
        .first()
    )
    if found is None:
        raise NotFound("没有找到这个工单，或您无权查看。请核对编号后再试。")
    ticket_id = found.pk if found.kind == "ticket" else found.parent_id
    beside = ("lead__proceeding", "hot__proceeding", "caller")
    return Ticket.objects.select_related("proceeding", *beside).get(pk=ticket_id)


def ticket_page(actor: Actor, number: str, now: datetime) -> TicketPage:
    """The page of a ticket; a unit sees its own task only, and no caller who is hidden."""
    ticket = ticket_of(actor, number)
    one = ticket.proceeding
    mine = visible_to(actor).filter(pk=ticket.pk).exists()
    tasks = Task.objects.select_related("proceeding").filter(ticket=ticket).order_by("pk")
    answered = Task.objects.filter(
        ticket=OuterRef("ticket"), unit=OuterRef("unit"), proceeding__state="done"
    )
    tasks = tasks.annotate(has_answered=Exists(answered))
    orders = Order.objects.select_related("proceeding").filter(ticket=ticket).order_by("pk")
    if not mine:
        tasks = tasks.filter(unit__in=actor.departments)
        orders = orders.filter(unit__in=actor.departments)
    family = [one, *(row.proceeding for row in tasks), *(row.proceeding for row in orders)]
    steps = list(Step.objects.filter(proceeding_id__in=[p.pk for p in family], state="open"))
    return TicketPage(
        proceeding=one,
        ticket=ticket,
        node=node_of(ticket.domain, live_version("hotline")),
        state_title=TICKET.title(one.state),
        shows_caller=mine or not ticket.hides_caller,
        clocks=tuple(clocks_of(one, now)) if mine else (),
        tasks=tuple(_task_part(row, actor, now) for row in tasks),
        orders=tuple(_order_part(row, actor, now) for row in orders),
        members=tuple(map(_line, _lines(Ticket.objects.filter(lead=ticket)))) if mine else (),
        timeline=_told(actor, one, is_mine=mine),
        verbs=_open_verbs(TICKET, one, actor),
        steps=frozenset((step.proceeding_id, step.code) for step in steps),
        mine=_mine(actor, family, steps),
        holders=frozenset(
            (one.proceeding_id, one.assignee_id) for one in steps if one.assignee_id
        ),
    )


def _mine(
    actor: Actor, family: Sequence[Proceeding], steps: Sequence[Step]
) -> frozenset[tuple[int, str]]:
    known = {one.pk: one for one in family}
    return frozenset(
        (step.proceeding_id, step.code)
        for step in steps
        if may_take(actor, known[step.proceeding_id], step)
    )


def child_of(ticket_id: int, number: str) -> int:
    """The task or order of that number below a ticket. Raises NotFound for any other."""
    found = Proceeding.objects.filter(parent_id=ticket_id, number=normalise_number(number))
    child = found.values_list("pk", flat=True).first()
    if child is None:
        raise NotFound("没有找到这个任务，请刷新页面后再试。")
    return child


def ticket_numbered(actor: Actor, number: str) -> int | None:
    """The ticket of that number that this actor may see; None where there is none."""
    found = visible_to(actor).filter(number=normalise_number(number), kind="ticket")
    return found.values_list("pk", flat=True).first()


def faults_of(task: Proceeding, text: str, now: datetime) -> tuple[rules.Fault, ...]:
    """What would be wrong with this reply of a unit if it went out now; none for a helping unit.

    The same rules as `actions.reply_ticket`, asked while it is written.
    """
    if not task.facts["lead"]:
        return ()
    clock = Clock.objects.filter(proceeding_id=task.pk, name="handle").first()
    return rules.reply_faults(
        text,
        others=replies_of_unit(task.department, apart_from=task.pk),
        likeness=likeness,
        said=part(task.version_id)["replies"],
        is_overdue=bool(clock and clock.due_at and clock.due_at <= now),
        contacted=bool(task.facts.get("contacted")) or task.party_id == nobody(),
    )


def is_number(number: str) -> bool:
    """Whether an application, a case or a request has that number."""
    return Proceeding.objects.filter(number=number, kind__in=_NAMED).exists()


_NAMED = ("package", "case", "ticket", "rectification")


def party_of(number: str) -> int:
    """Whose ticket that is; whoever asks must have proved that it is his. Raises NotFound."""
    found = Ticket.objects.filter(proceeding__number=normalise_number(number))
    party = found.values_list("caller_id", flat=True).first()
    if party is None:
        raise NotFound("没有找到这个工单。请核对编号后再试。")
    return party


def is_callers(number: str, ending: str) -> bool:
    """Whether a ticket is of a caller without account whose number ends with these digits."""
    found = Ticket.objects.select_related("caller").filter(
        proceeding__number=normalise_number(number), caller__kind=PartyKind.CALLER
    )
    one = found.first()
    return one is not None and len(ending) == ENDING and one.caller.code.endswith(ending)


def story_of(page: TicketPage) -> tuple[JournalEntry, ...]:
    """What its caller may know of a ticket and of the work of its units, the newest first."""
    ids = [page.proceeding.pk, *(one.proceeding_id for one in page.tasks if one.is_lead)]
    found = entries_of("proceeding", ids)
    told = [e for one in ids for e in found[one] if e.public and e.verb in TOLD]
    return tuple(sorted(told, key=lambda entry: entry.id, reverse=True))


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom to call about a ticket; ``phone`` is whole: mask it where it need not be."""

    name: str
    phone: str


def reach_of(ticket: Ticket) -> Reach | None:
    """Whom to call: the contact that was named, else the caller; None where nobody can be."""
    name = ticket.contact_name or ticket.caller.name
    # Who is hidden is not looked for at his guardian's.
    told = contact_of(ticket.contact_id or ticket.caller_id, own=ticket.hides_caller)
    return Reach(name, told.phone) if told and told.phone else None


def _told(actor: Actor, one: Proceeding, *, is_mine: bool) -> tuple[JournalEntry, ...]:
    entries = entries_of("proceeding", [one.pk])[one.pk]
    if is_mine and actor.kind == "staff":
        return tuple(entries)
    return tuple(entry for entry in entries if entry.public)


def _open_verbs(machine: Any, one: Proceeding, actor: Actor) -> tuple[str, ...]:
    return tuple(
        move.verb
        for move in machine.open_moves(one.state)
        if any(may_do(actor, one, role) for role in move.roles)
    )


def nobody() -> int | None:
    """The party that stands for everybody who gives no number, and for who is hidden."""
    found = find_party(PartyKind.CALLER, NOBODY)
    return found.id if found else None


def _task_part(row: Any, actor: Actor, now: datetime) -> TaskPart:
    one = row.proceeding
    return TaskPart(
        number=one.number,
        proceeding_id=one.pk,
        unit=row.unit,
        round=row.round,
        is_lead=row.is_lead,
        is_designated=row.is_designated,
        state=one.state,
        state_title=TASK.title(one.state),
        reply=row.reply,
        plan=row.plan,
        reason=row.reason,
        sent_at=row.sent_at,
        signed_at=row.signed_at,
        contacted_at=row.contacted_at,
        replied_at=row.replied_at,
        extension=str(one.facts.get("extension", "")),
        clocks=tuple(clocks_of(one, now)),
        verbs=_open_verbs(TASK, one, actor),
        may_return=not (row.is_designated or one.facts.get("must_handle") or row.has_answered),
        urged=rules.times_urged(one.facts),
        urged_at=rules.urged_at(one.facts),
        held_until=rules.held_until(one.facts) if one.state == "held" else None,
        is_hold_over=bool(one.facts.get("hold_over")),
        extension_reason=str(one.facts.get("extension_reason", "")),
    )


def _order_part(row: Order, actor: Actor, now: datetime) -> OrderPart:
    one = row.proceeding
    return OrderPart(
        number=one.number,
        proceeding_id=one.pk,
        unit=row.unit,
        trigger=row.trigger,
        level=row.level,
        text=row.text,
        answer=row.answer,
        state=one.state,
        state_title=ORDER.title(one.state),
        clocks=tuple(clocks_of(one, now)),
        verbs=_open_verbs(ORDER, one, actor),
        levels=_levels(one.facts),
        may_rise=() if one.ended_at else _above(one),
    )


def _levels(facts: Mapping[str, Any]) -> tuple[Risen, ...]:
    return tuple(
        Risen(said["level"], datetime.fromisoformat(said["at"]), bool(said.get("by_itself")))
        for said in facts.get("levels", ())
    )


def _above(order: Proceeding) -> tuple[str, ...]:
    above = rules.levels_above(part(order.version_id), str(order.facts["level"]))
    return tuple(str(one["code"]) for one in above)


_COLUMNS = (
    "proceeding__number",
    "title",
    "type",
    "domain",
    "urgency",
    "proceeding__state",
    "channel",
    "unit",
    "received_at",
    "place",
    "hot__proceeding__number",
    "proceeding__facts__hold_until",
    "proceeding__facts__urged",
)


def _lines(found: QuerySet[Ticket]) -> QuerySet[Ticket, tuple[Any, ...]]:
    return found.order_by("-pk").values_list(*_COLUMNS)


def _line(row: Sequence[Any]) -> TicketLine:
    number, title, kind, domain, urgency, state, channel, unit, received_at, place, hot = row[:-2]
    return TicketLine(
        number,
        title,
        kind,
        domain,
        urgency,
        state,
        TICKET.title(state),
        channel,
        unit,
        received_at,
        place,
        hot or "",
        rules.times_urged({"urged": row[-1]}),
        rules.held_until({"hold_until": row[-2]}) if state == "handling" else None,
    )


def ticket_lines(found: QuerySet[Ticket], limit: int) -> list[TicketLine]:
    """These tickets as lines of a list, the newest first."""
    return [_line(row) for row in _lines(found)[:limit]]


def tickets_of(actor: Actor, *, before: str = "", limit: int = 20) -> list[TicketLine]:
    """What a citizen has asked of the hotline, the newest first; keyset pages by number."""
    return _page(_own(actor), before, limit)


def _own(actor: Actor) -> QuerySet[Ticket]:
    """What those asked for whom a citizen acts; never what a child hides from its guardian."""
    found = Ticket.objects.filter(caller_id__in=sorted(actor.acts_for))
    return found.exclude(hides_caller=True, caller_id__in=sorted(actor.wards))


def hidden_from(actor: Actor) -> frozenset[str]:
    """The numbers of what this guardian's children asked hidden: no message about them is his."""
    return frozenset(_kept_from(actor).values())


def _kept_from(actor: Actor) -> dict[int, str]:
    """What the children of this guardian asked hidden: number by id; no query without wards."""
    if not actor.wards:
        return {}
    found = Ticket.objects.filter(hides_caller=True, caller_id__in=sorted(actor.wards))
    return dict(found.values_list("pk", "proceeding__number"))


def hidden_ids(actor: Actor) -> frozenset[int]:
    """As `hidden_from`, by the ids of the proceedings."""
    return frozenset(_kept_from(actor))


def past_of(party_id: int, *, apart_from: int | None = None, limit: int = 10) -> list[TicketLine]:
    """What the same caller asked before, the newest first: for the operator who answers now."""
    found = Ticket.objects.filter(caller_id=party_id).exclude(pk=apart_from)
    return [_line(row) for row in _lines(found)[:limit]]


def latest_calls(limit: int = 8) -> list[TicketLine]:
    """What was taken on the telephone last, for the operators."""
    found = Ticket.objects.filter(channel=Channel.PHONE)
    return [_line(row) for row in _lines(found)[:limit]]


def persons_of(party_id: int) -> frozenset[int]:
    """The parties that are one person: the account, and the caller with its telephone."""
    told = contact_of(party_id)
    caller = known_caller(told.phone) if told and told.phone else None
    return frozenset({party_id, *([caller] if caller else [])})


def names_caller(ticket: Ticket) -> bool:
    """Whether the thing that a ticket is about is its caller's own, so that it would name him."""
    found = Proceeding.objects.filter(number=ticket.of_number).exclude(number="")
    whose = found.values_list("party_id", flat=True).first()
    return whose is not None and ticket.caller_id in persons_of(whose)


def known_caller(phone: str) -> int | None:
    """The party that is known by this telephone number; None for a number that is new."""
    found = find_party(PartyKind.CALLER, phone) if phone else None
    return found.id if found else None


ALIKE_LOOKED_AT = 300
"""So many of the newest requests are compared with what somebody says."""


def alike(
    text: str,
    *,
    domain: str,
    region: str = "",
    place: str = "",
    now: datetime,
    apart_from: int | None = None,
    limit: int = 5,
) -> list[tuple[TicketLine, float]]:
    """Live requests that speak of the same thing, the likest first, each with its share (0 to 1).

    Looked at are the newest of the domain in the last days, by the numbers of the content.
    """
    if not domain:
        return []
    by = rules.Alike.of(content())
    found = Ticket.objects.filter(domain=domain, received_at__gte=now - timedelta(days=by.days))
    rows = found.exclude(pk=apart_from).order_by("-pk").values_list(*_COLUMNS, "text", "region")
    scored = []
    for *line, said, where in rows[:ALIKE_LOOKED_AT]:
        share = rules.alike(text, said, (place, line[9]), (region, where), by)
        if share >= by.least:
            scored.append((_line(line), share))
    return sorted(scored, key=lambda one: -one[1])[:limit]


def mine_about(actor: Actor, numbers: Collection[str], limit: int = 20) -> list[TicketLine]:
    """What a citizen has asked about things with these numbers, the newest first."""
    found = _own(actor).filter(of_number__in=sorted(numbers))
    return [_line(row) for row in _lines(found.exclude(of_number=""))[:limit]]


@dataclass(frozen=True, slots=True)
class Reported:
    """A request as everybody may read it: no caller, no number of a person."""

    number: str
    text: str
    place: str
    latitude: float | None
    longitude: float | None
    domain: str
    domain_name: Mapping[str, str]
    unit: str
    state_title: str
    is_closed: bool
    reply: str
    received_at: datetime
    changed_at: datetime
    due_at: datetime | None


MOST_REPORTED = 1_000
TELL_APP = "hotline.tell_app"


def app_of(ticket_id: int) -> tuple[str, Reported] | None:
    """The app from which a request came, and the request as that app may read it; else None."""
    ticket = _open_to_all().filter(pk=ticket_id, source__startswith="open311/")
    source = ticket.values_list("source", flat=True).first()
    return (source.split("/")[1], _reported(ticket)[0]) if source else None


def reported(numbers: Sequence[str]) -> list[Reported]:
    """Requests that came by an app of others, by their numbers; what is secret is left out."""
    return _reported(_open_to_all().filter(proceeding__number__in=numbers))


def reported_between(
    since: datetime, until: datetime, *, domains: Collection[str], states: Collection[str]
) -> list[Reported]:
    """Requests that came by apps of others in a time, the newest first, a thousand at most.

    ``states`` holds "open" and "closed"; an empty one of either stands for all.
    """
    found = _open_to_all().filter(received_at__gte=since, received_at__lt=until)
    if domains:
        found = found.filter(domain__in=domains)
    if states == {"open"}:
        found = found.filter(proceeding__ended_at=None)
    elif states == {"closed"}:
        found = found.exclude(proceeding__ended_at=None)
    return _reported(found)


def _open_to_all() -> QuerySet[Ticket]:
    return Ticket.objects.filter(channel=Channel.OPEN311, hides_caller=False)


def _reported(found: QuerySet[Ticket]) -> list[Reported]:
    rows = list(found.select_related("proceeding").order_by("-pk")[:MOST_REPORTED])
    names = {one.code: one.name for one in domains()}
    units = {one["code"]: one["name"]["zh"] for one in live("departments")}
    dues = dict(
        Task.objects.filter(ticket__in=rows, is_lead=True)
        .order_by("pk")
        .values_list("ticket_id", "proceeding__clock__due_at")
        .filter(proceeding__clock__name="handle")
    )
    changed = last_moments("proceeding", [row.pk for row in rows])
    return [
        Reported(
            number=row.proceeding.number,
            text=row.text,
            place=row.place,
            latitude=row.latitude,
            longitude=row.longitude,
            domain=row.domain,
            domain_name=names.get(row.domain, {"zh": row.domain}),
            unit=units.get(row.unit, ""),
            state_title=TICKET.title(row.proceeding.state),
            is_closed=row.proceeding.ended_at is not None,
            reply=row.reply if row.replied_at else "",
            received_at=row.received_at,
            changed_at=changed.get(row.pk, row.received_at),
            due_at=dues.get(row.pk),
        )
        for row in rows
    ]


def about(number: str, limit: int = 20) -> list[TicketLine]:
    """Requests about one case, licence or other thing with a number, the newest first.

    For officers who see that thing; a ticket that hides its caller is not among them.
    """
    found = Ticket.objects.filter(of_number=number, hides_caller=False)
    return [_line(row) for row in _lines(found)[:limit]]


ABOUT_MOST = 200
"""Of more requests about one thing the latest are looked at."""


def about_any(
    actor: Actor, numbers: Collection[str], *, also: Collection[int] = (), limit: int = 20
) -> list[TicketLine]:
    """Requests about any of these numbers, these numbers' own and ``also`` by id, newest first.

    For an officer who may see what they are about; whoever reports a wrong is shown only to those
    who may open that ticket.
    """
    # First by each index, then together: an OR over two tables reads every ticket there is.
    about_them = Ticket.objects.filter(of_number__in=sorted(set(numbers) - {""})).order_by("-pk")
    ids = {
        *also,
        *Proceeding.objects.filter(number__in=sorted(numbers)).values_list("pk", flat=True),
        *about_them.values_list("pk", flat=True)[:ABOUT_MOST],
    }
    found = Ticket.objects.filter(pk__in=ids)
    seen = Exists(visible_to(actor).filter(pk=OuterRef("pk")))
    return [_line(row) for row in _lines(found.filter(Q(hides_caller=False) | seen))[:limit]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for the rooms above: by whom, about what; ``unit`` has it, or had it last."""

    id: int
    number: str
    type: str
    caller_id: int
    hides_caller: bool
    of_number: str
    of_item: str
    unit: str
    received_at: datetime

    @property
    def is_complaint(self) -> bool:
        """Whether it complains of something that was done to its caller."""
        return self.type == COMPLAINT


@dataclass(frozen=True, slots=True)
class AnsweredWell:
    """A request that was answered, checked and solved, as its caller says."""

    number: str
    type: str
    title: str
    text: str
    reply: str
    unit: str
    domain: str
    item: str
    region: str
    satisfied: int | None


def answered_well(ticket_id: int) -> AnsweredWell | None:
    """A closed request whose caller says that it is solved; None for others and for reports."""
    found = Ticket.objects.filter(
        pk=ticket_id, proceeding__state="closed", outcome="solved", hides_caller=False
    )
    row = (
        found.exclude(reply="")
        .exclude(unit="")
        .values_list(
            "proceeding__number", "type", "title", "text", "reply", "unit", "domain", "of_item",
            "region", "satisfied",
        )
        .first()
    )  # fmt: skip
    return AnsweredWell(*row) if row else None


def said_in(ticket_id: int) -> str:
    """What a request says, masked; empty for none."""
    return Ticket.objects.filter(pk=ticket_id).values_list("text", flat=True).first() or ""


def words_of(ticket_id: int) -> tuple[str, str]:
    """What a request says, and the number of the thing that it is about. Raises NotFound."""
    row = Ticket.objects.filter(pk=ticket_id).values_list("text", "of_number").first()
    if row is None:
        raise NotFound("没有找到这个工单。请核对编号后再试。")
    return row


COMPLAINT = "complaint"
_ASKED = (
    "pk", "proceeding__number", "type", "caller_id", "hides_caller", "of_number", "of_item",
    "unit", "received_at",
)  # fmt: skip


def asked(ticket_id: int) -> Asked | None:
    """One request; None for a proceeding that is none."""
    row = Ticket.objects.filter(pk=ticket_id).values_list(*_ASKED).first()
    return Asked(*row) if row else None


def about_what(ticket_id: int) -> str:
    """The number of the thing that a ticket is about; empty for none.

    Whoever reports a wrong may be found by what he reports about: then it is not said either.
    """
    found = Ticket.objects.filter(pk=ticket_id, hides_caller=False)
    return found.values_list("of_number", flat=True).first() or ""


def complaint_of(
    callers: Collection[int], numbers: Collection[str], since: datetime
) -> Asked | None:
    """The newest complaint of these callers about these things; nothing that hides its caller."""
    found = Ticket.objects.filter(
        caller_id__in=sorted(callers), of_number__in=sorted(numbers), type=COMPLAINT,
        hides_caller=False, received_at__gte=since,
    )  # fmt: skip
    row = found.exclude(of_number="").order_by("-pk").values_list(*_ASKED).first()
    return Asked(*row) if row else None


def count_complaints(since: datetime, until: datetime, unit: str = "") -> int:
    """How many complaints came in, of one unit or of all; what was taken back does not count."""
    found = _counted(since, until)
    return sum(one.get("complaints", 0) for code, one in found.items() if unit in ("", code))


def _page(found: QuerySet[Ticket], before: str, limit: int) -> list[TicketLine]:
    if before:
        last = Ticket.objects.filter(proceeding__number=normalise_number(before)).first()
        if last is not None:
            found = found.filter(pk__lt=last.pk)
    return [_line(row) for row in _lines(found)[:limit]]


# What messages say


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket for the messages about it: to whom, what about, who has it and by when.

    ``task`` is the one that answers, None before the dispatch; ``due`` is None where no day is
    set. ``dispatch_due`` is the day by which the centre does something about it.
    """

    ticket: Ticket
    number: str
    task: Task | None
    due: date | None
    dispatch_due: date | None

    @property
    def party_id(self) -> int:
        """Who is told."""
        return self.ticket.caller_id

    @property
    def is_for_nobody(self) -> bool:
        """Whether the caller gave no number: then there is nobody to tell."""
        return self.ticket.caller.code == NOBODY


def told_of(proceeding_id: int, now: datetime) -> Told | None:
    """A ticket for the messages about it; None for any other proceeding."""
    ticket = (
        Ticket.objects.select_related("proceeding", "caller", "lead__proceeding")
        .filter(pk=proceeding_id)
        .first()
    )
    if ticket is None:
        return None
    task = lead_task_of(ticket)
    return Told(
        ticket=ticket,
        number=ticket.proceeding.number,
        task=task,
        due=_due(clocks_of(task.proceeding, now), "handle") if task else None,
        dispatch_due=_due(clocks_of(ticket.proceeding, now), "dispatch"),
    )


def lead_task_of(ticket: Ticket) -> Task | None:
    """The newest task of the unit that answers; None before the dispatch."""
    found = Task.objects.select_related("proceeding").filter(ticket=ticket, is_lead=True)
    return found.order_by("-pk").first()


def _due(clocks: Sequence[ClockReading], name: str) -> date | None:
    return next((one.reading.due.on for one in clocks if one.spec.name == name), None)


# Lists for the desk


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets a list shows; what is empty is not asked for. ``late`` are overdue.

    ``domain`` names a node of the tree and all that is below it.
    """

    state: str = ""
    unit: str = ""
    domain: str = ""
    urgency: str = ""
    special: str = ""
    late: bool = False


_AT_WORK = frozenset({"received", "handling", "checking", "callback", "conferring", "merged"})
_ENDED = frozenset(state.value for state in TICKET.final)
_TASK_ENDED = frozenset(state.value for state in TASK.final)
AT_WORK_MOST = 200_000
COUNTED_MOST = 1000
"""A list says how many there are up to here; beyond it only that there are more."""


def is_of_centre(actor: Actor) -> bool:
    """Whether somebody works at the centre, which sees tickets; units see their tasks."""
    return str(content()["centre"]) in actor.departments


def listed(
    actor: Actor, wanted: Wanted, now: datetime, *, before: str = "", limit: int = 50
) -> list[TicketLine]:
    """Tickets for the centre, tasks for a unit, the newest first; keyset pages by number."""
    is_centre = is_of_centre(actor)
    found = _tickets(actor, wanted, now) if is_centre else _tasks(actor, wanted, now)
    if before:
        number = normalise_number(before)
        last = Proceeding.objects.filter(number=number).values_list("pk", flat=True).first()
        if last is not None:
            found = found.filter(pk__lt=last)
    # First which ones, then what a list says of them: a join of millions is never thought of.
    pks = list(found.order_by("-pk").values_list("pk", flat=True)[:limit])
    rows = (Ticket if is_centre else Task).objects.filter(pk__in=pks).order_by("-pk")
    return [_task_line(row) for row in rows.values_list(*_columns(is_centre=is_centre))]


def _columns(*, is_centre: bool) -> tuple[str, ...]:
    return _COLUMNS if is_centre else _TASK_COLUMNS


def count_listed(actor: Actor, wanted: Wanted, now: datetime) -> int | None:
    """How many a list holds, at most `COUNTED_MOST` and one more; None where nobody counts.

    What has ended in a certain way may lie anywhere in years of tickets: it is read page by page.
    """
    is_centre = is_of_centre(actor)
    if wanted.state in (_ENDED if is_centre else _TASK_ENDED):
        return None
    found = _tickets(actor, wanted, now) if is_centre else _tasks(actor, wanted, now)
    return found.order_by()[: COUNTED_MOST + 1].count()


_TASK_COLUMNS = (
    "proceeding__number", "ticket__title", "ticket__type", "ticket__domain", "ticket__urgency",
    "proceeding__state", "ticket__channel", "unit", "sent_at", "ticket__place",
    "ticket__hot__proceeding__number", "proceeding__facts__hold_until",
    "proceeding__facts__urged",
)  # fmt: skip


def _task_line(row: Sequence[Any]) -> TicketLine:
    """A line of a list; the state of a task has its own title, which a page says."""
    number, title, kind, domain, urgency, state, channel, unit, at, place, hot = row[:-2]
    held = rules.held_until({"hold_until": row[-2]}) if state in ("handling", "held") else None
    return TicketLine(
        number, title, kind, domain, urgency, state, "", channel, unit, at, place, hot or "",
        rules.times_urged({"urged": row[-1]}), held,
    )  # fmt: skip


def _tickets(actor: Actor, wanted: Wanted, now: datetime) -> QuerySet[Ticket]:
    own = {"unit": wanted.unit, "urgency": wanted.urgency, "special": wanted.special}
    asked = Q(**{name: value for name, value in own.items() if value})
    if wanted.domain:
        asked &= Q(domain__in=_below(wanted.domain))
    found = Ticket.objects.filter(asked)
    if wanted.late:
        late = Task.objects.filter(pk__in=_late(now), proceeding__ended_at=None)
        found = found.filter(pk__in=late.values("ticket"), closed_at=None)
    elif wanted.state in _AT_WORK:
        # What is at work has an index of its own; the bound keeps it the first that is read,
        # however much has been closed since.
        at_work = found.filter(closed_at=None).order_by("-pk").values("pk")
        found = Ticket.objects.filter(pk__in=at_work[:AT_WORK_MOST])
    elif wanted.state in _ENDED:
        found = found.filter(closed_at__isnull=False)
    if wanted.state:
        found = found.filter(proceeding__state=wanted.state)
    return _seen(found, actor)


def _tasks(actor: Actor, wanted: Wanted, now: datetime) -> QuerySet[Task]:
    units = sorted(actor.departments)
    own = {"urgency": wanted.urgency, "special": wanted.special}
    asked = Q(unit__in=units, **{name: value for name, value in own.items() if value})
    if wanted.domain:
        asked &= Q(domain__in=_below(wanted.domain))
    found = Task.objects.filter(asked)
    if wanted.late:
        found = found.filter(pk__in=_late(now), proceeding__ended_at=None)
    elif wanted.state and wanted.state not in _TASK_ENDED:
        at_work = Proceeding.objects.filter(
            department__in=units, kind="ticket_task", ended_at=None
        ).order_by("-pk")
        found = found.filter(pk__in=at_work.values("pk")[:AT_WORK_MOST])
    if wanted.state:
        found = found.filter(proceeding__state=wanted.state)
    return _seen(found, actor)


_M = TypeVar("_M", Ticket, Task)


def _seen(found: QuerySet[_M], actor: Actor) -> QuerySet[_M]:
    """Those that this actor may see, asked one by one in the order of the list."""
    seen = visible_to(actor).filter(pk=OuterRef("pk")).values("pk")[:1]
    return found.alias(seen=Subquery(seen)).filter(seen__isnull=False)


def _late(now: datetime) -> QuerySet[Clock, Any]:
    """The tasks whose reply is overdue: its clock runs and its deadline has passed."""
    running = Clock.objects.filter(name="handle", stopped_at=None, due_at__lte=now)
    return running.order_by("-due_at").values("proceeding")[:AT_WORK_MOST]


def _below(code: str) -> list[str]:
    """A domain and all that is below it."""
    named = {one.code: one.path for one in domains()}
    top = named.get(code)
    if top is None:
        return [code]
    return [one for one, path in named.items() if path[: len(top)] == top]


# Orders about requests


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a list: about which ticket, to whom, at which level, by when to be answered."""

    number: str
    of_number: str
    title: str
    unit: str
    trigger: str
    levels: tuple[Risen, ...]
    level: str
    state: str
    due_at: datetime | None
    region: str


STANDING = "standing"


@dataclass(frozen=True, slots=True)
class WantedOrders:
    """Which orders a list shows; what is empty is not asked for. ``STANDING`` are not closed."""

    state: str = STANDING
    level: str = ""
    unit: str = ""


def orders_listed(
    actor: Actor, wanted: WantedOrders, *, before: str = "", limit: int = 50
) -> list[OrderLine]:
    """Orders of the city for the centre, its own for a unit, the newest first; keyset pages."""
    own = {"level": wanted.level, "unit": wanted.unit}
    if wanted.state != STANDING:
        own["proceeding__state"] = wanted.state
    found = Order.objects.filter(**{name: value for name, value in own.items() if value})
    if wanted.state == STANDING:
        found = found.filter(proceeding__ended_at=None)
    if before:
        number = normalise_number(before)
        last = Proceeding.objects.filter(number=number).values_list("pk", flat=True).first()
        found = found.filter(pk__lt=last) if last is not None else found
    of = "ticket_id" if is_of_centre(actor) else "pk"
    seen = visible_to(actor).filter(pk=OuterRef(of)).values("pk")[:1]
    found = found.alias(seen=Subquery(seen)).filter(seen__isnull=False)
    rows = list(found.select_related("proceeding").order_by("-pk")[:limit])
    clocks = clock_rows([row.pk for row in rows])
    return [_order_line(row, clocks.get(row.pk, {}).get("answer_order")) for row in rows]


def _order_line(row: Order, clock: Clock | None) -> OrderLine:
    one = row.proceeding
    is_running = clock is not None and clock.stopped_at is None
    return OrderLine(
        number=one.number,
        of_number=str(one.facts["of_number"]),
        title=str(one.facts["title"]),
        unit=row.unit,
        trigger=row.trigger,
        levels=_levels(one.facts),
        level=row.level,
        state=one.state,
        due_at=clock.due_at if clock is not None and is_running else None,
        region=one.region,
    )


# Figures (domain-04 §5.6)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted for a unit, or for all, in a period; a share is None where nothing counts.

    Shares lie between 0 and 1. ``part`` is what "solved in part" weighs (content).
    """

    unit: str
    part: float
    accepted: int = 0
    answered: int = 0
    ended: int = 0
    closed: int = 0
    again: int = 0
    ordered: int = 0
    solved: int = 0
    partly: int = 0
    unsolved: int = 0
    satisfied: int = 0
    rated: int = 0
    sent: int = 0
    returned: int = 0
    first_sent: int = 0
    first_right: int = 0
    due: int = 0
    on_time: int = 0
    contact_due: int = 0
    contacted: int = 0

    @property
    def shares(self) -> dict[str, float | None]:
        """Each figure by its name, as `FORMULAS` of the page explains it."""
        called = self.solved + self.partly + self.unsolved
        return {
            "direct": _share(self.answered, self.accepted),
            "completion": _share(self.ended, self.accepted),
            "response": _share(self.contacted, self.contact_due),
            "on_time": _share(self.on_time, self.due),
            "solved": _share(self.solved + self.part * self.partly, called),
            "satisfied": _share(self.satisfied, self.rated),
            "returned": _share(self.returned, self.sent),
            "first": _share(self.first_right, self.first_sent),
            "again": _share(self.again, self.closed),
            "ordered": _share(self.ordered, self.closed),
        }


def _share(counted: float, of: int) -> float | None:
    return counted / of if of else None


def figures(since: datetime, until: datetime, unit: str | None = None) -> list[Figures]:
    """The figures of a period (since included, until not), of one unit or of all of them.

    The first of several is the whole city; the units follow in the order of their codes. What is
    received, sent, due or closed counts in the period in which that happened; a deadline that is
    not over by ``until`` does not count yet.
    """
    part_solved = float(content()["solved_in_part"]["value"])
    found = _counted(since, until)
    for one in found.values():
        one.pop("complaints", None)
    by_unit = [Figures(code, part_solved, **found[code]) for code in sorted(found) if code]
    if unit is not None:
        return [one for one in by_unit if one.unit == unit] or [Figures(unit, part_solved)]
    total: dict[str, int] = {}
    for numbers in found.values():
        for name, n in numbers.items():
            total[name] = total.get(name, 0) + n
    return [Figures("", part_solved, **total), *by_unit]


def _counted(since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """What is counted in a period: kept days as they are kept, everything else anew."""
    first, last = _days_within(since, until)
    kept = sql.kept_days(first, last) if first < last else set()
    found = [sql.sums(first, last)] if kept else []
    start = since
    for day in sorted(kept):
        begins, ends = start_of_day(day), start_of_day(day + timedelta(days=1))
        if start < begins:
            found.append(sql.counts(start, begins, good_to()))
        start = ends
    if start < until:
        found.append(sql.counts(start, until, good_to()))
    total: dict[str, dict[str, int]] = {}
    for one in found:
        for unit, numbers in one.items():
            into = total.setdefault(unit, {})
            for name, n in numbers.items():
                into[name] = into.get(name, 0) + n
    return total


def _days_within(since: datetime, until: datetime) -> tuple[date, date]:
    """The first whole day of a period, and the day after its last."""
    first = city_date(since)
    return (first if start_of_day(first) == since else first + timedelta(days=1)), city_date(until)
