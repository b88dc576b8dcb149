"""Reads of the window room: whose window it is, what was confirmed, what a screen shows."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from PIL import Image

from tongban.cases.states import CaseState
from tongban.catalogue.queries import live, package_version
from tongban.documents.actions.files import upload_limits
from tongban.documents.models import StoredFile
from tongban.documents.queries import content_of, get_file
from tongban.documents.rules import FileRefused, accept_file
from tongban.engine.models import Step
from tongban.engine.queries import Proceeding, visible_to
from tongban.kernel.hashes import sha256
from tongban.kernel.numbers import normalise_number
from tongban.kernel.refusals import NotFound
from tongban.packages.queries import DraftCheck, check_draft
from tongban.packages.states import PackageState
from tongban.people.queries import actor_of, parties_acted_for, party, why_not_agent
from tongban.people.states import AgentFunction
from tongban.window import gateways, rules
from tongban.window.models import Confirmation, Screen
from tongban.window.rules import ScreenNotPaired, counter_for, counters, typed_code
from tongban.window.states import Capacity, How

if TYPE_CHECKING:
    from uuid import UUID

    from tongban.catalogue.rules.compiled import CompiledPackage
    from tongban.kernel.actors import Actor

# A pairing lasts a working day and a bit; the screen is paired anew each morning.
PAIRED_FOR = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an applicant answered last, and whether it still stands for the content as it is."""

    how: How
    agreed: bool
    is_valid: bool
    at: datetime
    shown: str
    proof_sha256: str
    proof_file_id: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a second screen shows: nothing, or a draft that is to be confirmed.

    ``check`` is None while nobody is asked. ``is_answered`` says that this very content has an
    answer already, and ``agreed`` which.
    """

    clerk_id: int
    clerk: str
    check: DraftCheck | None
    is_answered: bool = False
    agreed: bool = False


def window_of(actor: Actor, compiled: CompiledPackage) -> str | None:
    """The window queue at which this clerk takes in the package, None where he does not."""
    queues = counters(live("halls"), compiled.code, compiled.lead_department)
    return counter_for(actor, queues, compiled.region)


def standing_of(check: DraftCheck) -> Standing | None:
    """The last answer to this draft, and whether it is about what stands in it now."""
    row = Confirmation.objects.filter(draft_id=check.draft.id).order_by("-id").first()
    if row is None:
        return None
    proof = StoredFile.objects.filter(pk=row.proof_id).first() if row.proof_id else None
    return Standing(
        how=How(row.how),
        agreed=row.agreed,
        is_valid=row.agreed and row.shown == check.shown_hash,
        at=row.at,
        shown=row.shown,
        proof_sha256=bytes(proof.sha256).hex() if proof else "",
        proof_file_id=row.proof_id,
    )


def has_screen(actor: Actor, *, wall: datetime) -> bool:
    """Whether a second screen is paired with this clerk's desk."""
    return Screen.objects.filter(account_id=actor.id, paired_at__gt=wall - PAIRED_FOR).exists()


def is_asking(actor: Actor, draft_id: UUID, shown: str) -> bool:
    """Whether the clerk's second screen asks for this content now."""
    return Screen.objects.filter(account_id=actor.id, draft_id=draft_id, shown=shown).exists()


@dataclass(frozen=True, slots=True)
class ScreenKey:
    """What a second screen shows of itself: its pairing code, and the secret of its browser."""

    code: str
    browser: str


def find_screen(key: ScreenKey, *, wall: datetime) -> Screen:
    """The screen with this code, for the browser that it is bound to. Raises ScreenNotPaired."""
    found = paired_screen(key.code, wall=wall)
    if bytes(found.browser_hash or b"") != sha256(key.browser.encode()):
        raise ScreenNotPaired(
            "这个配对码已经在另一块屏幕上使用。",
            instead=("请工作人员在窗口页面上重新配对。",),
        )
    return found


def paired_screen(code: str, *, wall: datetime) -> Screen:
    """The screen with this pairing code, whichever browser asks. Raises ScreenNotPaired."""
    found = (
        Screen.objects.select_related("account")
        .filter(code_hash=hash_of(code), paired_at__gt=wall - PAIRED_FOR)
        .first()
    )
    if found is None:
        raise ScreenNotPaired(
            "这块屏幕没有与窗口配对，或配对已经过期。",
            instead=("请工作人员在窗口页面上重新配对。",),
        )
    return found


def shown_on(key: ScreenKey, *, now: datetime, wall: datetime) -> Shown:
    """What the screen with this code shows now, in its own browser. Raises ScreenNotPaired.

    A draft that was filed, given up or changed since the clerk asked is not shown any more.
    """
    screen = find_screen(key, wall=wall)
    quiet = Shown(screen.account_id, screen.account.name, None)
    if screen.draft_id is None:
        return quiet
    check = check_draft(actor_of(screen.account), screen.draft_id, now)
    if not check.draft.is_open or check.shown_hash != screen.shown:
        return quiet
    standing = standing_of(check)
    answered = standing is not None and standing.shown == screen.shown
    return Shown(
        screen.account_id,
        screen.account.name,
        check,
        is_answered=answered,
        agreed=answered and standing is not None and standing.agreed,
    )


