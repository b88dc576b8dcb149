"""The small values that the schemas of the catalogue are made of: sources, fees, legal bases."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from tongban.kernel.values import Mark, Name, Piece, Slug, Text, Word

ConditionData: TypeAlias = dict[str, Any]
"""A condition as data (see `kernel.conditions`); the linter parses it."""

DottedName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_-]*)+$", max_length=80)
]
"""A data element or a fact, as `enterprise.name`."""


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
