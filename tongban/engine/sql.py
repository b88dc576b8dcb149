"""The engine's hot path: two SQL functions, and how an action talks to the server.

`engine_lock` locks proceedings in the one order that everybody uses (ascending id, so a parent
before its children) and answers all that a decision needs. `engine_apply` writes everything
that one action decided and appends its journal entries; their text stands in the newest migration
that changed them. An action is two messages to the server: begin and lock, then write and commit;
`_converse` says why.
"""

from __future__ import annotations

import itertools
import re
import select
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg import pq
from psycopg.errors import error_from_result

if TYPE_CHECKING:
    from collections.abc import Sequence

Statement = tuple[str, "Sequence[object]"]

# Each answers one JSON text; the plainer the statement, the less there is to plan.
IDS = "SELECT json_agg(nextval('engine_proceeding_id_seq')) FROM generate_series(1, %s)"
LOCK = "SELECT engine_lock(%s, %s)"
APPLY = "SELECT engine_apply(%s)"
BEGIN: Statement = ("BEGIN", ())
COMMIT: Statement = ("COMMIT", ())

_FINE = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})


def draw_ids(count: int) -> list[int]:
    """Ids for new proceedings, ascending; a rolled-back action leaves gaps, which is allowed."""
    ids: list[int] = _converse([(IDS, [count])])
    return ids


def lock(ids: Sequence[int], *, family: bool) -> list[list[Any]]:
    """Lock and read proceedings with their parents (and, with ``family``, their children).

    Each is a list in the order of the columns that `engine_lock` names.
    """
    found: list[list[Any]] | None = _converse([(LOCK, [f"{{{','.join(map(str, ids))}}}", family])])
    return found or []


def write(also: Sequence[Statement], change: dict[str, Any], *, commit: bool) -> list[int]:
    """Write one action, the rooms' own rows first; the ids of its entries in the order given."""
    statements = [*also, (APPLY, [orjson.dumps(change)])]
    entry_ids: list[int] = _converse(statements, commit=commit)
    return entry_ids


def _converse(statements: Sequence[Statement], *, commit: bool = False) -> Any:
    """Send statements in one message, wait once, and answer the JSON that the last one gives.

    Waiting is what costs: through the driver's cursors, which wait after each statement, the
    same life takes twice the CPU, and its client three times. Begins the transaction if nothing
    did; ``commit`` ends it. Django and the driver look at the state of the session and find it
    as they expect. Raises Django's errors.
    """
    session = connections[DEFAULT_DB_ALIAS]
    session.validate_no_broken_transaction()
    with session.wrap_database_errors:
        pg: pq.abc.PGconn = session.connection.pgconn
        begin = [BEGIN] if pg.transaction_status == pq.TransactionStatus.IDLE else []
        end = [COMMIT] if commit else []
        results = _pipeline(pg, [*begin, *statements, *end])
        for result in results:
            if result.status not in _FINE:
                raise error_from_result(result)
        told = results[-1 - len(end)].get_value(0, 0)
    return None if told is None else orjson.loads(told)


def _pipeline(pg: pq.abc.PGconn, statements: Sequence[Statement]) -> list[pq.abc.PGresult]:
    results: list[pq.abc.PGresult] = []
    try:
        pg.enter_pipeline_mode()
        for text, values in statements:
            pg.send_query_params(_numbered(text), [_bytes(value) for value in values])
        pg.pipeline_sync()
        while not results or results[-1].status != pq.ExecStatus.PIPELINE_SYNC:
            if pg.is_busy():
                _wait(pg)
            result = pg.get_result()
            if result is not None:
                results.append(result)
        pg.exit_pipeline_mode()
    except BaseException:
        # Half a conversation cannot be taken up again.
        pg.finish()
        raise
    return results[:-1]


def _wait(pg: pq.abc.PGconn) -> None:
    """Until a result can be read without blocking; other threads run meanwhile."""
    poll = select.poll()
    poll.register(pg.socket, select.POLLIN | select.POLLOUT)
    while pg.flush():
        poll.poll()
        pg.consume_input()
    poll.modify(pg.socket, select.POLLIN)
    while pg.is_busy():
        poll.poll()
        pg.consume_input()


@lru_cache(maxsize=256)
def _numbered(statement: str) -> bytes:
    """The statement with its places as the server counts them."""
    numbers = itertools.count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", statement).encode()


def _bytes(value: object) -> bytes | None:
    """A value as the server reads text."""
    if value is None or isinstance(value, bytes):
        return value
    return (value.isoformat() if isinstance(value, datetime) else str(value)).encode()


def try_lock(key: int) -> bool:
    """Take an advisory lock until the transaction ends; False if somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        row = cursor.fetchone()
    return bool(row and row[0])


def next_firing(
    now: datetime, *, without: Sequence[int] = ()
) -> tuple[int, int, str, datetime] | None:
    """The earliest firing that is due until ``now``, over the whole city.

    Answers clock, proceeding, the clock's name and the moment; clocks of ``without`` are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, proceeding_id, name, next_fire_at FROM engine_clock"
            " WHERE next_fire_at <= %s AND id <> ALL (%s::bigint[])"
            " ORDER BY next_fire_at, id LIMIT 1",
            [now, list(without)],
        )
        row = cursor.fetchone()
    return (row[0], row[1], row[2], row[3]) if row else None


def clocks_that_wait(now: datetime) -> list[int]:
    """Proceedings with a clock that runs, or whose due day is ahead or not known yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT proceeding_id FROM engine_clock WHERE started_at IS NOT NULL"
            " AND (stopped_at IS NULL OR not_before IS NOT NULL OR due_at > %s)"
            " ORDER BY proceeding_id",
            [now],
        )
        return [row[0] for row in cursor.fetchall()]
