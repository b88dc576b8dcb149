"""What the running house writes of itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tongban.config.models import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

FORGOTTEN_AFTER = timedelta(days=1)


def beat(*, name: str, failing: Sequence[str], now: datetime) -> None:
    """Say that a worker lives, and which of its loops fail; `now` is the machine's time."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "failing": sorted(failing)})
    Heartbeat.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()
