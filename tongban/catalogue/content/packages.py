"""A one-thing package: which items, which questions, in which order."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tongban.catalogue.content.values import ConditionData, DottedName, LegalBasis, Option, Source
from tongban.kernel.values import Limit, Mark, Name, Piece, Slug, Text, Word

PackageCode = Annotated[str, StringConstraints(pattern=r"^P[0-9]{2}(-[A-Z0-9]{1,3})?$")]
"""P02; a stage or a trade of a package stands behind a dash: P13-S3, P14-CY."""


class Unsure(Piece):
    """What happens after "I don't know": advice, and a person who may be asked."""

    advice: Text
    ask: bool = True


class GuideQuestion(Piece):
    """One question of the situation guide; the answer becomes the fact that it names."""

    id: Word
    text: Text
    help: Text | None = None
    type: Literal["boolean", "choice", "number", "multi", "date"]
    unit: str = ""
    min: float | None = None
    max: float | None = None
    options: tuple[Option, ...] = ()
    show_if: ConditionData | None = None
    fact: DottedName
    known_from: Source | None = None
    unsure: Unsure


class DependsOn(Piece):
    """An item that must end before this one starts, and what its refusal does."""

    item: Slug
    on_refusal: Literal["cancel", "ignore"] = "cancel"


class PackageItem(Piece):
    """An item's place in the package."""

    item: Slug
    seq: Annotated[int, Field(ge=0)]
    depends_on: tuple[DependsOn, ...] = ()
    when: ConditionData | None = None
    required: Literal["must", "choose", "auto"]
    choose_question: Word | None = None
    mark: Mark
    basis: str = ""


class PackageLimits(Piece):
    """Limits of the whole; the joint limit is that of the Licensing Law, art. 42."""

    joint: Limit
    correction: Limit
    acceptance: Limit
    delivery: Limit


class Delivery(Piece):
    """How the results reach the applicant, once and together."""

    modes: tuple[Literal["online", "hall", "post"], ...]
    text: Text


class Governance(Piece):
    """One thing, one task force, one plan (一个专班、一个方案)."""

    task_force: Text
    plan: Text


class Grant(Piece):
    """What somebody else may let the applicant use for this package (授权用证, domain-05 §6.6)."""

    role: Word
    name: Name
    licence: Slug
    fields: tuple[Word, ...]
    text: Text
    basis: str
    mark: Mark


class ChildParent(Piece):
    """Where the form names a parent; the first of a package is the mother."""

    name: DottedName
    id_number: DottedName


class Child(Piece):
    """The child that a package is about, a party of its own (民法典 27).

    Items whose result goes to the child say so (``holder: child``); its parents become its
    guardians with the first of them that is granted. ``region`` is the fact that says where a
    registered child gets its number.
    """

    name: DottedName
    sex: DottedName
    born_on: DottedName
    region: DottedName
    parents: tuple[ChildParent, ...]
    basis: str
    mark: Mark


class Package(Piece):
    """A one-thing package (一件事).

    `typical` are the answers of the situation for which the before/after figures are published;
    without it they are those of all items together.
    """

    code: PackageCode
    slug: Slug
    valid_from: date | None = None
    name: Name
    everyday_words: tuple[str, ...] = ()
    lead_department: Slug
    object: Text
    audience: tuple[Literal["natural", "enterprise", "individual_business"], ...] = ()
    life_stage: Text
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    summary: Text
    basis: tuple[LegalBasis, ...]
    questions: tuple[GuideQuestion, ...]
    items: tuple[PackageItem, ...]
    limits: PackageLimits
    delivery: Delivery
    governance: Governance
    grants: tuple[Grant, ...] = ()
    child: Child | None = None
    typical: dict[DottedName, bool | int | float | str | tuple[str, ...]] = {}
