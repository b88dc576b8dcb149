"""Tables of the documents room. Writing happens in `documents.actions` only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongban.documents.states import DocumentState, MaterialState, TrustGrade


class StoredFile(models.Model):
    """One file as somebody gave it or an organ made it; its bytes lie in the object store.

    ``sha256`` addresses the stored bytes, ``received_sha256`` those that arrived, before hidden
    data was taken out. ``owner_party_id`` is empty for files that belong to no party.
    """

    id = models.BigAutoField(primary_key=True)
    sha256 = models.BinaryField(max_length=32)
    received_sha256 = models.BinaryField(max_length=32)
    size = models.BigIntegerField()
    media_type = models.TextField()
    name = models.TextField()
    owner_party_id = models.BigIntegerField(null=True)
    purpose = models.TextField()
    by_kind = models.TextField()
    by_id = models.BigIntegerField()
    stored_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["sha256"], name="documents_file_content"),
            models.Index(F("owner_party_id"), F("id").desc(), name="documents_file_owner"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_party_id", "received_sha256", "purpose", "name"],
                nulls_distinct=False,
                name="documents_file_once",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="documents_file_not_empty"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"


class Material(models.Model):
    """A file that stands for one kind of document in the hands of one party (domain-05 §6.7).

    ``given_for`` is the item for which it was first given; a ``sensitive`` material is offered
    again for the same item only. ``valid_until`` is the last day on which it may be used.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    material_code = models.TextField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="materials")
    trust = models.CharField(max_length=1)
    sensitive = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    given_for = models.TextField()
    valid_until = models.DateField(null=True)
    state = models.TextField(default=MaterialState.USABLE.value)
    state_reason = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(
                F("party_id"),
                F("material_code"),
                F("given_at").desc(),
                name="documents_material_party",
                condition=Q(state="usable"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "material_code", "file"], name="documents_material_once"
            ),
            models.CheckConstraint(
                condition=Q(trust__in=[word.value for word in TrustGrade]),
                name="documents_material_trust",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in MaterialState]),
                name="documents_material_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material_code} of {self.party_id}"


class Attachment(models.Model):
    """A material in one proceeding, for one item; ``is_reuse`` where it was given before."""

    id = models.BigAutoField(primary_key=True)
    material = models.ForeignKey(Material, models.PROTECT, related_name="attachments")
    proceeding_id = models.BigIntegerField()
    item_code = models.TextField(default="")
    is_reuse = models.BooleanField(default=False)
    by_kind = models.TextField()
    by_id = models.BigIntegerField()
    attached_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding_id", "item_code", "material"], name="documents_attachment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"material {self.material_id} in {self.proceeding_id}"


class Counter(models.Model):
    """The last document number of one organ mark, kind and year.

    Taken in a transaction of its own, never in a citizen's or clerk's action.
    """

    key = models.TextField(primary_key=True)
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"


class Document(models.Model):
    """A document that an organ hands out, from the decision to issue it to the sealed file.

    ``data`` is what the template is filled with. ``serial`` is known at once, the document
    ``number`` ({机关代字}〔{year}〕{n}号) from the first attempt to produce on. ``token`` opens
    the public check of the paper. ``retry_at`` is machine time and empty once it is issued.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    serial = models.TextField(unique=True)
    number = models.TextField(unique=True, null=True)  # noqa: DJ001 -- NULL says: not numbered yet
    token = models.TextField(unique=True)
    region = models.CharField(max_length=12)
    proceeding_id = models.BigIntegerField()
    cause = models.TextField(default="")
    party_id = models.BigIntegerField()
    department = models.TextField()
    organ = models.JSONField()
    data = models.JSONField()
    state = models.TextField(default=DocumentState.PENDING.value)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="documents")
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_fault = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(F("party_id"), F("id").desc(), name="documents_document_party"),
            models.Index(
                fields=["retry_at", "id"],
                name="documents_document_waiting",
                condition=Q(retry_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding_id", "kind", "cause"], name="documents_document_once"
            ),
            # Which kinds there are is a list that grows with every room; its shape is not.
            models.CheckConstraint(
                condition=Q(kind__regex="^[a-z]+(_[a-z]+)*$"), name="documents_document_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", issued_at=None, file=None)
                | Q(
                    state="issued",
                    issued_at__isnull=False,
                    file__isnull=False,
                    number__isnull=False,
                    retry_at=None,
                ),
                name="documents_document_state",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.serial


class SealUse(models.Model):
    """One use of an organ's electronic seal: which seal, on which file, for what (§6.8)."""

    id = models.BigAutoField(primary_key=True)
    organ_uscc = models.CharField(max_length=18)
    seal_id = models.TextField()
    sha256 = models.BinaryField(max_length=32)
    purpose = models.TextField()
    reference = models.TextField()
    used_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(F("organ_uscc"), F("id").desc(), name="documents_seal_organ"),
            models.Index(fields=["sha256"], name="documents_seal_file"),
        ]

    def __str__(self) -> str:
        return f"{self.seal_id} on {self.reference}"
