"""The check after a decision on a commitment (告知承诺, domain-03 §3.8), and the letter's fate."""

from __future__ import annotations

from enum import StrEnum

from tongban.cases.states.sides import OFFICERS
from tongban.kernel.machines import Machine, Move


class LetterState(StrEnum):
    """What became of a commitment letter."""

    SIGNED = "signed"
    WITHDRAWN = "withdrawn"  # by the applicant, before the decision
    FULFILLED = "fulfilled"
    BREACHED = "breached"


class CheckState(StrEnum):
    """Where a check after the decision is."""

    DUE = "due"
    CORRECTING = "correcting"  # faults were found, the holder puts them right in a time
    FULFILLED = "fulfilled"
    BREACHED = "breached"  # the decision is revoked


_S = CheckState

# fmt: off
CHECK_LIFE = Machine(
    name="check",
    subject="承诺核查",
    states=CheckState,
    initial=_S.DUE,
    final=frozenset({_S.FULFILLED, _S.BREACHED}),
    moves=(
        Move("pass_check", _S.DUE, _S.FULFILLED, by=OFFICERS, title="核查合格"),
        Move("ask_to_correct", _S.DUE, _S.CORRECTING, by=OFFICERS, title="责令限期改正"),
        Move("report_corrected", _S.CORRECTING, _S.DUE, by="applicant", title="报告已经改正"),
        Move("lapse_correcting", _S.CORRECTING, _S.DUE, by="system", title="到期未报告改正"),
        Move("fail_check", _S.DUE, _S.BREACHED, by="decider", title="认定承诺不实，撤销决定"),
    ),
    titles={
        _S.DUE: "待核查", _S.CORRECTING: "限期改正", _S.FULFILLED: "已履行",
        _S.BREACHED: "承诺不实，已撤销",
    },
)
# fmt: on

CHECK_RECORDED = {
    "begin_check": "决定作出后开始核查",
    "clock_warned": "时限预警",
    "clock_expired": "时限届满",
}
