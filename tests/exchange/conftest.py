"""The demo city with two departments that have systems of their own, played by the simulator."""

from __future__ import annotations

import shutil

import pytest
from django.db import transaction
from django.test.utils import override_settings

from tests.city.fixtures import CHEAP_PASSWORDS
from tests.city.house import House
from tests.city.lives import applied
from tests.documents.fakes import fake
from tests.harness.databases import (
    OwnDatabase,
    address,
    clone,
    forget_content,
    pointed,
)
from tongban.config.options import CHECKOUT
from tongban.exchange.gateways import Simulator

TOBACCO, REGISTRATION = "tobacco-simulator", "registration-simulator"
SYSTEMS = {"tobacco": TOBACCO, "market-regulation": REGISTRATION}
KEYS = {TOBACCO: "key of tobacco", REGISTRATION: "key of registration"}


@pytest.fixture(scope="session")
def linked_template(city_template, django_db_blocker, server, tmp_path_factory):
    """A database with the demo city whose content names the systems of two departments."""
    from tongban.catalogue.actions import publish
    from tongban.config.content import verbs
    from tongban.kernel.actors import SYSTEM
    from tongban.records.actions import drain_all
    from tongban.records.queries import city_now

    folder = tmp_path_factory.mktemp("linked") / "content"
    shutil.copytree(CHECKOUT / "content", folder)
    file = folder / "places" / "departments.yaml"
    text = file.read_text(encoding="utf-8")
    for code, system in SYSTEMS.items():
        text = text.replace(f"- code: {code}\n", f"- code: {code}\n  system: {system}\n")
    file.write_text(text, encoding="utf-8")
    with clone(server, city_template) as name:
        with (
            pointed(address(server, name), django_db_blocker),
            override_settings(PASSWORD_HASHERS=CHEAP_PASSWORDS),
        ):
            publish(folder, by=SYSTEM, now=city_now(), verbs=verbs())
            drain_all()
        yield name


@pytest.fixture
def systems(settings, folders):
    """Both simulators as they are set; a test may put another in their place."""
    settings.DEPARTMENT_SYSTEMS = {
        code: fake(Simulator, code=code, folder=folders / code, key=key)
        for code, key in KEYS.items()
    }
    return settings.DEPARTMENT_SYSTEMS


@pytest.fixture
def linked(linked_template, django_db_blocker, server, systems):
    """The linked city for an ordinary test: rolled back at the end."""
    forget_content()
    with pointed(address(server, linked_template), django_db_blocker), transaction.atomic():
        yield House()
        transaction.set_rollback(True)
    forget_content()


@pytest.fixture
def own_linked(linked_template, django_db_blocker, server, systems):
    """A copy of the linked city with real commits."""
    forget_content()
    with (
        clone(server, linked_template) as name,
        pointed(address(server, name), django_db_blocker),
    ):
        yield House(OwnDatabase(server, name))
    forget_content()


@pytest.fixture
def handed(linked):
    """A restaurant whose tobacco licence was handed over to its system, on a Tuesday."""
    linked.go("2026-09-07 10:30")
    life = applied(linked, "restaurant")
    linked.go("2026-09-08 11:00")
    life.accept()
    return life
