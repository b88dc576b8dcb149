"""The demo city in a database: built once for each run, then copied or rolled back."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test.utils import override_settings

from tests.city.fakes import PlainPages, PlainSeals
from tests.city.house import House
from tests.documents.fakes import TEMPLATES, fake
from tests.harness.databases import (
    OwnDatabase,
    address,
    clone,
    forget_what_tests_published,
    made_once,
    pointed,
)
from tongban.config.options import CHECKOUT
from tongban.documents import gateways
from tongban.notices.gateways import FileSms
from tongban.payments.gateways import FileBank

CHEAP_PASSWORDS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def city_template(django_db_setup, django_db_blocker, server, template):
    """The name of a database with the demo city, everything at rest."""
    from tongban.catalogue.content.loader import load_content
    from tongban.config.city import build_city
    from tongban.records.actions import drain_all
    from tongban.records.queries import city_now

    with made_once(server, template, "city") as (built, draft):
        if draft is not None:
            with (
                pointed(address(server, draft), django_db_blocker),
                override_settings(PASSWORD_HASHERS=CHEAP_PASSWORDS),
            ):
                build_city(load_content(CHECKOUT / "content"), now=city_now())
                drain_all()
    with clone(server, built) as name:
        yield name


def plain(folder):
    """Settings by which files and short messages lie in a folder and papers cost nothing."""
    return {
        "DOCUMENT_STORE": fake(gateways.FolderStore, folder=folder / "files"),
        "DOCUMENT_SEALS": fake(PlainSeals),
        "DOCUMENT_RENDERER": fake(PlainPages),
        "SMS_GATEWAY": fake(FileSms, path=folder / "sms.log"),
        "PAYMENT_BANK": fake(FileBank, folder=folder / "bank", key="bank"),
    }


@pytest.fixture
def folders(settings, tmp_path):
    """Files, short messages and papers of this test apart; the papers cost nothing."""
    for name, value in plain(tmp_path).items():
        setattr(settings, name, value)
    return tmp_path


@pytest.fixture
def real_papers(settings, folders):
    """Papers as they are: typeset by typst, sealed by pyHanko."""
    settings.DOCUMENT_SEALS = fake(gateways.LocalSeals, folder=folders / "seals")
    settings.DOCUMENT_RENDERER = fake(gateways.TypstRenderer, templates=TEMPLATES)


@pytest.fixture
def city(city_template, django_db_blocker, server, folders):
    """The demo city for an ordinary test: rolled back at the end."""
    with pointed(address(server, city_template), django_db_blocker), transaction.atomic():
        yield House()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shared_city(city_template, django_db_blocker, server, tmp_path_factory):
    """The demo city of one file of tests: what the file prepares in it is prepared once.

    All tests of such a file live in it (`scene`); `city` and `own_city` are for other files.
    """
    with (
        override_settings(**plain(tmp_path_factory.mktemp("city"))),
        clone(server, city_template) as name,
        pointed(address(server, name), django_db_blocker),
        transaction.atomic(),
    ):
        yield House()
        transaction.set_rollback(True)


@pytest.fixture
def scene(shared_city):
    """The shared city for one test: what the test itself does is rolled back at its end."""
    with transaction.atomic():
        yield shared_city
        transaction.set_rollback(True)
    forget_what_tests_published()


@pytest.fixture
def own_city(city_template, django_db_blocker, server, folders):
    """A copy of the demo city with real commits; `.database` connects past Django."""
    with (
        clone(server, city_template) as name,
        pointed(address(server, name), django_db_blocker),
    ):
        yield House(OwnDatabase(server, name))
