import pytest

from tests.city.lives import applied
from tests.doors.desk.clerk import Clerk

MONDAY = "2026-09-07 10:30"


@pytest.fixture
def monday(city):
    """The demo city on Monday, 7 September 2026."""
    city.go(MONDAY)
    return city


@pytest.fixture
def received(monday):
    """A restaurant's application in five departments, just received."""
    return applied(monday, "restaurant")


@pytest.fixture
def accepted(received):
    """The same on the next day, accepted: five departments review it."""
    received.house.go("2026-09-08 11:00")
    received.accept()
    return received


@pytest.fixture
def decidable(accepted):
    """The same, with the food licence reviewed and waiting for its decision."""
    accepted.review("food-licence")
    return accepted


@pytest.fixture
def desk(city):
    """desk("li.window") is an officer of the city with a browser; desk(None) a stranger."""
    return Clerk
