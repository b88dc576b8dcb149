"""A service item as one department of the city runs it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tongban.catalogue.content.promises import Commitment, DeficiencyHere
from tongban.catalogue.content.values import ConditionData, DottedName, Fee, LegalBasis, Visits
from tongban.kernel.values import Limit, Mark, Marked, Name, Piece, Slug, Text, Word


class ItemType(StrEnum):
    """Item types; the code table of GB/T 39046 A.1 is `TYPE_CODES`."""

    LICENSE = "LICENSE"
    LEVY = "LEVY"
    BENEFIT = "BENEFIT"
    CONFIRM = "CONFIRM"
    REWARD = "REWARD"
    ADJUDICATE = "ADJUDICATE"
    OTHER_POWER = "OTHER_POWER"
    INTERNAL = "INTERNAL"
    PUBLIC_SERVICE = "PUBLIC_SERVICE"


TYPE_CODES = {
    ItemType.LICENSE: "01",
    ItemType.LEVY: "04",
    ItemType.BENEFIT: "05",
    ItemType.CONFIRM: "07",
    ItemType.REWARD: "08",
    ItemType.ADJUDICATE: "09",
    ItemType.OTHER_POWER: "10",
    ItemType.INTERNAL: "11",
    ItemType.PUBLIC_SERVICE: "20",
}


class Exempt(StrEnum):
    """Why the applicant need not hand in a material (domain-01 §1.4.1)."""

    NONE = "NONE"
    LICENCE = "LICENCE"
    SHARE = "SHARE"
    COMMIT = "COMMIT"
    REUSE = "REUSE"
    GENERATE = "GENERATE"
    INTERNAL = "INTERNAL"


class LimitVariant(Piece):
    """Other limits for a situation, as the commitment lane of the fire check."""

    when: ConditionData
    legal: Limit | None = None
    promise: Limit
    text: Text | None = None


class Limits(Piece):
    """The item's own limits. `legal: null` where no law sets one."""

    legal: Limit | None
    promise: Limit
    extension: Limit | None = None
    delivery: Limit | None = None
    first_review: Limit | None = None
    variants: tuple[LimitVariant, ...] = ()


class AcceptCondition(Piece):
    """A condition of acceptance in words, and as data where a machine can tell."""

    text: Text
    when: ConditionData | None = None
    basis: str = ""
    mark: Mark | None = None


class Channels(Piece):
    """Where the item can be applied for."""

    online_depth: Literal["I", "II", "III", "IV"]
    hall: bool
    post: bool


class Contacts(Piece):
    """Whom to ask, to whom to complain, where and when."""

    consult: str
    complain: str
    address: Text
    hours: Text
    mark: Mark | None = None


class FieldUse(Piece):
    """A data element that the item consumes."""

    element: DottedName
    required: bool = True
    when: ConditionData | None = None


class MaterialUse(Piece):
    """A material that the item needs, and how the applicant is spared from bringing it.

    `granted` is the role in which somebody else may let the applicant use his `licence` instead.
    """

    material: Slug
    required: bool
    exempt: Exempt
    licence: Slug | None = None
    granted: Word | None = None
    share: Slug | None = None
    when: ConditionData | None = None
    copies: Annotated[int, Field(ge=0)] = 0
    deficient_allowed: bool = False
    note: Text | None = None
    mark: Mark


class Step(Piece):
    """One step of the route; its queue is `<department>.<role>`.

    `officers` is how many must do it together: a check on site takes two (行政许可法 34).
    `reports_up` marks the first review of a lower level, which has its own limit (43).
    `notice_days` makes the step a public notice that stands for so many calendar days.
    """

    step: Word
    role: Word
    name: Name
    department: Slug | None = None
    when: ConditionData | None = None
    basis: str = ""
    party: Literal["government", "applicant", "third"] = "government"
    officers: Annotated[int, Field(ge=1, le=5)] = 1
    reports_up: bool = False
    notice_days: Annotated[int, Field(ge=0, le=180)] = 0
    # The verbs that may be done for several cases at once: only what needs no look on site.
    batch: tuple[Literal["pass_step", "grant"], ...] = ()


class DecidesApart(Piece):
    """Who may not decide: whoever reviewed the case, or chaired its hearing (审查与决定分离)."""

    of: tuple[Literal["reviewer", "chair"], ...]
    basis: str
    mark: Mark


class SafetyBasis(Piece):
    """That the item concerns public safety or health: who cheats is barred for a time (78, 79)."""

    basis: str
    mark: Mark


class Together(Piece):
    """Steps that run in parallel; the route goes on when all of them are done."""

    together: tuple[Step, ...]


