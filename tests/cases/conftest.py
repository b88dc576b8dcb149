import pytest

from tests.city.lives import applied

MONDAY = "2026-09-07 10:30"


@pytest.fixture
def monday(city):
    """The demo city on Monday, 7 September 2026."""
    city.go(MONDAY)
    return city


@pytest.fixture
def restaurant(monday):
    """A restaurant's application in five departments, just received."""
    return applied(monday, "restaurant")


@pytest.fixture
def snack_shop(monday):
    """A small eatery's application, just received."""
    return applied(monday, "snack-shop")
