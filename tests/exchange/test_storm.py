"""Worker, database and simulator killed (kill -9) again and again while people file.

Nothing acknowledged is lost, nothing happens twice, the journal verifies. The suite does a dozen
rounds; `KILLS=200` does two hundred: 150 workers, 100 simulators and 50 databases were killed
while 200 applications were filed, and 5,665 entries verified.
"""

import json
import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import Error, connections
from django.test.utils import override_settings

from tests.city.applying import write_draft
from tests.city.fixtures import CHEAP_PASSWORDS
from tests.city.house import House
from tests.city.wishes import wish
from tests.documents.fakes import fake
from tests.exchange.conftest import KEYS, TOBACCO
from tests.exchange.saying import ITEM
from tests.harness.databases import OwnDatabase
from tongban.config.options import CHECKOUT
from tongban.engine.models import Proceeding
from tongban.engine.queries import audit_clocks
from tongban.exchange import actions
from tongban.exchange.gateways import Envelope, HttpSystem, RegionalSimulator, Simulator
from tongban.exchange.models import Arrival, Reject, Report, Sending
from tongban.kernel.refusals import MoveNotAllowed
from tongban.licences.models import Licence
from tongban.packages.actions import accept_application, submit_application
from tongban.packages.models import Application
from tongban.records.actions import drain, sequence
from tongban.records.models import Entry
from tongban.records.queries import export_lines, subscriptions
from tongban.records.rules.verification import verify

pytestmark = [pytest.mark.kill, pytest.mark.slow]

KILLS = int(os.environ.get("KILLS") or 12)
KINDS = ("worker", "simulator", "worker", "database", "worker", "simulator")


class Elsewhere(HttpSystem):
    """A system behind HTTP, in a process that is killed; what it tells is asked for in its files.

    ``inner`` is the same simulator, as the files know it.
    """

    def __init__(self, *, inner, **how):
        super().__init__(**how)
        object.__setattr__(self, "inner", inner)

    def collect(self, now):
        return self.inner.collect(now)

    def confirm(self, keys):
        self.inner.confirm(keys)

    def report(self, now):
        return self.inner.report(now)


def serve(simulator, port_file):
    """The department's system as a process of its own."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            envelope = Envelope(
                message_id=body["id"],
                client=self.headers["X-Road-Client"],
                service=self.headers["X-Road-Service"],
                case_number=body["case"],
                body=body,
                sent_at=datetime.fromisoformat(body["queued_at"]),
            )
            receipt = simulator.deliver(envelope)
            said = json.dumps({"acknowledged": True, "reference": receipt.reference}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *words):
            pass

    port = int(port_file.read_text()) if port_file.exists() else 0
    server = HTTPServer(("127.0.0.1", port), Door)
    port_file.write_text(str(server.server_port))
    server.serve_forever()


class Storm:
    """The house under fire: children that are killed and started again."""

    def __init__(self, cluster, house, simulator, port_file):
        self.cluster, self.house = cluster, house
        self.simulator, self.port_file = simulator, port_file
        self.children = {}
        self.killed = Counter()
        self.crashes = 0

    def start(self, name, work):
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                work()
            finally:
                os._exit(1)
        self.children[name] = child

    def start_all(self):
        self.start("simulator", lambda: serve(self.simulator, self.port_file))
        while not self.port_file.exists() or not self.port_file.read_text():
            time.sleep(0.01)
        self.start("worker", self.work)

    def work(self):
        """A worker of the house; whatever is due by the machine's clock is due at once."""
        attempt = 0
        while True:
            try:
                attempt += 1
                wall = datetime(2100 + attempt % 800, 1, 1, tzinfo=UTC)
                moved = sequence() + drain(50)
                now = self.house.now
                moved += actions.send_due(now=now, wall=wall)
                moved += actions.collect(system=TOBACCO, now=now)
                moved += actions.send_reports(now=now, wall=wall)
                time.sleep(0 if moved else 0.02)
            except Error:
                connections.close_all()
                time.sleep(0.1)

    def kill(self, name):
        self.killed[name] += 1
        if name == "database":
            self.cluster.kill()
            self.cluster.wait()
            return
        child = self.children.pop(name)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if name == "worker":
            self.start("worker", self.work)
        else:
            self.start("simulator", lambda: serve(self.simulator, self.port_file))

    def stop(self):
        for child in self.children.values():
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self.children.clear()

    def insist(self, work):
        """The answer of the work, asked for again after each crash."""
        while True:
            try:
                return work()
            except Error:
                self.crashes += 1
                connections.close_all()
                self.cluster.wait()


