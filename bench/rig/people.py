"""Who lives and works in the benchmark's city: the demo city, and people of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tongban.config.city import build_city
from tongban.config.hashers import drawn_passwords
from tongban.kernel.actors import SYSTEM
from tongban.kernel.identifiers import assign_uscc, id_number_check
from tongban.licences.actions import MirroredLicence, mirror_licence
from tongban.people import actions
from tongban.people.models import Account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tongban.catalogue.content.loader import Content

CITY = "650100"
# More than any number of clients that a benchmark runs.
CITIZENS = 16
OFFICERS = 8
_SINCE = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Posts:
    """An officer of the benchmark: login and posts as (department, role)."""

    login: str
    posts: tuple[tuple[str, str], ...]


DEPARTMENTS = ("urban-management", "fire-rescue", "tobacco", "housing-construction")
EVERYWHERE = Posts("bench.everywhere", tuple((one, "decider") for one in DEPARTMENTS))
HEAD = Posts("bench.head", (("fire-rescue", "head"),))
WINDOW = Posts("bench.window", (("market-regulation", "window"),))
AGENT = "bench.agent"


def decider_login(department: str, client: int) -> str:
    """The login of the officer who decides for a client in a department."""
    return f"bench.{department}.{client % OFFICERS + 1}"


def _deciders() -> Iterator[Posts]:
    for client in range(OFFICERS):
        for one in DEPARTMENTS:
            yield Posts(decider_login(one, client), ((one, "decider"),))


def citizen_login(client: int) -> str:
    """The login of the citizen of a client, counted from 0."""
    return f"bench.citizen{client + 1}"


def account(login: str) -> Account:
    """An account by its login."""
    return Account.objects.get(login=login)


def move_in(content: Content, *, now: datetime) -> None:
    """Build the demo city and let the benchmark's own people move in. Once for each database."""
    with drawn_passwords():
        build_city(content, now=now)
        _officers(now)
        _citizen(AGENT, 0, now)
        for client in range(CITIZENS):
            one = _citizen(citizen_login(client), client + 1, now)
            _licence(one, client + 1, content, now)


def _officers(now: datetime) -> None:
    rows = [
        actions.StaffRow(
            login=one.login,
            name="基准",
            password=secrets.token_urlsafe(12),
            # Heads get no power without a second factor; nobody signs in with it here.
            totp_secret="A" * 32,
            posts=tuple(actions.PostRow(unit, role, CITY) for unit, role in one.posts),
        )
        for one in (*_deciders(), EVERYWHERE, HEAD, WINDOW)
    ]
    actions.import_staff(staff=rows, by=SYSTEM, now=now)


def _citizen(login: str, serial: int, now: datetime) -> Account:
    body = f"65010219910203{serial:03d}"
    number = body + id_number_check(body)
    actions.import_register(people=[(number, "基准")], by=SYSTEM, now=now)
    person = actions.NewCitizen(
        login=login, password=secrets.token_urlsafe(12), name="基准", id_number=number,
        phone=f"139000{serial:05d}",
    )  # fmt: skip
    return actions.register_citizen(person=person, address=f"bench {serial}", now=now, wall=now)


def _licence(holder: Account, serial: int, content: Content, now: datetime) -> None:
    """A business licence, so that the material that it replaces need not be uploaded."""
    mirror_licence(
        licence=MirroredLicence(
            type_code="business-licence",
            holder_id=int(holder.party_id or 0),
            number=assign_uscc(CITY, 90_000 + serial),
            face={"uscc": assign_uscc(CITY, 90_000 + serial), "name": f"乌鲁木齐市基准{serial}馆"},
            valid_from=_SINCE,
            region=CITY,
            source="bench",
            source_id=str(serial),
        ),
        licence_type=content.licences["business-licence"],
        by=SYSTEM,
        now=now,
    )


# One agent for many principals, none of whom has an account.
AUTHORISE = """
INSERT INTO people_authorisation (principal_id, agent_id, functions, items, starts_on, ends_on,
    state, principal_agreed_at, agent_agreed_at)
SELECT p.id, a.party_id, '{submit}', '{}', '2026-01-01', '2026-12-31', 'active', now(), now()
FROM people_account a, people_party p
WHERE a.login = 'bench.agent' AND p.code LIKE 'bench-%' ORDER BY p.id LIMIT 200
"""
