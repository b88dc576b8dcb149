"""A worker killed (kill -9) in the hotline's reactions and in those of ratings: nothing twice."""

from collections import Counter

import pytest

from tests.city.house import House
from tests.harness.databases import OwnDatabase, address, clone, pointed
from tests.hotline.calls import NOISE, called
from tests.races.dying import die_in
from tongban.engine.models import Step
from tongban.engine.queries import audit_clocks
from tongban.hotline.actions import merge_ticket
from tongban.hotline.models import Order, Task, Ticket
from tongban.notices.models import Message
from tongban.ratings.actions import rate
from tongban.ratings.models import Invitation, Rectification, Review
from tongban.ratings.rules import Rating
from tongban.records.models import Entry
from tongban.records.queries import export_lines, subscriptions
from tongban.records.rules.verification import verify

pytestmark = pytest.mark.kill


def facts():
    """Everything that reactions made, without what depends on chance."""
    return {
        "tickets": Counter(Ticket.objects.values_list("proceeding__state", "outcome")),
        "tasks": Counter(Task.objects.values_list("unit", "round", "proceeding__state")),
        "orders": Order.objects.count(),
        "verbs": Counter(Entry.objects.filter(stream="proceeding").values_list("verb", flat=True)),
        "steps": Counter(Step.objects.values_list("code", "state")),
        "messages": Counter(Message.objects.values_list("key", flat=True)),
        "invited": Counter(Invitation.objects.values_list("object", flat=True)),
        "reviews": Counter(Review.objects.values_list("level", flat=True)),
        "mended": Counter(Rectification.objects.values_list("proceeding__state", flat=True)),
    }


def live(house, disturb):
    """Two requests answered together, their callers asked, one bad review opened."""
    house.go("2026-09-07 10:30")
    first = called(house)
    second = called(house, NOISE.replace("三天", "两天"), phone="13800002222")
    merge_ticket(
        ticket_id=second.ticket_id, into=first.ticket_id, by=first.centre(), now=house.now
    )
    disturb("hotline.messages")
    house.rest()
    first.dispatched().signed()
    first.replied()
    from tongban.hotline.actions import Said, call_back, close_ticket, pass_reply

    pass_reply(ticket_id=first.ticket_id, by=first.centre(), now=house.now)
    disturb("hotline.members", "hotline.messages", "hotline.figures")
    house.rest()
    for one in (first, second):
        said = Said("solved", contacted=True, satisfied=None)
        call_back(ticket_id=one.ticket_id, said=said, by=one.centre(), now=house.now)
        close_ticket(ticket_id=one.ticket_id, by=one.centre(), now=house.now)
    disturb("ratings.invite")
    house.rest()
    rate(
        invitation=Invitation.objects.get(number=first.number),
        rating=Rating(level=5, channel="mobile", text="还是很吵"), now=house.now,
    )  # fmt: skip
    disturb("ratings.rectify")
    house.rest()


def test_workers_killed_at_the_hotline_leave_the_same_city_as_punctual_ones(
    own_city, city_template, server, django_db_blocker, tmp_path
):
    mark = tmp_path / "at-work"
    kills = []

    def kill(*names):
        for name in names:
            die_in(name, mark)
            kills.append(name)

    live(own_city, kill)
    disturbed = facts()
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=own_city.now)).holds
    assert all(s.behind == 0 and not s.error for s in subscriptions())

    with clone(server, city_template) as name, pointed(address(server, name), django_db_blocker):
        live(House(OwnDatabase(server, name)), lambda *names: None)
        punctual = facts()

    assert len(kills) == 6
    assert disturbed == punctual
    assert punctual["mended"] == {"open": 1}
