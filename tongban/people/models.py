"""Tables of the room of people. Writing happens in `people.actions` only."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongban.people.states import (
    AccountKind,
    AuthorisationState,
    GuardianKind,
    LeaveState,
    PartyKind,
    Role,
)


class Region(models.Model):
    """A node of the region tree, on levels 1 (nation) to 6 (community)."""

    code = models.CharField(max_length=12, primary_key=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.PositiveSmallIntegerField()
    name = models.JSONField()

    def __str__(self) -> str:
        return self.code


class Department(models.Model):
    """An organ that holds queues; its texts are maps of languages, an empty map says none."""

    code = models.CharField(max_length=64, primary_key=True)
    name = models.JSONField()
    short = models.JSONField(default=dict)
    address = models.JSONField(default=dict)
    phone = models.TextField(default="")
    uscc = models.CharField(max_length=18, unique=True)
    region = models.ForeignKey(Region, models.PROTECT)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    def __str__(self) -> str:
        return self.code


class Party(models.Model):
    """A natural or legal person: whoever applies, holds a licence or is represented.

    ``code`` is the citizen number or the unified social credit code. Exact search goes through
    ``code_key``, a keyed hash, so that the code can be encrypted without losing the search.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    name = models.TextField()
    code = models.TextField()
    code_key = models.BinaryField(max_length=32, unique=True)
    representative = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="represents"
    )

    class Meta:
        indexes = [models.Index(fields=["name"], name="people_party_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[word.value for word in PartyKind]), name="people_party_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind=PartyKind.LEGAL.value) | Q(representative=None),
                name="people_party_represented",
            ),
        ]

    def __str__(self) -> str:
        return f"party {self.pk}"


class RegisteredPerson(models.Model):
    """The built-in population register: who exists under which number and name."""

    code_key = models.BinaryField(max_length=32, primary_key=True)
    name = models.TextField()

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    """What Django asks of the manager of a user model; accounts are made by actions."""


class Account(AbstractBaseUser):
    """A way in. A citizen's account is bound to one natural party, staff accounts hold posts.

    ``totp_step`` is the last used thirty-second step, so that a code works once.
    """

    id = models.BigAutoField(primary_key=True)
    login = models.TextField(unique=True)
    kind = models.TextField()
    party = models.OneToOneField(Party, models.PROTECT, null=True, related_name="account")
    name = models.TextField()
    phone = models.TextField(default="")
    totp_secret = models.TextField(null=True)  # noqa: DJ001 -- NULL says: no second factor yet
    totp_step = models.BigIntegerField(default=0)
    language = models.CharField(max_length=8, default="zh")
    large_print = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=AccountKind.CITIZEN.value, party__isnull=False)
                | Q(kind=AccountKind.STAFF.value, party__isnull=True),
                name="people_account_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.login


class Post(models.Model):
    """One role of one member of staff, in one department, for one region and all below it.

    ``deputy`` (A/B 岗) may do its work on the days on which its holder is away.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="posts")
    department = models.ForeignKey(Department, models.PROTECT, db_index=False)
    role = models.TextField()
    region = models.ForeignKey(Region, models.PROTECT, db_index=False)
    skills = ArrayField(models.TextField(), default=list)
    is_active = models.BooleanField(default=True)
    deputy = models.ForeignKey(Account, models.PROTECT, null=True, related_name="covers")

    class Meta:
        indexes = [
            models.Index(
                fields=["department", "role"],
                name="people_post_queue",
                condition=Q(is_active=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "department", "role", "region"], name="people_post_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[word.value for word in Role]), name="people_post_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id}.{self.role}"


class Leave(models.Model):
    """Days on which a member of staff gets no work; both days are part of the leave.

    One that is only asked for changes nothing yet. ``deputy`` stands in for all of the person's
    posts; without one each post has its own.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="leaves")
    first_on = models.DateField()
    last_on = models.DateField()
    state = models.TextField(default=LeaveState.APPROVED.value)
    deputy = models.ForeignKey(Account, models.PROTECT, null=True, related_name="deputises")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in LeaveState]),
                name="people_leave_state",
            ),
            models.UniqueConstraint(fields=["account", "first_on"], name="people_leave_once"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="people_leave_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_on}..{self.last_on}"


class Authorisation(models.Model):
    """A principal lets an agent act (domain-07 §12.3); it works once both sides agreed.

    ``items`` empty means every item; ``functions`` says what the agent may do.
    """

    id = models.BigAutoField(primary_key=True)
    principal = models.ForeignKey(Party, models.PROTECT, related_name="gave")
    agent = models.ForeignKey(Party, models.PROTECT, related_name="received")
    functions = ArrayField(models.TextField())
    items = ArrayField(models.TextField(), default=list)
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.TextField()
    principal_agreed_at = models.DateTimeField(null=True)
    agent_agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[word.value for word in AuthorisationState]),
                name="people_authorisation_state",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="people_authorisation_order"
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("agent")), name="people_authorisation_two"
            ),
            models.CheckConstraint(
                condition=~Q(state="active")
                | Q(principal_agreed_at__isnull=False, agent_agreed_at__isnull=False),
                name="people_authorisation_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"authorisation {self.pk}"


class Birth(models.Model):
    """A natural party that is known by its birth: a child, before and after it has a number.

    ``key`` is a keyed hash of the mother's number, the name and the day: the same child is found
    again whichever department was first. Until the number is assigned the party's code is empty.
    """

    party = models.OneToOneField(Party, models.PROTECT, primary_key=True, related_name="birth")
    key = models.BinaryField(max_length=32, unique=True)
    born_on = models.DateField()
    sex = models.TextField()

    def __str__(self) -> str:
        return f"born {self.born_on}"


class Guardianship(models.Model):
    """Somebody guards a child (民法典 27): from its first day to the day before ``until``.

    ``until`` is the day on which the child is of age; ``ended_on`` ends it earlier (a judgment).
    ``evidence`` names what proves it: a licence's number, a judgment.
    """

    id = models.BigAutoField(primary_key=True)
    child = models.ForeignKey(Party, models.PROTECT, related_name="guarded_by")
    guardian = models.ForeignKey(Party, models.PROTECT, related_name="guards")
    kind = models.TextField()
    evidence = models.TextField()
    starts_on = models.DateField()
    until = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[word.value for word in GuardianKind]),
                name="people_guardianship_kind",
            ),
            models.CheckConstraint(
                condition=~Q(child=F("guardian")), name="people_guardianship_two"
            ),
            models.UniqueConstraint(
                fields=["child", "guardian"],
                condition=Q(ended_on=None),
                name="people_guardianship_once",
            ),
        ]

    def __str__(self) -> str:
        return f"guardianship {self.pk}"


class Throttle(models.Model):
    """Failures counted against one login or one address; the key is a keyed hash of it."""

    key = models.BinaryField(max_length=32, primary_key=True)
    failures = models.PositiveIntegerField()
    window_at = models.DateTimeField()
    closed_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["window_at"], name="people_throttle_window")]

    def __str__(self) -> str:
        return f"{self.failures} since {self.window_at}"
