"""Several people at the same second."""

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
from tongban.people import actions
from tongban.people.actions import NewCitizen
from tongban.people.rules import LOGIN_LIMIT, totp_code, totp_step


def test_parallel_guesses_are_all_counted(own_database, race):
    citizen("hasan", "艾山", NUMBERS[0])

    results = race(*[lambda: sign_in("hasan", "wrong")] * (LOGIN_LIMIT.failures + 4))

    kinds = [type(result) for result in results]
    assert kinds.count(actions.SignInRefused) == LOGIN_LIMIT.failures
    assert kinds.count(actions.TooManyAttempts) == 4


def test_a_code_opens_one_of_two_doors_at_once(own_database, race):
    staff(officer("wang", totp_secret=SECRET))
    code = totp_code(SECRET, totp_step(WALL))

    results = race(*[lambda: sign_in("wang", totp=code)] * 2)

    assert sorted(type(result).__name__ for result in results) == ["Account", "SignInRefused"]


def test_one_person_registering_twice_at_once_gets_one_account(own_database, race):
    registered("艾山", NUMBERS[0])

    def register(login):
        person = NewCitizen(login, PASSWORD, "艾山", NUMBERS[0])
        return actions.register_citizen(person=person, address="10.0.0.9", now=NOW, wall=WALL)

    results = race(lambda: register("hasan"), lambda: register("hasan2"))

    assert sorted(type(result).__name__ for result in results) == ["Account", "AlreadyRegistered"]
