"""What the higher platform hears of a rating: by the exchange, with its receipts and rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.exchange.actions import report_review
from tongban.exchange.gateways import ReportedReview
from tongban.kernel.numbers import public_number
from tongban.people.queries import department
from tongban.ratings.queries import ratings

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.ratings.models import Review

PREFIX = "PJ"


def report_rating(*, review: Review, cause_id: int, now: datetime) -> None:
    """Queue one rating for the higher platform; no name, number or device goes out. Idempotent."""
    channel = next(one for one in ratings().channels if one.code == review.channel)
    organ = department(review.department)
    told = ReportedReview(
        number=public_number(PREFIX, review.region[:6], review.day, review.pk),
        of=review.invitation.number,
        object=review.object,
        item=review.item,
        department=(organ.name["zh"], organ.uscc),
        region=review.region,
        channel=channel.national,
        level=review.level,
        turn=review.turn,
        tags=tuple(review.tags),
        text=review.text,
        real_name=review.real_name,
        at=review.rated_at,
    )
    report_review(told=told, cause_id=cause_id, now=now)
