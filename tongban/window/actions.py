"""Writes of the window room: drafts for who stands there, confirmations, filing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.cases.actions import grant_authorised
from tongban.catalogue.queries import package_version
from tongban.documents.actions import store_file
from tongban.documents.queries import get_file
from tongban.engine.queries import visible_to
from tongban.forms.actions import Counter, NewDraft, open_draft
from tongban.kernel.actors import SYSTEM
from tongban.kernel.hashes import sha256
from tongban.kernel.refusals import BadInput, NotFound, worded
from tongban.kernel.worktime import city_date
from tongban.packages.actions import (
    Confirmed,
    deliver_results,
    share_progress,
    submit_application,
)
from tongban.packages.queries import check_draft, filed_by
from tongban.people.queries import actor_of, party
from tongban.window.models import Confirmation, Handover, Screen
from tongban.window.queries import (
    ScreenKey,
    capacity_of,
    find_screen,
    hash_of,
    instant_case,
    paired_screen,
    standing_of,
    window_of,
)
from tongban.window.rules import (
    ContentChanged,
    NotEntitled,
    NotYourWindow,
    OwnIntake,
    ScreenNotPaired,
    in_the_name_of,
    new_code,
)
from tongban.window.states import Capacity, How

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from tongban.forms.actions import Situation
    from tongban.forms.queries import DraftView
    from tongban.kernel.actors import Actor
    from tongban.packages.actions import Filed
    from tongban.packages.queries import DraftCheck

PROOF = "confirmation"


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Who stands at the window, for whom, and which published package it is about."""

    person_id: int
    party_id: int
    version_id: int
    situation: Situation


@dataclass(frozen=True, slots=True)
class FiledHere:
    """What was filed at the window, and the token of the link for the printed receipt."""

    filed: Filed
    token: str


def open_walk_in(*, walk_in: WalkIn, by: Actor, now: datetime) -> DraftView:
    """Begin to type for somebody who stands at the window.

    Raises NotYourWindow where the clerk's window does not take the package in, and NotFound for
    a party that the person does not act for.
    """
    compiled = package_version(walk_in.version_id).compiled
    queue = window_of(by, compiled)
    if queue is None:
        raise NotYourWindow(
            "您的窗口不受理这件事，或不在您岗位所辖的地区。",
            instead=("请引导申请人到能受理的窗口，或请负责人调整岗位。",),
        )
    draft = NewDraft(
        party_id=walk_in.party_id,
        package=compiled.code,
        version_id=walk_in.version_id,
        situation=walk_in.situation,
        at_counter=Counter(queue, compiled.region, walk_in.person_id),
    )
    return open_draft(draft=draft, by=by, now=now)


# ---- the second screen -------------------------------------------------------------------------


def pair_screen(*, by: Actor, wall: datetime) -> str:
    """Pair a second screen with this clerk's desk; answers the code, which is not stored.

    The screen paired before shows nothing any more. ``wall`` is machine time.
    """
    if by.kind != "staff":
        raise NotFound
    code = new_code()
    Screen.objects.update_or_create(
        account_id=by.id,
        defaults={
            "code_hash": hash_of(code),
            "browser_hash": None,
            "paired_at": wall,
            "draft_id": None,
            "shown": "",
        },
    )
    return code


def bind_screen(*, key: ScreenKey, wall: datetime) -> None:
    """The first browser that opens a code is the second screen; every later one is refused.

    Raises ScreenNotPaired.
    """
    screen = paired_screen(key.code, wall=wall)
    mine = sha256(key.browser.encode())
    Screen.objects.filter(pk=screen.pk, browser_hash=None).update(browser_hash=mine)
    find_screen(key, wall=wall)


def show_on_screen(*, draft_id: UUID, by: Actor, now: datetime) -> str:
    """Ask the applicant on the second screen; answers the hash of what it shows.

    Raises NotFound, ScreenNotPaired, and BadInput while the form has problems: what cannot be
    filed is not confirmed either.
    """
    check = _ready(draft_id, by, now)
    screens = Screen.objects.filter(account_id=by.id)
    if not screens.update(draft_id=draft_id, shown=check.shown_hash):
        raise ScreenNotPaired(
            "还没有与对面屏配对。", instead=("请先配对，或打印确认单请申请人签字。",)
        )
    return check.shown_hash


def clear_screen(*, by: Actor) -> None:
    """The second screen shows nothing any more: the next applicant sees no trace."""
    Screen.objects.filter(account_id=by.id).update(draft_id=None, shown="")


def answer_on_screen(
    *,
    key: ScreenKey,
    shown: str,
    agrees: bool,
    language: str,
    signature: bytes = b"",
    now: datetime,
    wall: datetime,
) -> None:
    """The applicant confirms or refuses what the screen shows, with a drawn signature or without.

    Raises ScreenNotPaired, and ContentChanged where the content is not the one that was shown.
    """
    with transaction.atomic():
        screen = Screen.objects.select_for_update(of=("self",)).get(
            pk=find_screen(key, wall=wall).pk
        )
        clerk = actor_of(screen.account)
        if screen.draft_id is None or screen.shown != shown:
            raise _changed()
        check = check_draft(clerk, screen.draft_id, now)
        if not check.draft.is_open or check.shown_hash != shown:
            raise _changed()
        _confirm(
            check, how=How.SCREEN, agrees=agrees, language=language, proof_id=_signed(
                check, signature, now
            ), clerk_id=clerk.id, now=now,
        )  # fmt: skip


