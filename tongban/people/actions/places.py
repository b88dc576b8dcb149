"""Regions, departments, staff and the built-in population register, from content or a gateway.

Imports are idempotent: the same rows again write nothing, neither tables nor history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from tongban.kernel.actors import SYSTEM
from tongban.kernel.identifiers import normalise, parse_id_number, parse_uscc
from tongban.kernel.names import normalise_name
from tongban.kernel.refusals import BadInput, NotAllowed, worded
from tongban.people.actions.journal import record
from tongban.people.actions.leaves import set_deputy
from tongban.people.models import (
    Account,
    Department,
    Party,
    Post,
    Region,
    RegisteredPerson,
)
from tongban.people.queries import code_key, department
from tongban.people.rules import normalise_login
from tongban.people.states import AccountKind, PartyKind, Role
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

Texts = Mapping[str, str]
Place = TypeVar("Place", Region, Department)


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region as content gives it; levels run from 1 (nation) to 6 (community)."""

    code: str
    parent: str | None
    level: int
    name: Texts


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One department as content gives it."""

    code: str
    name: Texts
    uscc: str
    region: str
    parent: str | None = None
    short: Texts = field(default_factory=dict)
    address: Texts = field(default_factory=dict)
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post of a member of staff."""

    department: str
    role: str
    region: str
    skills: tuple[str, ...] = ()
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of staff; password and second factor count for a new account only."""

    login: str
    name: str
    posts: tuple[PostRow, ...]
    password: str = ""
    totp_secret: str | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed: codes or logins, new ones and others."""

    created: tuple[str, ...]
    changed: tuple[str, ...]


def import_places(
    *,
    regions: Sequence[RegionRow],
    departments: Sequence[DepartmentRow],
    by: Actor,
    now: datetime,
) -> Imported:
    """Write regions and departments as given; those not given stay as they are.

    Raises BadInput for a department whose credit code is not one.
    """
    for row in departments:
        parse_uscc(row.uscc, path=f"departments.{row.code}.uscc")
    with transaction.atomic():
        places = _store(
            Region,
            {
                row.code: {"parent_id": row.parent, "level": row.level, "name": dict(row.name)}
                for row in regions
            },
        )
        organs = _store(Department, {row.code: _department(row) for row in departments})
        done = Imported(places.created + organs.created, places.changed + organs.changed)
        if done.created or done.changed:
            entry = NewEntry(
                stream="places", stream_id=0, verb="places_imported", body=asdict(done)
            )
            append([entry], by=by, now=now)
    return done


def _department(row: DepartmentRow) -> dict[str, Any]:
    return {
        "name": dict(row.name),
        "short": dict(row.short),
        "address": dict(row.address),
        "phone": row.phone,
        "uscc": row.uscc,
        "region_id": row.region,
        "parent_id": row.parent,
    }


def _store(table: type[Place], rows: Mapping[str, Mapping[str, Any]]) -> Imported:
    """Insert or update rows by their code; foreign keys inside the table may point anywhere."""
    if not rows:
        return Imported((), ())
    names = list(next(iter(rows.values())))
    known = {
        row["code"]: {name: row[name] for name in names}
        for row in table.objects.values("code", *names)
    }
    created = tuple(code for code in rows if code not in known)
    changed = tuple(code for code in rows if code in known and known[code] != rows[code])
    table.objects.bulk_create(
        [table(code=code, **rows[code]) for code in created + changed],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[name.removesuffix("_id") for name in names],
    )
    return Imported(created, changed)


def import_staff(*, staff: Sequence[StaffRow], by: Actor, now: datetime) -> Imported:
    """Open accounts for new staff and bring all posts in line; posts not given are closed.

    Accounts not given stay as they are; who stands in stays where that was said before. A
    password is set for new accounts only, none leaves the account shut until `reset_password`.
    Raises BadInput for an unknown role.
    """
    _check_roles(staff)
    created: list[str] = []
    changed: list[str] = []
    with transaction.atomic():
        for row in staff:
            account, is_new = _staff_account(row, now)
            moved = _align_posts(account, row.posts)
            if is_new or moved or _rename(account, row.name):
                record(account.pk, "staff_imported", by=by, now=now, fields=("name", "posts"))
                (created if is_new else changed).append(account.login)
        _set_deputies(staff, by, now)
    return Imported(tuple(created), tuple(changed))


