"""The tables of the journal.

Entry, Feed, Seal, AccessRead and AccessSeal only grow: a trigger refuses everything else, and
the role of the running program holds no more than INSERT and SELECT on them. Entries are written
by the database function `records_append`, which numbers, links and hashes them.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from tongban.records.states import ClockMode


class Xid8Field(models.Field):  # type: ignore[type-arg]  # -- it takes none at run time
    """A transaction id that never wraps, as PostgreSQL numbers its transactions."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class SnapshotField(models.Field):  # type: ignore[type-arg]  # -- as above
    """A PostgreSQL snapshot: which transactions had ended when it was taken."""

    def db_type(self, connection: Any) -> str:
        return "pg_snapshot"


class CurrentTransaction(models.Func):
    """The id of the running transaction."""

    function = "pg_current_xact_id"
    output_field = Xid8Field()


class Entry(models.Model):
    """One line of history of one stream. The columns stand in the order that packs best."""

    id = models.BigAutoField(primary_key=True)
    stream_id = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    private_subject = models.BigIntegerField(null=True)
    at = models.DateTimeField(help_text="when it counts, by the city's clock")
    recorded_at = models.DateTimeField(help_text="when it was written, by the machine's clock")
    xid = Xid8Field(db_default=CurrentTransaction())
    action_id = models.UUIDField(help_text="shared by all entries of one action")
    seq = models.IntegerField(help_text="1, 2, 3 … inside the stream")
    public = models.BooleanField(help_text="part of the public timeline")
    stream = models.TextField()
    region = models.TextField()
    verb = models.TextField()
    actor_kind = models.TextField()
    place = models.TextField()
    basis = models.TextField()
    fields = ArrayField(models.TextField(), help_text="names of the changed fields")
    body = models.JSONField(help_text="ids and public facts, never personal data")
    private = models.BinaryField(null=True, help_text="personal data under the subject's key")
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "stream_id", "seq"], name="records_entry_stream_seq"
            ),
        ]
        indexes = [models.Index(fields=["xid"], name="records_entry_xid")]

    def __str__(self) -> str:
        return f"{self.stream}/{self.stream_id}#{self.seq} {self.verb}"


class Feed(models.Model):
    """The place of an entry in the one order that everybody reads: 1, 2, 3 … without gaps."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"{self.position}: {self.entry_id}"


class Sequencer(models.Model):
    """One row: how far the feed is and which transactions it has seen."""

    id = models.SmallIntegerField(primary_key=True)
    position = models.BigIntegerField()
    snapshot = SnapshotField(null=True)
    xid = Xid8Field(null=True)
    cluster = models.TextField(default="", help_text="the server and the database it runs in")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="records_sequencer_one"),
        ]

    def __str__(self) -> str:
        return f"up to {self.position}"


class Subscription(models.Model):
    """How far a subscriber has read, and why it stands still if it does."""

    name = models.TextField(primary_key=True)
    position = models.BigIntegerField()
    error = models.TextField(default="")
    failed_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class Seal(models.Model):
    """A signed Merkle root over the entries fed since the last seal."""

    number = models.BigIntegerField(primary_key=True)
    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    root = models.BinaryField()
    prev_hash = models.BinaryField()
    sealed_at = models.DateTimeField()
    public_key = models.BinaryField()
    signature = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.number}: {self.first_position}–{self.last_position}"


class SubjectKey(models.Model):
    """The key of one subject's personal data, wrapped by a master key; destroyed, it is gone."""

    subject = models.BigIntegerField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    master = models.TextField(help_text="which master key wraps it")
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=True) ^ models.Q(destroyed_at__isnull=True),
                name="records_subjectkey_whole_or_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return f"subject {self.subject}"


class AccessRead(models.Model):
    """Somebody read personal data. Chained for each day and reader, so that readers never wait."""

    id = models.BigAutoField(primary_key=True)
    actor_id = models.BigIntegerField()
    subject = models.BigIntegerField()
    at = models.DateTimeField()
    day = models.DateField()
    seq = models.IntegerField()
    actor_kind = models.TextField()
    what = models.TextField()
    why = models.TextField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "actor_kind", "actor_id", "seq"], name="records_accessread_seq"
            ),
        ]
        indexes = [models.Index(fields=["subject", "at"], name="records_accessread_subject")]

    def __str__(self) -> str:
        return f"{self.day} {self.actor_kind} {self.actor_id}: {self.what}"


class AccessSeal(models.Model):
    """A signed Merkle root over one day of the access log."""

    day = models.DateField(primary_key=True)
    reads = models.IntegerField()
    root = models.BinaryField()
    prev_hash = models.BinaryField()
    sealed_at = models.DateTimeField()
    public_key = models.BinaryField()
    signature = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.day}: {self.reads}"


class CityClock(models.Model):
    """One row: the city's time. A trigger lets it move forward only."""

    id = models.SmallIntegerField(primary_key=True)
    mode = models.TextField()
    not_before = models.DateTimeField(help_text="the time to which it was last set")
    shift_us = models.BigIntegerField(default=0, help_text="microseconds ahead of the machine")
    set_at = models.DateTimeField(db_default=Now(), help_text="when it was set, by the machine")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="records_cityclock_one"),
            models.CheckConstraint(
                condition=models.Q(mode__in=[mode.value for mode in ClockMode]),
                name="records_cityclock_mode",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} from {self.not_before}"
