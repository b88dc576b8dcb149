import pytest

from tests.ratings.lives import finished


@pytest.fixture(scope="module")
def prepared(shared_city):
    """The finished application of a file's tests."""
    return finished(shared_city)


@pytest.fixture
def life(prepared, scene):
    """A finished application with its invitation; what a test does with it is rolled back."""
    return prepared


@pytest.fixture
def house(life):
    """The city of that application."""
    return life.house
