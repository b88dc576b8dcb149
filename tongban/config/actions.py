"""What the running house writes of itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tongban.config.models import Filling, Heartbeat
from tongban.hotline.models import Ticket

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

FORGOTTEN_AFTER = timedelta(days=1)


def beat(*, name: str, failing: Sequence[str], now: datetime) -> None:
    """Say that a worker lives, and which of its loops fail; `now` is the machine's time."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "failing": sorted(failing)})
    Heartbeat.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()


def begin_filling(*, now: datetime) -> int | None:
    """Note that the demo city's requests are to come; answers how many of them are filed already.

    None where nothing is to come: all are filed, or the city has requests that are not ours.
    """
    if not Filling.objects.exists() and Ticket.objects.exists():
        return None
    filling, _is_new = Filling.objects.get_or_create(id=1, defaults={"at": now})
    return None if filling.is_done else filling.filed


def note_filed(filling: Filling, filed: int, *, of: int) -> None:
    """So many requests of so many are filed; joins the transaction that files them."""
    filling.filed = filed
    filling.is_done = filed == of
    filling.save()
