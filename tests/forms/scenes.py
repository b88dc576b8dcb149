"""Fields of an invented form, and a draft to fill in."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.people.scenes import NUMBERS
from tongban.catalogue.rules.compiled import (
    CompiledField,
    CompiledOption,
    CompiledSource,
    FieldUse,
    Words,
)
from tongban.forms import actions
from tongban.forms.actions import NewDraft, Situation
from tongban.kernel.actors import Actor
from tongban.kernel.conditions import Fact, parse
from tongban.people.models import Party
from tongban.people.queries import code_key
from tongban.people.states import PartyKind

NOW = datetime(2026, 9, 21, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 21)
TYPED = CompiledSource("typed")
CLUB = "club-licence"


def use(item="club", *, required=True, when=None):
    return FieldUse(item, required, None if when is None else parse(when))


def field(code, kind="text", *, uses=None, source=TYPED, options=(), **more):
    return CompiledField(
        code=code,
        name=Words(code),
        kind=kind,
        section="club",
        source=source,
        uses=(use(),) if uses is None else uses,
        options=tuple(CompiledOption(option, Words(f"选项{option}")) for option in options),
        **more,
    )


def fact(value, source="", as_of=TODAY):
    return Fact(value, source, as_of)


NAME = field("club.name", max_length=20)
COURTS = field("club.courts", "integer", min=1, max=50)
KIND = field("club.kind", "choice", options=("own", "lease"))
LEASE = field(
    "club.lease_until",
    "date",
    uses=(use(when={"field": "club.kind", "op": "eq", "value": "lease"}),),
)
NOTE = field("club.note", "longtext", uses=(use(required=False),))
FORM = (NAME, COURTS, KIND, LEASE, NOTE)


def party(number=NUMBERS[0], name="艾山"):
    row, _ = Party.objects.get_or_create(
        code_key=code_key(PartyKind.NATURAL, number),
        defaults={"kind": "natural", "name": name, "code": number},
    )
    return row.pk


def person(number=NUMBERS[0], *, account=None):
    """Somebody with an account; drafts point at accounts."""
    from tongban.people.models import Account

    own = party(number)
    row, _ = Account.objects.get_or_create(
        party_id=own,
        defaults={
            "login": account or f"login{own}",
            "kind": "citizen",
            "name": "艾山",
            "created_at": NOW,
        },
    )
    return Actor("citizen", row.pk, "艾山", own, frozenset({own}))


def draft(by, *, now=NOW, facts=None, unsure=()):
    return actions.open_draft(
        draft=NewDraft(by.party_id, "P99", 7, Situation(facts or {}, unsure)), by=by, now=now
    )


def save(by, opened, patch, revision=0, *, chosen=(), now=NOW, fields=FORM):
    return actions.save_answers(
        draft_id=opened.id,
        patch=patch,
        revision=revision,
        fields=fields,
        by=by,
        now=now,
        chosen=chosen,
    )
