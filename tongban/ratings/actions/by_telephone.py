"""Rating by the keys of a telephone: the same invitation, the same rules, the same review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.kernel.refusals import Refusal
from tongban.ratings.actions.rating import rate
from tongban.ratings.models import Invitation
from tongban.ratings.queries.mine import find_by_code, rating_page
from tongban.ratings.rules import Rating

if TYPE_CHECKING:
    from datetime import datetime

CHANNEL = "phone"


class ByTelephone:
    """What the voice room asks of this one (`voice.events.Raters`)."""

    def about(self, number: str, now: datetime) -> str:
        """The invitation about a ticket that was answered and that nobody has rated yet."""
        found = Invitation.objects.filter(
            object="ticket", number=number, rated_at=None, closes_at__gt=now
        )
        return "".join(map(str, found.values_list("pk", flat=True)))

    def by_code(self, number: str, code: str, now: datetime) -> str:
        """The invitation of a slip, where it may be rated now."""
        try:
            found = find_by_code(number, code)
        except Refusal:
            return ""
        return str(found.pk) if rating_page(found, now).may_rate else ""

    def rate(self, matter: str, level: int, phone: str, now: datetime) -> bool:
        """Keep it with the telephone as its channel and the number that calls as its device (F1).

        A number that is not shown is no device: many callers hide theirs.
        """
        invitation = Invitation.objects.get(pk=int(matter))
        said = Rating(level=level, channel=CHANNEL, device=f"tel/{phone}" if phone else "")
        try:
            rate(invitation=invitation, rating=said, now=now)
        except Refusal:
            return False
        return True
