"""Registering with the real name, passwords, second factor, preferences."""

import pytest

from tests.people.scenes import (
    NOW,
    NUMBERS,
    PASSWORD,
    SECRET,
    WALL,
    citizen,
    officer,
    registered,
    sign_in,
    staff,
)
from tongban.kernel.actors import SYSTEM
from tongban.kernel.refusals import BadInput, NotAllowed
from tongban.people import actions
from tongban.people.actions import NewCitizen
from tongban.people.gateways import RegisterError
from tongban.people.models import Account, Party, Throttle
from tongban.people.queries import actor_of, find_party, new_totp
from tongban.people.rules import totp_code, totp_step
from tongban.people.states import PartyKind
from tongban.records.models import Entry

pytestmark = pytest.mark.django_db


def register(**changes):
    person = {
        "login": "aliya",
        "password": PASSWORD,
        "name": "阿丽娅·买买提",
        "id_number": NUMBERS[1],
        "phone": "13800138000",
    } | changes
    return actions.register_citizen(
        person=NewCitizen(**person), address="10.0.0.9", now=NOW, wall=WALL
    )


def verbs(account):
    rows = Entry.objects.filter(stream="account", stream_id=account.pk).order_by("seq")
    return list(rows.values_list("verb", flat=True))


class DownRegister:
    def match(self, **_):
        raise RegisterError("timeout")


class TestRegistering:
    def test_a_real_person_gets_an_account_bound_to_a_party(self):
        registered("阿丽娅·买买提", NUMBERS[1])

        account = register(login=" ALIYA ", name="阿丽娅•买买提", id_number="650103 19851231 0021")

        party = find_party(PartyKind.NATURAL, NUMBERS[1])
        assert (account.login, account.party_id, account.name) == (
            "aliya",
            party.id,
            "阿丽娅·买买提",
        )
        assert party.masked_code == "650103********0021"
        assert verbs(account) == ["account_registered"]

    def test_the_journal_keeps_no_personal_value(self):
        account = citizen()

        entry = Entry.objects.get(stream="account", stream_id=account.pk)
        assert entry.body == {}
        assert entry.fields == ["login", "party", "phone", "language"]

    def test_every_problem_is_told_at_once(self):
        with pytest.raises(BadInput) as no:
            register(login="x", password="1", name="", id_number="1", phone="2", language="xx")

        assert {problem.path for problem in no.value.problems} == {
            "login",
            "password",
            "name",
            "id_number",
            "phone",
            "language",
        }

    @pytest.mark.parametrize("name", ["别人", "阿丽娅"])
    def test_another_name_is_refused(self, name):
        registered("阿丽娅·买买提", NUMBERS[1])

        with pytest.raises(actions.RealNameNotConfirmed):
            register(name=name)
        assert not Account.objects.filter(login="aliya").exists()

    def test_an_unknown_number_reads_like_a_wrong_name(self):
        registered("阿丽娅·买买提", NUMBERS[1])
        with pytest.raises(actions.RealNameNotConfirmed) as wrong:
            register(name="别人")
        with pytest.raises(actions.RealNameNotConfirmed) as unknown:
            register(id_number=NUMBERS[3])

        assert wrong.value.sentence == unknown.value.sentence

    def test_a_silent_register_is_said_and_nothing_is_kept(self, settings):
        settings.POPULATION_REGISTER = ("tests.people.test_accounts.DownRegister", {})

        with pytest.raises(actions.RealNameNotConfirmed) as no:
            register()

        assert "没有应答" in no.value.sentence
        assert not Party.objects.filter(name="阿丽娅·买买提").exists()

    def test_one_person_has_one_account(self):
        citizen()

        with pytest.raises(actions.AlreadyRegistered):
            register(login="aliya2")

    def test_a_login_is_used_once(self):
        citizen()
        registered("艾山", NUMBERS[0])

        with pytest.raises(actions.LoginTaken):
            register(name="艾山", id_number=NUMBERS[0])

    def test_many_registrations_of_one_address_are_slowed_down(self):
        for _ in range(30):
            with pytest.raises(actions.RealNameNotConfirmed):
                register()

        with pytest.raises(actions.TooManyAttempts):
            register()

    def test_a_kiosk_in_a_hall_registers_many(self):
        citizen()
        citizen("hasan", "艾山", NUMBERS[0])

        assert Throttle.objects.get().failures == 0

    def test_a_common_password_is_refused(self):
        with pytest.raises(BadInput) as no:
            register(password="password123")

        assert [problem.path for problem in no.value.problems] == ["password"]