def _set_deputies(staff: Iterable[StaffRow], by: Actor, now: datetime) -> None:
    """The B posts that the rows name, where nobody stands in yet."""
    wanted = {
        (normalise_login(row.login), post.department, post.role, post.region): post.deputy
        for row in staff
        for post in row.posts
        if post.deputy
    }
    accounts = dict(
        Account.objects.filter(login__in=set(wanted.values())).values_list("login", "id")
    )
    open_posts = Post.objects.filter(is_active=True, deputy=None).select_related("account")
    for post in open_posts.filter(account__login__in={login for login, *_ in wanted}):
        key = (post.account.login, post.department_id, post.role, post.region_id)
        if (deputy := accounts.get(wanted.get(key, ""))) is not None:
            set_deputy(post_id=post.pk, deputy_id=deputy, by=by, now=now)


def _check_roles(staff: Iterable[StaffRow]) -> None:
    known = {role.value for role in Role}
    for row in staff:
        for post in row.posts:
            if post.role not in known:
                raise BadInput.at(
                    f"staff.{row.login}.posts",
                    "role-unknown",
                    worded("没有“{role}”这种岗位。", role=post.role),
                )


def _staff_account(row: StaffRow, now: datetime) -> tuple[Account, bool]:
    login = normalise_login(row.login)
    known = Account.objects.select_for_update().filter(login=login).first()
    if known is not None:
        return known, False
    account = Account(
        login=login,
        kind=AccountKind.STAFF,
        name=row.name,
        totp_secret=row.totp_secret,
        language=row.language,
        created_at=now,
    )
    account.set_password(row.password or None)
    account.save()
    return account, True


def _rename(account: Account, name: str) -> bool:
    if account.name == name:
        return False
    account.name = name
    account.save(update_fields=["name"])
    return True


def _align_posts(account: Account, wanted: Iterable[PostRow]) -> bool:
    posts = {(post.department, post.role, post.region): post for post in wanted}
    known = {
        (row.department_id, row.role, row.region_id): row
        for row in Post.objects.filter(account=account)
    }
    moved = False
    for key, post in posts.items():
        row = known.get(key) or Post(
            account=account, department_id=key[0], role=key[1], region_id=key[2], is_active=False
        )
        if not row.is_active or row.skills != list(post.skills):
            row.is_active, row.skills, moved = True, list(post.skills), True
            row.save()
    gone = [row.pk for key, row in known.items() if key not in posts and row.is_active]
    Post.objects.filter(id__in=gone).update(is_active=False)
    return moved or bool(gone)


def import_register(*, people: Iterable[tuple[str, str]], by: Actor, now: datetime) -> int:
    """Fill the built-in population register with (citizen number, name); how many were given.

    Raises BadInput for a number that is not one. A known number gets the given name.
    """
    rows = []
    for number, name in people:
        code = normalise(number)
        parse_id_number(code)
        rows.append(
            RegisteredPerson(code_key=code_key(PartyKind.NATURAL, code), name=normalise_name(name))
        )
    with transaction.atomic():
        RegisteredPerson.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["code_key"], update_fields=["name"]
        )
        entry = NewEntry(
            stream="places", stream_id=0, verb="register_imported", body={"people": len(rows)}
        )
        append([entry], by=by, now=now)
    return len(rows)


def party_of_unit(*, unit: str, now: datetime) -> int:
    """The party of a department, as which it answers for its own work. Raises NotFound."""
    organ = department(unit)
    return register_legal_party(
        uscc=organ.uscc, name=organ.name["zh"], representative_id=None, by=SYSTEM, now=now
    )


def register_legal_party(
    *, uscc: str, name: str, representative_id: int | None, by: Actor, now: datetime
) -> int:
    """The party of an enterprise, made or brought in line; answers its id.

    An organ of the state has no representative here: nobody applies in its name.
    Called by the house when a business licence is issued or changed, never by citizens.
    Raises BadInput for a code that is not one and NotAllowed.
    """
    if by.kind == "citizen":
        raise NotAllowed("企业主体由登记机关建立。")
    code = normalise(uscc)
    parse_uscc(code, path="uscc")
    values = {"name": normalise_name(name), "representative_id": representative_id}
    with transaction.atomic():
        party, is_new = Party.objects.select_for_update().get_or_create(
            code_key=code_key(PartyKind.LEGAL, code),
            defaults={"kind": PartyKind.LEGAL, "code": code, **values},
        )
        fields = tuple(key for key, value in values.items() if getattr(party, key) != value)
        if is_new or fields:
            Party.objects.filter(id=party.pk).update(**values)
            entry = NewEntry(
                stream="party",
                stream_id=party.pk,
                verb="party_registered",
                fields=fields,
                body={"representative": representative_id},
            )
            append([entry], by=by, now=now)
    return party.pk