def hash_of(code: str) -> bytes:
    """The hash under which a pairing code is found."""
    return sha256(typed_code(code).encode())


# ---- handing over ------------------------------------------------------------------------------


def capacity_of(
    person_id: int, party_id: int, *, has_power: bool, on: date
) -> tuple[Capacity | None, str]:
    """In which capacity somebody may receive for a party; else None and why not."""
    is_own = person_id == party_id or party(party_id).representative_id == person_id
    if is_own:
        return Capacity.APPLICANT, ""
    reasons = why_not_agent(
        agent_id=person_id, principal_id=party_id, function=AgentFunction.RECEIVE, on=on
    )
    if not reasons:
        return Capacity.AGENT, ""
    return (Capacity.ATTORNEY, "") if has_power else (None, "".join(reasons))


def to_collect(actor: Actor, person_id: int, on: date) -> list[Proceeding]:
    """Applications that are done and wait for this person, or for those whom he acts for."""
    waiting = Proceeding.objects.filter(
        kind="package", party_id__in=parties_acted_for(person_id, on=on), state=PackageState.DONE
    )
    seen = set(visible_to(actor).filter(pk__in=waiting).values_list("pk", flat=True))
    return [
        one for one in waiting.order_by("id")[:50] if one.pk in seen or _may_deliver(actor, one)
    ]


def at_delivery(actor: Actor, number: str) -> Actor:
    """The clerk as he stands at the delivery desk for an application that is done.

    Whoever takes a package in also hands its results over (一窗出件): for that, the clerk of such
    a window holds the window post of the lead department.
    """
    found = Proceeding.objects.filter(number=normalise_number(number), kind="package").first()
    if found is None or not _may_deliver(actor, found):
        return actor
    return rules.with_post(actor, f"{found.department}.{rules.WINDOW}", found.region)


def _may_deliver(actor: Actor, package: Proceeding) -> bool:
    if package.state not in (PackageState.DONE, PackageState.DELIVERED):
        return False
    return window_of(actor, package_version(package.version_id).compiled) is not None


# ---- authorised decisions (授权综窗) -----------------------------------------------------------


def instant_cases(actor: Actor) -> list[Proceeding]:
    """The cases that this clerk's window may decide now, the oldest first."""
    found = Q(pk__in=[])
    for one in rules.authorities(live("halls"), actor):
        found |= Q(
            department=one.department, facts__item__in=one.items, region__startswith=one.region
        )
    waiting = Step.objects.filter(proceeding_id=OuterRef("id"), code="decide", state="open")
    rows = Proceeding.objects.filter(found, Exists(waiting), kind="case", state=CaseState.ACCEPTED)
    return list(rows.select_related("party").order_by("id")[:50])


def instant_case(actor: Actor, number: str) -> tuple[Proceeding, rules.Authority]:
    """One of them with the authority for it. Raises NotFound."""
    wanted = normalise_number(number)
    found = next((one for one in instant_cases(actor) if one.number == wanted), None)
    if found is None:
        raise NotFound("没有找到可以由本窗口决定的办件。")
    authority = next(
        one
        for one in rules.authorities(live("halls"), actor)
        if one.department == found.department and found.facts["item"] in one.items
    )
    return found, authority


# ---- captures ----------------------------------------------------------------------------------


def pages_of(content: bytes, name: str) -> tuple[bytes, list[bytes]]:
    """A capture made upright, as a whole and cut into the pages that lie on it; all JPEG.

    The picture is distrusted like every upload. Raises FileRefused; a PDF is no capture.
    """
    accepted = accept_file(content, name, upload_limits())
    if not accepted.format.startswith("image/"):
        raise FileRefused.at(
            "capture", "file-format", "采集的图像应是 JPG 或 PNG；PDF 请直接归入材料。"
        )
    with Image.open(io.BytesIO(accepted.content)) as opened:
        picture = opened.convert("RGB")
    pages = [rules.as_jpeg(page) for page in rules.split(picture)]
    return rules.as_jpeg(picture), pages


def upright(content: bytes, name: str, degrees: int) -> bytes:
    """A page turned clockwise by quarters, as the clerk wants it. Raises FileRefused.

    What is not turned, and a PDF, stay as they are.
    """
    if degrees % 360 == 0:
        return content
    accepted = accept_file(content, name, upload_limits())
    if not accepted.format.startswith("image/"):
        return content
    return rules.turned(accepted.content, degrees)


def can_read() -> bool:
    """Whether text in pictures can be read here."""
    return gateways.is_installed()


def proposals(check: DraftCheck, file_id: int) -> list[rules.Proposal]:
    """What a filed picture says about fields that are still empty. Raises NotInstalled, NotFound.

    Nothing is taken over: a clerk confirms each value. The language of the labels is Chinese, as
    on the documents.
    """
    reader = gateways.text_reader()
    given = {one.file_id for line in check.materials for one in line.given}
    if file_id not in given:
        raise NotFound("没有找到这个文件。")
    wanted = [
        rules.Wanted(one.field.code, one.field.kind, one.field.name.zh)
        for one in check.guide.fields
        if one.field.code not in check.answers
    ]
    return rules.propose(reader.read(content_of(get_file(file_id))), wanted)
