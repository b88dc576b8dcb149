"""What stands on each document: the data that its template shows, read strictly.

Whoever issues a document fills one of these; a wrong field is a fault of the program and shows
when the document is issued, not later in a worker. Dates are words, as people read them, unless
the name says otherwise. Everything is text: templates compute nothing.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from tongban.documents.states import DocumentKind

# The database refuses these, and no page can show them.
_NEVER = re.compile("[\x00\ud800-\udfff]")


def _storable(value: object) -> object:
    return _NEVER.sub("", value) if isinstance(value, str) else value


Words = Annotated[str, BeforeValidator(_storable), StringConstraints(max_length=6000)]
Some = Annotated[str, BeforeValidator(_storable), StringConstraints(min_length=1, max_length=6000)]


class Piece(BaseModel):
    """A part of a page: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Contact(Piece):
    """Whom to ask and where to go."""

    phone: Some
    address: Some


class ItemLine(Piece):
    """One item with its department, and what is known of its limits and its result."""

    name: Some
    department: Some
    legal: Words = "—"
    promise: Words = "—"
    due: Words = "—"
    result: Words = "—"


class MaterialLine(Piece):
    """One material as it was received."""

    name: Some
    copies: Words = "1"
    note: Words = ""


class ProblemLine(Piece):
    """One thing to be put right: where, what is wrong, by which clause, and how to mend it."""

    target: Some
    problem: Some
    remedy: Some
    item: Words = ""
    clause: Words = ""


class BasisLine(Piece):
    """One article that the document rests on."""

    law: Some
    article: Some
    text: Words


class Remedies(Piece):
    """Where a decision can be contested (行政许可法 38): days for review, a term for a suit."""

    days: Annotated[int, Field(gt=0)]
    review_body: Some
    court: Words = ""
    suit_term: Words = ""


class Named(Piece):
    """A value with its name."""

    label: Some
    value: Some


class ResultLine(Piece):
    """How one item ended: the outcome and the paper that came of it."""

    item: Some
    department: Some
    outcome: Some
    paper: Words = ""
    note: Words = ""


class AnswerLine(Piece):
    """A question of the guide and what was answered."""

    question: Some
    answer: Some


class NeedLine(Piece):
    """A material to be prepared, and how it can be given."""

    name: Some
    how: Some


class FigureLine(Piece):
    """A figure before and after the items were joined."""

    name: Some
    before: Some
    after: Some


class Page(Piece):
    """What every document needs. The ribbon says where a paper is no legal document."""

    addressee: Words
    matter: Some
    proceeding_number: Words = ""
    contact: Contact | None = None
    ribbon: Words = ""
    ribbon_short: Words = ""


class Receipt(Page):
    """收件凭证."""

    received_at: Some
    channel: Some
    answer_by: Words = ""
    items: list[ItemLine] = []
    materials: list[MaterialLine] = []


class Acceptance(Page):
    """受理通知书; `deemed` where silence made it so (行政许可法 32)."""

    received_at: Some
    accepted_at: Some
    promise: Words = ""
    deemed: bool = False
    items: list[ItemLine] = []
    fee: Words = ""


class NonAcceptance(Page):
    """不予受理通知书, with the organ that is competent instead."""

    received_at: Some
    reasons: Annotated[list[Some], Field(min_length=1)]
    basis: list[BasisLine] = []
    competent: Words = ""
    remedies: Remedies


class Correction(Page):
    """补正告知书: every problem at once (行政许可法 32)."""

    problems: Annotated[list[ProblemLine], Field(min_length=1)]
    due: Some
    how: Some
    consequence: Some


class Decision(Page):
    """准予 / 不予行政许可决定书; a denial has reasons (行政许可法 38).

    `act` is what is granted or denied where that is no licence in law: 登记, 备案, 确认.
    `licensed` says whether a licence follows, which is handed over within ten days.
    """

    result: Literal["grant", "deny"]
    act: Some = "行政许可"
    applied_on: Some
    accepted_on: Some
    licensed: bool = True
    facts: Words = ""
    basis: list[BasisLine] = []
    reasons: list[Some] = []
    outcome: list[Named] = []
    automatic: Words = ""
    remedies: Remedies


class Grant(Decision):
    """A decision that grants."""

    result: Literal["grant"] = "grant"


class Denial(Decision):
    """A decision that denies, and says why."""

    result: Literal["deny"] = "deny"
    reasons: Annotated[list[Some], Field(min_length=1)]


class Extension(Page):
    """延期告知书: how long, why, and until when (行政许可法 42)."""

    accepted_at: Some
    days: Some
    reasons: Annotated[list[Some], Field(min_length=1)]
    basis: Some
    due: Some


class Special(Page):
    """特别程序告知书: what is done and the time that it takes, which does not count (45)."""

    procedure: Some
    days: Some
    reasons: Annotated[list[Some], Field(min_length=1)]
    basis: Some
    until: Some
    note: Words = ""


class Termination(Page):
    """终止通知书: why the handling ends before a decision."""

    applied_on: Some
    reasons: Annotated[list[Some], Field(min_length=1)]
    remedies: Remedies


class HearingRight(Page):
    """听证告知书: the right to a hearing, and until when to ask for it (47)."""

    hearing_number: Some
    reasons: Annotated[list[Some], Field(min_length=1)]
    days: Some
    until: Some
    held_within: Some


class HearingNotice(Page):
    """听证通知书: time, place and chair; `closed` says why it is not public (48)."""

    hearing_number: Some
    held_at: Some
    place: Some
    chair: Some
    closed: Words = ""


class HearingRecord(HearingNotice):
    """听证笔录: who was there, what was said, who confirmed it (48)."""

    present: Some
    text: Annotated[list[Some], Field(min_length=1)]
    signed: Words = ""
    unsigned: Words = ""


