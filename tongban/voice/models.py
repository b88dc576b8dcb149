"""Tables of the voice room: calls, and what was told of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.voice.states import CallState, Do, EventState


class Call(models.Model):
    """One call. ``talk`` is where the caller stands in the menu and what was understood.

    ``offered_at`` is when it first waited for an operator and ``answered_at`` when one first took
    it; ``waiting_at`` and ``taken_at`` are of the last time. ``key`` is the source of the ticket
    that comes of the call (``line/<key>``), so that menu and operator make one ticket.
    ``applied`` is the place up to which events were applied.
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
    offered_at = models.DateTimeField(null=True)
    operator = models.ForeignKey("people.Account", models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["waiting_at"],
                name="voice_call_waiting",
                condition=Q(state=CallState.WAITING),
            ),
            models.Index(
                fields=["started_at"],
                include=["offered_at", "answered_at", "ended_at"],
                name="voice_call_offered",
                condition=Q(offered_at__isnull=False),
            ),
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


class Order(models.Model):
    """What the telephone system shall do with a call without having told of anything.

    It is told until the telephone system confirms it or the call has ended (``done_at``);
    ``told_at`` is when it was first told.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="orders", db_index=False)
    do = models.TextField()
    say = models.TextField(default="")
    language = models.TextField(default="zh")
    node = models.TextField(default="")
    given_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["call"], name="voice_order_open", condition=Q(done_at__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(do__in=[one.value for one in Do]), name="voice_order_do"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.do} for call {self.call_id}"
