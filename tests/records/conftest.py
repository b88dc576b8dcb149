"""What the journal's tests share: a folder for published seals, listeners that go away."""

import pytest

from tests.harness.databases import address, clone, pointed
from tests.records import scenes


@pytest.fixture(autouse=True, scope="module")
def _empty_journal(django_db_setup, django_db_blocker, server, template):
    """Each module has a database whose journal is empty."""
    with clone(server, template) as name:
        scenes.wipe(server, name)
        with pointed(address(server, name), django_db_blocker), django_db_blocker.block():
            yield


@pytest.fixture(autouse=True)
def _own_empty_journal(request):
    if "own_database" in request.fixturenames:
        own = request.getfixturevalue("own_database")
        scenes.wipe(own.server, own.name)


@pytest.fixture(autouse=True)
def published(settings, tmp_path):
    """The folder in which seals are published."""
    settings.JOURNAL_PUBLISHED = tmp_path / "published"
    return settings.JOURNAL_PUBLISHED


@pytest.fixture(autouse=True)
def _own_subscribers():
    with scenes.own_subscribers():
        yield


@pytest.fixture
def listener():
    return scenes.Listener("listener")
