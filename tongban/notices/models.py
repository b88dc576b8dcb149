"""Tables of the room of notices. Writing happens in `notices.actions` only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongban.notices.states import DeliveryState, Outcome


class Message(models.Model):
    """One message to one party; it lies in the inbox from the moment it is written.

    ``key`` names the template, ``kind`` its family (domain-07 §12.2). ``words`` are what was
    said, by language: they do not change with the template, since a statutory notice proves what
    a party was told. ``dedup`` says which happening it tells of: the same is told once.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    kind = models.TextField()
    key = models.TextField()
    params = models.JSONField(default=dict)
    words = models.JSONField()
    proceeding = models.TextField(default="")
    statutory = models.BooleanField(default=False)
    dedup = models.TextField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("party_id"), F("id").desc(), name="notices_message_inbox"),
            models.Index(
                fields=["party_id"], name="notices_message_unread", condition=Q(read_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["party_id", "dedup"], name="notices_message_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.party_id}"


class Delivery(models.Model):
    """A message on its way through a gateway.

    ``not_before`` is city time (quiet hours), ``retry_at`` machine time (a gateway that was
    down): both must have passed. The address is asked for anew at each attempt, so that a
    changed number counts at once; an attempt keeps it masked.
    """

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries", db_index=False)
    channel = models.TextField()
    state = models.TextField(default=DeliveryState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    retry_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["retry_at", "id"],
                name="notices_delivery_waiting",
                condition=Q(state="waiting"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="notices_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in DeliveryState]),
                name="notices_delivery_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.message_id}: {self.state}"


class Attempt(models.Model):
    """One attempt of a delivery and what the gateway said: the proof that it was tried."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    outcome = models.TextField()
    address = models.TextField(default="")
    reference = models.TextField(default="")
    detail = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[word.value for word in Outcome]),
                name="notices_attempt_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at}"


class Choice(models.Model):
    """A party that wants no short messages; statutory ones are sent all the same."""

    party_id = models.BigIntegerField(primary_key=True)
    sms = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.party_id}: {self.sms}"
