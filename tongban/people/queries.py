"""Reads of the room of people. Codes and telephones are shown masked; see `masked`."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.db.models import BooleanField, Q, QuerySet, Value
from django.utils.module_loading import import_string

from tongban.kernel.actors import Actor
from tongban.kernel.identifiers import mask_id_number, mask_phone, region_prefix, region_within
from tongban.kernel.names import mask_name, name_key
from tongban.kernel.refusals import NotFound, worded
from tongban.kernel.worktime import city_date
from tongban.people.gateways import Match, PopulationRegister
from tongban.people.models import Account as Account  # noqa: PLC0414 -- doors name the row
from tongban.people.models import (
    Authorisation,
    Birth,
    Department,
    Guardianship,
    Leave,
    Party,
    Post,
    Region,
    RegisteredPerson,
)
from tongban.people.states import (
    NOBODY,
    SECOND_FACTOR_ROLES,
    AccountKind,
    AgentFunction,
    AuthorisationState,
    GuardianKind,
    LeaveState,
    PartyKind,
    Role,
)
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.http import HttpRequest

ISSUER = "通办"
_YES = BooleanField()


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as other rooms see it. ``code`` is the full number: mask it before it is shown."""

    id: int
    kind: str
    name: str
    code: str
    representative_id: int | None

    @property
    def masked_code(self) -> str:
        kinds = {PartyKind.NATURAL: "id_number", PartyKind.CALLER: "phone"}
        return masked(kinds.get(PartyKind(self.kind), "uscc"), self.code)


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """A department; ``name``, ``short`` and ``address`` are maps of languages."""

    code: str
    name: Mapping[str, str]
    short: Mapping[str, str]
    address: Mapping[str, str]
    phone: str
    uscc: str
    region: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class RegionView:
    """A node of the region tree, level 1 (nation) to 6 (community)."""

    code: str
    parent: str | None
    level: int
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Officer:
    """A member of staff who may be given work in a queue now."""

    account_id: int
    name: str
    skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contact:
    """Where and in which language a party can be told something."""

    phone: str
    language: str


@dataclass(frozen=True, slots=True)
class AuthorisationView:
    """An authorisation as its two sides see it."""

    id: int
    principal: str
    agent: str
    side: str
    functions: tuple[str, ...]
    items: tuple[str, ...]
    starts_on: date
    ends_on: date
    state: AuthorisationState


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """A new secret, not stored yet: `actions.enrol_totp` stores it against a first code."""

    secret: str
    uri: str


class AccountBackend(BaseBackend):
    """Finds the account of a session; signing in goes through `actions.authenticate` only."""

    def get_user(self, user_id: int) -> Account | None:
        return Account.objects.filter(id=user_id, is_active=True).first()


class LocalRegister:
    """The built-in population register, a table of this house."""

    def match(self, *, id_number: str, name: str) -> Match:
        key = code_key(PartyKind.NATURAL, id_number)
        known = (
            RegisteredPerson.objects.filter(code_key=key).values_list("name", flat=True).first()
        )
        if known is None:
            return Match.UNKNOWN
        return Match.SAME if name_key(known) == name_key(name) else Match.DIFFERENT


def population_register() -> PopulationRegister:
    """The register that the settings name."""
    name, options = settings.POPULATION_REGISTER
    register: PopulationRegister = import_string(name)(**options)
    return register


def keyed_hash(*parts: str) -> bytes:
    """HMAC-SHA256 under the key of exact search; parts cannot run into each other."""
    return hmac.digest(settings.CODE_KEY.encode(), "\x1f".join(parts).encode(), "sha256")


def code_key(kind: PartyKind, code: str) -> bytes:
    """The search key of a citizen number or a credit code."""
    return keyed_hash("party", kind.value, code)


def masked(kind: str, value: str) -> str:
    """A personal value fit to be shown: citizen numbers, telephones and names lose their middle.

    Credit codes of enterprises are public and stay whole; an unknown kind is hidden whole.
    """
    if kind == "id_number":
        return mask_id_number(value)
    if kind == "phone":
        return mask_phone(value)
    if kind == "name":
        return mask_name(value)
    return value if kind == "uscc" else "*" * len(value)