class StatementNotice(Page):
    """陈述申辩权利告知书: what concerns an interested party, and how he is heard (36)."""

    applicant: Some
    concerns: Some
    days: Some
    until: Some
    link: Some


class OpinionRequest(Page):
    """征求意见函, or a request to sign jointly; `silence` says that no answer is no objection."""

    applicant: Some
    question: Some
    countersign: bool = False
    days: Some
    until: Some
    silence: bool = False


class Withdrawal(Page):
    """撤回通知书: the applicant took his application back before the decision."""

    applied_on: Some
    withdrawn_on: Some
    items: list[Some] = []


class Bar(Page):
    """不得再次申请决定书: who cheated may not apply again for some years (78, 79)."""

    ground: Some
    reasons: Annotated[list[Some], Field(min_length=1)]
    years: Some
    until: Some
    basis: Some
    remedies: Remedies


class HandledAgain(Page):
    """重新办理通知书: a decision was set aside, its application is handled anew by others."""

    body: Some
    document: Some
    dated: Some
    reasons: Annotated[list[Some], Field(min_length=1)]
    again: Some
    basis: Some


class DeliveryProof(Page):
    """送达回证: what was handed over, to whom, how and when (44)."""

    delivered_at: Some
    how: Some
    receiver: Some
    results: Annotated[list[ResultLine], Field(min_length=1)]


class Deficiency(Page):
    """容缺受理告知承诺书: what is missing, until when, what follows, and the signed promise."""

    accepted_at: Some
    materials: Annotated[list[Some], Field(min_length=1)]
    days: Some
    due: Some
    clauses: Annotated[list[Some], Field(min_length=1)]
    consequence: Some
    version: Some
    signed_by: Some
    signed_at: Some
    basis: Some


class Commitment(Page):
    """告知承诺书: what was told and promised, by whom and when, by version and hash."""

    letter: Some
    words: Annotated[list[Some], Field(min_length=1)]
    signed_by: Some
    signed_at: Some
    version: Some
    hash: Some


class CorrectOrder(Page):
    """责令限期改正通知书: what differs from the commitment, and until when it is put right."""

    check_number: Some
    problem: Some
    days: Some
    due: Some
    basis: Words = ""


class Revocation(Page):
    """撤销行政许可决定书: why the decision is revoked, and where to turn."""

    check_number: Some
    reasons: Annotated[list[Some], Field(min_length=1)]
    basis: Words = ""
    remedies: Remedies


class Lapse(Page):
    """视为撤回通知书: what was not supplied in time, and what may be done."""

    materials: Annotated[list[Some], Field(min_length=1)]
    due: Some
    basis: Some
    remedies: Remedies


class Payment(Page):
    """电子缴费凭证: what was paid, for what, to whom."""

    order: Some
    payee: Words = ""
    lines: Annotated[list[Named], Field(min_length=1)]
    total: Some
    paid_at: Some
    reference: Some
    basis: Words = ""


class SignatureLine(Piece):
    """Who signed as what, when, and the fingerprint (SHA-256) of what was signed."""

    name: Some
    role: Some
    signed_at: Some
    content: Some


class Signatures(Page):
    """在线签名书: a paper that several people signed online, word for word."""

    paper: Some
    statement: list[Some] = []
    texts: Annotated[list[Some], Field(min_length=1)]
    answers: list[Named] = []
    signatures: Annotated[list[SignatureLine], Field(min_length=1)]
    basis: Words = ""


class Closing(Page):
    """办结通知: the results of all items in one letter."""

    finished_on: Some
    results: Annotated[list[ResultLine], Field(min_length=1)]
    measures: list[Named] = []
    delivery: Words = ""
    rating: Words = ""


class Guide(Page):
    """个性化办事指南, for print."""

    version: Some
    answers: list[AnswerLine] = []
    items: list[ItemLine] = []
    materials: list[NeedLine] = []
    figures: list[FigureLine] = []
    promise: Words = ""
    fee: Words = ""
    visits: Words = ""


PAGES: dict[DocumentKind, type[Page]] = {
    DocumentKind.RECEIPT: Receipt,
    DocumentKind.ACCEPTANCE: Acceptance,
    DocumentKind.NON_ACCEPTANCE: NonAcceptance,
    DocumentKind.CORRECTION: Correction,
    DocumentKind.GRANT: Grant,
    DocumentKind.DENIAL: Denial,
    DocumentKind.EXTENSION: Extension,
    DocumentKind.SPECIAL: Special,
    DocumentKind.TERMINATION: Termination,
    DocumentKind.DEFICIENCY: Deficiency,
    DocumentKind.LAPSE: Lapse,
    DocumentKind.COMMITMENT: Commitment,
    DocumentKind.CORRECT_ORDER: CorrectOrder,
    DocumentKind.REVOCATION: Revocation,
    DocumentKind.CLOSING: Closing,
    DocumentKind.HEARING_RIGHT: HearingRight,
    DocumentKind.HEARING_NOTICE: HearingNotice,
    DocumentKind.HEARING_RECORD: HearingRecord,
    DocumentKind.STATEMENT_NOTICE: StatementNotice,
    DocumentKind.OPINION_REQUEST: OpinionRequest,
    DocumentKind.WITHDRAWAL: Withdrawal,
    DocumentKind.DELIVERY_PROOF: DeliveryProof,
    DocumentKind.BAR: Bar,
    DocumentKind.HANDLED_AGAIN: HandledAgain,
    DocumentKind.SIGNATURES: Signatures,
    DocumentKind.PAYMENT: Payment,
    DocumentKind.GUIDE: Guide,
}
