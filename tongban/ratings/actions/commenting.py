"""Rating a unit, a hall or the platform as a whole; checking a unit on the spot."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from tongban.catalogue.queries import live_version
from tongban.hotline.queries import city_region
from tongban.kernel.refusals import NotFound
from tongban.kernel.worktime import city_date
from tongban.people.actions import caller_party, party_of_unit
from tongban.people.queries import department, keyed_hash
from tongban.ratings import rules
from tongban.ratings.actions.inviting import Ended, invite
from tongban.ratings.actions.rating import rate
from tongban.ratings.models import Invitation
from tongban.ratings.queries import subject_of
from tongban.ratings.queries.inside import is_body
from tongban.ratings.queries.rules import SPOT_CHECK, objects_of, ratings
from tongban.ratings.rules import Rating, need_text
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor
    from tongban.ratings.queries import Subject

CHANNEL = "web"


def comment(
    *, kind: str, code: str, rating: Rating, party_id: int | None, now: datetime
) -> Invitation:
    """Say what one thinks of a unit, a hall or the platform as a whole (综合点评); its invitation.

    Once a month for each thing and person, or device where nobody is signed in, and once more as
    with every review. It counts in no good rate; a bad one is put right like any other.
    Raises NotFound, BadInput (no level), RatedAlready.
    """
    subject = subject_of(kind, code)
    with transaction.atomic():
        invitation = _invited(subject, party_id, rating.device, now)
        rate(invitation=invitation, rating=rating, now=now)
    return invitation


def _invited(subject: Subject, party_id: int | None, device: str, now: datetime) -> Invitation:
    """The invitation of this person or device to this thing in this month, opened once."""
    whose = f"party/{party_id}" if party_id else f"device/{device or secrets.token_hex(8)}"
    of = f"{subject.kind}/{subject.code}/{city_date(now):%Y-%m}/{whose}"
    number = f"{subject.kind}-{subject.code}-{keyed_hash('comment', of).hex()[:12].upper()}"
    ended = _ended(
        subject.kind, number, subject.department, subject.code, party_id or caller_party("")
    )
    made = invite(ended=ended, now=now)
    return made or Invitation.objects.get(object=subject.kind, number=number)


def _ended(kind: str, number: str, unit: str, item: str, party_id: int) -> Ended:
    """What is rated without any proceeding behind it: pinned to the departments of today."""
    return Ended(
        object=kind, number=number, cause_id=0, proceeding_id=0,
        version_id=live_version("departments"), party_id=party_id, region=city_region(),
        department=unit, item=item,
    )  # fmt: skip


def check_unit(*, unit: str, level: int, findings: str, by: Actor, now: datetime) -> int:
    """Record what the administration found at a unit on the spot (监督查评); the review's id.

    A bad one goes to the unit, which answers and puts it right as with a review; the findings are
    the evidence. Raises NotFound, BadInput (no level, no findings), NotTwoPersons (own unit).
    """
    if not is_body(by):
        raise NotFound("没有找到这个页面，或您的岗位不能办理。")
    if unit in by.departments:
        raise rules.NotTwoPersons("被查评单位的人员不能查评自己的单位。")
    department(unit)
    findings = need_text("findings", findings, "请写明什么时候、在哪里、看到了什么，附上证据。")
    (kind,) = objects_of(SPOT_CHECK)
    party_id = party_of_unit(unit=_office_of(by), now=now)
    number = f"{kind}-{unit}-{secrets.token_hex(6).upper()}"
    with transaction.atomic():
        invitation = invite(ended=_ended(kind, number, unit, unit, party_id), now=now)
        assert invitation is not None  # noqa: S101 -- the number is new
        rating = Rating(level=level, channel=CHANNEL, text=findings, real_name=True)
        review = rate(invitation=invitation, rating=rating, now=now)
        body = {"unit": unit, "level": level, "number": number}
        entry = NewEntry(
            stream="review", stream_id=review, region=invitation.region, verb="check_unit",
            body=body,
        )  # fmt: skip
        append([entry], by=by, now=now)
    return review


def _office_of(by: Actor) -> str:
    """The administration for which an officer looks at a unit."""
    bodies = (ratings().body.value, ratings().body_of_body.value)
    return next(one for one in bodies if one in by.departments)
