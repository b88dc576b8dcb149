"""Tables of the room of payments. Writing happens in `payments.actions` only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.payments.states import AttemptState, OrderState, WhenDue


class Order(models.Model):
    """What one party owes for one case, by content: lines, amount in fen, what waits for it.

    ``lines`` are {name, fen, standard}; ``basis`` is the law or the notice. ``reference`` is the
    bank's of the payment that counts.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.TextField(unique=True)
    region = models.CharField(max_length=12)
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    proceeding_id = models.BigIntegerField()
    package_id = models.BigIntegerField(db_index=True)
    case_number = models.TextField()
    item = models.TextField()
    department = models.TextField()
    subject = models.JSONField()
    payee = models.JSONField(default=dict)
    lines = models.JSONField()
    amount_fen = models.PositiveBigIntegerField()
    basis = models.TextField()
    when_due = models.TextField()
    is_refundable = models.BooleanField()
    state = models.TextField(default=OrderState.DUE.value)
    reference = models.TextField(default="")
    opened_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proceeding_id"], name="payments_order_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_order_amount"),
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in OrderState]),
                name="payments_order_state",
            ),
            models.CheckConstraint(
                condition=Q(when_due__in=[word.value for word in WhenDue]),
                name="payments_order_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["due", "closed"])
                | Q(paid_at__isnull=False) & ~Q(reference=""),
                name="payments_order_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Attempt(models.Model):
    """One try to pay an order. ``returned_at`` is set where a second payment was given back."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="attempts")
    reference = models.TextField(unique=True)
    amount_fen = models.PositiveBigIntegerField()
    collected_fen = models.PositiveBigIntegerField(null=True)
    state = models.TextField(default=AttemptState.OPEN.value)
    started_by = models.BigIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"],
                name="payments_attempt_open",
                condition=Q(state=AttemptState.OPEN.value),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in AttemptState]),
                name="payments_attempt_state",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
