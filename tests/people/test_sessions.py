"""Signing in: throttling, silence about what was wrong, fresh session keys."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from tests.people.scenes import (
    NOW,
    PASSWORD,
    SECRET,
    WALL,
    citizen,
    officer,
    sign_in,
    staff,
)
from tongban.people import actions
from tongban.people.models import Account, Throttle
from tongban.people.queries import AccountBackend, account_of
from tongban.people.rules import ADDRESS_LIMIT, LOGIN_LIMIT, totp_code, totp_step
from tongban.records.models import Entry

pytestmark = pytest.mark.django_db


class CountingHasher(MD5PasswordHasher):
    calls = 0

    def encode(self, password, salt):
        CountingHasher.calls += 1
        return super().encode(password, salt)


def fail(times, login="aliya", *, address="10.0.0.1", wall=WALL):
    for _ in range(times):
        with pytest.raises(actions.SignInRefused):
            sign_in(login, "wrong", address=address, wall=wall)


def verbs(login):
    account = Account.objects.get(login=login)
    rows = Entry.objects.filter(stream="account", stream_id=account.pk).order_by("seq")
    return list(rows.values_list("verb", flat=True))


class TestSigningIn:
    def test_the_right_password_opens(self):
        account = citizen()

        assert sign_in("Aliya").pk == account.pk
        assert verbs("aliya") == ["account_registered", "signed_in"]

    def test_what_was_wrong_is_not_said(self):
        citizen()
        staff(officer("wang", totp_secret=SECRET))
        answers = set()
        for login, password, totp in [
            ("aliya", "wrong", ""),
            ("nobody", PASSWORD, ""),
            ("no such\x00login", PASSWORD, ""),
            ("wang", PASSWORD, ""),
            ("wang", PASSWORD, "000000"),
            ("wang", "wrong", totp_code(SECRET, totp_step(WALL))),
            ("aliya", "x" * 1_000_000, ""),
        ]:
            with pytest.raises(actions.SignInRefused) as no:
                sign_in(login, password, totp)
            answers.add((no.value.sentence, no.value.instead, str(no.value.facts)))

        assert len(answers) == 1

    def test_an_unknown_login_costs_as_much_hashing_as_a_known_one(self, settings):
        settings.PASSWORD_HASHERS = ["tests.people.test_sessions.CountingHasher"]
        citizen()
        counts = []
        for login in ("nobody", "aliya", "someone"):
            CountingHasher.calls = 0
            with pytest.raises(actions.SignInRefused):
                sign_in(login, "wrong")
            counts.append(CountingHasher.calls)

        assert counts[1] == counts[2] == 1

    def test_a_closed_account_does_not_open(self):
        account = citizen()
        Account.objects.filter(id=account.pk).update(is_active=False)

        with pytest.raises(actions.SignInRefused):
            sign_in("aliya")

    def test_a_code_opens_once(self):
        staff(officer("wang", totp_secret=SECRET))
        code = totp_code(SECRET, totp_step(WALL))

        sign_in("wang", totp=code)

        with pytest.raises(actions.SignInRefused):
            sign_in("wang", totp=code)

    def test_an_outdated_hash_is_renewed(self, settings):
        citizen()
        settings.PASSWORD_HASHERS = [
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
            "django.contrib.auth.hashers.MD5PasswordHasher",
        ]

        sign_in("aliya")

        assert Account.objects.get(login="aliya").password.startswith("pbkdf2")


class TestThrottling:
    def test_too_many_failures_close_the_login_for_a_while(self):
        citizen()
        fail(LOGIN_LIMIT.failures)

        with pytest.raises(actions.TooManyAttempts) as no:
            sign_in("aliya")

        assert no.value.facts["minutes"] == 15
        assert verbs("aliya") == ["account_registered", "sign_in_closed"]

    def test_the_closing_is_told_once(self):
        citizen()
        fail(LOGIN_LIMIT.failures)
        for _ in range(3):
            with pytest.raises(actions.TooManyAttempts):
                sign_in("aliya", wall=WALL + timedelta(minutes=1))

        assert verbs("aliya").count("sign_in_closed") == 1

    def test_the_door_opens_again(self):
        citizen()
        fail(LOGIN_LIMIT.failures)
        with pytest.raises(actions.TooManyAttempts):
            sign_in("aliya")

        later = WALL + LOGIN_LIMIT.closed + timedelta(seconds=1)

        assert sign_in("aliya", wall=later).login == "aliya"

    def test_failures_of_long_ago_do_not_count(self):
        citizen()
        fail(LOGIN_LIMIT.failures)

        fail(LOGIN_LIMIT.failures, wall=WALL + LOGIN_LIMIT.window + timedelta(seconds=1))

    def test_success_forgets_the_failures(self):
        citizen()
        fail(LOGIN_LIMIT.failures - 1)
        sign_in("aliya")

        fail(LOGIN_LIMIT.failures)

    def test_unknown_logins_are_throttled_alike(self):
        fail(LOGIN_LIMIT.failures, "nobody")

        with pytest.raises(actions.TooManyAttempts):
            sign_in("nobody")

    def test_one_login_does_not_close_another(self):
        citizen()
        fail(LOGIN_LIMIT.failures, "hasan")

        assert sign_in("aliya").login == "aliya"

    def test_an_address_that_tries_many_logins_is_closed(self):
        citizen()
        for number in range(ADDRESS_LIMIT.failures):
            fail(1, f"login{number}", address="203.0.113.7")

        with pytest.raises(actions.TooManyAttempts):
            sign_in("aliya", address="203.0.113.7")
        assert sign_in("aliya", address="10.0.0.1").login == "aliya"

    def test_successes_behind_one_router_do_not_close_the_hall(self):
        citizen()
        for _ in range(ADDRESS_LIMIT.failures + 5):
            sign_in("aliya", address="203.0.113.7")

    def test_old_counts_are_swept_away(self):
        fail(1, "nobody")

        assert actions.forget_attempts(before=WALL) == 0
        assert actions.forget_attempts(before=WALL + timedelta(seconds=1)) == 2
        assert not Throttle.objects.exists()


class TestSessions:
    def request(self):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        request.session = SessionStore()
        request.session["planted"] = "by a stranger"
        request.session.save()
        return request

    def test_signing_in_rotates_the_session_key(self):
        account = citizen()
        request = self.request()
        planted = request.session.session_key

        actions.open_session(request, account)

        request.session.save()
        assert request.session.session_key != planted
        assert account_of(request) == account

    def test_signing_out_leaves_nothing(self):
        account = citizen()
        request = self.request()
        actions.open_session(request, account)

        actions.close_session(request)

        assert dict(request.session.items()) == {}
        assert account_of(request) is None

    def test_a_session_of_a_closed_account_is_nobodys(self):
        account = citizen()
        Account.objects.filter(id=account.pk).update(is_active=False)

        assert AccountBackend().get_user(account.pk) is None

    def test_the_session_that_changed_the_password_lives_on(self):
        account = citizen()
        request = self.request()
        actions.open_session(request, account)

        changed = actions.change_password(
            account_id=account.pk,
            old=PASSWORD,
            new="a whole new phrase",
            address="10.0.0.1",
            now=NOW,
            wall=WALL,
        )
        actions.keep_session(request, changed)

        assert request.session["_auth_user_hash"] == changed.get_session_auth_hash()
