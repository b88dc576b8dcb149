"""The demo city's hotline is not empty: weeks of requests come while the site is already open."""

import os
import random
import signal
import time

import pytest
from django.db import connection, connections

from tests.hotline.calls import called
from tongban.catalogue.content.requests import read_requests
from tongban.config.actions import begin_filling
from tongban.config.models import Filling
from tongban.config.options import CHECKOUT
from tongban.config.requests import PIECE, fill_piece
from tongban.config.tasks import fill_hotline
from tongban.hotline.models import Hot, Ticket
from tongban.records.queries import export_lines
from tongban.records.rules.verification import verify

CONTENT = CHECKOUT / "content"
KILLS = 8


def asked_for():
    """How many are filed already, as each waiting job says; and who waits to learn."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select args ->> 'filed' from procrastinate_jobs"
            " where task_name like '%%fill_hotline' order by id"
        )
        places = [int(row[0]) for row in cursor.fetchall()]
        cursor.execute(
            "select count(*) from procrastinate_jobs where task_name like '%%learn_from_requests'"
        )
        return places, cursor.fetchone()[0]


def go_on():
    """What the worker does, one job after the other, until nothing is left."""
    while not Filling.objects.get().is_done:
        fill_hotline.func(filed=Filling.objects.get().filed)


def killed_while_filling(after):
    """A worker goes on and is killed after so many seconds, wherever it is then."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        try:
            go_on()
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


@pytest.mark.slow
@pytest.mark.kill
def test_however_often_it_is_killed_every_request_comes_once_and_hot_issues_arise(own_city):
    own_city.go("2026-11-20 14:00")
    assert begin_filling(now=own_city.now) == 0
    chance = random.Random(3)  # noqa: S311 -- a test's dice
    for _ in range(KILLS):
        killed_while_filling(chance.uniform(0.2, 1.6))
        # What is filed is whole, and the next job was asked for with it.
        filed = Filling.objects.get().filed
        assert Ticket.objects.count() == filed
        assert asked_for() == (list(range(PIECE, filed + 1, PIECE)), 0)
    go_on()

    assert begin_filling(now=own_city.now) is None
    filed = Filling.objects.get().filed
    sources = Ticket.objects.values_list("source", flat=True)
    asked = [one for one in read_requests(CONTENT) if one.region]
    assert len(sources) == len(set(sources)) == filed == len(asked) > 350
    assert asked_for() == (list(range(PIECE, filed, PIECE)), 1)
    own_city.rest()
    states = set(Ticket.objects.values_list("proceeding__state", flat=True))
    assert {"answered", "closed", "callback", "received"} <= states
    open_ones = {one.place: one.proceeding.state for one in Hot.objects.filter(closed_at=None)}
    assert open_ones["联建社区"] == "alarmed"
    assert Hot.objects.count() >= 4
    pointed_out = Ticket.objects.exclude(longitude=None)
    assert 0.2 < pointed_out.count() / filed < 0.8
    spots = pointed_out.filter(hot__place="联建社区").values_list("longitude", "latitude")
    east, north = zip(*spots, strict=True)
    # One matter lies in one place: within some hundred metres.
    assert len(east) >= 3
    assert max(max(east) - min(east), max(north) - min(north)) < 0.005
    assert verify(export_lines(now=own_city.now)).holds


def test_two_workers_at_the_same_place_file_one_piece(own_city, race):
    own_city.go("2026-11-20 14:00")
    begin_filling(now=own_city.now)

    results = race(*[lambda: fill_piece(CONTENT, filed=0)] * 2)

    assert sorted(one.filed if one else 0 for one in results) == [0, PIECE]
    assert Ticket.objects.count() == PIECE
    assert fill_piece(CONTENT, filed=0) is None
    # Somebody builds the city again: it goes on from where it is.
    assert begin_filling(now=own_city.now) == PIECE


def test_a_city_that_has_requests_gets_none(city):
    city.go("2026-11-20 14:00")
    called(city)

    assert begin_filling(now=city.now) is None
    assert fill_piece(CONTENT, filed=0) is None
    assert Ticket.objects.count() == 1
