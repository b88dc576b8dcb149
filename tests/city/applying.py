"""An applicant at work: the situation, the one form, the one set, submitting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from tests.city.house import House


@dataclass(frozen=True)
class Wish:
    """What somebody wants: a package, for whom, the situation, the answers, what he uploads."""

    package: str
    login: str
    party: str = ""
    situation: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    materials: Sequence[str] = ()
    promises: Sequence[str] = ()


def write_draft(house: House, wish: Wish) -> UUID:
    """A draft with everything in it, ready to be submitted."""
    from tongban.catalogue.queries import package_in_force
    from tongban.forms.actions import NewDraft, Situation, open_draft, save_answers
    from tongban.kernel.conditions import Fact
    from tongban.kernel.worktime import city_date
    from tongban.packages.actions import promise_material

    by, now = house.actor(wish.login), house.now
    on = city_date(now)
    published = package_in_force(wish.package, on)
    facts = {name: Fact(value, "您的回答", on) for name, value in wish.situation.items()}
    party = house.party(wish.party) if wish.party else by.party_id
    draft = open_draft(
        draft=NewDraft(party, published.code, published.version_id, Situation(facts)),
        by=by,
        now=now,
    )
    saved = save_answers(
        draft_id=draft.id,
        patch=dict(wish.answers),
        revision=draft.revision,
        fields=published.compiled.fields,
        by=by,
        now=now,
    )
    assert saved.problems == ()
    for code in wish.materials:
        put(house, draft.id, code, party, by, now)
    for code in wish.promises:
        promise_material(draft_id=draft.id, material_code=code, by=by, now=now)
    return draft.id


def put(house: House, draft_id: UUID, code: str, party: int, by: Any, now: datetime) -> None:
    from tongban.packages.actions import put_material

    material = upload(code, party, by, now)
    put_material(draft_id=draft_id, material_code=code, material_id=material.pk, by=by, now=now)


def upload(code: str, party: int, by: Any, now: datetime, *, name: str = "") -> Any:
    """A picture that stands for a kind of document; another name is another picture."""
    from tests.documents.samples import readable
    from tongban.documents.actions import attach, store_file
    from tongban.documents.states import TrustGrade

    name = name or code
    colour = (sum(name.encode()) % 256, len(name) * 7 % 256, 90)
    file = store_file(
        content=readable(colour=colour),
        name=f"{name}.jpg",
        owner_party_id=party,
        purpose="material",
        by=by,
        now=now,
    )
    return attach(
        party_id=party, material_code=code, file_id=file.pk, trust=TrustGrade.C, given_for="",
        by=by, now=now,
    )  # fmt: skip


def sign_all(house: House, draft_id: UUID, by: Any) -> None:
    """Everybody who must sign does: by his own account, or as an enterprise's representative."""
    from tongban.packages.actions import ask_signatures, sign_paper
    from tongban.packages.models import Signature
    from tongban.people.models import Account, Party

    for signature_id in ask_signatures(draft_id=draft_id, by=by, now=house.now):
        row = Signature.objects.get(pk=signature_id)
        party = Party.objects.get(code_key=bytes(row.code_key))
        login = Account.objects.get(party_id=party.representative_id or party.pk).login
        sign_paper(
            signature_id=signature_id, seen=bytes(row.content_hash), by=house.actor(login),
            now=house.now,
        )  # fmt: skip


def submit(house: House, wish: Wish, *, key: str = "once", wants_human: bool = False) -> Any:
    """File it, signed by everybody who must sign; answers `Filed`."""
    from tongban.packages.actions import submit_application

    draft_id = write_draft(house, wish)
    sign_all(house, draft_id, house.actor(wish.login))
    return submit_application(
        draft_id=draft_id,
        key=key,
        wants_human=wants_human,
        by=house.actor(wish.login),
        now=house.now,
    )
