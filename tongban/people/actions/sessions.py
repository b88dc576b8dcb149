"""Signing in and out: throttled, in constant time, without telling what was wrong.

Two clocks: ``now`` is the city's time and dates the journal; ``wall`` is machine time and
serves one-time codes and throttling (ARCHITECTURE decision 11).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.contrib import auth
from django.contrib.auth.hashers import make_password, verify_password
from django.db import transaction

from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import Refusal, worded
from tongban.kernel.worktime import city_date
from tongban.people import sql
from tongban.people.actions.journal import record
from tongban.people.models import Account, Throttle
from tongban.people.queries import actor_of, keyed_hash
from tongban.people.rules import (
    ADDRESS_LIMIT,
    ASKING_LIMIT,
    LOGIN_LIMIT,
    LOOKUP_ADDRESS_LIMIT,
    LOOKUP_LIMIT,
    PASSWORD_LENGTHS,
    REGISTER_LIMIT,
    Limit,
    matching_step,
    minutes_left,
    normalise_login,
    why_not_login,
)

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

BACKEND = "tongban.people.queries.AccountBackend"
NO_SECRET = "A" * 32


class SignInRefused(Refusal):
    """Something of login, password and code is wrong; which one is not said."""

    code = "sign-in-refused"
    status = 403


class TooManyAttempts(Refusal):
    """The door is closed for a while; ``facts["minutes"]`` says how long."""

    code = "too-many-attempts"
    status = 403


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person typed to sign in; staff with a second factor give a code as well."""

    login: str
    password: str
    totp: str = ""


def authenticate(
    *, credentials: Credentials, address: str, now: datetime, wall: datetime
) -> Account:
    """The account that these credentials open.

    Raises SignInRefused or TooManyAttempts. An attempt is counted, and the count committed,
    before anything is compared: guesses in parallel are counted like guesses in a row. Must
    therefore not run inside a transaction.
    """
    login = normalise_login(credentials.login)
    admit(login, address, now=now, wall=wall)
    account = _find(login)
    password_fits, outdated = verify_password(
        credentials.password[: PASSWORD_LENGTHS.stop],
        account.password if account else _nobodys_password(),
    )
    step = _step(account, credentials.totp, wall)
    if account is None or not password_fits or step is None:
        raise _refused()
    if outdated:
        account.set_password(credentials.password)
    _let_in(account, step, address, now=now)
    return account


def _find(login: str) -> Account | None:
    if why_not_login(login):
        return None
    return Account.objects.filter(login=login, is_active=True).first()


def _step(account: Account | None, code: str, wall: datetime) -> int | None:
    """The step of a right code, 0 where none is asked for, None for a wrong one."""
    secret = account.totp_secret if account else None
    after = account.totp_step if account else 0
    found = matching_step(secret or NO_SECRET, code, at=wall, after=after)
    return found if secret else 0


def _refused() -> SignInRefused:
    return SignInRefused(
        "登录名、密码或动态口令不正确。",
        instead=("请核对后重试；需要动态口令的岗位请填写当前口令，每个口令只能使用一次。",),
    )


@transaction.atomic
def _let_in(account: Account, step: int, address: str, *, now: datetime) -> None:
    locked = Account.objects.select_for_update().get(id=account.pk)
    if step and locked.totp_step >= step:
        raise _refused()
    if step:
        account.totp_step = step
    account.save(update_fields=["totp_step", "password"])
    Throttle.objects.filter(key=_login_key(account.login)).delete()
    sql.forgive(_address_key(address))
    record(account.pk, "signed_in", by=actor_of(account, on=city_date(now)), now=now)


def admit(login: str, address: str, *, now: datetime, wall: datetime) -> None:
    """Count an attempt at this login from this address. Raises TooManyAttempts."""
    _count(_address_key(address), ADDRESS_LIMIT, wall)
    try:
        _count(_login_key(login), LOGIN_LIMIT, wall)
    except TooManyAttempts as no:
        if no.facts["just_closed"]:
            _tell_of_closing(login, now)
        raise


def admit_registration(address: str, *, wall: datetime) -> None:
    """Count a registration from this address. Raises TooManyAttempts."""
    _count(_register_key(address), REGISTER_LIMIT, wall)


def admit_asking(address: str, *, wall: datetime) -> None:
    """Count a request that somebody without account makes. Raises TooManyAttempts."""
    _count(keyed_hash("throttle", "asking", address), ASKING_LIMIT, wall)


def admit_lookup(number: str, address: str, *, wall: datetime) -> None:
    """Count an attempt to open a request by the end of a telephone. Raises TooManyAttempts."""
    _count(keyed_hash("throttle", "lookup-address", address), LOOKUP_ADDRESS_LIMIT, wall)
    _count(keyed_hash("throttle", "lookup", number), LOOKUP_LIMIT, wall)


def forgive_registration(address: str) -> None:
    """Take the count of a successful registration back: a kiosk in a hall registers many."""
    sql.forgive(_register_key(address))


def _count(key: bytes, limit: Limit, wall: datetime) -> None:
    failures, until = sql.count(
        key, most=limit.failures, window=limit.window, closed=limit.closed, now=wall
    )
    if until is not None:
        minutes = minutes_left(until, wall)
        raise TooManyAttempts(
            worded("尝试次数过多，请在{minutes}分钟后再试。", minutes=minutes),
            facts={"minutes": minutes, "just_closed": failures == limit.failures + 1},
        )


def _tell_of_closing(login: str, now: datetime) -> None:
    account = _find(login)
    if account is not None:
        record(account.pk, "sign_in_closed", by=SYSTEM, now=now)


def forget_attempts(*, before: datetime) -> int:
    """Delete counts whose window began before this machine time; how many there were."""
    gone, _ = Throttle.objects.filter(window_at__lt=before).delete()
    return gone


def open_session(request: HttpRequest, account: Account) -> None:
    """Sign this account in: a fresh session key, so that a planted one is worth nothing."""
    auth.login(request, account, backend=BACKEND)


def keep_session(request: HttpRequest, account: Account) -> None:
    """After a change of password: this session lives on, all others of the account end."""
    auth.update_session_auth_hash(request, account)


def close_session(request: HttpRequest) -> None:
    """Sign out: the session and everything in it is gone."""
    auth.logout(request)


def _login_key(login: str) -> bytes:
    return keyed_hash("throttle", "login", login)


def _address_key(address: str) -> bytes:
    return keyed_hash("throttle", "address", address)


def _register_key(address: str) -> bytes:
    return keyed_hash("throttle", "register", address)


@cache
def _nobodys_password() -> str:
    return make_password("a password that nobody has")
