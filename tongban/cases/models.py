"""Tables of the cases room: what a department sees of an application, and what it decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class CaseFile(models.Model):
    """The slice of the application that one item consumes; nothing else reaches its department.

    ``answers`` maps element codes to values, ``sources`` to where each value came from,
    ``materials`` lists what was handed in or why it was not needed.
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, primary_key=True)
    item_code = models.TextField()
    answers = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)
    materials = models.JSONField(default=list)
    wants_human = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.item_code} of {self.proceeding_id}"


class Decision(models.Model):
    """The decision on a case with reasons and remedies (行政许可法 38)."""

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT)
    result = models.TextField()
    reasons = models.TextField()
    face = models.JSONField(default=dict)
    explanation = models.JSONField(default=list)
    is_automatic = models.BooleanField(default=False)
    decided_by = models.BigIntegerField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["grant", "deny"]), name="cases_decision_result"
            ),
            models.CheckConstraint(
                condition=~Q(result="deny") | ~Q(reasons=""), name="cases_denial_has_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result} of {self.proceeding_id}"


class Opinion(models.Model):
    """What an officer wrote when closing a step, and who did it together with him."""

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    step_code = models.TextField()
    outcome = models.TextField()
    text = models.TextField()
    by_account = models.BigIntegerField()
    with_accounts = models.JSONField(default=list)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.step_code}: {self.outcome}"


class Requirement(models.Model):
    """One thing that is missing or wrong, told to the applicant in the one-time notice.

    ``target`` is a material or element code of the case; ``notice_number`` is empty until the
    lead window has sent the notice that carries it.
    """

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    target = models.TextField()
    problem = models.TextField()
    clause = models.TextField(default="")
    remedy = models.TextField()
    raised_by = models.BigIntegerField()
    raised_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.target}: {self.problem}"


class Letter(models.Model):
    """A commitment letter as it was signed: word for word, by version, with its hash.

    ``regime`` is PROOF or LICENCE; a signed row changes its state only.
    """

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    regime = models.TextField()
    letter = models.TextField()
    version = models.PositiveSmallIntegerField()
    words = models.JSONField()
    text_hash = models.TextField()
    signed_by = models.BigIntegerField()
    signed_at = models.DateTimeField()
    state = models.TextField(default="signed")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "letter"], name="cases_letter_once"),
            models.CheckConstraint(
                condition=Q(state__in=["signed", "withdrawn", "fulfilled", "breached"]),
                name="cases_letter_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} v{self.version} of {self.proceeding_id}"


class PostCheck(models.Model):
    """The check after a decision on a commitment: who went, with whom, what was found."""

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, primary_key=True)
    case = models.OneToOneField("engine.Proceeding", models.PROTECT, related_name="post_check")
    by_account = models.BigIntegerField(null=True)
    with_accounts = models.JSONField(default=list)
    result = models.TextField(default="")
    finding = models.TextField(default="")
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"check of {self.case_id}"


class Owed(models.Model):
    """A material that may be supplied after acceptance (容缺后补); its proceeding is the debt.

    ``licence_type`` is the licence that would replace it: when the applicant gets one, the debt
    is paid by itself. ``paid_with`` says how it was paid: files, or the licence's identifier.
    """

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    material = models.TextField()
    licence_type = models.TextField(default="")
    paid_at = models.DateTimeField(null=True)
    paid_with = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "material"], name="cases_owed_once"),
        ]
        indexes = [
            models.Index(
                fields=["licence_type"],
                name="cases_owed_by_licence",
                condition=Q(paid_at=None) & ~Q(licence_type=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material} owed by {self.proceeding_id}"


class Reliance(models.Model):
    """A licence that a case relies on instead of a material; broken when its state changes."""

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    licence_identifier = models.TextField(db_index=True)
    material = models.TextField(default="")
    broken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding", "licence_identifier", "material"], name="cases_reliance_once"
            ),
        ]

    def __str__(self) -> str:
        return self.licence_identifier


