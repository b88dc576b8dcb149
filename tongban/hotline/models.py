"""Tables of the hotline. State, department, party and clocks stand with the proceedings."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

from tongban.hotline.states import Channel, Outcome


class Ticket(models.Model):
    """What somebody asks of the city, as it was understood.

    ``text`` is what was said, with numbers of persons and telephones masked; who said it stands
    in the private part of the first entry of the journal and is read under log. ``contact`` is
    whom to call where that is not the caller: an enterprise names somebody. ``lead`` is the
    ticket with which this one is handled, ``hot`` the issue that many speak of.
    ``source`` names a request of another system once.
    """

    proceeding = models.OneToOneField(
        "engine.Proceeding", models.PROTECT, primary_key=True, related_name="ticket"
    )
    region = models.CharField(max_length=12)
    channel = models.TextField()
    type = models.TextField()
    urgency = models.TextField(default="normal")
    domain = models.TextField(default="")
    special = models.TextField(default="")
    title = models.TextField()
    text = models.TextField()
    place = models.TextField(default="")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    caller = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    hides_caller = models.BooleanField(default=False)
    contact = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    contact_name = models.TextField(default="")
    unit = models.TextField(default="")
    round = models.PositiveSmallIntegerField(default=1)
    lead = models.ForeignKey("self", models.PROTECT, null=True, related_name="members")
    of_number = models.TextField(default="")
    of_item = models.TextField(default="")
    source = models.TextField(null=True, unique=True)  # noqa: DJ001 -- NULL: from nobody else
    hot = models.ForeignKey(
        "Hot", models.PROTECT, null=True, related_name="tickets", db_index=False
    )
    received_at = models.DateTimeField()
    reading = models.JSONField(default=dict)
    reply = models.TextField(default="")
    replied_at = models.DateTimeField(null=True)
    contacted = models.BooleanField(null=True)
    outcome = models.TextField(default="")
    satisfied = models.PositiveSmallIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("caller"), F("proceeding").desc(), name="hotline_ticket_caller"),
            models.Index(F("unit"), F("proceeding").desc(), name="hotline_ticket_unit"),
            models.Index(F("domain"), F("proceeding").desc(), name="hotline_ticket_domain"),
            models.Index(F("urgency"), F("proceeding").desc(), name="hotline_ticket_urgency"),
            models.Index(F("special"), F("proceeding").desc(), name="hotline_ticket_special"),
            models.Index(
                F("of_number"),
                F("proceeding").desc(),
                name="hotline_ticket_of",
                condition=~Q(of_number=""),
            ),
            # What is at work, the newest first: lists do not read what has ended.
            models.Index(
                F("proceeding").desc(),
                name="hotline_ticket_at_work",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                F("proceeding").desc(),
                name="hotline_ticket_ended",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["received_at"], name="hotline_ticket_received"),
            # What a new request is compared with, and what is usual: one district, one domain.
            models.Index(
                Left("region", 6), F("domain"), F("received_at").desc(), name="hotline_ticket_near"
            ),
            models.Index(
                F("hot"),
                F("proceeding").desc(),
                name="hotline_ticket_hot",
                condition=Q(hot__isnull=False),
            ),
            models.Index(
                fields=["closed_at"],
                name="hotline_ticket_closed",
                condition=Q(closed_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=[one.value for one in Channel]),
                name="hotline_ticket_channel",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *(one.value for one in Outcome)]),
                name="hotline_ticket_outcome",
            ),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="hotline_ticket_place",
            ),
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}"


class Task(models.Model):
    """The work of one unit for a ticket in one round; a return ends it and another begins.

    ``is_lead`` marks the unit that answers; the others help (协办). A designated unit may not
    return it again. Domain, urgency and special desk are those of the ticket when it was sent,
    which change no more: a unit's list is found by them without reading every ticket.
    """

    proceeding = models.OneToOneField(
        "engine.Proceeding", models.PROTECT, primary_key=True, related_name="ticket_task"
    )
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="tasks")
    unit = models.TextField()
    domain = models.TextField(default="")
    urgency = models.TextField(default="normal")
    special = models.TextField(default="")
    round = models.PositiveSmallIntegerField(default=1)
    is_lead = models.BooleanField(default=True)
    is_designated = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    reply = models.TextField(default="")
    replied_at = models.DateTimeField(null=True)
    plan = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(F("unit"), F("proceeding").desc(), name="hotline_task_unit"),
            models.Index(
                F("unit"), F("domain"), F("proceeding").desc(), name="hotline_task_domain"
            ),
            models.Index(
                F("unit"), F("urgency"), F("proceeding").desc(), name="hotline_task_urgency"
            ),
            models.Index(
                F("unit"), F("special"), F("proceeding").desc(), name="hotline_task_special"
            ),
            models.Index(fields=["sent_at"], name="hotline_task_sent"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk} of {self.unit}"


class Order(models.Model):
    """An order about a ticket to the unit that has it (督办), by a trigger of the content.

    ``level`` is the form that it has now; how it rose stands in its proceeding's facts. One
    stands at a time for each unit and trigger, which its ticket's lock keeps.
    """

    proceeding = models.OneToOneField(
        "engine.Proceeding", models.PROTECT, primary_key=True, related_name="ticket_order"
    )
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="orders")
    unit = models.TextField()
    trigger = models.TextField()
    level = models.TextField()
    text = models.TextField(default="")
    answer = models.TextField(default="")

    def __str__(self) -> str:
        return f"order {self.pk}: {self.trigger}"


class Hot(models.Model):
    """An issue that many speak of (热点): what, where, who, how hot, what is usual.

    ``tickets_count`` and ``callers`` count its requests and the different people behind them;
    ``warmth`` keeps its heat so that it can be sorted (`rules.hot.warmth_of`). ``usual`` are the
    requests a day that are usual for its domain in its district, ``limit`` so many callers in a
    day that they are not any more. ``alarm_of`` are the callers at the last alarm. ``lead`` is the
    ticket under which its requests are handled together.
    """

    proceeding = models.OneToOneField(
        "engine.Proceeding", models.PROTECT, primary_key=True, related_name="hot_issue"
    )
    region = models.CharField(max_length=12)
    domain = models.TextField()
    title = models.TextField()
    place = models.TextField(default="")
    words = ArrayField(models.TextField(), default=list)
    tickets_count = models.PositiveIntegerField(default=0)
    callers = models.FloatField(default=0)
    callers_today = models.FloatField(default=0)
    warmth = models.FloatField()
    usual = models.FloatField()
    limit = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    alarmed_at = models.DateTimeField(null=True)
    alarm_of = models.FloatField(default=0)
    lead = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                F("warmth").desc(),
                name="hotline_hot_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                F("closed_at").desc(),
                name="hotline_hot_closed",
                condition=Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"hot issue {self.pk}: {self.title}"


class Day(models.Model):
    """What was counted for a unit on one day that is over (domain-04 §5.6); "" is no unit.

    ``counts`` are in the order of `sql.COUNTED`. A day is here with its unit "" or not at all: it
    is reckoned by `actions.settle_days` and again when something of it has changed.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    unit = models.TextField()
    counts = ArrayField(models.IntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "unit"], name="hotline_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.unit}"


class ChangedDay(models.Model):
    """A day of which something has changed since it was reckoned."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return str(self.day)
