"""Tables of the packages room: the application as filed, its signatures, its one notice."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.packages.states import SignatureState


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

    The unique proceeding makes a second notice impossible (行政许可法 32(4)). ``pending`` is a
    supply that is complete but for the new signatures of others.
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT)
    lines = models.JSONField()
    sent_at = models.DateTimeField()
    sent_by = models.BigIntegerField()
    supplied_at = models.DateTimeField(null=True)
    pending = models.JSONField(null=True)

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


class Signature(models.Model):
    """The signature of one person on one paper of a draft, and what was signed.

    ``content`` is what the signature covers, word for word; ``content_hash`` is the SHA-256 of its
    canonical form as it was signed. ``code_key`` is the keyed hash of the signer's number, as that
    of a party. The token of the link is not stored. ``seal`` is the Ed25519 signature of this
    house over the statement that this account signed that hash at that time. ``proceeding`` is the
    case that the signature was filed with.
    """

    id = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey("forms.Draft", models.PROTECT, related_name="+", db_index=False)
    item = models.TextField()
    role = models.TextField()
    material = models.TextField()
    name = models.TextField()
    code_key = models.BinaryField(max_length=32)
    state = models.TextField()
    token_hash = models.TextField(null=True, unique=True)  # noqa: DJ001 -- NULL: no link is open
    content = models.JSONField()
    content_hash = models.BinaryField(max_length=32)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    reminded_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    signer = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    account_id = models.BigIntegerField(null=True)
    seal = models.BinaryField(max_length=64, null=True)
    seal_key = models.BinaryField(max_length=32, null=True)
    proceeding = models.ForeignKey(
        "engine.Proceeding", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["code_key"],
                name="packages_signature_asked",
                condition=Q(state=SignatureState.ASKED.value),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "item", "role", "code_key"],
                condition=~Q(state=SignatureState.VOID.value),
                name="packages_signature_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in SignatureState]),
                name="packages_signature_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=SignatureState.SIGNED.value)
                | Q(seal__isnull=False, signer__isnull=False, answered_at__isnull=False),
                name="packages_signature_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} on {self.material} of {self.draft_id}"


class Consignment(models.Model):
    """Results on their way by post, at most one at a time.

    ``outcome`` is empty on the way, then arrived or returned.
    """

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT, db_index=False)
    carrier = models.TextField()
    number = models.TextField()
    posted_at = models.DateTimeField()
    posted_by = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["proceeding", "id"], name="packages_consigned")]
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding"],
                condition=models.Q(ended_at=None),
                name="packages_one_in_the_post",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="")
                | models.Q(ended_at__isnull=False, outcome__in=["arrived", "returned"]),
                name="packages_consignment_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.number}"
