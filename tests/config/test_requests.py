"""The demo city's hotline is not empty: weeks of requests, hot issues among them."""

import time

import pytest

from tongban.config.options import CHECKOUT
from tongban.config.requests import fill_hotline
from tongban.hotline.models import Hot, Ticket
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

pytestmark = pytest.mark.slow


def test_the_demo_city_has_weeks_of_requests_and_hot_issues(own_city):
    own_city.go("2026-11-20 14:00")
    began = time.process_time()
    made = fill_hotline(CHECKOUT / "content", now=own_city.now)
    took = time.process_time() - began

    assert fill_hotline(CHECKOUT / "content", now=own_city.now) == 0
    own_city.rest()
    assert made == Ticket.objects.count() > 350
    assert took < 40
    states = set(Ticket.objects.values_list("proceeding__state", flat=True))
    assert {"answered", "closed", "callback", "received"} <= states
    open_ones = {one.place: one.proceeding.state for one in Hot.objects.filter(closed_at=None)}
    assert open_ones["联建社区"] == "alarmed"
    assert Hot.objects.count() >= 4
    assert verify(export_lines(now=own_city.now)).holds
