"""The demo city: its places, its (synthetic) people with their licences, its accounts.

Everything comes from `content/places`. Passwords are drawn when an account is made and kept in a
file that only the operator of this machine can read; they are never part of the content.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from tongban.catalogue.content.loader import Content, load_content
from tongban.config.actions import begin_filling
from tongban.config.called import command
from tongban.config.hashers import drawn_passwords
from tongban.config.options import ACCOUNTS, CHECKOUT, current
from tongban.config.tasks import fill_hotline
from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.worktime import CITY_ZONE
from tongban.licences.actions import MirroredLicence, mirror_licence
from tongban.people import actions as people
from tongban.people.queries import find_party, new_totp, parties_acted_for
from tongban.people.rules import totp_code, totp_step
from tongban.people.states import SECOND_FACTOR_ROLES, PartyKind
from tongban.records.actions import set_city_clock
from tongban.records.queries import city_now

if TYPE_CHECKING:
    from pathlib import Path

    from tongban.catalogue.content.citizens import Enterprise, HeldLicence
    from tongban.catalogue.content.city import Region


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account as `tongban city --accounts` prints it; `door` is where its day begins."""

    role: str
    name: str
    login: str
    password: str
    department: str | None
    totp_secret: str | None
    door: str = "/"


def cli_city(argv: list[str]) -> int:
    """Rebuild the demo city, or print its accounts."""
    parser = argparse.ArgumentParser(prog="tongban city")
    parser.add_argument(
        "--accounts", action="store_true", help="print all accounts, one line of JSON each"
    )
    parser.add_argument("--code", metavar="LOGIN", help="the second factor of an account, now")
    parser.add_argument(
        "--on", type=_day, metavar="YYYY-MM-DD", help="first set the city's day; forward only"
    )
    chosen = parser.parse_args(argv)
    if chosen.code:
        return _print_code(chosen.code)
    if chosen.accounts:
        return _print_accounts()
    if chosen.on:
        set_city_clock(datetime.combine(chosen.on, time(10), CITY_ZONE), by=SYSTEM)
    with drawn_passwords():
        accounts = build_city(load_content(CHECKOUT / "content"), now=city_now())
    print(f"demo city: {len(accounts)} accounts")
    filed = begin_filling(now=city_now())
    if filed is not None:
        fill_hotline.defer(filed=filed)
        print("demo city: its requests to the hotline come while the worker runs")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write 2026-12-01") from None


def _print_accounts() -> int:
    if not _path().exists():
        print(f"There is no demo city yet: run `{command()} setup` first.", file=sys.stderr)
        return 1
    print(_path().read_text(encoding="utf-8"), end="")
    return 0


def _print_code(login: str) -> int:
    account = _known().get(login)
    if account is None or account.totp_secret is None:
        print(f"{login!r} is no demo account with a second factor", file=sys.stderr)
        return 1
    print(totp_code(account.totp_secret, totp_step(datetime.now(UTC))))  # noqa: TID251 -- codes go by the machine's clock
    return 0


def _path() -> Path:
    return current().home / ACCOUNTS


def _known() -> dict[str, DemoAccount]:
    if not _path().exists():
        return {}
    lines = _path().read_text(encoding="utf-8").splitlines()
    return {one["login"]: DemoAccount(**one) for one in map(json.loads, lines)}


def build_city(content: Content, *, now: datetime) -> list[DemoAccount]:
    """Bring places, people, licences and accounts in line with the content. Idempotent."""
    known = _known()
    _places(content, now)
    accounts = _staff(content, known, now) + _citizens(content, known, now)
    _write(with_work_first([a for a in accounts if a.password], content))
    return accounts


def with_work_first(accounts: list[DemoAccount], content: Content) -> list[DemoAccount]:
    """The accounts as they are printed: whoever receives applications stands before others."""
    leading = {package.lead_department for package in content.packages.values()}
    return sorted(accounts, key=lambda one: one.department not in leading)


