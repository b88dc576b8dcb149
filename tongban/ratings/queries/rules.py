"""The rules of `content/ratings.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from tongban.ratings.content import FILE

if TYPE_CHECKING:
    from tongban.ratings.content import ObjectKind, Ratings

# What anybody may rate as a whole (综合点评): a unit, a hall, the platform.
COMMENT = "comment"
# A unit that the administration looks at on the spot (监督查评).
SPOT_CHECK = "spot_check"


def ratings() -> Ratings:
    """What `content/ratings.yaml` says."""
    return FILE.read(settings.CONTENT)


def kind_of(code: str) -> ObjectKind | None:
    """The rules of what is rated; None for what the content does not know any more."""
    return next((one for one in ratings().kinds if one.code == code), None)


def is_apart(code: str) -> bool:
    """Whether a rating of such a thing stays out of the good rate."""
    kind = kind_of(code)
    return kind is not None and kind.apart


def objects_of(kind: str) -> tuple[str, ...]:
    """The codes of what is rated as comments, or as spot checks."""
    return tuple(one.code for one in ratings().kinds if one.kind == kind)


def objects_apart() -> tuple[str, ...]:
    """The codes of everything that stays out of the good rate."""
    return tuple(one.code for one in ratings().kinds if one.apart)
