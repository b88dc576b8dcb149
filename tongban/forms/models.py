"""Tables of the room of forms. Writing happens in `forms.actions` only."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Draft(models.Model):
    """An application being written, on any device.

    ``answers`` holds what was typed, as it was typed, valid or not. ``touched`` remembers the
    revision at which each element last changed, so that two devices can be told apart;
    ``disputed`` keeps the other values of such a meeting until the person has chosen.
    ``facts`` are the situation's, each {value, source, as_of}; ``unsure`` names the questions
    answered with "I don't know".

    A draft that a clerk types for somebody who stands at the window has ``counter``, the queue
    "<department>.window" that holds it, in ``region``, and ``person``, who stands there. Online
    drafts have none of the three and belong to whoever acts for the party.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey("people.Party", models.PROTECT, db_index=False)
    account = models.ForeignKey("people.Account", models.PROTECT, db_index=False)
    person = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, db_index=False, related_name="+"
    )
    counter = models.TextField(default="")
    region = models.TextField(default="")
    package = models.TextField()
    version_id = models.BigIntegerField()
    answers = models.JSONField(default=dict)
    touched = models.JSONField(default=dict)
    disputed = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    unsure = ArrayField(models.TextField(), default=list)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                F("party"),
                F("updated_at").desc(),
                name="forms_draft_open",
                condition=Q(submitted_at=None, discarded_at=None),
            ),
            models.Index(
                F("counter"),
                F("updated_at").desc(),
                name="forms_draft_counter",
                condition=~Q(counter="") & Q(submitted_at=None, discarded_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(discarded_at=None), name="forms_draft_one_end"
            ),
            models.CheckConstraint(
                condition=Q(counter="", region="", person=None)
                | ~Q(counter="") & ~Q(region="") & Q(person__isnull=False),
                name="forms_draft_at_counter",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.package}"


class Memory(models.Model):
    """That a party wants its answers remembered; without a row nothing is kept."""

    party = models.OneToOneField("people.Party", models.PROTECT, primary_key=True)
    agreed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"memory of {self.party_id}"


class Remembered(models.Model):
    """What a party answered last time to one element."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey("people.Party", models.PROTECT, db_index=False)
    element = models.TextField()
    value = models.JSONField()
    as_of = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "element"], name="forms_remembered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.element} of {self.party_id}"
