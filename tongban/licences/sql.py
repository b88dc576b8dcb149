"""The one statement that the ORM cannot say."""

from __future__ import annotations

from django.db import connection


def next_licence() -> int:
    """The next id of a licence, drawn before the row is written: its number contains it."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('licences_licence', 'id'))")
        return int(cursor.fetchone()[0])
