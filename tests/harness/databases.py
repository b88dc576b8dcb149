"""Fixtures of the database: template, clones, owner connections, clusters of one's own."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import os
import subprocess
import sys

import pytest
from django.db import connections
from psycopg import sql

from tongban.config import database, postgres
from tongban.config.options import CHECKOUT, current

_serial = itertools.count()


def cluster() -> postgres.Cluster:
    """The server of the whole run. Speed over safety: its data is worth nothing."""
    options = current()
    return postgres.Cluster(
        home=options.home,
        binaries=options.postgres_bin,
        settings={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    )


def _digest() -> str:
    """A hash of everything that shapes the template: migrations, SQL, content, versions."""
    digest = hashlib.sha256()
    patterns = ("tongban/**/migrations/*.py", "tongban/**/sql.py", "requirements/run.txt")
    files = itertools.chain.from_iterable(CHECKOUT.glob(pattern) for pattern in patterns)
    for path in sorted(files):
        digest.update(path.relative_to(CHECKOUT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def _locked(name):
    with (current().home / name).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _template(server: postgres.Cluster) -> str:
    """The name of the migrated template, made if it is not there yet."""
    name = f"template_{_digest()}"
    with _locked("template.lock"), server.connect() as connection:
        known = {row[0] for row in connection.execute("select datname from pg_database")}
        if name in known:
            return name
        for old in known:
            if old.startswith(("template_", "draft_")) and old not in ("template0", "template1"):
                _drop(connection, old)
        draft = name.replace("template", "draft")
        server.prepare(draft, owner=database.OWNER_ROLE, users=(database.APP_ROLE,))
        _migrate(server, draft)
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(
                sql.Identifier(draft), sql.Identifier(name)
            )
        )
        return name


def _migrate(server: postgres.Cluster, name: str) -> None:
    owner = database.OWNER_ROLE
    url = (
        f"postgresql://{owner}:{server.password(owner)}@/{name}"
        f"?host={server.socket_dir}&port={server.port}"
    )
    done = subprocess.run(
        [sys.executable, "-m", "tongban", "migrate"],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.exit(f"migrations failed:\n{done.stdout}{done.stderr}", returncode=3)


def _drop(connection, name: str) -> None:
    connection.execute(
        sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    )


@contextlib.contextmanager
def clone(server: postgres.Cluster, template: str):
    """A fresh copy of the template; its name."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{worker}_{os.getpid()}_{next(_serial)}"
    with server.connect() as connection:
        with _locked("clone.lock"):
            connection.execute(
                sql.SQL("create database {} template {} owner {}").format(
                    sql.Identifier(name),
                    sql.Identifier(template),
                    sql.Identifier(database.OWNER_ROLE),
                )
            )
        try:
            yield name
        finally:
            _drop(connection, name)


@pytest.fixture(scope="session")
def server():
    """The embedded server of this run."""
    server = cluster()
    with server.hold():
        yield server


@pytest.fixture(scope="session")
def template(server):
    """The name of the migrated template database."""
    return _template(server)


def _point(server: postgres.Cluster, name: str) -> None:
    address = database.Address(
        name=name,
        user=database.APP_ROLE,
        password=server.password(database.APP_ROLE),
        host=str(server.socket_dir),
        port=str(server.port),
    )
    connections["default"].close()
    connections.settings["default"].update(address.django())
    connections["default"].settings_dict.update(address.django())


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, server, template):
    """In place of pytest-django's own: a clone of the template for this worker."""
    with clone(server, template) as name:
        _point(server, name)
        yield
        with django_db_blocker.unblock():
            connections.close_all()
