"""The one statement that the ORM cannot say."""

from __future__ import annotations

from django.db import connection


def next_order() -> int:
    """The next id of an order, drawn before the row is written: its number contains it."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('payments_order', 'id'))")
        return int(cursor.fetchone()[0])