def actor_of(account: Account, *, on: date | None = None) -> Actor:
    """The actor behind an account: one query when ``on``, the city's day, is given.

    The day decides on authorisations, and on whose posts a member of staff stands in; without it
    the city's clock is read. Posts that ask for a second factor give no power before one is
    enrolled.
    """
    if account.kind == AccountKind.STAFF:
        return _staff_actor(account, on or _today())
    if account.party_id is None:
        raise ValueError("a citizen without a party cannot be stored")
    acted_for = _acted_for(account.party_id, on or _today())
    return Actor(
        kind="citizen",
        id=account.pk,
        name=account.name,
        party_id=account.party_id,
        acts_for=frozenset(acted_for),
        wards=frozenset(party for party, is_ward in acted_for.items() if is_ward),
    )


def away_on(day: date) -> QuerySet[Leave]:
    """The approved leaves that hold this day."""
    return Leave.objects.filter(state=LeaveState.APPROVED, first_on__lte=day, last_on__gte=day)


def _staff_actor(account: Account, day: date) -> Actor:
    away = away_on(day)
    stands_in = Q(account__in=away.filter(deputy=account).values("account")) | Q(
        deputy=account, account__in=away.filter(deputy=None).values("account")
    )
    held = Post.objects.filter(Q(account=account) | stands_in, is_active=True).values_list(
        "department_id", "role", "region_id", "account_id"
    )
    rows = [row for row in held if account.totp_secret or row[1] not in SECOND_FACTOR_ROLES]
    posts = [row[:3] for row in rows]
    roles = frozenset(role for _, role, _ in posts)
    return Actor(
        kind="staff",
        id=account.pk,
        name=account.name,
        queues=frozenset(f"{department}.{role}" for department, role, _ in posts),
        regions=tuple(sorted({region_prefix(region) for _, _, region in posts})),
        departments=frozenset(department for department, _, _ in posts),
        roles=roles,
        supervises=Role.SUPERVISOR in roles,
        posts=frozenset(
            (f"{department}.{role}", region_prefix(region)) for department, role, region in posts
        ),
        stands_for=frozenset(holder for *_, holder in rows) - {account.pk},
    )


def needs_second_factor(account: Account) -> bool:
    """Whether a post of this account waits for a second factor to be enrolled."""
    waiting = Post.objects.filter(account=account, is_active=True, role__in=SECOND_FACTOR_ROLES)
    return account.totp_secret is None and waiting.exists()


def parties_acted_for(party_id: int, *, on: date | None = None) -> frozenset[int]:
    """The own party, enterprises represented, wards, and principals of authorisations on a day."""
    return frozenset(_acted_for(party_id, on or _today()))


def _acted_for(party_id: int, on: date) -> dict[int, bool]:
    """For whom this party acts, each with whether it does as a guardian; one query."""
    is_ward, is_not = Value(value=True, output_field=_YES), Value(value=False, output_field=_YES)
    represented = Party.objects.filter(representative_id=party_id).values_list("id", is_not)
    principals = _valid(on).filter(agent_id=party_id).values_list("principal_id", is_not)
    wards = guarding(on).filter(guardian_id=party_id).values_list("child_id", is_ward)
    found = {party_id: False}
    for one, as_guardian in represented.union(principals, wards, all=True):
        found[one] = found.get(one, False) or as_guardian
    return found


def guarding(on: date) -> QuerySet[Guardianship]:
    """The guardianships of a day: begun, not ended, and the child not of age yet."""
    return Guardianship.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=on), starts_on__lte=on, until__gt=on
    )


@dataclass(frozen=True, slots=True)
class GuardianView:
    """A guardianship as a page shows it; ``until`` is the day on which the child is of age."""

    id: int
    child_id: int
    child: str
    child_code: str
    guardian_id: int
    guardian: str
    kind: GuardianKind
    evidence: str
    born_on: date
    starts_on: date
    until: date
    ended_on: date | None
    end_reason: str


