"""A question before the application (提前介入), answered in writing: no clock, no acceptance."""

from __future__ import annotations

from enum import StrEnum

from tongban.cases.states.sides import OFFICERS
from tongban.kernel.machines import Machine, Move


class EarlyState(StrEnum):
    """Where a question before the application is."""

    ASKED = "asked"
    ANSWERED = "answered"


_S = EarlyState

EARLY_LIFE = Machine(
    name="early",
    subject="提前介入",
    states=EarlyState,
    initial=_S.ASKED,
    final=frozenset({_S.ANSWERED}),
    moves=(Move("answer_early", _S.ASKED, _S.ANSWERED, by=OFFICERS, title="书面答复"),),
    titles={_S.ASKED: "等待答复", _S.ANSWERED: "已书面答复"},
)

EARLY_RECORDED = {"ask_early": "申请提前介入"}
EARLY_PREFIX = "TQ"
EARLY_STEP = "early"
