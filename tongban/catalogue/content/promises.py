"""What an applicant may promise instead of showing it: a supply, a commitment, and credit."""

from typing import Annotated, Literal

from pydantic import Field

from tongban.catalogue.content.values import ConditionData, DottedName
from tongban.kernel.values import Limit, Mark, Marked, Name, Piece, Slug, Text

Regime = Literal["DEFICIENCY", "PROOF", "LICENCE"]
"""容缺受理; 证明事项告知承诺 (国办发〔2020〕42号); 涉企经营许可告知承诺."""


class LetterForm(Piece):
    """The text that an applicant signs, by version; `{materials}` and `{days}` are filled in."""

    code: Slug
    version: Annotated[int, Field(ge=1)]
    regime: Regime
    name: Name
    clauses: Annotated[tuple[Text, ...], Field(min_length=1)]
    consequence: Text
    basis: str
    mark: Mark


class Reminders(Piece):
    """When the applicant is reminded: at a share of the time, and with so many units left."""

    percent: Annotated[int, Field(ge=1, le=100)]
    left: tuple[Annotated[int, Field(ge=0)], ...] = ()
    mark: Mark
    basis: str = ""


class Deficiency(Piece):
    """The rules of deficient acceptance (容缺受理, domain-03 §3.7).

    `on_lapse` says what follows when the time is over: `withdrawn` (deemed withdrawn, as the
    applicant has promised) or `decide` (the department decides on what is there). With
    `after_decision` the decision comes first and the debt blocks what depends on it (签批先行).
    """

    letter: Slug
    most: Marked
    days: Limit
    extension: Limit | None = None
    reminders: Reminders
    on_lapse: Marked
    after_decision: bool = False
    basis: str
    mark: Mark


class DeficiencyHere(Piece):
    """What an item rules otherwise than the city does."""

    most: Marked | None = None
    days: Limit | None = None
    extension: Limit | None = None
    on_lapse: Marked | None = None
    after_decision: bool = False
    basis: str = ""


class PostCheck(Piece):
    """The check after a decision on a commitment: by when, by how many, which share of cases."""

    days: Limit
    officers: Annotated[int, Field(ge=2, le=5)] = 2
    share: Marked
    correct: Limit
    basis: str
    mark: Mark


class Commitment(Piece):
    """That an item is decided on a commitment letter, when, and how it is checked afterwards.

    ``otherwise`` are the answers that stand for the ordinary way, for who leaves the commitment.
    """

    letter: Slug
    when: ConditionData | None = None
    otherwise: dict[DottedName, str] = {}
    check: PostCheck


class CreditKind(Piece):
    """A kind of credit event: what it bars, for how long, whether it is published."""

    code: Slug
    name: Name
    bars: tuple[Regime, ...]
    months: Marked
    published: bool
    basis: str
    mark: Mark
    text: Text


class Promises(Piece):
    """`content/promises.yaml`."""

    deficiency: Deficiency
    proof_letter: Slug
    letters: tuple[LetterForm, ...]
    credit: tuple[CreditKind, ...]
    objection: Limit
