"""The small values that every content file is made of: texts, evidence marks, limits."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tongban.kernel.clocks import Unit

LANGUAGES = ("zh", "en", "ug", "kk")

ConditionData: TypeAlias = dict[str, Any]
"""A condition as data (see `kernel.conditions`); the linter parses it."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""A stable lower-case code with dashes: items, departments, materials, licences."""

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A lower-case identifier with underscores: verbs, steps, parameters, options."""

DottedName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_-]*)+$", max_length=80)
]
"""A data element or a fact, as `enterprise.name`."""


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


class Marked(Piece):
    """A value together with its evidence."""

    value: bool | int | float | str | None
    unit: str = ""
    mark: Mark
    basis: str = ""
    note: Text | None = None


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


class Visits(Piece):
    """How often the applicant must come in person, and why."""

    value: Annotated[int, Field(ge=0)]
    mark: Mark
    basis: str = ""
    reason: Text | None = None


class LegalBasis(Piece):
    """One article that an item, a package or a condition rests on."""

    law: str
    document_no: str = ""
    article: str
    text: str
    in_force_from: str = ""
    repealed_on: str = ""
    mark: Mark


class FromLicence(Piece):
    """Read from a field of a licence that the applicant holds; typed where none is held."""

    origin: Literal["licence"] = Field(alias="from")
    licence: Slug
    field: Word


class FromPerson(Piece):
    """Read from the signed-in person's own real-name record."""

    origin: Literal["person"] = Field(alias="from")
    field: Word


class FromShare(Piece):
    """Read from a shared data resource of another department."""

    origin: Literal["share"] = Field(alias="from")
    resource: Slug
    field: Word | None = None


class FromDerived(Piece):
    """Computed from other answers by a named rule of the forms room."""

    origin: Literal["derived"] = Field(alias="from")
    rule: Word
    of: tuple[DottedName, ...] = ()


class FromTyped(Piece):
    """Typed by the applicant."""

    origin: Literal["typed"] = Field(alias="from")


Source: TypeAlias = Annotated[
    FromLicence | FromPerson | FromShare | FromDerived | FromTyped,
    Field(discriminator="origin"),
]


class Option(Piece):
    """One answer of a choice."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    name: Name
    help: Text | None = None


class FeeLine(Piece):
    """One line of a charge; the amount is in yuan."""

    name: Name
    yuan: Annotated[Decimal, Field(ge=0)]
    standard: str
    reduction: Text | None = None


class Fee(Piece):
    """Whether the applicant pays, and if so by which law, what, how, to whom and when.

    `when` says what waits for the payment; what is not `refundable` is kept once it was paid.
    """

    charged: bool
    basis: str = ""
    standard: str = ""
    lines: tuple[FeeLine, ...] = ()
    online: bool = False
    when: Literal["before_acceptance", "before_delivery"] = "before_delivery"
    refundable: bool = True
    payee: Text | None = None
    mark: Mark | None = None

    @model_validator(mode="after")
    def _no_lines_without_a_charge(self) -> Self:
        if not self.charged and self.lines:
            raise ValueError("charged: false leaves no place for fee lines")
        return self
