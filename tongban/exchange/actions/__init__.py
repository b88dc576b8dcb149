"""The verbs of the exchange: hand over, send, hear, enter by hand, compare."""

from tongban.exchange.actions.backfills import NewBackfill, backfill
from tongban.exchange.actions.fetching import fetch_file, fetch_words
from tongban.exchange.actions.hearing import Heard, apply_waiting, collect, hear
from tongban.exchange.actions.links import mark_down, mark_up
from tongban.exchange.actions.reconciling import reconcile
from tongban.exchange.actions.reporting import (
    report_licence,
    report_review,
    report_turn,
    resend_reports,
    send_report,
    send_reports,
)
from tongban.exchange.actions.sending import hand_over, resend, send, send_due, tell_change

__all__ = [
    "Heard",
    "NewBackfill",
    "apply_waiting",
    "backfill",
    "collect",
    "fetch_file",
    "fetch_words",
    "hand_over",
    "hear",
    "mark_down",
    "mark_up",
    "reconcile",
    "report_licence",
    "report_review",
    "report_turn",
    "resend",
    "resend_reports",
    "send",
    "send_due",
    "send_report",
    "send_reports",
    "tell_change",
]
