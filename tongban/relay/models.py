"""Tables of the relay room: what was handed over, what was told of it, who agreed, what alarms."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.relay.states import DIRECTIONS, HOTLINE, OPEN, TOLD, PassingState


class Passing(models.Model):
    """A request handed to somebody outside (out), or come from there (in); once for each.

    ``position`` is the place of the last thing that was told; what comes with a lower one is
    late and changes nothing.
    """

    partner = models.TextField()
    direction = models.TextField()
    ticket = models.ForeignKey("hotline.Ticket", models.PROTECT, related_name="+")
    task = models.ForeignKey("hotline.Task", models.PROTECT, null=True, related_name="+")
    number = models.TextField()
    theirs = models.TextField(default="")
    state = models.TextField(default=PassingState.QUEUED)
    words = models.TextField(default="")
    position = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["retry_at"], name="relay_passing_due", condition=Q(state__in=OPEN)
            ),
            models.Index(fields=["ticket"], name="relay_passing_ticket"),
            models.Index(
                fields=["partner", "asked_at"],
                name="relay_passing_asked",
                condition=Q(state__in=OPEN),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "direction", "number"], name="relay_passing_once"
            ),
            models.UniqueConstraint(
                # What goes out is known by our number: theirs may come twice (found a double).
                fields=["partner", "theirs"],
                name="relay_passing_theirs",
                condition=Q(direction="in") & ~Q(theirs=""),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PassingState]),
                name="relay_passing_state",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=DIRECTIONS), name="relay_passing_direction"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.number} {self.partner}"


class Told(models.Model):
    """One thing that a partner said about a request; the same message is kept once."""

    passing = models.ForeignKey(Passing, models.PROTECT, related_name="told")
    message_id = models.TextField()
    seq = models.BigIntegerField()
    state = models.TextField()
    words = models.TextField(default="")
    at = models.DateTimeField()
    heard_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    copies = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["passing", "message_id"], name="relay_told_once"),
            models.CheckConstraint(condition=Q(state__in=TOLD), name="relay_told_state"),
        ]

    def __str__(self) -> str:
        return f"{self.state} of {self.passing_id}"


class Conference(models.Model):
    """A conversation of three (三方通话): who was there, who was called first, who accepts.

    Where nobody agreed the line that was called first accepts (国办发〔2022〕12号).
    """

    ticket = models.OneToOneField(
        "hotline.Ticket", models.PROTECT, primary_key=True, related_name="+"
    )
    parties = ArrayField(models.TextField())
    first_called = models.TextField()
    agreed = models.BooleanField()
    accepted_by = models.TextField(default=HOTLINE)
    text = models.TextField(default="")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Account", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"conference about {self.ticket_id}"


class Incident(models.Model):
    """An emergency of which a request speaks: once for each; who leads must say that he knows.

    State and clocks stand with its proceeding, which is not below the ticket: that one may end
    first.
    """

    ticket = models.OneToOneField(
        "hotline.Ticket", models.PROTECT, primary_key=True, related_name="+"
    )
    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, related_name="incident")
    kind = models.TextField(default="")
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        "people.Account", models.PROTECT, null=True, related_name="+"
    )
    note = models.TextField(default="")
    report = models.TextField(default="")
    reported_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["raised_at"],
                name="relay_incident_open",
                condition=Q(acknowledged_at__isnull=True),
            ),
            models.Index(fields=["raised_at"], name="relay_incident_raised"),
        ]

    def __str__(self) -> str:
        return f"incident of {self.ticket_id}"
