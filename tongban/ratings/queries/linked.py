"""One matter and everything that was said about it: cases, tickets, reviews, each once.

A matter is an application with its cases, or a licence, or a request by itself. What names one of
its numbers belongs to it; a request that names nothing belongs to itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.engine.queries import Proceeding, children_of, visible_to
from tongban.hotline import queries as hotline
from tongban.kernel.numbers import normalise_number
from tongban.people.queries import is_nobody
from tongban.ratings.models import Link, Rectification, Review
from tongban.ratings.queries.inside import ReviewLine, knows_matter, lines, visible_departments
from tongban.ratings.queries.rules import objects_apart
from tongban.ratings.states import LIFE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from tongban.hotline.queries import Asked, TicketLine
    from tongban.kernel.actors import Actor

DEEPEST = 5
"""How many times a number leads to another before it is taken as it is."""
SHOWN = 20
_BELOW = ("case", "ticket_task", "ticket_order", "special", "debt")


@dataclass(frozen=True, slots=True)
class Matter:
    """What belongs together: the number of the whole, and every number of it with its id.

    ``asked`` is what bears the number that was asked for; None where nothing does.
    """

    root: str
    ids: dict[str, int]
    asked: Proceeding | None = None

    @property
    def numbers(self) -> frozenset[str]:
        """Every number of the matter, that of the whole included."""
        return frozenset({self.root, *self.ids})


def matter_of(number: str) -> Matter:
    """The matter to which a number belongs: the one predicate of what belongs together."""
    root, seen, asked = normalise_number(number), dict[str, int](), None
    for _turn in range(DEEPEST):
        found = Proceeding.objects.select_related("parent").filter(number=root).first()
        if found is None:
            return Matter(root, seen, asked)
        asked = asked or found
        seen[found.number] = found.pk
        above = _above(found)
        if above in ("", *seen):
            break
        root = above
    if root in seen:
        seen |= {one.number: one.pk for one in children_of([seen[root]]) if one.kind == "case"}
    return Matter(root, seen, asked)


def _above(one: Proceeding) -> str:
    """What a proceeding is about, or belongs to; empty where it stands by itself."""
    if one.kind == "rectification":
        return str(one.facts.get("of", ""))
    if one.kind == "ticket":
        return hotline.about_what(one.pk)
    return _part_of(one)


def _part_of(one: Proceeding) -> str:
    """The number of what a proceeding is a part of; empty where it is none."""
    return one.parent.number if one.parent is not None and one.kind in _BELOW else ""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case or application of a matter."""

    number: str
    kind: str
    department: str
    state: str
    item: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """What an officer may see of a matter, without the page that he is on.

    ``open`` are the numbers whose pages he may open.
    """

    cases: tuple[CaseLine, ...] = ()
    tickets: tuple[TicketLine, ...] = ()
    reviews: tuple[ReviewLine, ...] = ()
    open: frozenset[str] = frozenset()


def linked(actor: Actor, number: str) -> Linked:
    """Everything else of the same matter that this officer may see, each once.

    A task is no word about its own request.

    Cases that he may open; requests about it, whoever reports a wrong only for those who may open
    that ticket; of reviews the last turn, for the administration, and for heads where the person
    gave his name: a review beside its case would name whoever did not.
    """
    here = normalise_number(number)
    matter = matter_of(number)
    if matter.asked is None or _is_hidden(actor, matter.asked):
        return Linked()
    own = (here, _part_of(matter.asked))
    mended = _mended(matter)
    tickets = [
        one
        for one in hotline.about_any(
            actor, matter.numbers | set(mended), also=_tickets_of(mended.values()), limit=SHOWN
        )
        if one.number not in own
    ]
    reviews = _reviews(actor, matter, [one.number for one in tickets] + [here])
    wanted = {*matter.ids, *(one.number for one in tickets), *mended} - {here}
    seen = {one.number: one for one in visible_to(actor).filter(number__in=sorted(wanted))}
    return Linked(
        cases=tuple(map(_case, sorted(_things(seen.values()), key=_by_id))),
        tickets=tuple(tickets),
        reviews=tuple(one for one in reviews if one.rectification != here),
        open=frozenset(seen),
    )


