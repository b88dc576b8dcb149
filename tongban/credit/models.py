"""The one table of the credit room: what is on record about a party, until when."""

from __future__ import annotations

from django.db import models


class CreditRecord(models.Model):
    """An event on record; its proceeding carries whose it is, who recorded it and its state.

    ``kind`` names a kind of the content, ``case_number`` what it comes from, ``until`` the last
    day on which it bars anything.
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, primary_key=True)
    kind = models.TextField()
    case_number = models.TextField()
    cause = models.TextField(unique=True)
    noted_on = models.DateField()
    until = models.DateField()
    is_published = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["-noted_on", "-proceeding"],
                name="credit_published",
                condition=models.Q(is_published=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_number}"
