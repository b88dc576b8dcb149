"""The databases of a run: one server, one migrated template, a clone for each worker.

An ordinary test (`db`) works in its worker's clone and rolls back. `own_database` gives a test a
fresh clone with real commits, `own_cluster` a server of its own that it may kill. All of them run
as the runtime role; `owner` is a connection of the role that owns the tables.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from tongban.config import database, postgres
from tongban.config.options import CHECKOUT, current

# The city's time in the template: a Monday morning; a test moves it forward with `city_at`.
CITY_STARTS = "2026-01-05 09:00+08"
TEMPLATES_KEPT = 3
SHAPED_BY = (
    "tongban/**/migrations/*.py",
    "tongban/**/sql.py",
    "tongban/config/grants.py",
    "tests/harness/databases.py",
    "requirements/run.txt",
    "content/**/*",
    "tongban/catalogue/**/*.py",
)
NO_SAFETY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_serial = itertools.count()


def cluster() -> postgres.Cluster:
    """The server of the whole run. Speed over safety: its data is worth nothing."""
    options = current()
    return postgres.Cluster(home=options.home, binaries=options.postgres_bin, settings=NO_SAFETY)


@contextlib.contextmanager
def locked(name):
    with (current().home / name).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# -- the template --------------------------------------------------------------------------------


def shape() -> str:
    """A hash of everything that shapes the template."""
    digest = hashlib.sha256()
    files = {path for pattern in SHAPED_BY for path in CHECKOUT.glob(pattern) if path.is_file()}
    for path in sorted(files):
        if "__pycache__" not in path.parts:
            digest.update(path.relative_to(CHECKOUT).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def make_template(server: postgres.Cluster) -> str:
    """The name of the template, made if it is not there yet."""
    name = f"template_{shape()}"
    with locked("template.lock"), server.connect() as connection:
        known = _names(connection)
        _forget_dead(connection, known)
        if name in known:
            return name
        _forget_old(connection, known)
        draft = name.replace("template", "draft")
        fill(server, draft)
        _rename(connection, draft, name)
        return name


@contextlib.contextmanager
def made_once(server: postgres.Cluster, template: str, what: str):
    """A clone that the first worker of a run fills and the others copy.

    Yields its name, and the name under which it is to be filled, None where it is there already.
    """
    # Workers of xdist are children of the process that was started.
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    name = f"test_{what}_{run}"
    with locked(f"{what}.lock"):
        with server.connect() as connection:
            known = _names(connection)
        if name in known:
            yield name, None
            return
        with clone(server, template) as draft:
            yield name, draft
            with server.connect() as connection:
                _rename(connection, draft, name)


def _rename(connection, draft: str, name: str) -> None:
    connection.execute(
        sql.SQL("alter database {} rename to {}").format(
            sql.Identifier(draft), sql.Identifier(name)
        )
    )


def fill(server: postgres.Cluster, name: str) -> None:
    """Make a database with all tables and the published content, its clock set and stopped."""
    server.prepare(name, owner=database.OWNER_ROLE, users=(database.APP_ROLE,))
    _tongban(server, name, "migrate")
    with server.connect(name) as connection:
        # As superuser without triggers: the clock of a city moves forward only.
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update records_cityclock set mode = 'frozen', not_before = %s", [CITY_STARTS]
        )
    if (CHECKOUT / "tongban/catalogue/tasks.py").exists():
        _tongban(server, name, "content", "publish")


def _tongban(server: postgres.Cluster, name: str, *words: str) -> None:
    app, owner = (url(server, name, role) for role in (database.APP_ROLE, database.OWNER_ROLE))
    done = subprocess.run(
        [sys.executable, "-m", "tongban", *words],
        cwd=CHECKOUT,
        env=os.environ | {"DATABASE_URL": app, "TONGBAN_OWNER_DATABASE_URL": owner},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"tongban {' '.join(words)}:\n{done.stdout}{done.stderr}", pytrace=False)


def url(server: postgres.Cluster, name: str, role: str) -> str:
    """What DATABASE_URL says to reach this database as a server of somebody's own."""
    place = f"host={server.socket_dir}&port={server.port}"
    return f"postgresql://{role}:{server.password(role)}@/{name}?{place}"


def _names(connection) -> list[str]:
    rows = connection.execute("select datname from pg_database order by oid")
    return [row[0] for row in rows.fetchall()]


def _forget_old(connection, known: list[str]) -> None:
    ours = [name for name in known if name.startswith("template_")]
    drafts = [name for name in known if name.startswith("draft_")]
    for name in (*ours[: 1 - TEMPLATES_KEPT], *drafts):
        drop(connection, name)


def _forget_dead(connection, known: list[str]) -> None:
    for name in known:
        # A clone carries the pid of its run; one that was killed left it behind.
        if name.startswith("test_") and not postgres.alive(int(name.split("_")[2])):
            drop(connection, name)


def drop(connection, name: str) -> None:
    connection.execute(
        sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    )


@contextlib.contextmanager
def clone(server: postgres.Cluster, template: str):
    """A fresh copy of the template; its name."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{worker}_{os.getpid()}_{next(_serial)}"
    with server.connect() as connection:
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
            drop(connection, name)


# -- where Django looks --------------------------------------------------------------------------


def address(server: postgres.Cluster, name: str, role: str = database.APP_ROLE):
    return database.Address(
        name=name,
        user=role,
        password=server.password(role),
        host=str(server.socket_dir),
        port=str(server.port),
    )


def point(to: database.Address) -> None:
    """Let Django's connections of this process lead there, those of threads to come as well."""
    connections.close_all()
    connections.settings["default"].update(to.django())
    connections["default"].settings_dict.update(to.django())