def confirm_on_paper(
    *, draft_id: UUID, shown: str, file_id: int, language: str, by: Actor, now: datetime
) -> None:
    """The signed printout was scanned: the applicant has confirmed the content that it shows.

    ``file_id`` is the scan, ``shown`` the hash printed on it. Raises NotFound, BadInput and
    ContentChanged.
    """
    check = _ready(draft_id, by, now)
    if check.shown_hash != shown:
        raise _changed()
    with transaction.atomic():
        _confirm(
            check, how=How.PAPER, agrees=True, language=language, proof_id=file_id,
            clerk_id=by.id, now=now,
        )  # fmt: skip


def file_walk_in(
    *, draft_id: UUID, key: str, wants_human: bool = False, by: Actor, now: datetime
) -> FiledHere:
    """File what the applicant has confirmed, once for each key, and make the link to follow it.

    Raises NotConfirmed without a standing confirmation, and whatever submitting refuses.
    """
    with transaction.atomic():
        check = check_draft(by, draft_id, now)
        if not check.draft.counter:
            raise NotFound
        filed = submit_application(
            draft_id=draft_id,
            key=key,
            wants_human=wants_human,
            confirmed=_confirmed(check),
            by=by,
            now=now,
        )
        clear_screen(by=by)
        token = share_progress(package_id=filed.proceeding_id, by=by, now=now)
    return FiledHere(filed, token)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who takes the results at the window, with a power of attorney (a scanned file) or none."""

    person_id: int
    proof_id: int
    power_id: int | None = None


def hand_over(*, package_id: int, receiver: Receiver, by: Actor, now: datetime) -> Capacity:
    """Hand the results over to who may have them, against a signed proof of delivery (送达回证).

    The applicant himself, an agent with a recorded authorisation to receive, or somebody with a
    power of attorney that was scanned. Raises NotEntitled, NotFound, InThePost.
    """
    package = visible_to(by).filter(id=package_id, kind="package").first()
    if package is None:
        raise NotFound
    capacity, why = capacity_of(
        receiver.person_id,
        package.party_id,
        has_power=receiver.power_id is not None,
        on=city_date(now),
    )
    if capacity is None:
        raise NotEntitled(
            worded("来人不能代申请人领取。{why}", why=why),
            facts={"number": package.number},
            instead=("请申请人本人来领，或扫描申请人签字的授权委托书。",),
        )
    told = {"capacity": capacity.value, "proof": _sha256_of(receiver.proof_id)}
    if receiver.power_id is not None:
        told["power"] = _sha256_of(receiver.power_id)
    with transaction.atomic():
        deliver_results(
            package_id=package_id,
            receiver=party(receiver.person_id).name,
            witnessed=told,
            by=by,
            now=now,
        )
        Handover.objects.create(
            proceeding_id=package_id,
            receiver_id=receiver.person_id,
            capacity=capacity.value,
            proof_id=receiver.proof_id,
            power_id=receiver.power_id,
            clerk_id=by.id,
            at=now,
        )
    return capacity


def decide_instant(*, number: str, by: Actor, now: datetime) -> None:
    """Grant an instant item in the name of the department that has authorised this window.

    Raises NotFound for what is not this window's, and OwnIntake for the clerk who typed the
    application: who receives does not approve (domain-03 §3.5).
    """
    case, authority = instant_case(by, number)
    if filed_by(case.parent_id or 0) == by.id:
        raise OwnIntake(
            "申请由您录入，不能再由您决定。",
            facts={"number": case.number},
            instead=("请同窗口的其他同事决定，或等部门审批人决定。",),
        )
    grant_authorised(
        case_id=case.pk, authority=authority.basis, by=in_the_name_of(by, authority), now=now
    )


def _sha256_of(file_id: int) -> str:
    return bytes(get_file(file_id).sha256).hex()


def _confirmed(check: DraftCheck) -> Confirmed | None:
    standing = standing_of(check)
    if standing is None or not standing.agreed:
        return None
    return Confirmed(standing.shown, standing.how.value, standing.at, standing.proof_sha256)


def _ready(draft_id: UUID, by: Actor, now: datetime) -> DraftCheck:
    check = check_draft(by, draft_id, now)
    if not check.draft.counter or not check.draft.is_open:
        raise NotFound
    if check.problems:
        raise BadInput("还有需要修改的地方，请逐项核对。", problems=check.problems)
    return check


def _signed(check: DraftCheck, signature: bytes, now: datetime) -> int | None:
    if not signature:
        return None
    stored = store_file(
        content=signature,
        name=f"{check.shown_hash[:12]}.png",
        owner_party_id=check.draft.person_id,
        purpose=PROOF,
        by=SYSTEM,
        now=now,
    )
    return stored.pk


def _confirm(
    check: DraftCheck,
    *,
    how: How,
    agrees: bool,
    language: str,
    proof_id: int | None,
    clerk_id: int,
    now: datetime,
) -> None:
    Confirmation.objects.create(
        draft_id=check.draft.id,
        shown=check.shown_hash,
        how=how.value,
        agreed=agrees,
        language=language,
        proof_id=proof_id,
        clerk_id=clerk_id,
        at=now,
    )


def _changed() -> ContentChanged:
    return ContentChanged("内容刚刚有变动，没有确认。", instead=("请看过现在的内容后重新确认。",))
