"""What the room does when something happened: it invites, opens rectifications, tells people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tongban.engine.states import Kind, Named, register
from tongban.notices.actions import send_message
from tongban.people.queries import is_nobody
from tongban.ratings import actions
from tongban.ratings.actions.by_telephone import ByTelephone
from tongban.ratings.actions.mending import supervise_in
from tongban.ratings.models import Rectification, Review
from tongban.ratings.queries import SPOT_CHECK, is_apart, ratings
from tongban.ratings.queries.mine import ended_thing, name_of
from tongban.ratings.queries.rules import objects_of
from tongban.ratings.rules import clocks
from tongban.ratings.states import LIFE, OPENED, REOPENED
from tongban.records.events import FedEntry, subscribe
from tongban.voice.events import keep_ratings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tongban.kernel.clocks import ClockSpec
    from tongban.ratings.content import ObjectKind


def _specs(proceeding: Named) -> tuple[ClockSpec, ...]:
    content = ratings()
    days = proceeding.facts["days"]
    return clocks(days, {name: getattr(content, name).basis for name in days})


RECTIFICATION = register(
    Kind(name="rectification", machine=LIFE, specs=_specs, expiries={"supervise": supervise_in})
)


def invite(entry: FedEntry) -> None:
    """Something came to its end, or somebody was served: he may rate it."""
    for kind in ratings().kinds:
        if entry.verb in kind.verbs and _has(entry.body, kind.only):
            _invite(entry, kind)


def _has(body: Mapping[str, Any], only: Mapping[str, str]) -> bool:
    return all(str(body.get(name, "")) == value for name, value in only.items())


def _invite(entry: FedEntry, kind: ObjectKind) -> None:
    found = ended_thing(entry.stream_id, kind)
    if found is None:
        return
    proceeding, item, department = found
    actions.invite(
        ended=actions.Ended(
            object=kind.code,
            number=proceeding.number,
            cause_id=entry.id,
            proceeding_id=proceeding.pk,
            version_id=proceeding.version_id,
            party_id=proceeding.party_id,
            region=proceeding.region,
            department=department,
            item=item,
            window=str(entry.body.get("counter", "")),
            officer_id=entry.actor_id if entry.actor_kind == "staff" else None,
            prompted=kind.prompted,
        ),
        now=entry.at,
    )


def open_rectification(entry: FedEntry) -> None:
    """A bad review goes to the unit that is answerable, in the moment in which it is heard of."""
    if int(entry.body["level"]) >= ratings().first_bad:
        actions.open_rectification(review_id=entry.stream_id, now=entry.at)


_MESSAGES = {
    OPENED: "rating_opened",
    REOPENED: "rating_reopened",
    "grant_time": "rating_more_time",
    "reply": "rating_replied",
    "rehandle": "rating_again",
    "satisfy": "rating_closed",
    "settle": "rating_closed",
    "unheard": "rating_closed",
    "confirm": "rating_excluded",
}


def tell(entry: FedEntry) -> None:
    """Whoever rated hears what becomes of it; the unit never learns to whom this goes."""
    row = (
        Rectification.objects.select_related("review__invitation", "proceeding")
        .filter(pk=entry.stream_id)
        .first()
    )
    if row is None:
        return
    invitation = row.review.invitation
    if is_nobody(invitation.party_id) or invitation.object in objects_of(SPOT_CHECK):
        return
    name = name_of(invitation)
    send_message(
        party_id=invitation.party_id,
        key=_MESSAGES[entry.verb],
        params={
            "number": invitation.number,
            "thing": {
                one: name.say(one) if name else invitation.number for one in ("zh", "en", "ug")
            },
            "answer": row.answer,
            "reason": str(entry.body.get("reason", "")),
        },
        dedup=f"entry/{entry.id}",
        now=entry.at,
        proceeding=invitation.number,
    )


def report(entry: FedEntry) -> None:
    """The higher platform hears of every rating of a matter, with its receipt."""
    review = Review.objects.select_related("invitation").filter(pk=entry.stream_id).first()
    if review is not None and not is_apart(review.object):
        actions.report_rating(review=review, cause_id=entry.id, now=entry.at)


def link_ticket(entry: FedEntry) -> None:
    """A request came in: it may be about what a bad review has brought up already."""
    actions.link_ticket(ticket_id=entry.stream_id, now=entry.at)


def link_review(entry: FedEntry) -> None:
    """A bad review came in: its person may have complained to the hotline before."""
    actions.link_review(rectification_id=entry.stream_id, now=entry.at)


keep_ratings(ByTelephone())
subscribe("ratings.link", link_ticket, verbs={"receive"}, streams={"proceeding"})
subscribe("ratings.linked", link_review, verbs={OPENED, REOPENED}, streams={"proceeding"})
subscribe("ratings.invite", invite, streams={"proceeding"})
subscribe("ratings.rectify", open_rectification, verbs={"rate", "rate_again"}, streams={"review"})
subscribe("ratings.messages", tell, verbs=set(_MESSAGES), streams={"proceeding"})
subscribe("ratings.report", report, verbs={"rate", "rate_again"}, streams={"review"})
