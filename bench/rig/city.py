"""The benchmark's own city: databases of an embedded server that no site uses.

A template holds all tables, the city's content with the bench package laid over it, and people.
`fresh` clones it, so that every run starts from an empty city.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql

from bench.rig import people
from tongban.catalogue.actions import publish
from tongban.catalogue.content.loader import load_content
from tongban.config import database, postgres
from tongban.config.options import CHECKOUT, current
from tongban.kernel.actors import SYSTEM

HERE = Path(__file__).resolve().parents[1]
# A Monday morning without a holiday in the two weeks that follow.
MORNING = datetime(2026, 9, 14, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PARTIES = 10_000
FULL = "bench_full"
EMPTY = "bench_empty"
_SHAPED_BY = (
    "tongban/**/migrations/*.py",
    "tongban/**/sql.py",
    "tongban/config/grants.py",
    "content/**/*",
    "bench/content/**/*",
    "bench/rig/city.py",
    "bench/rig/people.py",
    "bench/fill.*",
    "bench/tickets.py",
)


def shape() -> str:
    """A hash of everything that shapes the databases."""
    digest = hashlib.sha256()
    files = {path for pattern in _SHAPED_BY for path in CHECKOUT.glob(pattern) if path.is_file()}
    for path in sorted(files):
        digest.update(path.relative_to(CHECKOUT).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def server() -> postgres.Cluster:
    """The embedded server of the benchmarks, with all its safety on."""
    options = current()
    return postgres.Cluster(home=options.home, binaries=options.postgres_bin)


def address(name: str, role: str = database.APP_ROLE) -> database.Address:
    """Where a role finds one of the benchmark's databases."""
    cluster = server()
    return database.Address(
        name=name,
        user=role,
        password=cluster.password(role),
        host=str(cluster.socket_dir),
        port=str(cluster.port),
    )


def connect(name: str, role: str = database.APP_ROLE) -> psycopg.Connection:
    """A connection past Django, in autocommit mode."""
    return psycopg.connect(**address(name, role).psycopg(), autocommit=True)


def point(name: str, *, pool: int = 0) -> None:
    """Let Django's one connection of this process lead to a database of the benchmark.

    pool: with so many connections at most, which requests take up and give back as on the site.
    """
    leave()
    settings = connections["default"].settings_dict
    settings.update(address(name).django())
    settings["OPTIONS"].pop("pool", None)
    if pool:
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool}


def leave() -> None:
    """Give up Django's connection and the pool behind it."""
    connection = connections["default"]
    assert isinstance(connection, DatabaseWrapper)  # noqa: S101 -- PostgreSQL only
    connection.close()
    connection.close_pool()


def databases() -> list[str]:
    with server().connect() as connection:
        return [row[0] for row in connection.execute("select datname from pg_database")]


def template() -> str:
    """The name of the template, made if this shape of the house has none yet."""
    name = f"bench_template_{shape()}"
    known = databases()
    if name in known:
        return name
    for old in known:
        if old.startswith(("bench_template_", "bench_draft")):
            drop(old)
    print(f"preparing {name}", file=sys.stderr)
    _furnish("bench_draft")
    rename("bench_draft", name)
    return name


def fresh(name: str) -> str:
    """An empty city under this name; what was there before is gone."""
    source = template()
    drop(name)
    with server().connect() as connection:
        connection.execute(
            sql.SQL("create database {} template {} owner {}").format(
                sql.Identifier(name), sql.Identifier(source), sql.Identifier(database.OWNER_ROLE)
            )
        )
    return name


def drop(name: str) -> None:
    with server().connect() as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )


def analyse(name: str) -> None:
    """Let the planner know the tables, as it does after some minutes of work."""
    with server().connect(name) as connection:
        connection.execute("vacuum analyze")


def full_name() -> str:
    return f"{FULL}_{shape()}"


def full() -> str | None:
    """The large database of this shape of the house; None until `tongban bench fill` made it."""
    name = full_name()
    return name if name in databases() else None


def rename(name: str, to: str) -> None:
    with server().connect() as connection:
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(
                sql.Identifier(name), sql.Identifier(to)
            )
        )


def statements(file: str) -> dict[str, str]:
    """The statements of a script of this folder by their names."""
    text = (HERE / file).read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (.+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _furnish(name: str) -> None:
    cluster = server()
    cluster.prepare(name, owner=database.OWNER_ROLE, users=(database.APP_ROLE,))
    _migrate(name)
    point(name)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(CHECKOUT / "content", folder, dirs_exist_ok=True)
        shutil.copytree(HERE / "content", folder, dirs_exist_ok=True)
        publish(Path(folder), by=SYSTEM, now=MORNING)
        people.move_in(load_content(Path(folder)), now=MORNING)
    leave()
    with cluster.connect(name) as connection:
        connection.execute(_PARTIES, [PARTIES])
        connection.execute(people.AUTHORISE)
        # Past the trigger that lets the city's clock run forward only: it stands still here.
        connection.execute("set session_replication_role = replica")
        connection.execute(_CLOCK, [MORNING])


def url(name: str, role: str) -> str:
    """The address of a database as DATABASE_URL takes it."""
    cluster = server()
    place = f"host={cluster.socket_dir}&port={cluster.port}"
    return f"postgresql://{role}:{cluster.password(role)}@/{name}?{place}"


def _migrate(name: str) -> None:
    addresses = {
        "DATABASE_URL": url(name, database.APP_ROLE),
        "TONGBAN_OWNER_DATABASE_URL": url(name, database.OWNER_ROLE),
    }
    subprocess.run(
        [sys.executable, "-m", "tongban", "migrate"],
        cwd=CHECKOUT,
        env=os.environ | addresses,
        check=True,
    )


_PARTIES = """
INSERT INTO people_party (kind, name, code, code_key)
SELECT 'natural', '基准' || n, 'bench-' || n, sha256(convert_to('bench-' || n, 'UTF8'))
FROM generate_series((SELECT count(*) + 1 FROM people_party), %s) AS n
"""
_CLOCK = "UPDATE records_cityclock SET mode = 'frozen', not_before = %s, shift_us = 0"