def wards_of(party_id: int, on: date) -> list[GuardianView]:
    """The children whom this party guards on a day, the eldest first."""
    return _guardians(guarding(on).filter(guardian_id=party_id))


def guardians_of(child_ids: Iterable[int], on: date) -> list[GuardianView]:
    """Who guards these children on a day."""
    return _guardians(guarding(on).filter(child_id__in=set(child_ids)))


def guardianships_of(child_id: int) -> list[GuardianView]:
    """Every guardianship of a child, those that have ended among them."""
    return _guardians(Guardianship.objects.filter(child_id=child_id))


def guardianship(guardianship_id: int) -> GuardianView:
    """One guardianship. Raises NotFound."""
    found = _guardians(Guardianship.objects.filter(pk=guardianship_id))
    if not found:
        raise NotFound
    return found[0]


def _guardians(rows: QuerySet[Guardianship]) -> list[GuardianView]:
    found = rows.select_related("child__birth", "guardian").order_by("child__birth__born_on", "id")
    return [
        GuardianView(
            id=row.pk,
            child_id=row.child_id,
            child=row.child.name,
            child_code=row.child.code,
            guardian_id=row.guardian_id,
            guardian=row.guardian.name,
            kind=GuardianKind(row.kind),
            evidence=row.evidence,
            born_on=row.child.birth.born_on,
            starts_on=row.starts_on,
            until=row.until,
            ended_on=row.ended_on,
            end_reason=row.end_reason,
        )
        for row in found
    ]


def child_by_code(code: str) -> int | None:
    """The party of a child with this citizen number; None for whoever is no recorded child."""
    found = Birth.objects.filter(party__code_key=code_key(PartyKind.NATURAL, code))
    return found.values_list("party_id", flat=True).first()


def why_not_agent(
    *,
    agent_id: int,
    principal_id: int,
    function: AgentFunction,
    items: Iterable[str] = (),
    on: date,
) -> list[str]:
    """Why this party may not do this for that one, in sentences; empty when it may."""
    if (
        agent_id == principal_id
        or Party.objects.filter(id=principal_id, representative_id=agent_id).exists()
        or guarding(on).filter(child_id=principal_id, guardian_id=agent_id).exists()
    ):
        return []
    wanted = frozenset(items)
    scopes = list(
        _valid(on)
        .filter(agent_id=agent_id, principal_id=principal_id)
        .values_list("functions", "items")
    )
    if not scopes:
        return ["您没有对方的有效授权。"]
    fitting = [set(covered) for functions, covered in scopes if function in functions]
    if not fitting:
        return ["对方的授权不包括这项操作。"]
    if any(not covered for covered in fitting) or wanted <= set().union(*fitting):
        return []
    return ["对方的授权不包括这个事项。"]


def _valid(on: date) -> QuerySet[Authorisation]:
    return Authorisation.objects.filter(
        state=AuthorisationState.ACTIVE, starts_on__lte=on, ends_on__gte=on
    )


def authorisations_of(party_id: int) -> list[AuthorisationView]:
    """Everything this party gave or received, newest first."""
    rows = Authorisation.objects.filter(Q(principal_id=party_id) | Q(agent_id=party_id))
    found = rows.select_related("principal", "agent").order_by("-id")
    return [_authorisation(row, party_id) for row in found]


def authorisation(authorisation_id: int) -> AuthorisationView:
    """One authorisation, as its principal sees it."""
    row = Authorisation.objects.select_related("principal", "agent").get(id=authorisation_id)
    return _authorisation(row, row.principal_id)


def _authorisation(row: Authorisation, party_id: int) -> AuthorisationView:
    return AuthorisationView(
        id=row.pk,
        principal=row.principal.name,
        agent=row.agent.name,
        side="principal" if row.principal_id == party_id else "agent",
        functions=tuple(row.functions),
        items=tuple(row.items),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=AuthorisationState(row.state),
    )


