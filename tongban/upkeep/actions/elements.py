"""What people say about an element of a guide lies with its owner, once, until it is answered."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from tongban.engine.actions import Act, NewProceeding
from tongban.engine.rules import require_step
from tongban.hotline.queries import city_region, persons_of
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, NotFound
from tongban.kernel.worktime import city_date
from tongban.people.actions import caller_party, party_of_unit
from tongban.people.queries import department, is_nobody, keyed_hash
from tongban.ratings.actions import Ended, invite, rate
from tongban.ratings.models import Invitation
from tongban.ratings.queries import ratings
from tongban.ratings.rules import masked_text
from tongban.upkeep import rules
from tongban.upkeep.models import Element, Report
from tongban.upkeep.queries import guide_now, role_here, upkeep
from tongban.upkeep.states import OPENED, REPORTED, UNSAID, WRITERS, ElementState

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from tongban.engine.actions import Locked, StepRow
    from tongban.kernel.actors import Actor
    from tongban.ratings.rules import Rating

PREFIX = "YS"
HANDLE = "guide_element"
GUIDE = "guide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says about an element; ``kind`` is review or ticket, ``number`` is its own.

    ``item`` is empty where the guide as a whole is meant; ``suggested`` says that the reader
    found out what is meant, not the person.
    """

    package: str
    item: str
    element: str
    kind: str
    number: str
    party_id: int
    text: str = ""
    suggested: bool = False


def report_element(*, said: Said, now: datetime) -> str:
    """Give it to the owner of the element; the number of the one open task. Idempotent.

    What a person chose stands before what the reader had suggested of the same request, unless
    that was answered already. Empty for a guide that is not published any more. Raises BadInput
    for an unknown element.
    """
    if upkeep().element_name(said.element) is None:
        raise BadInput.at("element", "unknown", "请从列出的内容中选择。")
    owner = guide_now(said.package, said.item, city_date(now))
    if owner is None:
        return ""
    with transaction.atomic():
        known = _known(said.kind, said.number)
        if known is not None and not (_differs(known, said) and _take_back(known, now)):
            return str(known.element.proceeding.number)
        while True:
            row = _open_now(said) or _opened(said, owner, now)
            # The proceeding is locked first, as everywhere; it may have ended before that.
            if _add(row.pk, said, now):
                return str(row.proceeding.number)


def forget_element(*, number: str, now: datetime) -> bool:
    """A person says that a request is about no guide: what was said of it is taken back."""
    with transaction.atomic():
        known = _known("ticket", number)
        return known is not None and _take_back(known, now)


def _known(kind: str, number: str) -> Report | None:
    found = Report.objects.select_related("element__proceeding").filter(kind=kind, number=number)
    return found.first()


def _differs(known: Report, said: Said) -> bool:
    """Whether a person says something else of it; what he confirms is a suggestion no more."""
    if said.suggested:
        return False
    one = known.element
    if (one.package, one.item, one.element) != (said.package, said.item, said.element):
        return True
    if known.suggested:
        Report.objects.filter(pk=known.pk).update(suggested=False)
    return False


def _take_back(known: Report, now: datetime) -> bool:
    """One fewer says so; the task ends where nobody is left. False where it has been answered."""
    with Act(by=SYSTEM, now=now) as act:
        one = act.lock(known.element_id)
        if one.is_ended:
            act.drop()
            return False
        left = Report.objects.filter(element_id=one.id).exclude(pk=known.pk)
        if left.exists():
            act.record(one, UNSAID, body={"kind": known.kind}, public=False)
        else:
            act.cancel_steps(one, "mistaken")
            act.move(one, "element_mistaken", public=False)
            act.also(
                "UPDATE upkeep_element SET closed_at = %s WHERE proceeding_id = %s", [now, one.id]
            )
        counts = int(not _is_said_by(known.party_id, left))
        act.also("DELETE FROM upkeep_report WHERE id = %s", [known.pk])
        act.also(_COUNT, [-counts, one.id])
    return True


def _is_said_by(party_id: int, found: QuerySet[Report]) -> bool:
    """Whether the same person is among them; of those without a number each is another."""
    return not is_nobody(party_id) and found.filter(party_id__in=persons_of(party_id)).exists()


_COUNT = "UPDATE upkeep_element SET count = count + %s WHERE proceeding_id = %s"


def _open_now(said: Said) -> Element | None:
    found = Element.objects.select_related("proceeding").filter(closed_at=None)
    return found.filter(package=said.package, item=said.item, element=said.element).first()


def _opened(said: Said, owner: tuple[str, int, int], now: datetime) -> Element:
    """The task about an element that has none; the one that won where two open it at once."""
    try:
        return _open(said, owner, now)
    except IntegrityError:
        won = _open_now(said)
        if won is None:
            raise
        return won


