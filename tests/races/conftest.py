"""A city on a server of its own that is killed while people work."""

import random
import threading
import time

import pytest
from django.db import Error, connections
from django.test.utils import override_settings

from tests.city.fixtures import CHEAP_PASSWORDS
from tests.city.house import House
from tests.harness.databases import OwnDatabase
from tongban.config.options import CHECKOUT
from tongban.records.actions import drain, sequence


@pytest.fixture
def killed_house(own_cluster, folders):
    """A demo city on a server of its own, with fsync on."""
    from tongban.catalogue.content.loader import load_content
    from tongban.config.city import build_city

    house = House(OwnDatabase(own_cluster.server, own_cluster.name))
    with override_settings(PASSWORD_HASHERS=CHEAP_PASSWORDS):
        build_city(load_content(CHECKOUT / "content"), now=house.now)
    house.go("2026-09-07 10:30")
    return house


class Load:
    """Clients that go on through crashes: what got no answer is asked for again."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.acknowledged = {}
        self.granted = set()
        self.crashes = 0
        self.done = threading.Event()

    def insist(self, work):
        """The answer of the work, asked for again after each crash."""
        while True:
            try:
                return work()
            except Error:
                self.crashes += 1
                connections.close_all()
                self.cluster.wait()

    def client(self, works):
        def run():
            try:
                for work in works:
                    work()
            finally:
                connections.close_all()

        return run

    def worker(self):
        """A worker of the house: orders and reacts, and comes back after each crash."""
        while not self.done.is_set():
            moved = self.insist(lambda: sequence() + drain(50))
            if not moved:
                time.sleep(0.01)
        connections.close_all()

    def killing(self, kills, of):
        """Kill the server whenever another part of what is to be done has been acknowledged."""
        chance = random.Random(4)  # noqa: S311 -- a test's dice

        def run():
            for kill in range(1, kills + 1):
                while len(self.acknowledged) < kill * of // (kills + 1):
                    time.sleep(0.005)
                time.sleep(chance.random() / 20)
                self.cluster.kill()
                self.cluster.wait()

        return run


@pytest.fixture
def load(own_cluster):
    return Load(own_cluster)
