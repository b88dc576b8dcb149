"""The engine's hot path: two SQL functions, and how an action talks to the server.

`engine_lock` locks proceedings in the one order that everybody uses (ascending id, so a parent
before its children) and answers all that a decision needs. `engine_apply` writes everything
that one action decided and appends its journal entries. An action is two messages to the server:
begin and lock, then write and commit; `_converse` says why.
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


# Both functions find a handful of rows by key. Planned once, and never by reading a table from
# end to end, whatever the statistics of a young table say.
_BY_KEY = """
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
"""

LOCK_FUNCTION = f"""
CREATE FUNCTION engine_lock(p_ids bigint[], p_family boolean) RETURNS text
LANGUAGE plpgsql {_BY_KEY} AS $$
DECLARE
    v_ids bigint[];
BEGIN
    -- A parent's id is always smaller than its children's: ascending order cannot deadlock.
    SELECT array_agg(t.id) INTO v_ids FROM (
        SELECT p.id FROM engine_proceeding p
        WHERE p.id = ANY (p_ids
            || ARRAY(SELECT c.parent_id FROM engine_proceeding c WHERE c.id = ANY (p_ids))
            || CASE WHEN p_family THEN
                ARRAY(SELECT c.id FROM engine_proceeding c WHERE c.parent_id = ANY (p_ids)) END)
        ORDER BY p.id FOR UPDATE) t;
    -- A new statement, so a new snapshot: what the previous holder of the locks wrote is seen.
    -- Arrays in the order of act.Locked, StepRow and ClockRow; names would double the cost.
    RETURN (SELECT json_agg(json_build_array(
        p.id, p.number, p.kind, p.parent_id, p.region, p.department, p.party_id, p.version_id,
        p.state, p.facts, p.open_children, p.opened_at, p.accepted_at, p.ended_at,
        (SELECT json_agg(json_build_array(
             s.id, s.code, s.queue, s.state, s.turn, s.assignee_id, s.whose, s.opened_at)
             ORDER BY s.id)
         FROM engine_step s WHERE s.proceeding_id = p.id),
        (SELECT json_agg(json_build_array(
             c.name, c.started_at, c.suspensions, c.stopped_at, c.pauses, c.due_at,
             c.next_fire_at, c.next_fire_level))
         FROM engine_clock c WHERE c.proceeding_id = p.id)
        ) ORDER BY p.id)
        FROM engine_proceeding p WHERE p.id = ANY (v_ids));
END $$
"""

APPLY_FUNCTION = f"""
CREATE FUNCTION engine_apply(p jsonb) RETURNS text
LANGUAGE plpgsql {_BY_KEY} AS $$
DECLARE
    v_entries text;
BEGIN
    IF p ? 'opened' THEN
        INSERT INTO engine_proceeding (id, number, kind, parent_id, region, department, party_id,
            version_id, state, facts, open_children, opened_at, accepted_at, ended_at)
        SELECT t.id, t.number, t.kind, t.parent_id, t.region, t.department, t.party_id,
            t.version_id, t.state, t.facts, t.open_children, t.opened_at, t.accepted_at,
            t.ended_at
        FROM jsonb_to_recordset(p -> 'opened') AS t (id bigint, number text, kind text,
            parent_id bigint, region text, department text, party_id bigint, version_id bigint,
            state text, facts jsonb, open_children smallint, opened_at timestamptz,
            accepted_at timestamptz, ended_at timestamptz);
    END IF;
    IF p ? 'moved' THEN
        UPDATE engine_proceeding e
        SET state = t.state, facts = t.facts, open_children = t.open_children,
            accepted_at = t.accepted_at, ended_at = t.ended_at
        FROM jsonb_to_recordset(p -> 'moved') AS t (id bigint, state text, facts jsonb,
            open_children smallint, accepted_at timestamptz, ended_at timestamptz)
        WHERE e.id = t.id;
    END IF;
    IF p ? 'steps_closed' THEN
        UPDATE engine_step s
        SET state = t.state, closed_at = t.closed_at, outcome = t.outcome
        FROM jsonb_to_recordset(p -> 'steps_closed') AS t (id bigint, state text,
            closed_at timestamptz, outcome text)
        WHERE s.id = t.id;
    END IF;
    IF p ? 'steps_changed' THEN
        UPDATE engine_step s SET assignee_id = t.assignee_id
        FROM jsonb_to_recordset(p -> 'steps_changed') AS t (id bigint, assignee_id bigint)
        WHERE s.id = t.id;
    END IF;
    IF p ? 'steps_ranked' THEN
        UPDATE engine_step s SET rank_at = t.rank_at
        FROM jsonb_to_recordset(p -> 'steps_ranked') AS t (proceeding_id bigint,
            rank_at timestamptz)
        WHERE s.proceeding_id = t.proceeding_id AND s.state = 'open';
    END IF;
    IF p ? 'steps_opened' THEN
        INSERT INTO engine_step (proceeding_id, code, queue, region, whose, state, turn,
            assignee_id, opened_at, rank_at, outcome)
        SELECT t.proceeding_id, t.code, t.queue, t.region, t.whose, 'open', t.turn,
            t.assignee_id, t.opened_at, t.rank_at, ''
        FROM jsonb_to_recordset(p -> 'steps_opened') AS t (proceeding_id bigint, code text,
            queue text, region text, whose text, turn smallint, assignee_id bigint,
            opened_at timestamptz, rank_at timestamptz);
    END IF;
    IF p ? 'clocks' THEN
        INSERT INTO engine_clock AS c (proceeding_id, name, started_at, suspensions, pauses,
            stopped_at, due_at, not_before, next_fire_at, next_fire_level)
        SELECT t.proceeding_id, t.name, t.started_at, t.suspensions, t.pauses,
            t.stopped_at, t.due_at, t.not_before, t.next_fire_at, t.next_fire_level
        FROM jsonb_to_recordset(p -> 'clocks') AS t (proceeding_id bigint, name text,
            started_at timestamptz, suspensions jsonb, pauses smallint,
            stopped_at timestamptz, due_at timestamptz, not_before date, next_fire_at timestamptz,
            next_fire_level text)
        ON CONFLICT (proceeding_id, name) DO UPDATE
        SET started_at = excluded.started_at, suspensions = excluded.suspensions,
            pauses = excluded.pauses, stopped_at = excluded.stopped_at, due_at = excluded.due_at,
            not_before = excluded.not_before, next_fire_at = excluded.next_fire_at,
            next_fire_level = excluded.next_fire_level;
    END IF;
    SELECT json_agg(x) INTO v_entries
    FROM records_append((p ->> 'action_id')::uuid, (p ->> 'at')::timestamptz,
        p ->> 'actor_kind', (p ->> 'actor_id')::bigint, p ->> 'place', p -> 'entries') AS x;
    RETURN v_entries;
END $$
"""

DROP_FUNCTIONS = """
DROP FUNCTION engine_apply(jsonb);
DROP FUNCTION engine_lock(bigint[], boolean);
"""
