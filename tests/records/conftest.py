"""What the journal's tests share: a folder for published seals, listeners that go away."""

import pytest

from tests.records import scenes


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
