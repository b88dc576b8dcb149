"""The life of a licence (domain-05 §6.4) and where a licence comes from."""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move


class LicenceState(StrEnum):
    """States of a licence; “about to expire” is read from its dates, not stored."""

    PRODUCING = "producing"
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"
    WITHDRAWN_AS_PENALTY = "withdrawn_as_penalty"


class Origin(StrEnum):
    """Whether this platform made the licence or keeps a mirror of one that another system made."""

    ISSUED = "issued"
    MIRRORED = "mirrored"


# Codes of the national construction-licence interface; 01 and 02 are from memory [M].
STATE_CODES = {
    LicenceState.VALID: "01",
    LicenceState.SUSPENDED: "02",
    LicenceState.REVOKED: "03",
    LicenceState.CANCELLED: "04",
    LicenceState.EXPIRED: "05",
    LicenceState.TRANSFERRED: "06",
    LicenceState.WITHDRAWN_AS_PENALTY: "07",
}

_S = LicenceState
_ENDED = (_S.EXPIRED, _S.REVOKED, _S.WITHDRAWN_AS_PENALTY)

# Expiry not renewed, revocation and withdrawal are followed by cancellation in the register
# (行政许可法 70); a wrong grant is revoked, even after expiry (69).
# fmt: off
LIFE = Machine(
    name="licence",
    subject="证照",
    states=LicenceState,
    initial=_S.PRODUCING,
    final=frozenset({_S.CANCELLED, _S.TRANSFERRED}),
    moves=(
        Move("publish",  _S.PRODUCING, _S.VALID, by="system", title="生效"),
        Move("abandon",  _S.PRODUCING, _S.CANCELLED, by="organ", title="停止制证"),
        Move("suspend",  _S.VALID, _S.SUSPENDED, by="organ", title="暂扣（中止）"),
        Move("resume",   _S.SUSPENDED, _S.VALID, by="organ", title="恢复"),
        Move("expire",   (_S.VALID, _S.SUSPENDED), _S.EXPIRED, by="system", title="到期失效"),
        Move("revoke",   (_S.VALID, _S.SUSPENDED, _S.EXPIRED), _S.REVOKED,
             by="organ", title="撤销"),
        Move("withdraw_as_penalty", (_S.VALID, _S.SUSPENDED), _S.WITHDRAWN_AS_PENALTY,
             by="organ", title="吊销"),
        Move("transfer", _S.VALID, _S.TRANSFERRED, by="organ", title="转出"),
        Move("cancel",   (_S.VALID, _S.SUSPENDED, *_ENDED), _S.CANCELLED,
             by="organ", title="注销"),
    ),
    titles={
        _S.PRODUCING: "制证中", _S.VALID: "有效", _S.SUSPENDED: "暂扣（中止）",
        _S.REVOKED: "撤销", _S.CANCELLED: "注销", _S.EXPIRED: "失效",
        _S.TRANSFERRED: "办理转出", _S.WITHDRAWN_AS_PENALTY: "吊销",
    },
)
# fmt: on


class ComprehensiveState(StrEnum):
    """Overall state of a comprehensive licence; it follows from its parts and is never chosen."""

    VALID = "valid"
    PARTIAL = "partial"
    INVALID = "invalid"


# Derived from its parts, and back again when a part is resumed, renewed or granted anew.
COMPREHENSIVE_TITLES = {
    ComprehensiveState.VALID: "有效",
    ComprehensiveState.PARTIAL: "部分有效",
    ComprehensiveState.INVALID: "失效",
}


class MoreTimeState(StrEnum):
    """A request for more time to begin the work: asked, and what the issuer answered."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


MORE_TIME_LIFE = Machine(
    name="more_time",
    subject="开工延期申请",
    states=MoreTimeState,
    initial=MoreTimeState.ASKED,
    final=frozenset({MoreTimeState.GRANTED, MoreTimeState.REFUSED}),
    moves=(
        Move("grant", MoreTimeState.ASKED, MoreTimeState.GRANTED, by="decider", title="同意延期"),
        Move("refuse", MoreTimeState.ASKED, MoreTimeState.REFUSED, by="decider", title="不同意"),
    ),
    titles={
        MoreTimeState.ASKED: "等待答复",
        MoreTimeState.GRANTED: "已同意",
        MoreTimeState.REFUSED: "未同意",
    },
)


class ReportState(StrEnum):
    """A report that somebody made by scanning: waiting for its answer, or answered."""

    OPEN = "open"
    ANSWERED = "answered"


REPORT_LIFE = Machine(
    name="report",
    subject="扫码反映",
    states=ReportState,
    initial=ReportState.OPEN,
    final=frozenset({ReportState.ANSWERED}),
    moves=(Move("answer", ReportState.OPEN, ReportState.ANSWERED, by="window", title="答复"),),
    titles={ReportState.OPEN: "等待答复", ReportState.ANSWERED: "已答复"},
)


class GrantState(StrEnum):
    """Life of a grant; that its days or times have run out is read from it, not stored."""

    ACTIVE = "active"
    REVOKED = "revoked"


GRANT_LIFE = Machine(
    name="licence grant",
    subject="授权用证",
    states=GrantState,
    initial=GrantState.ACTIVE,
    final=frozenset({GrantState.REVOKED}),
    moves=(Move("revoke", GrantState.ACTIVE, GrantState.REVOKED, by="holder", title="收回授权"),),
    titles={GrantState.ACTIVE: "有效", GrantState.REVOKED: "已收回"},
)
