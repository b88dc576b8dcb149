"""Several devices at the same second."""

from tests.forms.scenes import draft, person, save
from tongban.forms import queries


def test_two_devices_at_the_same_second_lose_nothing(own_database, race):
    me = person()
    opened = draft(me)

    results = race(
        lambda: save(me, opened, {"club.name": "手机"}),
        lambda: save(me, opened, {"club.name": "电脑"}),
        lambda: save(me, opened, {"club.courts": "4"}),
    )

    found = queries.access_draft(me, opened.id)
    assert sum(bool(result.conflicts) for result in results) == 1
    assert sorted([found.answers["club.name"], *found.disputed["club.name"]]) == ["手机", "电脑"]
    assert found.answers["club.courts"] == "4"
    assert found.revision == 3
