"""Tables of the licences room. Writing happens in `licences.actions` only."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongban.licences.states import (
    ComprehensiveState,
    GrantState,
    LicenceState,
    MoreTimeState,
    Origin,
    ReportState,
)

_STATES = [word.value for word in LicenceState]


class Licence(models.Model):
    """One licence in the hands of one holder: what never changes, and where it stands now.

    What its face says, its identifier, file and history are in its versions. ``type_code`` is
    the code of the licence type in the city's content, ``certificate_type_code`` the national
    one; ``serial`` is the 流水号 of the identifier, ``number`` the number printed on the face.
    ``start_rule`` {within, extension, times} is there for permits that lapse where work does not
    begin (建筑法 9). ``template`` is the form of its paper. ``retry_at`` (machine time) is set
    while it waits to be produced.
    """

    id = models.BigAutoField(primary_key=True)
    region = models.CharField(max_length=12)
    type_code = models.TextField()
    certificate_type_code = models.CharField(max_length=21)
    issuer = models.JSONField()
    issuer_uscc = models.CharField(max_length=18)
    department = models.TextField()
    serial = models.CharField(max_length=64)
    number = models.TextField()
    holder = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    origin = models.TextField()
    source = models.TextField(default="")
    source_id = models.TextField(default="")
    proceeding_id = models.BigIntegerField(null=True)
    case_number = models.TextField(default="")
    content_version_id = models.BigIntegerField(null=True)
    template = models.TextField(default="licence")
    name_en = models.TextField(default="")
    state = models.TextField(default=LicenceState.PRODUCING.value)
    issued_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    created_at = models.DateTimeField()
    start_rule = models.JSONField(null=True)
    started_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_fault = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(F("holder"), F("id").desc(), name="licences_licence_holder"),
            models.Index(
                F("department"), F("region"), F("id").desc(), name="licences_licence_issuer"
            ),
            models.Index(
                fields=["retry_at", "id"],
                name="licences_licence_waiting",
                condition=Q(retry_at__isnull=False),
            ),
            models.Index(
                fields=["valid_to", "id"],
                name="licences_licence_ending",
                condition=Q(state__in=["valid", "suspended"], valid_to__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate_type_code", "issuer_uscc", "serial"],
                name="licences_licence_serial",
            ),
            models.UniqueConstraint(
                fields=["type_code", "issuer_uscc", "number"], name="licences_licence_number"
            ),
            models.UniqueConstraint(
                fields=["proceeding_id", "type_code"],
                condition=Q(origin="issued"),
                name="licences_licence_once_per_case",
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=Q(origin="mirrored"),
                name="licences_licence_once_per_source",
            ),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="licences_licence_state"),
            models.CheckConstraint(
                condition=Q(origin=Origin.ISSUED.value, proceeding_id__isnull=False)
                | Q(origin=Origin.MIRRORED.value) & ~Q(source="") & ~Q(source_id=""),
                name="licences_licence_origin",
            ),
            models.CheckConstraint(
                condition=Q(retry_at=None) | Q(state__in=["producing", "valid"]),
                name="licences_licence_retry",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="licences_licence_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LicenceVersion(models.Model):
    """A licence as it stood from one moment on. Rows are never changed, only succeeded.

    ``seq`` counts every change, ``edition`` the changes of content: it is the version inside the
    identifier, so that a suspended licence keeps the identifier that is printed on it. ``face``
    lists the 照面 items as {field, label, value, text, element}. A trigger refuses every
    update but setting ``succeeded_at`` once.
    """

    id = models.BigAutoField(primary_key=True)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="versions", db_index=False)
    seq = models.PositiveIntegerField()
    edition = models.PositiveSmallIntegerField()
    identifier = models.TextField(db_index=True)
    name = models.TextField()
    state = models.TextField()
    state_reason = models.TextField(default="")
    basis = models.TextField(default="")
    holder_name = models.TextField()
    face = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    file = models.ForeignKey(
        "documents.StoredFile", models.PROTECT, null=True, related_name="+", db_index=False
    )
    file_sha256 = models.BinaryField(max_length=32, null=True)
    file_sm3 = models.BinaryField(max_length=32, null=True)
    seal_id = models.TextField(default="")
    sealed_at = models.DateTimeField(null=True)
    by_kind = models.TextField()
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["file_sha256"],
                name="licences_version_file",
                condition=Q(file_sha256__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["licence", "seq"], name="licences_version_seq"),
            models.UniqueConstraint(
                fields=["licence"],
                condition=Q(succeeded_at=None),
                name="licences_version_one_current",
            ),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="licences_version_state"),
            models.CheckConstraint(
                condition=Q(seq__gte=1, edition__gte=1, edition__lte=999),
                name="licences_version_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} #{self.seq}"


class LicenceUse(models.Model):
    """Who used a licence, when, for what, which fields (domain-05 §6.6); its holder sees it."""

    id = models.BigAutoField(primary_key=True)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="uses", db_index=False)
    seq = models.PositiveIntegerField()
    by_kind = models.TextField()
    by_id = models.BigIntegerField()
    department = models.TextField(default="")
    purpose = models.TextField()
    case_number = models.TextField(default="")
    item_code = models.TextField(default="")
    fields = ArrayField(models.TextField(), default=list)
    used_at = models.DateTimeField()
    grant = models.ForeignKey(
        "LicenceGrant", models.PROTECT, null=True, related_name="uses", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(F("licence"), F("id").desc(), name="licences_use_licence"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["licence", "case_number", "item_code", "department", "seq"],
                condition=~Q(case_number=""),
                name="licences_use_once_per_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} at {self.used_at}"


class MoreTime(models.Model):
    """A holder's request for more time to begin the work, and the answer of the issuer.

    ``due`` was the last day when it was asked; while it waits the permit does not lapse.
    """

    id = models.BigAutoField(primary_key=True)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="more_time", db_index=False)
    state = models.TextField(default=MoreTimeState.ASKED.value)
    due = models.DateField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(default="")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(F("licence"), F("id"), name="licences_moretime_licence")]
        constraints = [
            models.UniqueConstraint(
                fields=["licence"], condition=Q(state="asked"), name="licences_moretime_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in MoreTimeState]),
                name="licences_moretime_state",
            ),
        ]

    def __str__(self) -> str:
        return f"more time for {self.licence_id}"


class Comprehensive(models.Model):
    """The permits of one trade and one shop, shown as one licence (一业一证).

    A view: it grants nothing, its parts stay licences of their own. ``serial`` is what its QR
    code carries, a random number as nobody may walk through the register. ``site`` is the address
    that its parts are for. What it shows is in its versions.
    """

    id = models.BigAutoField(primary_key=True)
    region = models.CharField(max_length=12)
    department = models.TextField()
    trade = models.TextField()
    holder = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    site = models.TextField()
    serial = models.CharField(max_length=32, unique=True)
    number = models.TextField(unique=True)
    application = models.TextField()
    state = models.TextField()
    version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "trade", "site"], name="licences_comprehensive_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in ComprehensiveState]),
                name="licences_comprehensive_state",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ComprehensiveVersion(models.Model):
    """What a comprehensive licence showed from one moment on. Rows are never changed.

    ``parts`` lists its licences as {type, licence, identifier, name, number, issuer, department,
    valid_from, valid_to, state}; ``causes`` list what changed, as {what, name, from, to}. A
    trigger refuses every update but setting the file of its paper once.
    """

    id = models.BigAutoField(primary_key=True)
    comprehensive = models.ForeignKey(
        Comprehensive, models.PROTECT, related_name="versions", db_index=False
    )
    version = models.PositiveSmallIntegerField()
    identifier = models.TextField(unique=True)
    state = models.TextField()
    parts = models.JSONField()
    causes = models.JSONField()
    at = models.DateTimeField()
    file = models.ForeignKey(
        "documents.StoredFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comprehensive", "version"], name="licences_comprehensive_version"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, version__lte=999),
                name="licences_comprehensive_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier}"


class Report(models.Model):
    """What somebody said about a shop after scanning its code, and what a person answered.

    ``code`` is known to the reporter alone: the answer is read with it, without an account. The
    words may name people, so they stand here and not in the journal.
    """

    id = models.BigAutoField(primary_key=True)
    comprehensive = models.ForeignKey(
        Comprehensive, models.PROTECT, related_name="reports", db_index=False
    )
    region = models.CharField(max_length=12)
    department = models.TextField()
    code = models.CharField(max_length=32, unique=True)
    kind = models.TextField()
    text = models.TextField()
    contact = models.TextField(default="")
    reporter = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.TextField(default=ReportState.OPEN.value)
    made_at = models.DateTimeField()
    answer = models.TextField(default="")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("comprehensive"), F("id").desc(), name="licences_report_about"),
            models.Index(F("department"), F("state"), F("id"), name="licences_report_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in ReportState]),
                name="licences_report_state",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | Q(state="answered", answered_at__isnull=False) & ~Q(answer=""),
                name="licences_report_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class Reminder(models.Model):
    """That the holder was told so many days before the end of a licence; told once."""

    id = models.BigAutoField(primary_key=True)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="+", db_index=False)
    valid_to = models.DateField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["licence", "valid_to", "days"], name="licences_reminder_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days before {self.valid_to}"


class LicenceRenewal(models.Model):
    """A case that asks to renew a licence (行政许可法 50).

    ``is_in_time`` says whether it was asked before the last day for it; only then silence renews,
    at ``deemed_at``. ``outcome`` is empty while nothing is decided: granted, denied, ended.
    """

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="renewals", db_index=False)
    proceeding_id = models.BigIntegerField(unique=True)
    case_number = models.TextField()
    asked_at = models.DateTimeField()
    is_in_time = models.BooleanField()
    deemed_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["licence"], condition=Q(outcome=""), name="licences_renewal_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "granted", "denied", "ended"]),
                name="licences_renewal_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"renewal of {self.licence_id}"


class LicenceGrant(models.Model):
    """The holder lets somebody else use a licence (授权用证, domain-05 §6.6).

    For one package, in one role, with these face fields only. ``times`` is how many applications
    may use it, None for any number until its last day; ``used`` counts them. Running out is read
    from days and times, not stored.
    """

    id = models.BigAutoField(primary_key=True)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="grants")
    grantee = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    package = models.TextField()
    role = models.TextField()
    fields = ArrayField(models.TextField())
    times = models.PositiveSmallIntegerField(null=True)
    used = models.PositiveIntegerField(default=0)
    until = models.DateField()
    state = models.TextField()
    granted_by = models.BigIntegerField()
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["licence", "grantee", "package", "role"],
                condition=Q(state=GrantState.ACTIVE.value),
                name="licences_grant_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in GrantState]),
                name="licences_grant_state",
            ),
            models.CheckConstraint(
                condition=Q(times=None) | Q(used__lte=F("times")), name="licences_grant_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package} {self.role} until {self.until}"