class Automatic(Piece):
    """When a machine may decide, and how that is explained to the applicant."""

    when: ConditionData
    text: Text
    basis: str = ""


class Result(Piece):
    """What the item ends in; `form` is 出证, 出文, 审批 or none; `holder` gets the licence."""

    licence: Slug | None
    name: Name | None
    form: Literal["出证", "出文", "审批", "none"]
    sample: bool
    holder: Literal["applicant", "child"] = "applicant"


class Remedies(Piece):
    """Where a refused applicant can turn; days and months from being told."""

    review_body: Text
    court: Text
    days: Marked
    suit_months: Marked | None = None


class Before(Piece):
    """How the item ran alone, before the package: the base of the before/after figures."""

    links: Annotated[int, Field(ge=0)]
    materials: tuple[Slug, ...]
    fields: Annotated[int, Field(ge=0)]
    days: Limit
    visits: Visits


class Question(Piece):
    """A frequent question and its answer."""

    q: Text
    a: Text


class Themes(Piece):
    """Life-stage themes for persons and for enterprises."""

    person: tuple[Word, ...] = ()
    enterprise: tuple[Word, ...] = ()


class Follows(Piece):
    """A permit that must be in force for the same project before this one is granted."""

    licence: Slug
    when: ConditionData | None = None


class Phase(Piece):
    """An item that is one step of a phased permit (分阶段许可).

    `project` is the data element that says which project it is for; `closes` are the permits of
    the earlier steps that this one takes the place of. `key` is the parameter that lists the key
    projects (重点项目): only they may owe a material of this step (签批先行、流程后补).
    """

    project: DottedName
    follows: tuple[Follows, ...] = ()
    closes: tuple[Slug, ...] = ()
    key: Word | None = None


class SignerAnswers(Piece):
    """One signer, whose name and number stand in two answers of the form."""

    name: DottedName
    code: DottedName


class SignerList(Piece):
    """Signers written down one a line in one answer: name, number, whatever else."""

    list: DottedName


class Signing(Piece):
    """Who must sign a paper of the item besides the applicant, and what the signature is for.

    `covers` are the answers that the signature stands for: a change of one voids it. `own_hand`
    asks for the hand of an enterprise's legal representative, whoever acts for it otherwise.
    """

    role: Word
    name: Name
    material: Slug
    who: SignerAnswers | SignerList
    covers: tuple[DottedName, ...]
    text: Text
    own_hand: bool = False
    when: ConditionData | None = None
    basis: str
    mark: Mark


class Item(Piece):
    """One service item as run by one department (实施清单 and 业务办理项 together)."""

    code: Slug
    catalog_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}[0-9A-Z]{5}[0-9]{3}$")]
    serial: Annotated[str, StringConstraints(pattern=r"^(0[1-9]|[1-9][0-9])$")]
    valid_from: date | None = None
    name: Name
    main_name: Name
    sub_name: Name | None = None
    everyday_words: tuple[str, ...] = ()
    type: ItemType
    internal: bool = False
    department: Slug
    level: Annotated[int, Field(ge=1, le=7)]
    audience: tuple[
        Literal["natural", "enterprise", "individual_business", "institution", "social", "organ"],
        ...,
    ]
    themes: Themes = Themes()
    basis: tuple[LegalBasis, ...]
    project_type: Literal["INSTANT", "PROMISED"]
    handled_in: Literal["here", "department_system"]
    legal_from: Literal["receipt", "acceptance"]
    acceptance: Literal["window", "on_submit"]
    limits: Limits
    conditions: tuple[AcceptCondition, ...]
    visits: Visits
    fee: Fee
    channels: Channels
    contacts: Contacts
    fields: tuple[FieldUse, ...]
    materials: tuple[MaterialUse, ...]
    signers: tuple[Signing, ...] = ()
    route: tuple[Step | Together, ...]
    automatic: Automatic | None = None
    result: Result
    remedies: Remedies
    before: Before
    faq: tuple[Question, ...]
    quantity_limit: Text | None = None
    safety: SafetyBasis | None = None
    decides_apart: DecidesApart | None = None
    renews: Slug | None = None
    special_procedure: Text | None = None
    procedures: tuple[Slug, ...] = ()
    phase: Phase | None = None
    deficiency: DeficiencyHere | None = None
    commitment: Commitment | None = None

    def steps(self) -> tuple[Step, ...]:
        """Return every step of the route, parallel ones in the order of the file."""
        flat: list[Step] = []
        for entry in self.route:
            flat.extend(entry.together if isinstance(entry, Together) else (entry,))
        return tuple(flat)
