"""Tables of the catalogue: immutable dated versions, and the live part of the content."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models


class Version(models.Model):
    """One published version of a package (compiled) or an item; its data never changes.

    ``valid`` is the half-open range of days on which new applications use it. Two versions of
    one code never overlap; only the end of the range may be set later.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    code = models.TextField()
    slug = models.TextField(default="")
    number = models.PositiveIntegerField()
    hash = models.TextField()
    data = models.JSONField()
    valid = DateRangeField()
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "number"],
                                    name="catalogue_version_number"),
            ExclusionConstraint(
                name="catalogue_version_no_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL), ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} v{self.number}"


class Live(models.Model):
    """A live part of the content (calendars, ready phrases, parameters …); the newest row holds."""

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    hash = models.TextField()
    data = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "-id"], name="catalogue_live_newest")]

    def __str__(self) -> str:
        return self.name
