"""Guardians at the window: found by number, recorded from a paper, ended by a judgment."""

import pytest

from tests.city.lives import applied
from tests.doors.hall.window import GULBAHAR, Window
from tongban.people.models import Guardianship, Party
from tongban.people.queries import parties_acted_for


@pytest.fixture
def child(city):
    """The child is registered and has its number."""
    city.go("2026-10-12 10:30")
    life = applied(city, "newborn")
    city.go("2026-10-12 12:00")
    life.accept()
    for item in ("birth-certificate", "household-registration"):
        life.grant([item])
    city.rest()
    return Party.objects.get(birth__isnull=False)


def test_a_guardian_is_recorded_and_one_ended_at_the_window(child, city):
    served = Window("wang.window")
    page = served.send("/hall/family/", {"do": "find", "child": child.code})
    assert page.location == "/hall/family/"
    text = served.open("/hall/family/").source
    assert "热依汗古丽·托合提" in text
    assert child.code not in text

    aunt = {**GULBAHAR, "evidence": "指定书 3 号", "starts_on": "2026-10-12"}
    assert served.send("/hall/family/", {"do": "record", **aunt}).status == 302
    row = Guardianship.objects.get(kind="appointed")
    assert child.pk in parties_acted_for(row.guardian_id, on=city.now.date())
    assert served.send("/hall/family/", {"do": "record", **aunt}).status == 422

    assert served.send("/hall/family/", {"do": f"end:{row.pk}", "reason": ""}).status == 422
    assert (
        served.send("/hall/family/", {"do": f"end:{row.pk}", "reason": "判决 9 号"}).status == 302
    )
    assert child.pk not in parties_acted_for(row.guardian_id, on=city.now.date())
    assert "判决 9 号" in served.open("/hall/family/").source
    assert served.send("/hall/family/", {"do": "end:999999", "reason": "判决"}).status == 422


def test_a_number_that_is_no_childs_opens_nothing(child):
    served = Window("wang.window")
    page = served.send("/hall/family/", {"do": "find", "child": GULBAHAR["id_number"]})
    assert page.status == 422
    assert "没有找到这个孩子的登记" in page.source
    assert served.send("/hall/family/", {"do": "record"}).status == 302
    assert not Guardianship.objects.filter(kind="appointed").exists()
