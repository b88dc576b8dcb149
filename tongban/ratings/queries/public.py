"""What everybody may read: replies to bad reviews (评价和答复公开)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from tongban.engine.queries import Proceeding
from tongban.engine.rules import SHOWN_PARTY
from tongban.ratings.models import Rectification
from tongban.ratings.queries.mine import name_of
from tongban.ratings.states import LIFE, RectificationState

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.catalogue.rules import Words

PAGE = 20


@dataclass(frozen=True, slots=True)
class PublicReply:
    """A bad review with the answer of its unit; nobody is named in it."""

    id: int
    object: str
    name: Words | None
    department: str
    level: int
    tags: tuple[str, ...]
    text: str
    rated_at: datetime
    answer: str
    answered_at: datetime
    state_title: str
    is_second_round: bool = False

    @property
    def cursor(self) -> str:
        """Where the next page starts."""
        return f"{self.answered_at.isoformat()}~{self.id}"


def public_replies(
    *, department: str = "", before: tuple[datetime, int] | None = None, limit: int = PAGE
) -> list[PublicReply]:
    """Answered bad reviews, the newest answer first; what was excluded is not shown.

    ``before`` is the moment and the id of the last one of the page before. Nor is shown what
    somebody says about a request of which he is not to be known: his words may be.
    """
    kept = Proceeding.objects.filter(
        pk=OuterRef("review__invitation__proceeding_id"), facts__has_key=SHOWN_PARTY
    )
    found = Rectification.objects.filter(answered_at__isnull=False).exclude(
        proceeding__state=RectificationState.EXCLUDED
    )
    found = found.exclude(Exists(kept))
    if department:
        found = found.filter(review__department=department)
    if before is not None:
        at, last = before
        found = found.filter(answered_at__lte=at).exclude(answered_at=at, pk__gte=last)
    rows = found.select_related("proceeding", "review__invitation")
    rows = rows.order_by("-answered_at", "-pk")
    return [_reply(one) for one in rows[:limit]]


def _reply(one: Rectification) -> PublicReply:
    review = one.review
    assert one.answered_at is not None  # noqa: S101 -- the query asks for it
    return PublicReply(
        id=one.pk,
        object=review.object,
        name=name_of(review.invitation),
        department=review.department,
        level=review.level,
        tags=tuple(review.tags),
        text=review.text,
        rated_at=review.rated_at,
        answer=one.answer,
        answered_at=one.answered_at,
        state_title=LIFE.title(one.proceeding.state),
        is_second_round=one.earlier_id is not None,
    )
