"""What is asked and given: data elements, kinds of material, licence types."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tongban.catalogue.content.values import ConditionData, DottedName, Option, Source
from tongban.kernel.values import Mark, Marked, Name, Piece, Slug, Text, Word


class ElementKind(StrEnum):
    """What an answer looks like."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    MULTICHOICE = "multichoice"
    BOOLEAN = "boolean"
    NAME = "name"
    ID_NUMBER = "id_number"
    USCC = "uscc"
    PHONE = "phone"
    ADDRESS = "address"
    LONGTEXT = "longtext"
    FILE_LIST = "file_list"


class FieldCheck(Piece):
    """What an answer must agree with, and what a person is told where it does not.

    `must` may name this and other data elements and `today`, the day of filing; while one of
    them is not known, nothing is said.
    """

    must: ConditionData
    text: Name
    mark: Mark
    basis: str = ""


class Granted(Piece):
    """A field of a licence that somebody else lets the applicant use, in the role named."""

    role: Word
    licence: Slug
    field: Word


class Element(Piece):
    """One data element: the same question has the same code in every item of the platform."""

    code: DottedName
    name: Name
    kind: ElementKind
    unit: str = ""
    options: tuple[Option, ...] = ()
    min: float | str | None = None
    max: float | str | None = None
    max_length: Annotated[int, Field(gt=0)] | None = None
    pattern: str = ""
    check: Literal["id_number", "uscc", "phone"] | None = None
    source: Source
    granted: Granted | None = None
    sensitive: Annotated[int, Field(ge=1, le=4)] = 1
    help: Text | None = None
    example: str = ""
    checks: tuple[FieldCheck, ...] = ()
    mark: Mark | None = None


class ElementGroup(Piece):
    """A file of `content/elements/`: one section of the form with its elements in order."""

    group: Word
    name: Name
    order: int
    elements: tuple[Element, ...]


class MaterialType(StrEnum):
    """The material's kind (domain-01 §1.4.1)."""

    CERTIFICATE = "certificate"
    FORM = "form"
    OTHER = "other"


class CheckPoint(Piece):
    """One point that a material is checked for, in words."""

    code: Word
    text: Text


class Material(Piece):
    """A kind of document; one code in the whole platform, so that it is asked for once.

    `statement` is the full text, point by point, that an applicant reads and ticks where a
    commitment replaces the document (告知承诺). `least_pixels` is how many pixels the shorter side
    of a picture must have.
    """

    code: Slug
    name: Name
    type: MaterialType
    formats: tuple[Literal["pdf", "jpg", "png", "docx", "xlsx", "paper", "none"], ...]
    accept_standard: tuple[CheckPoint, ...]
    least_pixels: Marked | None = None
    blank_form: str | None = None
    valid_months: Annotated[int, Field(gt=0)] | None = None
    reusable: bool
    sensitive: Annotated[int, Field(ge=1, le=4)] = 1
    issuer: Text | None = None
    help: Text | None = None
    statement: tuple[Text, ...] = ()


class Face(Piece):
    """One field on the face of a licence: an element of the form, or derived at the decision."""

    field: Word
    name: Name
    origin: DottedName | Literal["derived"] = Field(alias="from")
    rule: Word | None = None


class Starts(Piece):
    """A permit that lapses where work does not begin (建筑法 9): months, and how often more."""

    within: Marked
    extension: Marked
    times: Marked


class LicenceType(Piece):
    """A type of licence that the city issues."""

    code: Slug
    name: Name
    type_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}[0-9]{3}$")]
    issuer: Slug
    holder: Literal["natural", "legal", "either"]
    validity: Marked
    face: tuple[Face, ...]
    template: Literal["licence", "certificate"]
    number_prefix: str
    basis: str = ""
    mark: Mark
    help: Text | None = None
    starts: Starts | None = None
