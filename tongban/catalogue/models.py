"""Tables of the catalogue. Writing happens in `catalogue.actions` only."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F


class Version(models.Model):
    """One published version: a compiled package, an item, a licence type, or a live part.

    ``valid`` is the half-open range of days on which new applications use it (empty for one that
    was replaced before it came into force). A trigger refuses every other change, so that what a
    running case is pinned to stays what it was. ``data`` is Chinese only; translations are live.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    code = models.TextField()
    slug = models.TextField(default="")
    number = models.PositiveIntegerField()
    hash = models.TextField(help_text="SHA-256 of the canonical data, in hexadecimal")
    data = models.JSONField()
    valid = DateRangeField()
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(help_text="account id, 0 for the system")

    class Meta:
        indexes = [
            models.Index(
                F("kind"), F("slug"), name="catalogue_version_slug", condition=~models.Q(slug="")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["package", "item", "licence", "live"]),
                name="catalogue_version_kind",
            ),
            models.UniqueConstraint(
                fields=["kind", "code", "number"], name="catalogue_version_number"
            ),
            ExclusionConstraint(
                name="catalogue_version_no_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} v{self.number}"


class WrittenAnswer(models.Model):
    """A version of an answer that a unit wrote on the desk; rows are added and never changed.

    The newest row of a code counts: over the content's answer of that code too, and off where
    ``is_on`` is false. ``data`` are the fields of `content.answers.Answer`, and who wrote it.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.TextField()
    number = models.PositiveIntegerField()
    unit = models.TextField()
    is_on = models.BooleanField()
    data = models.JSONField()
    author = models.TextField(default="")
    source = models.TextField(default="")
    written_at = models.DateTimeField()
    written_by = models.BigIntegerField(help_text="account id, 0 for the system")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="catalogue_answer_number"),
        ]

    def __str__(self) -> str:
        return f"answer {self.code} v{self.number}"
