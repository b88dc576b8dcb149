"""Tables of the window room. Writing happens in `window.actions` only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongban.window.states import Capacity, How


class Screen(models.Model):
    """The second screen of a clerk, which faces the applicant; one for each clerk.

    It is found by the hash of its pairing code, which is not stored. ``draft`` and ``shown`` are
    what it shows now: the draft, and the hash of what was in it when the clerk asked. The times
    are machine time; they serve pairing, not the law.
    """

    account = models.OneToOneField("people.Account", models.PROTECT, related_name="+")
    code_hash = models.BinaryField(max_length=32, unique=True)
    # The first browser that opened the code; another one with the same code sees nothing.
    browser_hash = models.BinaryField(max_length=32, null=True)
    paired_at = models.DateTimeField()
    draft = models.ForeignKey("forms.Draft", models.SET_NULL, null=True, related_name="+")
    shown = models.TextField(default="")

    def __str__(self) -> str:
        return f"screen of {self.account_id}"


class Confirmation(models.Model):
    """What an applicant at a window answered to what was shown; rows are never changed.

    ``shown`` is the hash of the content. ``agreed`` is false where the applicant refused it.
    ``proof`` is the drawn signature or the scan of the signed printout.
    """

    draft = models.ForeignKey("forms.Draft", models.PROTECT, db_index=False, related_name="+")
    shown = models.TextField()
    how = models.TextField()
    agreed = models.BooleanField()
    language = models.TextField()
    proof = models.ForeignKey(
        "documents.StoredFile", models.PROTECT, null=True, db_index=False, related_name="+"
    )
    clerk = models.ForeignKey("people.Account", models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(F("draft"), F("id").desc(), name="window_confirmation_last")]
        constraints = [
            models.CheckConstraint(
                condition=Q(how__in=[one.value for one in How]), name="window_confirmation_how"
            ),
            models.CheckConstraint(
                condition=~Q(how=How.PAPER.value) | Q(proof__isnull=False),
                name="window_paper_is_scanned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.how} of {self.draft_id}"


class Handover(models.Model):
    """The proof of delivery (送达回证) of results that were handed over at a window."""

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, related_name="+")
    receiver = models.ForeignKey("people.Party", models.PROTECT, db_index=False, related_name="+")
    capacity = models.TextField()
    proof = models.ForeignKey(
        "documents.StoredFile", models.PROTECT, db_index=False, related_name="+"
    )
    power = models.ForeignKey(
        "documents.StoredFile", models.PROTECT, null=True, db_index=False, related_name="+"
    )
    clerk = models.ForeignKey("people.Account", models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__in=[one.value for one in Capacity]),
                name="window_handover_capacity",
            ),
            models.CheckConstraint(
                condition=~Q(capacity=Capacity.ATTORNEY.value) | Q(power__isnull=False),
                name="window_attorney_has_power",
            ),
        ]

    def __str__(self) -> str:
        return f"handover of {self.proceeding_id}"
