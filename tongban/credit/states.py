"""The life of a record of credit (信用记录, domain-07 §12.4) as one table."""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move


class RecordState(StrEnum):
    """Where a record is. That its time is over is read from its day, not stored."""

    STANDING = "standing"
    OBJECTED = "objected"  # the person says that it is wrong; it bars nothing meanwhile
    LIFTED = "lifted"  # it was wrong
    REPAIRED = "repaired"  # the person has put right what was wrong


_S = RecordState

# fmt: off
LIFE = Machine(
    name="credit",
    subject="信用记录",
    states=RecordState,
    initial=_S.STANDING,
    final=frozenset({_S.LIFTED, _S.REPAIRED}),
    moves=(
        Move("object", _S.STANDING, _S.OBJECTED, by="applicant", title="提出异议"),
        Move("uphold", _S.OBJECTED, _S.STANDING, by="head", title="维持记录"),
        Move("lift",   _S.OBJECTED, _S.LIFTED,   by="head", title="撤销记录"),
        Move("repair", _S.STANDING, _S.REPAIRED, by="head", title="准予信用修复"),
    ),
    titles={
        _S.STANDING: "有效", _S.OBJECTED: "异议处理中", _S.LIFTED: "已撤销",
        _S.REPAIRED: "已修复",
    },
)
# fmt: on

RECORDED = {"note_credit": "记入信用记录"}
