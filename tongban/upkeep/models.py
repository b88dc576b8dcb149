"""Tables of the upkeep room. State, unit and clocks stand with the proceedings."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Answer(models.Model):
    """An answer of a unit, from its draft to the knowledge base.

    ``code`` names it there; ``of_code`` is set where it replaces one of the content. ``source`` is
    the number of the request that it came from, ``asked`` how often it was asked. ``number`` is
    the version that was published last; ``author_id``, ``approver_id``, ``publisher_id`` are the
    accounts behind the text as it stands.
    """

    proceeding = models.OneToOneField(
        "engine.Proceeding", models.PROTECT, primary_key=True, related_name="+"
    )
    code = models.TextField(unique=True)
    unit = models.TextField()
    region = models.CharField(max_length=12)
    title = models.TextField()
    questions = ArrayField(models.TextField(), default=list)
    text = models.TextField()
    translations = models.JSONField(default=dict)
    basis = models.TextField(default="")
    domain = models.TextField(default="")
    item = models.TextField(default="")
    until = models.DateField(null=True)
    source = models.TextField(default="")
    asked = models.PositiveIntegerField(default=1)
    number = models.PositiveIntegerField(default=0)
    author_id = models.BigIntegerField(null=True)
    approver_id = models.BigIntegerField(null=True)
    publisher_id = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(F("unit"), F("proceeding").desc(), name="upkeep_answer_unit")]

    def __str__(self) -> str:
        return f"answer {self.code}"


class Element(models.Model):
    """What people say about one element of a guide: one open task for one element.

    ``package`` and ``item`` (empty: of the whole) say where, ``element`` which. ``version`` is
    the published number when it was opened, ``new_version`` the one that changed it.
    """

    proceeding = models.OneToOneField(
        "engine.Proceeding", models.PROTECT, primary_key=True, related_name="+"
    )
    unit = models.TextField()
    package = models.TextField()
    item = models.TextField(default="")
    element = models.TextField()
    version = models.PositiveIntegerField()
    new_version = models.PositiveIntegerField(null=True)
    count = models.PositiveIntegerField(default=0)
    reply = models.TextField(default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(F("unit"), F("proceeding").desc(), name="upkeep_element_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "item", "element"],
                name="upkeep_element_open",
                condition=Q(closed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.element} of {self.package}"


class Report(models.Model):
    """One person says that an element is wrong; who that is stands nowhere but here.

    ``kind`` and ``number`` are of the review or request in which it was said; ``text`` is masked.
    """

    id = models.BigAutoField(primary_key=True)
    element = models.ForeignKey(Element, models.PROTECT, related_name="reports")
    kind = models.TextField()
    number = models.TextField()
    party_id = models.BigIntegerField()
    text = models.TextField(default="")
    suggested = models.BooleanField(default=False)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="upkeep_report_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["review", "ticket"]), name="upkeep_report_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"
