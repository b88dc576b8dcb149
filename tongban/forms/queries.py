"""Reads of the room of forms: drafts, and what is known about the person who fills them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from tongban.forms.models import Draft, Memory, Remembered
from tongban.kernel.conditions import Fact
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.people.queries import contact_of, party
from tongban.people.states import Role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its people see it.

    ``answers`` are as typed; ``disputed`` holds, by element, what other devices typed instead.
    ``is_open`` is false once it is submitted or discarded. ``person_id``, ``counter`` and
    ``region`` are those of a draft that is typed at a window.
    """

    id: UUID
    party_id: int
    person_id: int | None
    counter: str
    region: str
    account_id: int
    package: str
    version_id: int
    answers: Mapping[str, Any]
    disputed: Mapping[str, tuple[Any, ...]]
    facts: Mapping[str, Fact]
    unsure: tuple[str, ...]
    revision: int
    created_at: datetime
    updated_at: datetime
    is_open: bool


def reachable(person: Actor) -> Q:
    """Which drafts somebody may read and write.

    A citizen: the online drafts of the parties that he acts for. A clerk: those that he or a
    colleague of the same window began at that window, in the region of his post.
    """
    if person.kind != "staff":
        return Q(counter="", party_id__in=person.acts_for)
    held = [
        Q(counter=queue, region__startswith=prefix)
        for queue, prefix in sorted(person.posts)
        if queue.endswith(f".{Role.WINDOW.value}")
    ]
    return reduce(or_, held, Q(pk__in=[]))


def access_draft(person: Actor, draft_id: UUID) -> DraftView:
    """A draft that this person may read and write, open or not. Raises NotFound."""
    row = Draft.objects.filter(reachable(person), id=draft_id).first()
    if row is None:
        raise NotFound
    return draft_view(row)


def drafts_of(person: Actor, *, package: str = "") -> list[DraftView]:
    """The open drafts that this person may go on with, the last touched first."""
    rows = Draft.objects.filter(reachable(person), submitted_at=None, discarded_at=None).order_by(
        "-updated_at", "id"
    )
    if package:
        rows = rows.filter(package=package)
    return [draft_view(row) for row in rows]


def draft_view(row: Draft) -> DraftView:
    """A row as a view."""
    return DraftView(
        id=row.id,
        party_id=row.party_id,
        person_id=row.person_id,
        counter=row.counter,
        region=row.region,
        account_id=row.account_id,
        package=row.package,
        version_id=row.version_id,
        answers=row.answers,
        disputed={code: tuple(values) for code, values in row.disputed.items()},
        facts=read_facts(row.facts),
        unsure=tuple(row.unsure),
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        is_open=row.submitted_at is None and row.discarded_at is None,
    )


def facts_data(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Facts as JSON: each {value, source, as_of}."""
    return {
        name: {
            "value": fact.value,
            "source": fact.source,
            "as_of": fact.as_of.isoformat() if fact.as_of else None,
        }
        for name, fact in facts.items()
    }


def read_facts(data: Mapping[str, Any]) -> dict[str, Fact]:
    """Facts from what `facts_data` wrote."""
    return {
        name: Fact(
            given["value"],
            given["source"],
            date.fromisoformat(given["as_of"]) if given["as_of"] else None,
        )
        for name, given in data.items()
    }


def real_name_facts(party_id: int, on: date) -> dict[str, Fact]:
    """The real-name record of a natural person, with the telephone of the account if any."""
    own = party(party_id)
    contact = contact_of(party_id)
    values = {
        "name": own.name,
        "id_number": own.code,
        "phone": contact.phone if contact else "",
    }
    return {word: Fact(value, "您的实名信息", on) for word, value in values.items() if value}


def remembers(party_id: int) -> bool:
    """Whether a party wants its answers remembered."""
    return Memory.objects.filter(party_id=party_id).exists()


def remembered(party_id: int) -> dict[str, Fact]:
    """What a party answered last time, by element; nothing without its consent."""
    rows = Remembered.objects.filter(party_id=party_id, party__memory__isnull=False)
    return {row.element: Fact(row.value, "", city_date(row.as_of)) for row in rows}
