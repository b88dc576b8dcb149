"""Writing in the ratings room: inviting, rating, putting right, excluding, settling, counting."""

from tongban.ratings.actions.commenting import check_unit, comment
from tongban.ratings.actions.counting import detect_day, fold_changes, settle_flags
from tongban.ratings.actions.inviting import (
    Ended,
    invite,
    register_device,
    remind_invited,
    retire_device,
)
from tongban.ratings.actions.linking import link_review, link_ticket
from tongban.ratings.actions.mending import (
    answer_callback,
    appeal_review,
    ask_time,
    confirm_exclusion,
    contact_evaluator,
    dismiss_appeal,
    grant_time,
    handle_again,
    not_reached,
    open_rectification,
    overrule_exclusion,
    propose_exclusion,
    refuse_time,
    reply_evaluator,
    satisfied_at_callback,
    settle_callback,
    verify_review,
)
from tongban.ratings.actions.papers import monthly_report
from tongban.ratings.actions.rating import rate
from tongban.ratings.actions.reporting import report_rating
from tongban.ratings.actions.talking import record_talk

__all__ = [
    "Ended",
    "answer_callback",
    "appeal_review",
    "ask_time",
    "check_unit",
    "comment",
    "confirm_exclusion",
    "contact_evaluator",
    "detect_day",
    "dismiss_appeal",
    "fold_changes",
    "grant_time",
    "handle_again",
    "invite",
    "link_review",
    "link_ticket",
    "monthly_report",
    "not_reached",
    "open_rectification",
    "overrule_exclusion",
    "propose_exclusion",
    "rate",
    "record_talk",
    "refuse_time",
    "register_device",
    "remind_invited",
    "reply_evaluator",
    "report_rating",
    "retire_device",
    "satisfied_at_callback",
    "settle_callback",
    "settle_flags",
    "verify_review",
]
