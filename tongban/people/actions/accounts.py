"""Accounts: register with the real name, passwords, second factor, preferences."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tongban.kernel.actors import SYSTEM, Actor
from tongban.kernel.identifiers import is_mobile, normalise, parse_id_number
from tongban.kernel.names import name_problems, normalise_name
from tongban.kernel.refusals import BadInput, NotAllowed, Problem, Refusal
from tongban.kernel.worktime import city_date
from tongban.people.actions.journal import record
from tongban.people.actions.sessions import admit, admit_registration, forgive_registration
from tongban.people.gateways import Match, RegisterError
from tongban.people.models import Account, Party
from tongban.people.queries import actor_of, code_key, population_register
from tongban.people.rules import (
    matching_step,
    normalise_login,
    why_not_login,
    why_not_password,
)
from tongban.people.states import LANGUAGES, AccountKind, PartyKind, Role
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from datetime import datetime


class RealNameNotConfirmed(Refusal):
    """The population register does not know this number under this name, or does not answer."""

    code = "real-name-not-confirmed"
    status = 422


class AlreadyRegistered(Refusal):
    """This person has an account already."""

    code = "already-registered"


class LoginTaken(Refusal):
    """Somebody else uses this login."""

    code = "login-taken"


class SecondFactorRefused(Refusal):
    """The second factor was not enrolled."""

    code = "second-factor-refused"
    status = 422


@dataclass(frozen=True, slots=True)
class NewCitizen:
    """What a citizen types to register; the phone may be left out."""

    login: str
    password: str
    name: str
    id_number: str
    phone: str = ""
    language: str = "zh"


def register_citizen(
    *, person: NewCitizen, address: str, now: datetime, wall: datetime
) -> Account:
    """Open an account bound to a real person (number and name agree in the population register).

    Raises BadInput with every problem, TooManyAttempts, RealNameNotConfirmed, LoginTaken and
    AlreadyRegistered. ``wall`` is machine time, for counting attempts of one address.
    """
    clean = _clean(person)
    _check(clean, now)
    admit_registration(address, wall=wall)
    _confirm_real_name(clean)
    with transaction.atomic():
        account = _open_account(clean, now)
        record(
            account.pk,
            "account_registered",
            by=actor_of(account, on=city_date(now)),
            now=now,
            fields=("login", "party", "phone", "language"),
        )
        forgive_registration(address)
    return account


def register_person(*, name: str, id_number: str, by: Actor, now: datetime) -> int:
    """The party of somebody who stands at a window with an identity card; answers its id.

    For a person without an account. Number and name must agree in the population register; whom
    the city knows already is found. Raises BadInput, RealNameNotConfirmed, and NotAllowed for
    whoever holds no window.
    """
    if by.kind != "staff" or Role.WINDOW not in by.roles:
        raise NotAllowed("只有窗口岗位可以登记到窗口办事的人。")
    person = _clean(NewCitizen(login="", password="", name=name, id_number=id_number))
    problems = [
        *name_problems(person.name, path="name"),
        *_id_number_problems(person.id_number, now),
    ]
    if problems:
        raise BadInput(problems=problems)
    _confirm_real_name(person)
    with transaction.atomic():
        party, is_new = _natural_party(person)
        if is_new:
            entry = NewEntry(
                stream="party",
                stream_id=party.pk,
                verb="party_registered",
                fields=("name", "code"),
                body={"channel": "window"},
            )
            append([entry], by=by, now=now)
    return party.pk


def _natural_party(person: NewCitizen) -> tuple[Party, bool]:
    return Party.objects.get_or_create(
        code_key=code_key(PartyKind.NATURAL, person.id_number),
        defaults={
            "kind": PartyKind.NATURAL,
            "name": person.name,
            "code": person.id_number,
        },
    )


def _clean(person: NewCitizen) -> NewCitizen:
    return NewCitizen(
        login=normalise_login(person.login),
        password=person.password,
        name=normalise_name(person.name),
        id_number=normalise(person.id_number),
        phone=normalise(person.phone),
        language=person.language,
    )


def _check(person: NewCitizen, now: datetime) -> None:
    problems = [
        *(Problem("login", "login-shape", why) for why in why_not_login(person.login)),
        *name_problems(person.name, path="name"),
        *_id_number_problems(person.id_number, now),
        *_password_problems(person.password, login=person.login, name=person.name),
    ]
    if person.phone and not is_mobile(person.phone):
        problems.append(Problem("phone", "phone-shape", "手机号码应为11位数字。"))
    if person.language not in LANGUAGES:
        problems.append(Problem("language", "language-unknown", "不支持这种语言。"))
    if problems:
        raise BadInput(problems=problems)


def _id_number_problems(text: str, now: datetime) -> tuple[Problem, ...]:
    try:
        parse_id_number(text, on=city_date(now), path="id_number")
    except BadInput as no:
        return no.problems
    return ()


def _password_problems(password: str, *, login: str, name: str) -> list[Problem]:
    reasons = why_not_password(password, login=login, name=name)
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        reasons.append("这个密码太常见，请换一个。")
    return [Problem("password", "password-weak", why) for why in reasons]


def _confirm_real_name(person: NewCitizen) -> None:
    try:
        said = population_register().match(id_number=person.id_number, name=person.name)
    except RegisterError:
        raise RealNameNotConfirmed(
            "实名核验服务暂时没有应答，您填写的内容没有被保存。",
            instead=("请稍后再试。", "也可以持身份证到政务服务大厅窗口注册。"),
        ) from None
    if said is not Match.SAME:
        raise RealNameNotConfirmed(
            "姓名与公民身份号码没有通过实名核验。",
            instead=("请核对姓名用字和号码后重试。", "如确认无误，请到政务服务大厅窗口核实。"),
        )


def _open_account(person: NewCitizen, now: datetime) -> Account:
    party, _ = _natural_party(person)
    _refuse_second_account(party)
    account = Account(
        login=person.login,
        kind=AccountKind.CITIZEN,
        party=party,
        name=person.name,
        phone=person.phone,
        language=person.language,
        created_at=now,
    )
    account.set_password(person.password)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        # Somebody was faster: with this login, or as this very person.
        _refuse_second_account(party)
        raise LoginTaken("这个登录名已经有人使用。", instead=("请换一个登录名。",)) from None
    return account


def _refuse_second_account(party: Party) -> None:
    if Account.objects.filter(party=party).exists():
        raise AlreadyRegistered(
            "该身份已经注册过账号。", instead=("请直接登录；忘记密码可到大厅窗口重置。",)
        )


def change_password(
    *, account_id: int, old: str, new: str, address: str, now: datetime, wall: datetime
) -> Account:
    """Replace the password; the old one is asked for, and guesses at it are throttled.

    Every other session of the account ends, because its hash no longer fits.
    """
    login = Account.objects.values_list("login", flat=True).get(id=account_id)
    admit(login, address, now=now, wall=wall)
    with transaction.atomic():
        account = _lock(account_id)
        if not account.check_password(old):
            raise BadInput.at("old", "password-wrong", "原密码不正确。")
        problems = _password_problems(new, login=account.login, name=account.name)
        if problems:
            raise BadInput(problems=problems)
        _store_password(account, new, by=actor_of(account, on=city_date(now)), now=now)
    return account


def reset_password(*, account_id: int, by: Actor, now: datetime) -> str:
    """A new random password, answered once. For the operator's command line only."""
    _only_system(by)
    with transaction.atomic():
        account = _lock(account_id)
        password = secrets.token_urlsafe(12)
        _store_password(account, password, by=by, now=now)
    return password


