"""Tables of the packages room: the application as filed, its one notice, links to follow it."""

from __future__ import annotations

from django.db import models


class Application(models.Model):
    """What is filed once for all items.

    ``idempotency_key`` makes a double submission of one account answer the first one.
    ``facts`` are the answers to the situation questions, with the moment's known facts;
    ``promise`` is what the personal guide promised (days, figures), so that it can be held.
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, primary_key=True)
    account_id = models.BigIntegerField()
    idempotency_key = models.TextField()
    package_code = models.TextField()
    facts = models.JSONField(default=dict)
    promise = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "idempotency_key"], name="packages_submitted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_code} of {self.proceeding_id}"


class CorrectionNotice(models.Model):
    """The one-time notice (一次性告知): everything, once, for all departments together.

    The unique proceeding makes a second notice impossible (行政许可法 32(4)).
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT)
    lines = models.JSONField()
    sent_at = models.DateTimeField()
    sent_by = models.BigIntegerField()
    supplied_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"notice of {self.proceeding_id}"


class ShareLink(models.Model):
    """A read-only link to the progress of an application; the token itself is not stored."""

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    token_hash = models.TextField(unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link to {self.proceeding_id}"


class DraftPromise(models.Model):
    """That a material of a draft will be supplied after acceptance (容缺受理)."""

    draft = models.ForeignKey("forms.Draft", models.CASCADE)
    material_code = models.TextField()
    promised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "material_code"], name="packages_draft_promise_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material_code} promised with {self.draft_id}"


class DraftMaterial(models.Model):
    """A material put beside a draft; it is bound to the cases when the draft is submitted."""

    draft = models.ForeignKey("forms.Draft", models.CASCADE)
    material_code = models.TextField()
    material = models.ForeignKey("documents.Material", models.PROTECT)
    put_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "material"], name="packages_draft_material_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material_code} of {self.draft_id}"
