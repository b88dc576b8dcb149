"""What the runtime role may do: it owns no table, so no trigger or constraint bends to it."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYTHING = "select, insert, update, delete"
# Written by migrations alone.
READ_ONLY: Mapping[str, str] = {"django_migrations": "select"}


def room_grants() -> dict[str, str]:
    """Table to privileges, from `RUNTIME_GRANTS` in each room's `sql.py`; the default is all."""
    grants = dict(READ_ONLY)
    for app in apps.get_app_configs():
        name = f"{app.name}.sql"
        if app.name.startswith("tongban.") and importlib.util.find_spec(name):
            grants.update(getattr(importlib.import_module(name), "RUNTIME_GRANTS", {}))
    return grants


def grant_runtime(role: str) -> None:
    """Give the runtime role its privileges anew; runs as the owner after each migration.

    A key of RUNTIME_GRANTS may end in `*` and then names every table that starts so; an exact
    name wins. An empty string of privileges grants nothing.
    """
    grants = room_grants()
    who = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = current_schema and c.relkind in ('r', 'p', 'v', 'm')"
            " and pg_has_role(c.relowner, 'member')"
        )
        for (table,) in cursor.fetchall():
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("revoke all on table {} from {}").format(name, who))
            wanted = _privileges(table, grants)
            if wanted:
                cursor.execute(
                    sql.SQL("grant {} on table {} to {}").format(sql.SQL(wanted), name, who)
                )
        cursor.execute(
            sql.SQL("grant usage, select on all sequences in schema public to {}").format(who)
        )
        cursor.execute(
            sql.SQL("grant execute on all functions in schema public to {}").format(who)
        )


def _privileges(table: str, grants: Mapping[str, str]) -> str:
    if table in grants:
        return grants[table]
    patterns = [name for name in grants if name.endswith("*") and table.startswith(name[:-1])]
    return grants[max(patterns, key=len)] if patterns else EVERYTHING
