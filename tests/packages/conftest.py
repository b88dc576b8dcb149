import pytest

from tests.city.lives import applied


@pytest.fixture
def monday(city):
    """The demo city on Monday, 7 September 2026."""
    city.go("2026-09-07 10:30")
    return city


@pytest.fixture
def restaurant(monday):
    """A restaurant's application in five departments, just received."""
    return applied(monday, "restaurant")
