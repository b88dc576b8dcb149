"""Writing in the engine: the action itself, deadlines that fire, random assignment."""

from tongban.engine.actions.act import Act, Locked, NewProceeding, StepRow, fire
from tongban.engine.actions.assignment import (
    assign_open_steps,
    ensure_assignment_day,
    hand_over_steps,
    keep_assignment_days,
    reassign_step,
    reveal_secrets,
)
from tongban.engine.actions.deadlines import reindex_clocks, sweep

__all__ = [
    "Act",
    "Locked",
    "NewProceeding",
    "StepRow",
    "assign_open_steps",
    "ensure_assignment_day",
    "fire",
    "hand_over_steps",
    "keep_assignment_days",
    "reassign_step",
    "reindex_clocks",
    "reveal_secrets",
    "sweep",
]
