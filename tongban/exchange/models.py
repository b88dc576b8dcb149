"""Tables of the exchange: links, messages out, messages in, the reject list, entries by hand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.exchange.states import (
    OPEN_REPORTS,
    OPEN_SENDINGS,
    ArrivalState,
    BackfillState,
    Reporting,
    ReportState,
    SendingState,
)


class Link(models.Model):
    """The way to one department's system; its id, negative, names the system as an actor."""

    id = models.BigAutoField(primary_key=True)
    code = models.TextField(unique=True)
    is_down = models.BooleanField(default=False)
    reason = models.TextField(default="")
    since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


class Sending(models.Model):
    """One message to a department's system.

    ``body`` is exactly what is sent, so that its hash is the same at each attempt. ``queued_at``
    and ``sent_at`` are the city's time, ``retry_at`` the machine's.
    """

    id = models.BigAutoField(primary_key=True)
    message_id = models.UUIDField(unique=True)
    system = models.TextField()
    kind = models.TextField()
    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT, db_index=False)
    cause_id = models.BigIntegerField()
    number = models.TextField()
    body = models.JSONField()
    request_hash = models.CharField(max_length=64)
    state = models.TextField(default=SendingState.QUEUED.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(default="")
    reference = models.TextField(default="")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "cause_id"], name="exchange_sent_once"),
            models.UniqueConstraint(
                fields=["proceeding"],
                condition=Q(kind="application"),
                name="exchange_one_application",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in SendingState]),
                name="exchange_sending_state",
            ),
        ]
        indexes = [
            models.Index(fields=["system", "number"], name="exchange_sending_number"),
            models.Index(
                fields=["retry_at", "id"],
                name="exchange_sending_open",
                condition=Q(state__in=[s.value for s in OPEN_SENDINGS]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} to {self.system}"


class Arrival(models.Model):
    """One message from a department's system; ``copies`` counts how often it came."""

    id = models.BigAutoField(primary_key=True)
    system = models.TextField()
    message_id = models.UUIDField()
    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT, db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.TextField()
    body = models.JSONField()
    body_hash = models.CharField(max_length=64)
    event_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    state = models.TextField(default=ArrivalState.WAITING.value)
    reason = models.TextField(default="")
    copies = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "message_id"], name="exchange_heard_once"),
            models.UniqueConstraint(
                fields=["proceeding", "system", "seq"], name="exchange_one_of_each_seq"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ArrivalState]),
                name="exchange_arrival_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["system", "id"],
                name="exchange_arrival_waiting",
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq} from {self.system}"


class Reject(models.Model):
    """A message that was refused, with the reason; ``raw`` is cut after some thousand characters.

    What cannot be read names no case.
    """

    id = models.BigAutoField(primary_key=True)
    system = models.TextField(db_index=True)
    message_id = models.TextField(default="")
    number = models.TextField(default="")
    code = models.TextField()
    sentence = models.TextField()
    raw = models.TextField()
    arrived_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} from {self.system}"


class Backfill(models.Model):
    """What a clerk entered while the link was down (补录): number, result and scan, no more."""

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, primary_key=True)
    system = models.TextField()
    number = models.TextField()
    result = models.TextField()
    scan = models.ForeignKey("documents.StoredFile", models.PROTECT, db_index=False)
    entered_by = models.BigIntegerField()
    entered_at = models.DateTimeField()
    state = models.TextField(default=BackfillState.OPEN.value)
    difference = models.TextField(default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in BackfillState]),
                name="exchange_backfill_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result} {self.number}"


class Report(models.Model):
    """What one entry of the journal says to the regional platform.

    ``subject`` is what reports are kept in order by: the id of a proceeding, or the identifier of
    a licence. ``body`` is fixed by the first attempt; what was rejected is put into words anew.
    ``happened_at`` and ``sent_at`` are the city's time, ``retry_at`` the machine's.
    """

    id = models.BigAutoField(primary_key=True)
    message_id = models.UUIDField(unique=True)
    cause_id = models.BigIntegerField(unique=True)
    kind = models.TextField()
    subject = models.TextField()
    verb = models.TextField()
    told = models.JSONField(default=dict)
    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT, null=True, db_index=False)
    body = models.JSONField(default=dict)
    request_hash = models.CharField(max_length=64, default="")
    state = models.TextField(default=ReportState.QUEUED.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(default="")
    receipt = models.TextField(default="")
    reject_code = models.TextField(default="")
    reject_sentence = models.TextField(default="")
    happened_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[s.value for s in Reporting]), name="exchange_report_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ReportState]),
                name="exchange_report_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subject", "id"],
                name="exchange_report_open",
                condition=Q(state__in=[s.value for s in OPEN_REPORTS]),
            ),
            models.Index(
                fields=["id"],
                name="exchange_report_listed",
                condition=Q(state__in=["rejected", "given_up"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Reconciliation(models.Model):
    """What a comparison with one system found on a day of the city."""

    id = models.BigAutoField(primary_key=True)
    system = models.TextField()
    day = models.DateField()
    at = models.DateTimeField()
    found = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "day"], name="exchange_reconciled_daily"),
        ]

    def __str__(self) -> str:
        return f"{self.system} on {self.day}"
