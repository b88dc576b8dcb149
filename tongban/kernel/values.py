"""The small values that every content file is made of: texts, evidence marks, limits.

Each room declares the schema of its content with them, so that a number looks alike wherever it
stands: the value within its bounds, the unit, how sure it is, and by what.
"""

from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongban.kernel.clocks import Unit

LANGUAGES = ("zh", "en", "ug", "kk")

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""A stable lower-case code with dashes: items, departments, materials, licences."""

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A lower-case identifier with underscores: verbs, steps, parameters, options."""


class Piece(BaseModel):
    """A part of a content file: unknown keys are refused and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Mark(StrEnum):
    """How well a value is known (domain.md §0.1)."""

    SEED = "S"
    VERIFIED = "V"
    VERIFIED_ELSEWHERE = "VL"
    SECONDARY = "V2"
    MEMORY = "M"
    ASSUMED = "A"

    @property
    def may_be_quoted(self) -> bool:
        """Whether a page may show the value as law or as a stated requirement."""
        return self in {Mark.SEED, Mark.VERIFIED}


class Text(Piece):
    """A text for people. Chinese is the source; other languages fall back to it."""

    zh: Annotated[str, StringConstraints(min_length=1)]
    en: str | None = None
    ug: str | None = None
    kk: str | None = None

    def say(self, language: str = "zh") -> str:
        """Return the text in `language`, or in Chinese where that is not written yet."""
        return str(getattr(self, language, None) or self.zh)


class Name(Text):
    """A name of something that people see: Chinese and English are both required."""

    en: Annotated[str, StringConstraints(min_length=1)]


V = TypeVar("V")


class Evidenced(Piece, Generic[V]):
    """A value of a kind together with its evidence."""

    value: V
    unit: str = ""
    mark: Mark
    basis: str = ""
    note: Text | None = None


class Marked(Evidenced[bool | int | float | str | None]):
    """Any plain value together with its evidence."""


Whole = Annotated[int, Field(strict=True)]
"""A whole number and nothing that could be read as one: neither a text nor true."""

Number = Annotated[float, Field(strict=True)]
"""A number and nothing that could be read as one."""

Share = Annotated[Number, Field(ge=0, le=1)]
"""A part of one."""


class Limit(Piece):
    """A length of time with its evidence; `value: 0` means on the spot."""

    value: Annotated[float, Field(ge=0)]
    unit: Unit = Unit.WORKDAY
    mark: Mark
    basis: str = ""
    note: Text | None = None

    @property
    def is_instant(self) -> bool:
        """Whether the thing is done on the spot."""
        return self.value == 0
