"""What becomes of a message on its way out, of one that came in, and of an entry made by hand."""

from __future__ import annotations

from enum import StrEnum


class SendingState(StrEnum):
    """A message to a department's system."""

    QUEUED = "queued"
    SENT = "sent"  # taken there, no receipt yet
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"  # tried again later
    GIVEN_UP = "given_up"  # an operator has to look


class ArrivalState(StrEnum):
    """A message from a department's system."""

    WAITING = "waiting"  # for an earlier one, or for the case to be accepted here
    APPLIED = "applied"
    REJECTED = "rejected"


class BackfillState(StrEnum):
    """What a clerk entered while the link was down (补录)."""

    OPEN = "open"  # the real message has not come yet
    CLOSED = "closed"  # it came and says the same
    ALARM = "alarm"  # it came and says something else


BACKFILL_TITLES = {
    BackfillState.OPEN: "等待部门业务系统的报文核对",
    BackfillState.CLOSED: "与部门业务系统一致，已核销",
    BackfillState.ALARM: "与部门业务系统不一致，须人工处理",
}


class Sent(StrEnum):
    """Why a message goes out."""

    APPLICATION = "application"
    SUPPLY = "supply"
    WITHDRAWAL = "withdrawal"


class Reporting(StrEnum):
    """What a report to the region is about."""

    PROCESS = "process"
    RESULT = "result"
    LICENCE = "licence"
    REVIEW = "review"


class ReportState(StrEnum):
    """A report to the regional platform."""

    QUEUED = "queued"
    RECEIVED = "received"  # there is a receipt
    FAILED = "failed"  # tried again later
    REJECTED = "rejected"  # on the platform's reject list
    GIVEN_UP = "given_up"


OPEN_REPORTS = (ReportState.QUEUED, ReportState.FAILED)
OPEN_SENDINGS = (SendingState.QUEUED, SendingState.FAILED)
