"""The hotline learns what people say from what was decided about it, overnight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.hotline.models import Ticket
from tongban.hotline.queries import DOMAIN_TASK, TYPE_TASK
from tongban.kernel.actors import SYSTEM
from tongban.reading.actions import Example, relearn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tongban.reading.actions import Learnt

MOST_EXAMPLES = 10_000


def learn_requests(
    *, base: Sequence[tuple[str, str, str]] = (), now: datetime
) -> tuple[Learnt, Learnt]:
    """Learn type and domain anew from the newest tickets as they stand now; seconds to minutes.

    What a person corrected stands corrected, what went to the wrong unit was corrected on its
    way back. ``base`` are (text, type, domain) that count until there are tickets enough. A new
    lesson is used only if it is not worse on examples held back. Raises BadInput where there is
    too little to learn from.
    """
    dealt = Ticket.objects.exclude(unit="").exclude(domain="").order_by("-pk")
    known = list(dealt.values_list("text", "type", "domain")[:MOST_EXAMPLES])
    examples = [*known, *base[: max(0, MOST_EXAMPLES - len(known))]]
    kinds = [Example(text, kind) for text, kind, _ in examples]
    domains = [Example(text, domain) for text, _, domain in examples]
    return (
        relearn(task=TYPE_TASK, examples=kinds, by=SYSTEM, now=now),
        relearn(task=DOMAIN_TASK, examples=domains, by=SYSTEM, now=now),
    )
