"""The words of the documents room: trust grades, kinds of documents, and their small lives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tongban.kernel.machines import Machine, Move


class TrustGrade(StrEnum):
    """How far a material may be believed (国办函〔2016〕108号, domain-05 §6.3)."""

    A = "A"  # issued by an organ's business system
    B = "B"  # confirmed from paper at a window
    C = "C"  # uploaded and unverified
    D = "D"  # made by the holder, with a promise


class MaterialState(StrEnum):
    """Life of a material; running out is read from its last valid day, not stored."""

    USABLE = "usable"
    WITHDRAWN = "withdrawn"  # by the party that gave it
    REJECTED = "rejected"  # found false or unfit by an organ


class DocumentState(StrEnum):
    """Life of a document; a failed rendering or seal leaves it pending, to be tried again."""

    PENDING = "pending"
    ISSUED = "issued"


class DocumentKind(StrEnum):
    """The documents of domain-03 §3.9 that are issued today."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    NON_ACCEPTANCE = "non_acceptance"
    CORRECTION = "correction"
    GRANT = "grant"
    DENIAL = "denial"
    EXTENSION = "extension"
    SPECIAL = "special"
    TERMINATION = "termination"
    CLOSING = "closing"
    HEARING_RIGHT = "hearing_right"
    HEARING_NOTICE = "hearing_notice"
    HEARING_RECORD = "hearing_record"
    STATEMENT_NOTICE = "statement_notice"
    OPINION_REQUEST = "opinion_request"
    WITHDRAWAL = "withdrawal"
    DELIVERY_PROOF = "delivery_proof"
    DEFICIENCY = "deficiency"
    LAPSE = "lapse"
    COMMITMENT = "commitment"
    CORRECT_ORDER = "correct_order"
    REVOCATION = "revocation"
    BAR = "bar"
    HANDLED_AGAIN = "handled_again"
    SIGNATURES = "signatures"
    PAYMENT = "payment"
    GUIDE = "guide"


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of document looks and is numbered.

    ``title`` stands on the page, ``mark`` in the document number between the organ's mark and
    the year, ``template`` names a file of web/typst; a document that is not ``sealed`` is
    information only and carries no signature.
    """

    title: str
    mark: str
    template: str
    sealed: bool = True


FORMS = {
    DocumentKind.RECEIPT: Form("收件凭证", "收", "receipt"),
    DocumentKind.ACCEPTANCE: Form("受理通知书", "受", "acceptance"),
    DocumentKind.NON_ACCEPTANCE: Form("不予受理通知书", "不受", "non_acceptance"),
    DocumentKind.CORRECTION: Form("补正告知书", "补", "correction"),
    DocumentKind.GRANT: Form("准予行政许可决定书", "许准", "decision"),
    DocumentKind.DENIAL: Form("不予行政许可决定书", "许不", "decision"),
    DocumentKind.EXTENSION: Form("延期告知书", "延", "extension"),
    DocumentKind.SPECIAL: Form("特别程序告知书", "特", "special"),
    DocumentKind.TERMINATION: Form("终止通知书", "终", "termination"),
    DocumentKind.DEFICIENCY: Form("容缺受理告知承诺书", "容", "deficiency"),
    DocumentKind.COMMITMENT: Form("告知承诺书", "诺", "commitment"),
    DocumentKind.CORRECT_ORDER: Form("责令限期改正通知书", "责改", "correct_order"),
    DocumentKind.REVOCATION: Form("撤销行政许可决定书", "撤销", "revocation"),
    DocumentKind.LAPSE: Form("视为撤回通知书", "视撤", "lapse"),
    DocumentKind.CLOSING: Form("办结通知", "结", "closing"),
    DocumentKind.HEARING_RIGHT: Form("听证告知书", "听告", "hearing_right"),
    DocumentKind.HEARING_NOTICE: Form("听证通知书", "听通", "hearing_notice"),
    DocumentKind.HEARING_RECORD: Form("听证笔录", "听录", "hearing_record"),
    DocumentKind.STATEMENT_NOTICE: Form("陈述申辩权利告知书", "陈", "statement_notice"),
    DocumentKind.OPINION_REQUEST: Form("征求意见函", "征", "opinion_request"),
    DocumentKind.WITHDRAWAL: Form("撤回通知书", "撤", "withdrawal"),
    DocumentKind.DELIVERY_PROOF: Form("送达回证", "送", "delivery_proof"),
    DocumentKind.BAR: Form("不得再次申请决定书", "禁", "bar"),
    DocumentKind.HANDLED_AGAIN: Form("重新办理通知书", "重", "handled_again"),
    DocumentKind.PAYMENT: Form("电子缴费凭证", "缴", "payment"),
    DocumentKind.SIGNATURES: Form("在线签名书", "签", "signatures"),
    DocumentKind.GUIDE: Form("个性化办事指南", "指", "guide", sealed=False),
}

_M = MaterialState
_D = DocumentState

MATERIAL_LIFE = Machine(
    name="material",
    subject="材料",
    states=MaterialState,
    initial=_M.USABLE,
    final=frozenset({_M.WITHDRAWN, _M.REJECTED}),
    moves=(
        Move("withdraw", _M.USABLE, _M.WITHDRAWN, by="holder", title="收回"),
        Move("reject", _M.USABLE, _M.REJECTED, by="organ", title="认定不可用"),
    ),
    titles={_M.USABLE: "可用", _M.WITHDRAWN: "已收回", _M.REJECTED: "不可用"},
)

DOCUMENT_LIFE = Machine(
    name="document",
    subject="文书",
    states=DocumentState,
    initial=_D.PENDING,
    final=frozenset({_D.ISSUED}),
    moves=(Move("issue", _D.PENDING, _D.ISSUED, by="system", title="出具"),),
    titles={_D.PENDING: "制作中", _D.ISSUED: "已出具"},
)
