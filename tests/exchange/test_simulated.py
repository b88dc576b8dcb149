"""The demo city: built-in systems work on two items although its content names none."""

from datetime import timedelta

import pytest

from tests.city.lives import applied
from tests.documents.fakes import fake
from tests.exchange.conftest import KEYS, TOBACCO
from tests.exchange.saying import ITEM
from tongban.config.options import OptionError, Options, pairs
from tongban.exchange import actions
from tongban.exchange.gateways import Simulator
from tongban.exchange.models import Sending

DEMO = Options().simulated_items


@pytest.fixture
def demo(city, settings, folders):
    settings.DEPARTMENT_SYSTEMS = {
        code: fake(
            Simulator, code=code, folder=folders / code, key=key, pace=timedelta(seconds=20)
        )
        for code, key in KEYS.items()
    }
    settings.SIMULATED_ITEMS = pairs(DEMO, "simulated_items")
    city.go("2026-09-07 10:30")
    return city


def test_a_newcomer_is_through_with_the_tobacco_licence_in_a_minute(demo):
    life = applied(demo, "restaurant")
    demo.go("2026-09-08 11:00")
    life.accept()
    assert life.case(ITEM).facts["system"] == TOBACCO
    assert "system" not in life.case("food-licence").facts
    assert "system" not in life.case("fire-check").facts

    now = demo.go("2026-09-08 11:02")
    assert actions.collect(system=TOBACCO, now=now) >= 3
    demo.rest()
    assert life.states()[ITEM] == "granted"
    assert Sending.objects.count() == 1


def test_without_the_option_the_desk_works_on_it(demo, settings):
    settings.SIMULATED_ITEMS = {}
    life = applied(demo, "restaurant")
    assert "system" not in life.case(ITEM).facts


def test_the_option_is_read_or_refused():
    assert pairs(" a=b , c=d", "x") == {"a": "b", "c": "d"}
    assert pairs("", "x") == pairs("none", "x") == {}
    with pytest.raises(OptionError, match="TONGBAN_X"):
        pairs("a", "x")
