"""Tickets as lines: somebody's own, his past, what is alike, what is about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from tongban.engine.models import Proceeding
from tongban.engine.queries import visible_to
from tongban.hotline import rules
from tongban.hotline.models import Ticket
from tongban.hotline.queries.tree import content
from tongban.hotline.states import TICKET, Channel
from tongban.kernel.numbers import normalise_number
from tongban.people.queries import contact_of, find_party
from tongban.people.states import PartyKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from tongban.kernel.actors import Actor


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


COLUMNS = (
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


def lines_of(found: QuerySet[Ticket]) -> QuerySet[Ticket, tuple[Any, ...]]:
    """The rows of a list, the newest first."""
    return found.order_by("-pk").values_list(*COLUMNS)


def line_of(row: Sequence[Any]) -> TicketLine:
    """The line that a row of `COLUMNS` says."""
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
    return [line_of(row) for row in lines_of(found)[:limit]]


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
    return [line_of(row) for row in lines_of(found)[:limit]]


def latest_calls(limit: int = 8) -> list[TicketLine]:
    """What was taken on the telephone last, for the operators."""
    found = Ticket.objects.filter(channel=Channel.PHONE)
    return [line_of(row) for row in lines_of(found)[:limit]]


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
    rows = found.exclude(pk=apart_from).order_by("-pk").values_list(*COLUMNS, "text", "region")
    scored = []
    for *line, said, where in rows[:ALIKE_LOOKED_AT]:
        share = rules.alike(text, said, (place, line[9]), (region, where), by)
        if share >= by.least:
            scored.append((line_of(line), share))
    return sorted(scored, key=lambda one: -one[1])[:limit]


def mine_about(actor: Actor, numbers: Collection[str], limit: int = 20) -> list[TicketLine]:
    """What a citizen has asked about things with these numbers, the newest first."""
    found = _own(actor).filter(of_number__in=sorted(numbers))
    return [line_of(row) for row in lines_of(found.exclude(of_number=""))[:limit]]


def about(number: str, limit: int = 20) -> list[TicketLine]:
    """Requests about one case, licence or other thing with a number, the newest first.

    For officers who see that thing; a ticket that hides its caller is not among them.
    """
    found = Ticket.objects.filter(of_number=number, hides_caller=False)
    return [line_of(row) for row in lines_of(found)[:limit]]


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
    return [line_of(row) for row in lines_of(found.filter(Q(hides_caller=False) | seen))[:limit]]


def _page(found: QuerySet[Ticket], before: str, limit: int) -> list[TicketLine]:
    if before:
        last = Ticket.objects.filter(proceeding__number=normalise_number(before)).first()
        if last is not None:
            found = found.filter(pk__lt=last.pk)
    return [line_of(row) for row in lines_of(found)[:limit]]
