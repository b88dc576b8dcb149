"""The rules of `content/ratings.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from tongban.ratings.content import read_ratings

if TYPE_CHECKING:
    from tongban.ratings.content import Ratings

FILE = "ratings.yaml"


def ratings() -> Ratings:
    """What `content/ratings.yaml` says."""
    return read_ratings(settings.CONTENT / FILE)
