"""Tables of the ratings room. Writing happens in `ratings.actions` only.

Whoever rated is nowhere in plain: the invitation knows the party it was sent to and is read by
the party's own pages alone; a review holds a keyed hash.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongban.ratings.states import Grain, Level


class Invitation(models.Model):
    """Somebody may rate one thing: a case, a visit, a ticket; ``cause_id`` is what ended it.

    ``token`` is the secret of the link, ``code`` the short one on a slip for kiosk and telephone.
    ``version_id`` is the published version that the thing was filed under.
    """

    id = models.BigAutoField(primary_key=True)
    object = models.TextField()
    number = models.TextField()
    token = models.TextField(unique=True)
    code = models.CharField(max_length=8)
    cause_id = models.BigIntegerField()
    proceeding_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    party_id = models.BigIntegerField()
    region = models.CharField(max_length=12)
    department = models.TextField()
    item = models.TextField()
    window = models.TextField(default="")
    officer_id = models.BigIntegerField(null=True)
    prompted = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    rated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["object", "number"], name="ratings_invited_once"),
        ]
        indexes = [
            models.Index(F("party_id"), F("id").desc(), name="ratings_invitation_party"),
            models.Index(fields=["proceeding_id"], name="ratings_invitation_thing"),
            models.Index(
                fields=["opened_at", "id"],
                name="ratings_invitation_remind",
                condition=Q(reminded_at=None, rated_at=None),
            ),
            models.Index(
                F("window"), F("id").desc(), name="ratings_invitation_window",
                condition=Q(rated_at=None) & ~Q(window=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.object} {self.number}"


class Review(models.Model):
    """What somebody said: the first time (turn 0), and once more (turn 1); the last one counts.

    ``text`` is masked; as written it stands in the journal under the party's key, in the entry
    ``entry_id``. ``evaluator``, ``device`` and ``text_key`` are keyed hashes. ``weight`` is 0 for
    what does not count: an earlier turn, an excluded one, a good one that waits to be confirmed.
    """

    id = models.BigAutoField(primary_key=True)
    invitation = models.ForeignKey(Invitation, models.PROTECT, db_index=False)
    turn = models.PositiveSmallIntegerField(default=0)
    object = models.TextField()
    item = models.TextField()
    department = models.TextField()
    window = models.TextField(default="")
    officer_id = models.BigIntegerField(null=True)
    region = models.CharField(max_length=12)
    channel = models.TextField()
    level = models.PositiveSmallIntegerField()
    aspects = models.JSONField(default=dict)
    tags = ArrayField(models.TextField(), default=list)
    text = models.TextField(default="")
    text_key = models.BinaryField(max_length=32, null=True)
    evaluator = models.BinaryField(max_length=32)
    device = models.BinaryField(max_length=32, null=True)
    real_name = models.BooleanField(default=False)
    prompted = models.BooleanField(default=False)
    seconds = models.PositiveIntegerField(null=True)
    rated_at = models.DateTimeField()
    day = models.DateField()
    weight = models.PositiveSmallIntegerField(default=1)
    has_flag = models.BooleanField(default=False)
    is_excluded = models.BooleanField(default=False)
    entry_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "turn"], name="ratings_review_turn"),
            models.CheckConstraint(condition=Q(turn__in=[0, 1]), name="ratings_review_twice"),
            models.CheckConstraint(
                condition=Q(level__in=[level.value for level in Level]), name="ratings_level"
            ),
            models.CheckConstraint(condition=Q(weight__in=[0, 1]), name="ratings_weight"),
        ]
        indexes = [
            models.Index(F("department"), F("id").desc(), name="ratings_review_dept"),
            models.Index(
                F("department"), F("id").desc(), name="ratings_review_bad",
                condition=Q(level__gte=4),
            ),
            models.Index(
                F("department"), F("id").desc(), name="ratings_review_flagged",
                condition=Q(has_flag=True),
            ),
            models.Index(
                fields=["device", "day"], name="ratings_review_device",
                condition=Q(device__isnull=False),
            ),
            models.Index(
                fields=["text_key", "day"], name="ratings_review_text",
                condition=Q(text_key__isnull=False),
            ),
            models.Index(
                fields=["window", "day"], name="ratings_review_window",
                condition=~Q(window=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"review {self.pk}"


class Flag(models.Model):
    """That a detector found something; ``holds`` is what the administration made of it."""

    id = models.BigAutoField(primary_key=True)
    review = models.ForeignKey(Review, models.PROTECT, related_name="flags", db_index=False)
    detector = models.CharField(max_length=2)
    facts = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True)
    holds = models.BooleanField(null=True)
    reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "detector"], name="ratings_flag_once"),
        ]
        indexes = [
            models.Index(
                F("id").desc(), name="ratings_flag_open", condition=Q(settled_at=None)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.detector} of {self.review_id}"


class Rectification(models.Model):
    """How a bad review is put right; its proceeding carries unit, state and clocks.

    ``answer`` is public once it was given; ``contact`` and ``finding`` are for the unit and the
    administration. ``rounds`` counts how often it was handled again. ``earlier`` is the one that
    had ended when the person said once more that it was bad; of a matter the last one counts.
    """

    proceeding = models.OneToOneField("engine.Proceeding", models.PROTECT, primary_key=True)
    invitation = models.ForeignKey(Invitation, models.PROTECT)
    earlier = models.OneToOneField("self", models.PROTECT, null=True, related_name="later")
    review = models.ForeignKey(Review, models.PROTECT, db_index=False)
    contact = models.TextField(default="")
    finding = models.TextField(default="")
    grounds = models.TextField(default="")
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    rounds = models.PositiveSmallIntegerField(default=0)
    satisfied = models.BooleanField(null=True)
    called_back_at = models.DateTimeField(null=True)
    proposer_id = models.BigIntegerField(null=True)
    proposal = models.TextField(default="")
    confirmer_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"], name="ratings_mended_once", condition=Q(earlier=None)
            ),
        ]
        indexes = [
            models.Index(
                F("answered_at").desc(), name="ratings_answered",
                condition=Q(answered_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"rectification {self.pk}"


class Link(models.Model):
    """A complaint to the hotline about what a bad review has brought up: it counts once.

    ``ticket_id`` is the ticket's proceeding; ``unit`` and ``asked_at`` are its own when linked.
    """

    ticket_id = models.BigIntegerField(primary_key=True)
    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="links")
    unit = models.TextField(default="")
    asked_at = models.DateTimeField()
    linked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} and rectification {self.rectification_id}"


class Device(models.Model):
    """A registered device of a hall: a tablet at a window, or a kiosk. F1 leaves it out."""

    id = models.BigAutoField(primary_key=True)
    code = models.TextField(unique=True)
    key = models.BinaryField(max_length=32, unique=True)
    channel = models.TextField()
    window = models.TextField()
    region = models.CharField(max_length=12)
    name = models.TextField()
    is_active = models.BooleanField(default=True)
    registered_by = models.BigIntegerField()
    registered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """What a write adds to or takes from the roll-up; the folder adds it up and deletes it.

    Boards read the roll-up and these together, so that they are exact at every moment.
    ``n`` are those that count, ``held`` what waits to be confirmed. Level 0 counts invitations on
    the day on which they were opened: ``n`` were asked, ``held`` of them spoke, whenever that was.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    department = models.TextField()
    item = models.TextField()
    window = models.TextField()
    channel = models.TextField()
    level = models.PositiveSmallIntegerField()
    n = models.SmallIntegerField()
    held = models.SmallIntegerField(default=0)
    unprompted = models.SmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.n:+d} on {self.day}"


class Tally(models.Model):
    """The roll-up: a row for each day, department, item, channel and level, and sums of months."""

    id = models.BigAutoField(primary_key=True)
    grain = models.CharField(max_length=1)
    day = models.DateField()
    department = models.TextField()
    item = models.TextField(default="")
    window = models.TextField(default="")
    channel = models.TextField(default="")
    level = models.PositiveSmallIntegerField()
    n = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    unprompted = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grain", "day", "department", "item", "window", "channel", "level"],
                name="ratings_tally_once",
            ),
            models.CheckConstraint(
                condition=Q(grain__in=[grain.value for grain in Grain]), name="ratings_grain"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grain} {self.day} {self.department} {self.level}"