def _is_hidden(actor: Actor, one: Proceeding) -> bool:
    """Whether it is the rectification of somebody whom this officer must not find."""
    if one.kind != "rectification":
        return False
    row = Rectification.objects.select_related("review").filter(proceeding_id=one.pk).first()
    return row is not None and not knows_matter(actor, row.review)


def _things(found: Iterable[Proceeding]) -> Iterator[Proceeding]:
    return (one for one in found if one.kind in ("package", "case"))


def _by_id(one: Proceeding) -> int:
    return one.pk


def _case(one: Proceeding) -> CaseLine:
    item = str(one.facts.get("item", ""))
    return CaseLine(one.number, one.kind, one.department, one.state, item, one.opened_at)


def _mended(matter: Matter) -> dict[str, int]:
    """Rectifications of the matter: number to id."""
    found = Rectification.objects.filter(invitation__proceeding_id__in=sorted(matter.ids.values()))
    return dict(found.values_list("proceeding__number", "pk"))


def _tickets_of(rectifications: Collection[int]) -> list[int]:
    found = Link.objects.filter(rectification_id__in=sorted(rectifications))
    return list(found.values_list("ticket_id", flat=True))


def _reviews(actor: Actor, matter: Matter, numbers: Collection[str]) -> list[ReviewLine]:
    """The last word of each review about the matter, as far as this officer reads reviews."""
    seen = visible_departments(actor)
    if seen is not None and not seen:
        return []
    ids = Proceeding.objects.filter(number__in=sorted({*matter.numbers, *numbers}))
    things = list(ids.values_list("pk", flat=True))
    found = Review.objects.filter(invitation__proceeding_id__in=things)
    if seen is not None:
        found = found.filter(department__in=sorted(seen))
    last = found.select_related("invitation").order_by("invitation_id", "-turn")
    rows = list(last.distinct("invitation_id")[:SHOWN])
    return lines([one for one in rows if knows_matter(actor, one)], actor)


# ---- a complaint about what is being put right already ------------------------------------------


def mended_with(asked: Asked) -> Rectification | None:
    """The open rectification about the same matter by the same person; None where none is.

    Whoever reports a wrong is linked with nothing: a link would tell the unit who it was. Those
    who gave no number share one party and are no person.
    """
    if asked.hides_caller or is_nobody(asked.caller_id):
        return None
    open_now = Rectification.objects.select_related("proceeding", "invitation").exclude(
        proceeding__state__in=[state.value for state in LIFE.final]
    )
    if asked.of_number:
        ids = sorted(matter_of(asked.of_number).ids.values())
        found = open_now.filter(invitation__proceeding_id__in=ids)
    elif asked.of_item:
        found = open_now.filter(invitation__party_id=asked.caller_id, review__item=asked.of_item)
    else:
        return None
    return next(
        (
            one
            for one in found.order_by("pk")
            if asked.caller_id in hotline.persons_of(one.invitation.party_id)
        ),
        None,
    )


def complaint_with(row: Rectification, since: datetime) -> Asked | None:
    """The newest complaint of the same person about the same matter since then; None for none."""
    if is_nobody(row.invitation.party_id):
        return None
    numbers = matter_of(row.proceeding.number).numbers
    callers = hotline.persons_of(row.invitation.party_id)
    return hotline.complaint_of(callers, numbers, since)


# ---- counted once -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voices:
    """How many things were complained of in a span: tickets, bad reviews, and both at once."""

    complaints: int
    bad: int
    both: int

    @property
    def matters(self) -> int:
        """Each thing once, whether it was said on the telephone, in a review or in both."""
        return self.complaints + self.bad - self.both


def voices(since: datetime, until: datetime, *, department: str = "") -> Voices:
    """Complaints and bad reviews of a span, each thing once; excluded reviews do not count."""
    bad = Rectification.objects.filter(
        review__rated_at__gte=since, review__rated_at__lt=until, later=None
    ).exclude(proceeding__state="excluded")
    bad = bad.exclude(review__object__in=objects_apart())
    if department:
        bad = bad.filter(proceeding__department=department)
    # A complaint may be linked with the first round of what is in its second now.
    both = Link.objects.filter(
        rectification__invitation_id__in=bad.values("invitation_id"),
        asked_at__gte=since,
        asked_at__lt=until,
    )
    if department:
        both = both.filter(unit=department)
    complaints = hotline.count_complaints(since, until, department)
    return Voices(complaints, bad.count(), both.count())