def access_party(person: Actor, party_id: int) -> PartyView:
    """A party that this person acts for. Raises NotFound for strangers, staff among them.

    Officers see applicants through the cases of their queues, never by a party's id.
    """
    if not person.may_act_for(party_id):
        raise NotFound
    return party(party_id)


def party(party_id: int) -> PartyView:
    """A party by its id. Raises NotFound."""
    found = parties([party_id]).get(party_id)
    if found is None:
        raise NotFound
    return found


def parties(ids: Iterable[int]) -> dict[int, PartyView]:
    """Parties by id, in one query; unknown ids are left out."""
    return {row.pk: _party(row) for row in Party.objects.filter(id__in=set(ids))}


def find_party(kind: PartyKind, code: str) -> PartyView | None:
    """The party with this citizen number or credit code, found by its keyed hash."""
    row = Party.objects.filter(code_key=code_key(kind, code)).first()
    return None if row is None else _party(row)


def _party(row: Party) -> PartyView:
    return PartyView(row.pk, row.kind, row.name, row.code, row.representative_id)


def is_nobody(party_id: int) -> bool:
    """Whether a party stands for everybody who gives no number: there is nobody to tell."""
    return party_id == nobody()


def nobody() -> int | None:
    """The party that stands for everybody who gives no number; None while nobody called so."""
    found = Party.objects.filter(code_key=code_key(PartyKind.CALLER, NOBODY))
    return found.values_list("pk", flat=True).first()


def contact_of(party_id: int, *, own: bool = False) -> Contact | None:
    """Where to tell a party something; an enterprise is told through its representative.

    Its own account first, then the representative's, then that of the guardian who was recorded
    first, unless an ``own`` address is asked for: one condition for all reads every account.
    """
    for whose in ({"party_id": party_id}, {"party__represents": party_id}):
        row = Account.objects.filter(**whose).values_list("phone", "language").first()
        if row is not None:
            return Contact(*row)
    if not own and (told := _told_guardian(party_id)) is not None:
        return told
    called = Party.objects.filter(pk=party_id, kind=PartyKind.CALLER).values_list("code").first()
    return Contact(called[0], "zh") if called and called[0].isdigit() else None


def _told_guardian(party_id: int) -> Contact | None:
    guards = guarding(_today()).filter(child_id=party_id, guardian__account__isnull=False)
    account = guards.order_by("id").values_list(
        "guardian__account__phone", "guardian__account__language"
    )
    first = account.first()
    return Contact(*first) if first else None


def staff_names(account_ids: Iterable[int]) -> dict[int, str]:
    """Names of members of staff, for timelines; other accounts are left out."""
    rows = Account.objects.filter(id__in=set(account_ids), kind=AccountKind.STAFF)
    return dict(rows.values_list("id", "name"))


def citizen_names(account_ids: Iterable[int]) -> dict[int, str]:
    """Names of citizens by account, for the history of what a guardian did."""
    rows = Account.objects.filter(id__in=set(account_ids), kind=AccountKind.CITIZEN)
    return dict(rows.values_list("id", "name"))


def officers_for(queue: str, region: str, *, on: date | None = None) -> list[Officer]:
    """Who may be given work of this queue and region on a day, in the order of their ids.

    Left out are people on leave, closed accounts and posts that wait for a second factor.
    ``on`` is the city's day; without it the city's clock is read.
    """
    day = on or _today()
    department, _, role = queue.rpartition(".")
    away = away_on(day).values("account_id")
    posts = Post.objects.filter(
        department_id=department, role=role, is_active=True, account__is_active=True
    ).exclude(account_id__in=away)
    if role in SECOND_FACTOR_ROLES:
        posts = posts.filter(account__totp_secret__isnull=False)
    rows = posts.order_by("account_id").values_list(
        "account_id", "account__name", "region_id", "skills"
    )
    found: dict[int, Officer] = {}
    for account_id, name, area, skills in rows:
        if region_within(region, area):
            known = found[account_id].skills if account_id in found else frozenset[str]()
            found[account_id] = Officer(account_id, name, known | frozenset(skills))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with whoever stands in for its holder."""

    id: int
    department: str
    role: str
    region: str
    deputy_id: int | None


@dataclass(frozen=True, slots=True)
class LeaveView:
    """Days of leave: asked for or approved, with whoever stands in for all posts."""

    id: int
    account_id: int
    first_on: date
    last_on: date
    is_approved: bool
    deputy_id: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff with his posts, and his leaves that are not over."""

    account_id: int
    name: str
    posts: tuple[PostView, ...]
    leaves: tuple[LeaveView, ...]

    def is_away(self, on: date) -> bool:
        """Whether an approved leave holds this day."""
        return any(one.is_approved and one.first_on <= on <= one.last_on for one in self.leaves)


