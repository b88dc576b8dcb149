"""The schema of `content/ratings.yaml`: the rules by which reviews are asked for and counted."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from tongban.kernel.contentfiles import ContentFile
from tongban.kernel.values import Evidenced, Limit, Mark, Name, Piece, Slug, Text, Whole, Word

Count = Annotated[Whole, Field(ge=1)]
"""How many of something, at least one."""


class LevelName(Piece):
    """One of the five levels; `value` is its national code."""

    value: Annotated[int, Field(ge=1, le=5)]
    name: Name


class ObjectKind(Piece):
    """Something that can be rated, and what proves that it was there.

    An entry of the journal about a proceeding of `kind` with one of `verbs`, whose body holds
    everything of `only`, opens one invitation. `prompted` says that staff are present. What is
    `apart` is about no matter: it stands beside the good rate and is in none of its figures.
    `subject` is what is rated where that has no name of its own.
    """

    code: Slug
    name: Name
    kind: Word
    verbs: tuple[Word, ...]
    only: Mapping[str, str] = Field(default_factory=dict)
    item: Word
    prompted: bool
    apart: bool = False
    subject: Name | None = None
    basis: str
    mark: Mark


class Channel(Piece):
    """A way to rate; `national` is its code of the national table, `at_counter` a hall device."""

    code: Word
    name: Name
    national: str
    at_counter: bool = False


class Aspect(Piece):
    """One side of a service."""

    code: Slug
    name: Name


class Tag(Piece):
    """A ready word about one side; `good` says for which levels it is offered."""

    code: Slug
    aspect: Slug
    good: bool
    name: Name


class Statistics(Piece):
    """From how many reviews on something is said at all, and said without its interval."""

    minimum: Evidenced[Count]
    interval_below: Evidenced[Count]


class DetectorRule(Piece):
    """One detector with its thresholds."""

    code: Annotated[str, Field(pattern=r"^F[1-8]$")]
    name: Name
    text: Text
    values: Mapping[str, int] = Field(default_factory=dict)
    basis: str
    mark: Mark


class Samples(Piece):
    """What the simulator lets people write: honest praise, and the text that is copied."""

    praise: Annotated[tuple[str, ...], Field(min_length=1)]
    copied: str


class Ratings(Piece):
    """`content/ratings.yaml`.

    ``tablet`` (minutes) is how long the tablet of a window asks about a visit, ``idle`` (seconds)
    how long a kiosk keeps what somebody has typed who does nothing more. After ``talk_after``
    months running at the bottom a unit is spoken to (约谈).
    """

    levels: Annotated[tuple[LevelName, ...], Field(min_length=5, max_length=5)]
    bad_from: Evidenced[Annotated[Whole, Field(ge=2, le=5)]]
    invitation: Limit
    reminder: Limit
    again: Limit
    contact: Limit
    rectify: Limit
    complex: Limit
    callback: Limit
    review: Limit
    repeats: Evidenced[Annotated[Whole, Field(ge=0, le=5)]]
    tablet: Evidenced[Annotated[Whole, Field(ge=1, le=480)]]
    idle: Evidenced[Annotated[Whole, Field(ge=5, le=3600)]]
    look: Evidenced[Annotated[Whole, Field(ge=1, le=600)]]
    board: Evidenced[Annotated[Whole, Field(ge=5, le=3600)]]
    board_lines: Evidenced[Annotated[Whole, Field(ge=1, le=30)]]
    talk_after: Evidenced[Annotated[Whole, Field(ge=1, le=12)]]
    body: Evidenced[Slug]
    body_of_body: Evidenced[Slug]
    kinds: tuple[ObjectKind, ...]
    channels: tuple[Channel, ...]
    aspects: tuple[Aspect, ...]
    tags: tuple[Tag, ...]
    statistics: Statistics
    report: Name
    samples: Samples
    detectors: Annotated[tuple[DetectorRule, ...], Field(min_length=8, max_length=8)]

    @model_validator(mode="after")
    def _tags_have_aspects(self) -> Self:
        known = {one.code for one in self.aspects}
        strange = sorted({tag.aspect for tag in self.tags} - known)
        if strange:
            raise ValueError(f"tags name unknown aspects: {', '.join(strange)}")
        return self

    @property
    def worst_good(self) -> int:
        """The last level that counts as good."""
        return self.first_bad - 1

    @property
    def first_bad(self) -> int:
        """The first level that is a bad review."""
        return self.bad_from.value

    def detector(self, code: str) -> DetectorRule:
        """The detector of that code. Raises KeyError."""
        return {one.code: one for one in self.detectors}[code]


FILE = ContentFile("ratings.yaml", Ratings)