_ROW = (
    "INSERT INTO upkeep_element (proceeding_id, unit, package, item, element, version, count,"
    " reply) VALUES (%s, %s, %s, %s, %s, %s, 0, '')"
)
_REPORT = (
    "INSERT INTO upkeep_report (element_id, kind, number, party_id, text, suggested, reported_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def _open(said: Said, owner: tuple[str, int, int], now: datetime) -> Element:
    unit, version, version_id = owner
    party_id = party_of_unit(unit=unit, now=now)
    content, region = upkeep(), department(unit).region
    new = NewProceeding(
        kind="guide_element",
        prefix=PREFIX,
        region=region,
        department=unit,
        party_id=party_id,
        version_id=version_id,
        state=ElementState.OPEN,
        facts={
            "package": said.package, "of_item": said.item, "element": said.element,
            "days": int(content.element.value),
        },
    )  # fmt: skip
    with Act(by=SYSTEM, now=now) as act:
        one = act.open([new])[0]
        body = {"package": said.package, "item": said.item, "element": said.element}
        act.begin(one, OPENED, body=body, public=False)
        act.open_step(one, HANDLE, role=role_here(unit, region, WRITERS, city_date(now)))
        act.also(_ROW, [one.id, unit, said.package, said.item, said.element, version])
    return Element.objects.select_related("proceeding").get(pk=one.id)


def _add(element_id: int, said: Said, now: datetime) -> bool:
    """One more says so; who that is stands in no entry. False where it has just been answered."""
    with Act(by=SYSTEM, now=now) as act:
        one = act.lock(element_id)
        if one.is_ended:
            act.drop()
            return False
        # A review and a request of one person count once.
        counts = int(not _is_said_by(said.party_id, Report.objects.filter(element_id=one.id)))
        act.record(one, REPORTED, body={"kind": said.kind}, public=False)
        act.also(
            _REPORT,
            [
                one.id, said.kind, said.number, said.party_id, masked_text(said.text)[:500],
                said.suggested, now,
            ],
        )  # fmt: skip
        act.also(_COUNT, [counts, one.id])
    return True


def change_element(*, element_id: int, text: str, by: Actor, now: datetime) -> None:
    """The guide has been put right: names the version that is published now; reporters hear.

    Raises NotPublishedYet while no version newer than the one that was complained of is out.
    """
    text = rules.need_reason(text)
    with Act(by=by, now=now) as act:
        one, row, step = _held(act, element_id)
        found = guide_now(row.package, row.item, city_date(now))
        newest = found[1] if found else row.version + 1
        rules.need_newer(row.version, newest)
        _close(act, one, step, "element_changed", text, new_version=newest)


def keep_element(*, element_id: int, reason: str, by: Actor, now: datetime) -> None:
    """The guide is right as it is, because …; reporters hear why."""
    reason = rules.need_reason(reason)
    with Act(by=by, now=now) as act:
        one, _row, step = _held(act, element_id)
        _close(act, one, step, "element_stays", reason)


def _close(
    act: Act, one: Locked, step: StepRow, verb: str, text: str, *, new_version: int | None = None
) -> None:
    act.close_step(step, verb)
    act.move(one, verb, holds=step, body={"reason": text, "version": new_version})
    act.also(
        "UPDATE upkeep_element SET reply = %s, new_version = %s, closed_at = %s"
        " WHERE proceeding_id = %s",
        [text, new_version, act.now, one.id],
    )


def _held(act: Act, element_id: int) -> tuple[Locked, Element, StepRow]:
    one = act.lock(element_id)
    row = Element.objects.filter(pk=one.id).first()
    step = one.open_step(HANDLE)
    if row is None or step is None:
        raise NotFound("没有找到这件核对任务，或者已经办完，请刷新页面。")
    require_step(act.by, one, step)
    return one, row, step


# ---- was this page helpful ----------------------------------------------------------------------


def rate_guide(
    *,
    package: str,
    rating: Rating,
    element: str = "",
    item: str = "",
    party_id: int | None,
    device: str,
    now: datetime,
) -> int:
    """Say whether the guide of a package helps; answers the review's id.

    Once for each version and person, or device where nobody is signed in. What is said about an
    element goes to its owner. Raises BadInput without a level or for an unknown part, NotFound
    for a package that is not published, RatedAlready.
    """
    found = guide_now(package, "", city_date(now))
    if found is None:
        raise NotFound("没有找到这件事的办事指南。")
    _need_part(package, item, now)
    with transaction.atomic():
        invitation = _invited(package, found, party_id, device, now)
        review = rate(invitation=invitation, rating=rating, now=now)
        element = element or _read(rating)
        if element:
            said = Said(
                package=package, item=item, element=element, kind="review",
                number=invitation.number, party_id=invitation.party_id, text=rating.text,
            )  # fmt: skip
            report_element(said=said, now=now)
    return review


def _read(rating: Rating) -> str:
    """What a bad review without an element speaks of, as far as that can be read."""
    content = upkeep()
    if rating.level < ratings().first_bad or not rating.text:
        return ""
    return rules.suggested(content.guide_words[0] + rating.text, content)


def _need_part(package: str, item: str, now: datetime) -> None:
    if item and guide_now(package, item, city_date(now)) is None:
        raise BadInput.at("item", "unknown", "请从列出的事项中选择。")


def _invited(
    package: str,
    found: tuple[str, int, int],
    party_id: int | None,
    device: str,
    now: datetime,
) -> Invitation:
    """The invitation of this person or device to this version of the guide, opened once."""
    unit, version, version_id = found
    whose = f"party/{party_id}" if party_id else f"device/{device or secrets.token_hex(8)}"
    key = keyed_hash("guide", f"{package}/{version}/{whose}").hex()[:12].upper()
    number = f"{package}-{version}-{key}"
    values: dict[str, Any] = {
        "object": GUIDE, "number": number, "cause_id": 0, "proceeding_id": 0,
        "version_id": version_id, "party_id": party_id or caller_party(""),
        "region": city_region(), "department": unit, "item": package,
    }  # fmt: skip
    made = invite(ended=Ended(**values), now=now)
    return made or Invitation.objects.get(object=GUIDE, number=number)
