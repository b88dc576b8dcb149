"""Somebody at the window, as a journey tells it: the clerk types, the person confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.city.applying import upload
from tests.city.lives import Life
from tests.city.wishes import wish
from tests.documents.samples import readable
from tongban.catalogue.queries import package_in_force, package_version
from tongban.documents.actions import check_original, store_file
from tongban.forms.actions import Situation, save_answers
from tongban.forms.queries import access_draft
from tongban.kernel.conditions import Fact
from tongban.kernel.worktime import city_date
from tongban.packages.actions import put_material
from tongban.packages.models import DraftMaterial
from tongban.packages.queries import check_draft
from tongban.people.actions import register_person
from tongban.people.models import Account
from tongban.people.queries import party
from tongban.window.actions import (
    PROOF,
    WalkIn,
    answer_on_screen,
    bind_screen,
    confirm_on_paper,
    file_walk_in,
    open_walk_in,
    pair_screen,
    show_on_screen,
)
from tongban.window.queries import ScreenKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.journeys.runner import Journey
    from tongban.kernel.actors import Actor


def type_in(journey: Journey, by: Actor, name: str, changes: Mapping[str, str]) -> None:
    """Register the person by the card, answer, fill in, file the materials with 原件核验."""
    wanted = wish(name)
    now = journey.now
    if journey.draft is None:
        journey.draft = _begin(journey, by, name)
    draft = access_draft(by, journey.draft)
    saved = save_answers(
        draft_id=draft.id,
        patch=dict(changes or wanted.answers),
        revision=draft.revision,
        fields=package_version(draft.version_id).compiled.fields,
        by=by,
        now=now,
    )
    assert saved.problems == ()
    for code in () if DraftMaterial.objects.filter(draft_id=draft.id) else wanted.materials:
        material = upload(code, draft.party_id, by, now)
        put_material(
            draft_id=draft.id, material_code=code, material_id=material.pk, by=by, now=now
        )
        seen = check_original(material_id=material.pk, by=by, now=now)
        journey.told.append(f"材料 {code}：可信等级 {seen.trust}")
    check = check_draft(by, draft.id, now)
    journey.told.append(f"草稿：{len(check.problems)} 处问题")


def _begin(journey: Journey, by: Actor, name: str) -> object:
    wanted = wish(name)
    owner = party(Account.objects.get(login=wanted.login).party_id or 0)
    person = register_person(name=owner.name, id_number=owner.code, by=by, now=journey.now)
    on = city_date(journey.now)
    facts = {name: Fact(value, "您的回答", on) for name, value in wanted.situation.items()}
    published = package_in_force(wanted.package, on)
    walk_in = WalkIn(
        person,
        journey.house.party(wanted.party) if wanted.party else person,
        published.version_id,
        Situation(facts),
    )
    return open_walk_in(walk_in=walk_in, by=by, now=journey.now).id


def confirm(journey: Journey, by: Actor, how: str) -> None:
    """The person answers what is shown to him; the machine's clock plays no part in it."""
    assert journey.draft is not None
    now = journey.now
    if how == "纸":
        check = check_draft(by, journey.draft, now)
        scan = store_file(
            content=readable(colour=(200, 200, 200)),
            name="确认单.jpg",
            owner_party_id=check.draft.person_id,
            purpose=PROOF,
            by=by,
            now=now,
        )
        confirm_on_paper(
            draft_id=journey.draft, shown=check.shown_hash, file_id=scan.pk, language="zh",
            by=by, now=now,
        )  # fmt: skip
        return
    code = pair_screen(by=by, wall=now)
    shown = show_on_screen(draft_id=journey.draft, by=by, now=now)
    key = ScreenKey(code, "the browser of the second screen")
    bind_screen(key=key, wall=now)
    answer_on_screen(key=key, shown=shown, agrees=how == "屏", language="ug", now=now, wall=now)


def file(journey: Journey, by: Actor) -> None:
    """File what was confirmed; from here on the journey goes like any other."""
    assert journey.draft is not None
    done = file_walk_in(draft_id=journey.draft, key="once", by=by, now=journey.now)
    made = wish("snack-shop")
    journey.life = Life(journey.house, made, done.filed.proceeding_id, done.filed.number)