def _write(accounts: list[DemoAccount]) -> None:
    lines = [json.dumps(_row(one), ensure_ascii=False) + "\n" for one in accounts]
    _path().parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(
        os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.writelines(lines)


def _row(one: DemoAccount) -> dict[str, Any]:
    return {name: getattr(one, name) for name in DemoAccount.__slots__}


def _texts(name: Any) -> dict[str, str]:
    found: dict[str, str] = name.model_dump(exclude_none=True) if name is not None else {}
    return {language: text for language, text in found.items() if text}


def _region_name(region: Region) -> dict[str, str]:
    said = {"zh": region.name_zh, "en": region.name_en, "ug": region.name_ug}
    return {language: text for language, text in said.items() if text}


def _places(content: Content, now: datetime) -> None:
    people.import_places(
        regions=[
            people.RegionRow(r.code, r.parent or None, r.level, _region_name(r))
            for r in content.regions
        ],
        departments=[
            people.DepartmentRow(
                d.code,
                _texts(d.name),
                d.uscc,
                d.region,
                d.parent,
                _texts(d.short),
                _texts(d.address),
                d.phone,
            )
            for d in content.departments.values()
        ],
        by=SYSTEM,
        now=now,
    )


def _password() -> str:
    return f"{secrets.token_urlsafe(6)}-{secrets.randbelow(9000) + 1000}"


def _staff(content: Content, known: dict[str, DemoAccount], now: datetime) -> list[DemoAccount]:
    accounts, rows = [], []
    for member in content.staff:
        roles = {post.role for post in member.posts}
        needs_totp = bool(roles & {str(r) for r in SECOND_FACTOR_ROLES})
        account = known.get(member.login) or DemoAccount(
            role=member.posts[0].role,
            name=member.name.zh,
            login=member.login,
            password=_password(),
            department=member.posts[0].department,
            totp_secret=new_totp(member.login).secret if needs_totp else None,
        )
        takes_calls = account.role == "window" and account.department == content.hotline.centre
        accounts.append(replace(account, door="/line/" if takes_calls else "/desk/"))
        rows.append(
            people.StaffRow(
                login=member.login,
                name=member.name.zh,
                password=account.password,
                totp_secret=account.totp_secret,
                language=member.language,
                posts=tuple(
                    people.PostRow(p.department, p.role, p.region, p.skills, p.deputy)
                    for p in member.posts
                ),
            )
        )
    people.import_staff(staff=rows, by=SYSTEM, now=now)
    return accounts


def _citizens(content: Content, known: dict[str, DemoAccount], now: datetime) -> list[DemoAccount]:
    persons = content.citizens.persons
    people.import_register(people=[(p.id_number, p.name) for p in persons], by=SYSTEM, now=now)
    accounts, parties = [], {}
    for person in persons:
        account = known.get(person.login) or DemoAccount(
            role="citizen",
            name=person.name,
            login=person.login or f"demo.{person.key}",
            password=_password(),
            department=None,
            totp_secret=None,
        )
        parties[person.key] = _citizen(person, account, now)
        accounts.append(account)
        for licence in person.licences:
            _mirror(licence, parties[person.key], person.region, content, now)
    for enterprise in content.citizens.enterprises:
        _enterprise(enterprise, parties, content, now)
    _authorisations(content, parties, now)
    return accounts


def _citizen(person: Any, account: DemoAccount, now: datetime) -> int:
    known = find_party(PartyKind.NATURAL, person.id_number)
    if known is not None:
        return known.id
    registered = people.register_citizen(
        person=people.NewCitizen(
            login=account.login,
            password=account.password,
            name=person.name,
            id_number=person.id_number,
            phone=person.phone,
        ),
        address="local",
        now=now,
        wall=now,
    )
    if registered.party_id is None:
        raise AssertionError(person.key)
    return int(registered.party_id)


def _enterprise(
    enterprise: Enterprise, parties: dict[str, int], content: Content, now: datetime
) -> None:
    party_id = people.register_legal_party(
        uscc=enterprise.uscc,
        name=enterprise.name,
        representative_id=parties[enterprise.representative],
        by=SYSTEM,
        now=now,
    )
    parties[enterprise.uscc] = party_id
    for licence in enterprise.licences:
        _mirror(licence, party_id, enterprise.region, content, now)


def _mirror(
    licence: HeldLicence, party_id: int, region: str, content: Content, now: datetime
) -> None:
    mirror_licence(
        licence=MirroredLicence(
            type_code=licence.type,
            holder_id=party_id,
            number=licence.number,
            face=dict(licence.face),
            valid_from=licence.issued_on,
            valid_to=licence.expires_on,
            state=licence.state,
            state_reason=licence.state_reason,
            region=region,
            source="demo",
            source_id=f"{licence.type}/{licence.number}",
        ),
        licence_type=content.licences[licence.type],
        by=SYSTEM,
        now=now,
    )


def _authorisations(content: Content, parties: dict[str, int], now: datetime) -> None:
    by_key = {p.key: p for p in content.citizens.persons}
    by_code = {e.uscc: e for e in content.citizens.enterprises}
    for one in content.citizens.authorisations:
        agent, principal = by_key[one.agent], by_code[one.principal]
        if parties[one.principal] in parties_acted_for(parties[agent.key]):
            continue
        grant = people.Grant(
            principal_id=parties[one.principal],
            agent_code=agent.id_number,
            agent_name=agent.name,
            functions=frozenset(one.functions),
            starts_on=one.since,
            ends_on=one.until,
            items=frozenset(one.items),
        )
        giver, taker = _person(parties[principal.representative]), _person(parties[agent.key])
        authorisation_id = people.authorise_agent(grant=grant, by=giver, now=now)
        people.confirm_authorisation(authorisation_id=authorisation_id, by=taker, now=now)


def _person(party_id: int) -> Actor:
    acts_for = frozenset({party_id, *parties_acted_for(party_id)})
    return Actor(kind="citizen", id=0, name="", party_id=party_id, acts_for=acts_for)
