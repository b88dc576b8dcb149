import pytest

from tests.doors.hall.window import Window

MONDAY = "2026-09-07 10:30"
SNACK_SHOP = "92650102MA7TE5T192"


@pytest.fixture
def monday(city):
    """The demo city on Monday, 7 September 2026."""
    city.go(MONDAY)
    return city


@pytest.fixture
def window(monday):
    """window("li.window") is a clerk with a browser; window(None) a stranger."""
    return Window


@pytest.fixture
def shop(monday):
    """The snack shop that Gulbahar owns."""
    return monday.party(SNACK_SHOP)


@pytest.fixture
def served(window, shop):
    """Li's window with Gulbahar's application, ready to be confirmed."""
    li = window("li.window")
    li.serve(shop)
    return li
