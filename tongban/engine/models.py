"""Tables of the engine. Writing happens through `engine.actions.Act` only."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models
from django.db.models import F, Q

# Sorts after every deadline; a constant instead of NULL keeps one index for keyset pages.
NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)


class Proceeding(models.Model):
    """Anything with a life, steps and clocks.

    ``facts`` holds small facts of the owning room that the engine passes on and never reads, but
    for ``shown_party``: whoever asks is hidden, and who stands there instead.
    ``version_id`` is the published content version that the proceeding is pinned to.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.TextField(unique=True)
    kind = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, db_index=False)
    region = models.CharField(max_length=12)
    department = models.TextField()
    party = models.ForeignKey("people.Party", models.PROTECT, db_index=False)
    version_id = models.BigIntegerField()
    state = models.TextField()
    facts = models.JSONField(default=dict)
    open_children = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["parent", "id"],
                name="engine_proceeding_family",
                condition=Q(parent__isnull=False),
            ),
            models.Index(F("party"), F("id").desc(), name="engine_proceeding_party"),
            models.Index(
                F("department"), F("region"), F("id").desc(), name="engine_proceeding_dept"
            ),
            # What an organ is working on, the newest first, however much it has ended.
            models.Index(
                F("department"),
                F("kind"),
                F("id").desc(),
                name="engine_proceeding_at_work",
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Step(models.Model):
    """One step of a proceeding: in whose queue, with whom, since when, with what outcome.

    ``rank_at`` orders the inbox: the nearest deadline of the proceeding, or `NO_DEADLINE`.
    """

    id = models.BigAutoField(primary_key=True)
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, db_index=False)
    code = models.TextField()
    queue = models.TextField()
    region = models.CharField(max_length=12)
    whose = models.TextField()
    state = models.TextField()
    turn = models.PositiveSmallIntegerField(default=0)
    assignee_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    rank_at = models.DateTimeField()
    outcome = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(fields=["proceeding", "id"], name="engine_step_proceeding"),
            models.Index(
                fields=["queue", "rank_at", "id"],
                name="engine_step_inbox",
                condition=Q(state="open") & ~Q(whose="elsewhere"),
            ),
            models.Index(
                fields=["assignee_id", "rank_at", "id"],
                name="engine_step_mine",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["assignee_id", "closed_at"],
                name="engine_step_done",
                condition=Q(state="done", assignee_id__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding", "code"],
                condition=Q(state="open"),
                name="engine_step_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "done", "cancelled"]), name="engine_step_state"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None)
                | (~Q(state="open") & ~Q(closed_at=None)),
                name="engine_step_closed_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.queue}"


class Clock(models.Model):
    """The ledger of one clock and the index of its deadline.

    ``due_at`` and ``next_fire_at`` are an index only: `tongban clocks audit` recomputes them
    from the journal every night. ``due_at`` stays empty while the calendar of a needed year is
    not published; ``not_before`` then says the earliest possible day.
    """

    id = models.BigAutoField(primary_key=True)
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, db_index=False)
    name = models.TextField()
    started_at = models.DateTimeField(null=True)
    suspensions = models.JSONField(default=list)
    pauses = models.PositiveSmallIntegerField(default=0)
    extended_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    not_before = models.DateField(null=True)
    next_fire_at = models.DateTimeField(null=True)
    next_fire_level = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_fire_at", "id"],
                name="engine_clock_sweep",
                condition=Q(next_fire_at__isnull=False),
            ),
            models.Index(
                fields=["not_before", "id"],
                name="engine_clock_unknown",
                condition=Q(not_before__isnull=False),
            ),
            # What is overdue now, and what fell due in a period.
            models.Index(
                fields=["name", "due_at"],
                name="engine_clock_running",
                condition=Q(stopped_at__isnull=True, due_at__isnull=False),
            ),
            models.Index(
                fields=["name", "due_at"],
                name="engine_clock_due",
                condition=Q(due_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "name"], name="engine_clock_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.proceeding_id}"


class AssignmentDay(models.Model):
    """The day's secret of random assignment: committed in the morning, revealed after close."""

    day = models.DateField(primary_key=True)
    commitment = models.TextField()
    secret = models.BinaryField()
    published_at = models.DateTimeField()
    revealed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.day.isoformat()