def members_of(departments: Iterable[str], *, on: date) -> list[Member]:
    """Everybody with an active post in these departments, by name; two queries."""
    posts = (
        Post.objects.filter(
            account__posts__in=Post.objects.filter(
                department__in=set(departments), is_active=True
            ),
            is_active=True,
            account__is_active=True,
        )
        .distinct()
        .order_by("department_id", "role", "id")
    )
    names: dict[int, str] = {}
    held: dict[int, list[PostView]] = {}
    for row in posts.select_related("account"):
        names[row.account_id] = row.account.name
        view = PostView(row.pk, row.department_id, row.role, row.region_id, row.deputy_id)
        held.setdefault(row.account_id, []).append(view)
    leaves: dict[int, list[LeaveView]] = {account: [] for account in held}
    for leave in Leave.objects.filter(account__in=held, last_on__gte=on).order_by("first_on"):
        leaves[leave.account_id].append(
            LeaveView(
                id=leave.pk,
                account_id=leave.account_id,
                first_on=leave.first_on,
                last_on=leave.last_on,
                is_approved=leave.state == LeaveState.APPROVED,
                deputy_id=leave.deputy_id,
            )
        )
    return [
        Member(account, names[account], tuple(held[account]), tuple(leaves[account]))
        for account in sorted(held, key=lambda one: (names[one], one))
    ]


def department(code: str) -> DepartmentView:
    """A department by its code. Raises NotFound."""
    row = Department.objects.filter(code=code).first()
    if row is None:
        raise NotFound(worded("没有代码为“{code}”的部门。", code=code), facts={"department": code})
    return _department(row)


def departments() -> tuple[DepartmentView, ...]:
    """All departments in the order of their codes."""
    return tuple(_department(row) for row in Department.objects.order_by("code"))


def _department(row: Department) -> DepartmentView:
    return DepartmentView(
        code=row.code,
        name=row.name,
        short=row.short or row.name,
        address=row.address,
        phone=row.phone,
        uscc=row.uscc,
        region=row.region_id,
        parent=row.parent_id,
    )


def region(code: str) -> RegionView:
    """A region by its code. Raises NotFound."""
    row = Region.objects.filter(code=code).first()
    if row is None:
        raise NotFound(worded("没有代码为“{code}”的区域。", code=code), facts={"region": code})
    return _region(row)


def regions(*, below: str = "") -> tuple[RegionView, ...]:
    """The regions inside one (itself included), or all of them, in the order of their codes."""
    prefix = region_prefix(below) if below else ""
    return tuple(
        _region(row) for row in Region.objects.filter(code__startswith=prefix).order_by("code")
    )


def _region(row: Region) -> RegionView:
    return RegionView(row.code, row.parent_id, row.level, row.name)


def new_totp(login: str) -> TotpOffer:
    """A fresh secret of 160 bits, and the address that authenticator programs read as a QR."""
    secret = b32encode(secrets.token_bytes(20)).decode()
    label = quote(f"{ISSUER}:{login}")
    query = urlencode({"secret": secret, "issuer": ISSUER})
    return TotpOffer(secret, f"otpauth://totp/{label}?{query}")


def account_of(request: HttpRequest) -> Account | None:
    """The signed-in account of a request, None for a stranger."""
    user = request.user
    return user if isinstance(user, Account) else None


def _today() -> date:
    return city_date(city_now())
