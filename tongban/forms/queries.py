"""Reads of the room of forms: drafts, and what is known about the person who fills them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tongban.forms.models import Draft, Memory, Remembered
from tongban.kernel.conditions import Fact
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.people.queries import contact_of, party

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its people see it.

    ``answers`` are as typed; ``disputed`` holds, by element, what other devices typed instead.
    ``is_open`` is false once it is submitted or discarded.
    """

    id: UUID
    party_id: int
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


def access_draft(person: Actor, draft_id: UUID) -> DraftView:
    """A draft of a party that this person acts for, open or not. Raises NotFound."""
    row = Draft.objects.filter(id=draft_id, party_id__in=person.acts_for).first()
    if row is None:
        raise NotFound
    return draft_view(row)


def drafts_of(person: Actor, *, package: str = "") -> list[DraftView]:
    """The open drafts of this person's parties, the last touched first."""
    rows = Draft.objects.filter(
        party_id__in=person.acts_for, submitted_at=None, discarded_at=None
    ).order_by("-updated_at", "id")
    if package:
        rows = rows.filter(package=package)
    return [draft_view(row) for row in rows]


def draft_view(row: Draft) -> DraftView:
    """A row as a view."""
    return DraftView(
        id=row.id,
        party_id=row.party_id,
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


def person_facts(person: Actor, on: date) -> dict[str, Fact]:
    """The real-name record of whoever is signed in, by the words that content uses for it."""
    if person.party_id is None:
        return {}
    own = party(person.party_id)
    contact = contact_of(person.party_id)
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
