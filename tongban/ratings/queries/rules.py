"""The rules of `content/ratings.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from tongban.ratings.content import FILE

if TYPE_CHECKING:
    from tongban.ratings.content import Ratings


def ratings() -> Ratings:
    """What `content/ratings.yaml` says."""
    return FILE.read(settings.CONTENT)
