"""Tables of the voice room: calls, and what was told of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.voice.states import CallState, EventState


class Call(models.Model):
    """One call. ``talk`` is where the caller stands in the menu and what was understood.

    ``key`` is the source of the ticket that comes of the call (``line/<key>``), so that menu and
    operator make one ticket. ``applied`` is the place up to which events were applied.
    """

    call_id = models.TextField(unique=True)
    key = models.CharField(max_length=32, unique=True)
    caller = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    state = models.TextField(default=CallState.MENU)
    talk = models.JSONField(default=dict)
    applied = models.PositiveIntegerField(default=0)
    is_held = models.BooleanField(default=False)
    danger = models.TextField(default="")
    ticket = models.ForeignKey("hotline.Ticket", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    waiting_at = models.DateTimeField(null=True)
    operator = models.ForeignKey("people.Account", models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["waiting_at"],
                name="voice_call_waiting",
                condition=Q(state=CallState.WAITING),
            ),
            models.Index(fields=["started_at"], name="voice_call_started"),
            models.Index(
                fields=["started_at"],
                name="voice_call_open",
                condition=~Q(state=CallState.ENDED),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in CallState]), name="voice_call_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=CallState.TAKEN) | Q(operator__isnull=False),
                name="voice_call_taken_by",
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.call_id}"


class Event(models.Model):
    """One event of a call; what was told to the caller after it stands in ``answer``."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.TextField()
    speaker = models.TextField(default="caller")
    value = models.TextField(default="")
    language = models.TextField(default="")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    state = models.TextField(default=EventState.WAITING)
    copies = models.PositiveIntegerField(default=0)
    answer = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "seq"], name="voice_event_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in EventState]), name="voice_event_state"
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.seq} of call {self.call_id}"
