from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from tongban.catalogue.queries import current_version
from tongban.config import actions
from tongban.config.health import SILENT_AFTER
from tongban.records.events import SUBSCRIBERS
from tongban.records.models import Subscription


def _now():
    return datetime.now(UTC)  # noqa: TID251 -- the health page goes by the machine's clock


@pytest.fixture
def worker_is_alive(db):
    actions.beat(name="w", failing=[], now=_now())


def test_everything_ready_is_200(client, worker_is_alive):
    answer = client.get("/healthz")

    told = answer.json()
    assert datetime.fromisoformat(told.pop("heartbeat")) > _now() - SILENT_AFTER
    assert told == {
        "ready": True,
        "web": "ready",
        "database": "ready",
        "worker": "ready",
        "content": "ready",
        "pages": "ready",
        "reactions": "ready",
        "content_version": current_version(),
    }
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_worker_it_is_503_and_says_so(client, db):
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["worker"] == "no worker has started yet"


def test_a_silent_worker_is_missed(client, db):
    actions.beat(name="w", failing=[], now=_now() - SILENT_AFTER - timedelta(seconds=5))

    assert client.get("/healthz").json()["worker"].startswith("no worker has been heard of for 2")


def test_failing_loops_are_named(client, db):
    actions.beat(name="w", failing=["seals", "deadlines"], now=_now())

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["worker"] == "failing: deadlines, seals"


def test_one_living_worker_among_dead_ones_is_enough(client, worker_is_alive):
    actions.beat(name="dead", failing=["seals"], now=_now() - timedelta(hours=1))

    assert client.get("/healthz").json()["worker"] == "ready"


def test_any_host_name_may_ask(client, worker_is_alive):
    assert client.get("/healthz", headers={"host": "10.0.0.7"}).json()["web"] == "ready"


def test_a_database_that_is_away_is_told_not_raised(client, own_database):
    connections.close_all()
    connections.settings["default"]["PORT"] = "1"
    connections["default"].settings_dict["PORT"] = "1"
    connection.close()

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["web"] == "ready"
    assert answer.json()["database"] == "database: OperationalError"
    assert answer.json()["pages"] == "unknown without the database"


def test_a_house_whose_addresses_are_broken_is_not_ready(
    client, worker_is_alive, settings, caplog
):
    client.raise_request_exception = False
    settings.ROOT_URLCONF = "tests.config.no_such_addresses"

    answers = [client.get("/healthz") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {503}
    assert answers[0].json()["pages"] == "/login/ fails: ModuleNotFoundError"
    assert answers[0].json()["database"] == "ready"
    assert len(caplog.records) == 1
    assert "No module named 'tests.config.no_such_addresses'" in caplog.text


def test_a_house_whose_templates_are_broken_is_not_ready(client, worker_is_alive, settings):
    client.raise_request_exception = False
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": []}]

    assert client.get("/healthz").json()["pages"] == "/login/ fails: TemplateDoesNotExist"


def test_a_reaction_that_stands_still_is_told_and_takes_nothing_off_the_net(
    client, worker_is_alive
):
    name = sorted(SUBSCRIBERS)[0]
    Subscription.objects.update_or_create(
        name=name, defaults={"position": 0, "error": "ValueError: no", "attempts": 3}
    )

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["reactions"] == f"standing still: {name}"