class Minutes(models.Model):
    """The minutes of a hearing; what is written is written (行政许可法 48)."""

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT)
    present = models.TextField()
    text = models.TextField()
    recorded_by = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"minutes of {self.proceeding_id}"


class Signature(models.Model):
    """That a participant of a hearing has confirmed the minutes.

    ``statement`` is the proceeding of the interested party who signed, 0 for the applicant's side.
    """

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    account = models.BigIntegerField()
    statement = models.BigIntegerField(default=0)
    name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding", "account", "statement"], name="cases_signature_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} signed {self.proceeding_id}"


class Interested(models.Model):
    """An interested party of a case, what concerns him, and what he said (行政许可法 36).

    ``contact`` is masked; the whole of it is sealed in the journal.
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT)
    name = models.TextField()
    contact = models.TextField(default="")
    party_id = models.BigIntegerField(null=True)
    concerns = models.TextField()
    statement = models.TextField(default="")
    stated_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"interested party {self.proceeding_id}"


class Advice(models.Model):
    """What another department was asked about a case, and its answer."""

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT)
    question = models.TextField()
    agrees = models.BooleanField(null=True)
    text = models.TextField(default="")
    by_account = models.BigIntegerField(null=True)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"advice {self.proceeding_id}"


class Bar(models.Model):
    """That an applicant may not apply for an item until a day (行政许可法 78, 79)."""

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    party_id = models.BigIntegerField()
    item_code = models.TextField()
    ground = models.TextField()
    reason = models.TextField()
    until = models.DateField()
    imposed_by = models.BigIntegerField()
    imposed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["party_id", "item_code"],
                name="cases_bar_in_force",
                condition=Q(lifted_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ground__in=["false", "fraud"]), name="cases_bar_ground"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} barred from {self.item_code}"


class SetAside(models.Model):
    """That a decision was set aside by a review (行政复议) or a judgment, and what followed.

    ``forum`` is review or court, ``relief`` redo (to be decided anew) or quash; ``on_procedure``
    says that only the procedure was at fault, so that the same decision may be made again.
    ``again`` is the case that was opened for it.
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, primary_key=True)
    forum = models.TextField()
    relief = models.TextField()
    body = models.TextField()
    document = models.TextField()
    dated = models.DateField()
    reason = models.TextField()
    on_procedure = models.BooleanField(default=False)
    recorded_by = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    again = models.OneToOneField(
        "engine.Proceeding", models.PROTECT, null=True, related_name="handled_again_for"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(forum__in=["review", "court"]), name="cases_setaside_forum"
            ),
            models.CheckConstraint(
                condition=Q(relief__in=["redo", "quash"]), name="cases_setaside_relief"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} on {self.proceeding_id}"


class Early(models.Model):
    """What a builder asked before applying for an item, and the answer (提前介入).

    ``project`` is the code of the project that the later application names.
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, primary_key=True)
    item_code = models.TextField()
    project = models.TextField()
    question = models.TextField()
    answer = models.TextField(default="")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "item_code"], name="cases_early_project")]

    def __str__(self) -> str:
        return f"{self.item_code} of {self.project}"


class Objection(models.Model):
    """What somebody said against a public notice, and what became of it (公示异议).

    ``contact`` is masked; the whole of it is sealed in the journal.
    """

    proceeding = models.ForeignKey("engine.Proceeding", models.PROTECT)
    name = models.TextField()
    contact = models.TextField(default="")
    interest = models.TextField()
    text = models.TextField()
    made_at = models.DateTimeField()
    upheld = models.BooleanField(null=True)
    answer = models.TextField(default="")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"objection to {self.proceeding_id}"


class Phrase(models.Model):
    """A ready phrase that an officer keeps for himself, for a step and an outcome (常用意见).

    It is a help for typing and no part of any case; only its owner sees it.
    """

    account = models.ForeignKey("people.Account", models.CASCADE, related_name="+")
    step = models.TextField()
    outcome = models.TextField()
    text = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "step", "outcome", "text"], name="cases_phrase_once"
            )
        ]

    def __str__(self) -> str:
        return self.text