def forget_content():
    """Clones number their versions alike: what one of them said is not what the next one says."""
    from tongban.catalogue import queries
    from tongban.packages import reactions

    queries.forget_live()
    known = (queries._part, queries._systems, queries._calendar, queries._package)
    for kept in (*known, reactions._promising):
        kept.cache_clear()
    _read.clear()


# Versions that a process has read and that the template does not have.
_read: set[int] = set()


def forget_what_tests_published():
    """Keep what all clones have from the template: reading it anew costs more than most tests."""
    from tongban.catalogue import queries

    queries.forget_live()
    if _read:
        forget_content()


def _watch_versions():
    """From now on take down which versions a test reads beyond those of the template."""
    from django.db.models.signals import post_init

    from tongban.catalogue.models import Version

    newest = Version.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def take_down(instance, **_):
        if instance.pk is not None and instance.pk > newest:
            _read.add(instance.pk)

    post_init.connect(take_down, sender=Version, weak=False)


@contextlib.contextmanager
def pointed(to: database.Address, blocker):
    """Django's connections lead there for a while; nothing that is begun elsewhere survives it."""
    assert not connections["default"].in_atomic_block, "a test has one city: shared or its own"
    before = {key: connections.settings["default"][key] for key in to.django()}
    with blocker.unblock():
        point(to)
        forget_what_tests_published()
        try:
            yield
        finally:
            forget_what_tests_published()
            connections.close_all()
            connections.settings["default"].update(before)
            connections["default"].settings_dict.update(before)


@pytest.fixture(scope="session")
def server():
    """The embedded server of this run."""
    server = cluster()
    with server.hold():
        yield server


@pytest.fixture(scope="session")
def template(server):
    """The name of the template database."""
    return make_template(server)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, server, template):
    """In place of pytest-django's own: a clone of the template for this worker."""
    with (
        clone(server, template) as name,
        pointed(address(server, name), django_db_blocker),
    ):
        _watch_versions()
        with django_db_blocker.block():
            yield


@dataclass(frozen=True)
class OwnDatabase:
    """A database of one test, with real commits."""

    server: postgres.Cluster
    name: str

    def connect(self, role: str = database.APP_ROLE, **options) -> psycopg.Connection:
        """A connection of its own, past Django."""
        return psycopg.connect(**address(self.server, self.name, role).psycopg(), **options)


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, server, template):
    """A fresh clone for this test alone: commits are real and threads may connect."""
    with clone(server, template) as name, pointed(address(server, name), django_db_blocker):
        yield OwnDatabase(server, name)


@pytest.fixture
def owner(request):
    """A connection (autocommit) as the owner of the tables, to this test's database.

    With `own_database` or `own_cluster` it sees what was committed; in an ordinary test it does
    not see the open transaction.
    """
    for name in ("own_cluster", "own_database"):
        if name in request.fixturenames:
            own = request.getfixturevalue(name)
            break
    else:
        server = request.getfixturevalue("server")
        request.getfixturevalue("django_db_setup")
        own = OwnDatabase(server, connections.settings["default"]["NAME"])
    with own.connect(database.OWNER_ROLE, autocommit=True) as connection:
        yield connection


@pytest.fixture
def race():
    """Run functions at the same moment, each in a thread with connections of its own.

    race(f, g, …) returns for each what it returned or the exception that it raised.
    """

    def run(*functions):
        barrier = threading.Barrier(len(functions))
        results = [None] * len(functions)

        def one(index, function):
            try:
                barrier.wait(30)
                results[index] = function()
            except Exception as error:  # noqa: BLE001 -- the test judges it
                results[index] = error
            finally:
                connections.close_all()

        threads = [
            threading.Thread(target=one, args=(index, function))
            for index, function in enumerate(functions)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    return run


# -- clusters of one's own -----------------------------------------------------------------------


@dataclass(frozen=True)
class OwnCluster(OwnDatabase):
    """A server of one test, safe settings on; its keeper starts it again when it dies."""

    hold: postgres.Hold

    def kill(self) -> None:
        """kill -9 of the server process."""
        os.kill(self.server.pid(), signal.SIGKILL)

    def wait(self) -> None:
        """Until the server answers again; fails after 30 s."""
        for _ in range(300):
            if self.server.answers():
                return
            threading.Event().wait(0.1)
        pytest.fail("the server did not come back")


def _prepared() -> postgres.Cluster:
    """A filled and stopped server to copy from, made once for each shape."""
    folder = current().home / "prepared"
    server = postgres.Cluster(
        home=folder / shape(), binaries=current().postgres_bin, settings=NO_SAFETY
    )
    with locked("prepared.lock"):
        if not (server.home / "filled").exists():
            for old in folder.glob("*"):
                _remove(postgres.Cluster(home=old))
            with server.hold():
                fill(server, database.NAME)
            (server.home / "filled").touch()
    return server


def _remove(server: postgres.Cluster) -> None:
    for folder in (server.place, server.socket_dir, server.home):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_cluster(django_db_setup, django_db_blocker):
    """A server of this test's own, with fsync on, that the test may kill."""
    prepared = _prepared()
    home = current().home / "own" / f"{os.getpid()}-{next(_serial)}"
    own = postgres.Cluster(home=home, binaries=current().postgres_bin)
    own.place.parent.mkdir(parents=True, exist_ok=True)
    # cp keeps the owner of each file, which may be another user than ours.
    subprocess.run(["cp", "-a", prepared.place, own.place], check=True)
    shutil.copytree(prepared.home / "secrets", own.home / "secrets")
    try:
        with own.hold() as hold, pointed(address(own, database.NAME), django_db_blocker):
            forget_content()
            yield OwnCluster(own, database.NAME, hold)
            forget_content()
    finally:
        _remove(own)
