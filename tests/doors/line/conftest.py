import pytest

from tests.doors.desk.clerk import Clerk

MONDAY = "2026-09-07 10:30"


@pytest.fixture
def monday(city):
    """The demo city on Monday, 7 September 2026."""
    city.go(MONDAY)
    return city


@pytest.fixture
def operator(monday):
    """Ning, who answers the telephone."""
    return Clerk("ning.line")