@pytest.fixture
def house(own_cluster, folders):
    from tongban.catalogue.content.loader import load_content
    from tongban.config.city import build_city

    house = House(OwnDatabase(own_cluster.server, own_cluster.name))
    with override_settings(PASSWORD_HASHERS=CHEAP_PASSWORDS):
        build_city(load_content(CHECKOUT / "content"), now=house.now)
    house.go("2026-09-07 10:30")
    return house


@pytest.fixture
def storm(own_cluster, house, settings, folders, tmp_path):
    simulator = Simulator(code=TOBACCO, folder=folders / TOBACCO, key=KEYS[TOBACCO])
    port_file = tmp_path / "port"
    storm = Storm(own_cluster, house, simulator, port_file)
    settings.SIMULATED_ITEMS = {ITEM: TOBACCO}
    settings.REGIONAL_PLATFORM = fake(RegionalSimulator, folder=folders / "regional")
    storm.start("simulator", lambda: serve(simulator, port_file))
    while not port_file.exists() or not port_file.read_text():
        time.sleep(0.01)
    settings.DEPARTMENT_SYSTEMS = {
        TOBACCO: fake(
            Elsewhere, code=TOBACCO, key=KEYS[TOBACCO], inner=simulator,
            url=f"http://127.0.0.1:{port_file.read_text()}",
        )
    }  # fmt: skip
    storm.start("worker", storm.work)
    yield storm
    storm.stop()


def test_nothing_is_lost_and_nothing_happens_twice_however_often_something_is_killed(storm, house):
    chance = random.Random(7)  # noqa: S311 -- a test's dice
    made = wish("restaurant")
    by, now = storm.insist(lambda: house.actor(made.login)), house.now
    window = house.actor("li.window")
    acknowledged = {}
    for n in range(KILLS):
        draft = storm.insist(lambda: write_draft(house, made))
        if n % 2:
            storm.kill(KINDS[n // 2 % len(KINDS)])
        key = f"key{n}"
        filed = storm.insist(
            lambda key=key, draft=draft: submit_application(
                draft_id=draft, key=key, by=by, now=now
            )
        )
        acknowledged[key] = filed.number
        time.sleep(chance.random() / 10)
        storm.kill(KINDS[n % len(KINDS)])
        accept(storm, filed.proceeding_id, window, now)
    storm.stop()
    connections.close_all()
    finish(storm, house)

    assert storm.killed.total() >= KILLS
    everything_is_there_once(acknowledged)
    assert len(storm.simulator.history(case_numbers()[0])) > 0
    assert list(audit_clocks()) == []
    assert verify(export_lines(now=house.now)).holds
    assert all(s.behind == 0 and not s.error for s in subscriptions())


def accept(storm, package_id, window, now):
    def once():
        try:
            accept_application(package_id=package_id, by=window, now=now)
        except MoveNotAllowed:
            return  # it was done, and the answer was lost

    storm.insist(once)


def finish(storm, house):
    """The storm is over: everything that is due is done."""
    storm.start("simulator", lambda: serve(storm.simulator, storm.port_file))
    time.sleep(0.3)
    try:
        for step, moment in enumerate(("2026-09-07 18:00", "2026-09-08 18:00")):
            house.rest(jobs=False)
            late = datetime(2999, 1, 1 + step, tzinfo=UTC)
            actions.send_due(now=house.now, wall=late)
            now = house.go(moment)
            while actions.collect(system=TOBACCO, now=now):
                house.rest(jobs=False)
        while actions.send_reports(now=house.now, wall=datetime(2999, 2, 1, tzinfo=UTC)):
            house.rest(jobs=False)
    finally:
        storm.stop()


def case_numbers():
    cases = Proceeding.objects.filter(kind="case", facts__item=ITEM)
    return list(cases.order_by("id").values_list("number", flat=True))


def everything_is_there_once(acknowledged):
    kept = dict(Application.objects.values_list("idempotency_key", "proceeding__number"))
    assert kept == acknowledged
    cases = Proceeding.objects.filter(kind="case", facts__item=ITEM)
    assert Counter(cases.values_list("state", flat=True)) == {"granted": len(acknowledged)}
    assert Sending.objects.count() == len(acknowledged)
    assert set(Sending.objects.values_list("state", flat=True)) == {"acknowledged"}
    for case in cases:
        verbs = Counter(Entry.objects.filter(stream_id=case.pk).values_list("verb", flat=True))
        assert (verbs["grant"], verbs["issue"], verbs["take_in_elsewhere"]) == (1, 1, 1)
    assert set(Arrival.objects.values_list("state", flat=True)) == {"applied"}
    assert not Reject.objects.exists()
    assert Licence.objects.filter(type_code=ITEM, origin="mirrored").count() == len(acknowledged)
    states = Counter(Report.objects.values_list("state", flat=True))
    assert set(states) == {"received"}, states
