"""Writes of the upkeep room: answers from draft to shelf, tasks about elements of guides."""

from tongban.upkeep.actions.answers import (
    approve_answer,
    ask_review_in,
    confirm_answer,
    draft_answer,
    drop_answer,
    publish_answer,
    retire_answer,
    return_answer,
    revise_answer,
    send_back_answer,
    submit_answer,
    write_new_answer,
)
from tongban.upkeep.actions.elements import (
    Said,
    change_element,
    forget_element,
    keep_element,
    rate_guide,
    report_element,
)

__all__ = [
    "Said",
    "approve_answer",
    "ask_review_in",
    "change_element",
    "confirm_answer",
    "draft_answer",
    "drop_answer",
    "forget_element",
    "keep_element",
    "publish_answer",
    "rate_guide",
    "report_element",
    "retire_answer",
    "return_answer",
    "revise_answer",
    "send_back_answer",
    "submit_answer",
    "write_new_answer",
]
