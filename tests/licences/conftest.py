import pytest

from tests.documents.conftest import own_folders  # noqa: F401 -- used by every test here
from tests.licences import scenes


@pytest.fixture
def city(db):
    """Departments, an enterprise and a person, in an ordinary test."""
    return scenes.city()


@pytest.fixture
def real_city(own_database):
    """The same with real commits."""
    return scenes.city()
