"""The few statements that the ORM cannot say."""

from __future__ import annotations

from django.db import connection


def next_document() -> int:
    """The next id of a document, drawn before the row is written: its serial contains it."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('documents_document', 'id'))")
        return int(cursor.fetchone()[0])


def next_number(key: str) -> int:
    """The next number of one organ mark, kind and year. Holds the row until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into documents_counter (key, last) values (%s, 1)"
            " on conflict (key) do update set last = documents_counter.last + 1 returning last",
            [key],
        )
        return int(cursor.fetchone()[0])