class TestPasswords:
    def test_a_changed_password_ends_other_sessions(self):
        account = citizen()
        before = account.get_session_auth_hash()

        changed = actions.change_password(
            account_id=account.pk,
            old=PASSWORD,
            new="a whole new phrase",
            address="10.0.0.1",
            now=NOW,
            wall=WALL,
        )

        assert changed.get_session_auth_hash() != before
        assert sign_in("aliya", "a whole new phrase").pk == account.pk
        assert verbs(account) == ["account_registered", "password_changed", "signed_in"]

    @pytest.mark.parametrize(("old", "new"), [("wrong", "a whole new phrase"), (PASSWORD, "weak")])
    def test_a_wrong_old_or_weak_new_one_is_refused(self, old, new):
        account = citizen()

        with pytest.raises(BadInput):
            actions.change_password(
                account_id=account.pk, old=old, new=new, address="10.0.0.1", now=NOW, wall=WALL
            )
        assert sign_in("aliya").pk == account.pk

    def test_the_operator_resets_a_password(self):
        account = citizen()

        password = actions.reset_password(account_id=account.pk, by=SYSTEM, now=NOW)

        assert sign_in("aliya", password).pk == account.pk

    def test_nobody_else_resets_a_password(self):
        account = citizen()

        with pytest.raises(NotAllowed):
            actions.reset_password(account_id=account.pk, by=actor_of(account), now=NOW)


class TestSecondFactor:
    def enrol(self, account, secret, code):
        return actions.enrol_totp(
            account_id=account.pk, secret=secret, code=code, now=NOW, wall=WALL
        )

    def test_enrolling_proves_the_device_and_uses_the_code_up(self):
        staff(officer("wang"))
        account = Account.objects.get(login="wang")
        offer = new_totp("wang")
        code = totp_code(offer.secret, totp_step(WALL))

        self.enrol(account, offer.secret, code)

        with pytest.raises(actions.SignInRefused):
            sign_in("wang", totp=code)
        later = totp_code(offer.secret, totp_step(WALL) + 1)
        assert sign_in("wang", totp=later).pk == account.pk

    @pytest.mark.parametrize("secret", [SECRET, "!!"])
    def test_a_wrong_code_or_secret_enrols_nothing(self, secret):
        staff(officer("wang"))
        account = Account.objects.get(login="wang")

        with pytest.raises(actions.SecondFactorRefused):
            self.enrol(account, secret, "000000")

    def test_a_stolen_session_cannot_replace_the_factor(self):
        staff(officer("wang", totp_secret=SECRET))
        account = Account.objects.get(login="wang")
        offer = new_totp("wang")

        with pytest.raises(actions.SecondFactorRefused):
            self.enrol(account, offer.secret, totp_code(offer.secret, totp_step(WALL)))

    def test_the_operator_removes_a_lost_factor(self):
        staff(officer("wang", totp_secret=SECRET))
        account = Account.objects.get(login="wang")

        actions.remove_totp(account_id=account.pk, by=SYSTEM, now=NOW)

        assert sign_in("wang").pk == account.pk

    def test_the_offer_is_an_address_for_authenticators(self):
        offer = new_totp("wang")

        assert offer.uri.startswith("otpauth://totp/")
        assert f"secret={offer.secret}" in offer.uri


class TestPreferences:
    def test_language_and_large_print_are_kept(self):
        account = citizen()

        actions.set_preferences(
            account_id=account.pk, language="en", large_print=True, by=actor_of(account), now=NOW
        )

        account.refresh_from_db()
        assert (account.language, account.large_print) == ("en", True)

    def test_an_unknown_language_is_refused(self):
        account = citizen()

        with pytest.raises(BadInput):
            actions.set_preferences(
                account_id=account.pk,
                language="tlh",
                large_print=False,
                by=actor_of(account),
                now=NOW,
            )

    def test_nobody_changes_the_telephone_of_another(self):
        mine = citizen()
        theirs = citizen("hasan", "艾山", NUMBERS[0], "")

        with pytest.raises(NotAllowed):
            actions.change_phone(
                account_id=theirs.pk, phone="13900139000", by=actor_of(mine), now=NOW
            )

    @pytest.mark.parametrize(("typed", "kept"), [("139 0013 9000", "13900139000"), ("", "")])
    def test_a_telephone_is_kept_normalised(self, typed, kept):
        account = citizen()

        actions.change_phone(account_id=account.pk, phone=typed, by=actor_of(account), now=NOW)

        account.refresh_from_db()
        assert account.phone == kept
