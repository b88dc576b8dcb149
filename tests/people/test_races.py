"""Several people at the same second."""

from tests.people.scenes import NUMBERS, SECRET, WALL, citizen, officer, sign_in, staff
from tongban.people import actions
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
