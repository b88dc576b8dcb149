"""The one statement that the ORM cannot say."""

from __future__ import annotations

from django.db import connection


def next_licence() -> int:
    """The next id of a licence, drawn before the row is written: its number contains it."""
    return _next("licences_licence")


def next_comprehensive() -> int:
    """The same for a comprehensive licence."""
    return _next("licences_comprehensive")


def _next(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])