def _store_password(account: Account, password: str, *, by: Actor, now: datetime) -> None:
    account.set_password(password)
    account.save(update_fields=["password"])
    record(account.pk, "password_changed", by=by, now=now, fields=("password",))


def enrol_totp(
    *, account_id: int, secret: str, code: str, now: datetime, wall: datetime
) -> Account:
    """Store a second factor offered by `queries.new_totp`, proved by its current code.

    Raises SecondFactorRefused for a wrong code and where a factor is enrolled already: a
    stolen session must not be able to replace it.
    """
    with transaction.atomic():
        account = _lock(account_id)
        if account.totp_secret is not None:
            raise SecondFactorRefused(
                "已经绑定动态口令。", instead=("更换设备请联系系统管理员解除绑定。",)
            )
        try:
            step = matching_step(secret, code, at=wall, after=0)
        except ValueError:
            step = None
        if step is None:
            raise SecondFactorRefused(
                "动态口令不正确。", instead=("请核对手机时间，并填写当前显示的口令。",)
            )
        account.totp_secret, account.totp_step = secret, step
        account.save(update_fields=["totp_secret", "totp_step"])
        actor = actor_of(account, on=city_date(now))
        record(account.pk, "second_factor_enrolled", by=actor, now=now, fields=("totp_secret",))
    return account


def remove_totp(*, account_id: int, by: Actor, now: datetime) -> None:
    """Take the second factor away, after a lost telephone. For the command line only."""
    _only_system(by)
    with transaction.atomic():
        account = _lock(account_id)
        account.totp_secret = None
        account.save(update_fields=["totp_secret"])
        record(account.pk, "second_factor_removed", by=by, now=now, fields=("totp_secret",))


def set_preferences(
    *, account_id: int, language: str, large_print: bool, by: Actor, now: datetime
) -> None:
    """Store in which language and size an account reads. Raises BadInput."""
    _only_self(account_id, by)
    if language not in LANGUAGES:
        raise BadInput.at("language", "language-unknown", "不支持这种语言。")
    with transaction.atomic():
        account = _lock(account_id)
        account.language, account.large_print = language, large_print
        account.save(update_fields=["language", "large_print"])
        record(account_id, "preferences_set", by=by, now=now, fields=("language", "large_print"))


def change_phone(*, account_id: int, phone: str, by: Actor, now: datetime) -> None:
    """Store where short messages go; an empty text stops them. Raises BadInput."""
    _only_self(account_id, by)
    clean = normalise(phone)
    if clean and not is_mobile(clean):
        raise BadInput.at("phone", "phone-shape", "手机号码应为11位数字。")
    with transaction.atomic():
        account = _lock(account_id)
        account.phone = clean
        account.save(update_fields=["phone"])
        record(account_id, "phone_changed", by=by, now=now, fields=("phone",))


def _lock(account_id: int) -> Account:
    return Account.objects.select_for_update().get(id=account_id)


def _only_self(account_id: int, by: Actor) -> None:
    if by.id != account_id:
        raise NotAllowed("只能修改自己的账号。")


def _only_system(by: Actor) -> None:
    if by.kind != SYSTEM.kind:
        raise NotAllowed("此操作只能由系统管理员在服务器上执行。")
