"""The hot path: taking a rating is two statements, and the roll-up is folded in batches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LOCK = """
SELECT i.id, i.object, i.number, i.proceeding_id, i.version_id, i.party_id, i.region,
    i.department, i.item, i.window, i.officer_id, i.prompted, i.opened_at, i.closes_at,
    i.rated_at, nextval('ratings_review_id_seq'), r.id, r.turn, r.rated_at, r.day, r.department,
    r.item, r.window, r.channel, r.level, r.weight,
    EXISTS (SELECT 1 FROM ratings_flag f WHERE f.review_id = r.id AND f.settled_at IS NULL),
    r.is_excluded, r.prompted, r.device,
    d.id, d.window,
    (SELECT count(DISTINCT o.evaluator) FROM ratings_review o
        WHERE o.device = %(device)s AND o.day = %(day)s AND o.evaluator <> %(evaluator)s),
    (SELECT count(*) FROM ratings_review s
        WHERE s.text_key = %(text_key)s AND s.day > %(since)s AND s.level = 1
          AND s.evaluator <> %(evaluator)s AND s.department = i.department),
    EXISTS (SELECT 1 FROM people_post m JOIN people_account a ON a.id = m.account_id
        WHERE m.department_id = i.department AND m.is_active AND (
            (a.phone <> '' AND a.phone IN (SELECT e.phone FROM people_account e
                WHERE e.party_id = i.party_id OR e.party_id = (SELECT p.representative_id
                    FROM people_party p WHERE p.id = i.party_id)))
            OR (i.officer_id IS NOT NULL AND a.name = (SELECT p.name FROM people_party p
                WHERE p.id = i.party_id))))
FROM ratings_invitation i
LEFT JOIN LATERAL (SELECT * FROM ratings_review l WHERE l.invitation_id = i.id
    ORDER BY l.turn DESC LIMIT 1) r ON true
LEFT JOIN ratings_device d ON d.key = %(device)s AND d.is_active
WHERE i.id = %(invitation)s
FOR UPDATE OF i
"""
LOCKED = (
    "id", "object", "number", "proceeding_id", "version_id", "party_id", "region", "department",
    "item", "window", "officer_id", "prompted", "opened_at", "closes_at", "rated_at", "new_id",
    "last_id", "last_turn", "last_at", "last_day", "last_department", "last_item",
    "last_window", "last_channel", "last_level", "last_weight", "last_open", "last_excluded",
    "last_prompted", "last_device", "device_id", "device_window", "others_today", "same_text",
    "is_of_unit",
)  # fmt: skip

_CHANGES = """
INSERT INTO ratings_change (day, department, item, "window", channel, level, n, held, unprompted)
SELECT * FROM jsonb_to_recordset(%(changes)s::jsonb) AS c (day date, department text, item text,
    "window" text, channel text, level smallint, n smallint, held smallint, unprompted smallint)
"""

CHANGES_OF = _CHANGES.replace("%(changes)s", "%s")
"""The same for an action of the engine, which takes its parameters in order."""

_WRITE = f"""
WITH review AS (
    INSERT INTO ratings_review (id, invitation_id, turn, object, item, department, "window",
        officer_id, region, channel, level, aspects, tags, text, text_key, evaluator, device,
        real_name, prompted, seconds, rated_at, day, weight, has_flag, is_excluded)
    VALUES (%(id)s, %(invitation)s, %(turn)s, %(object)s, %(item)s, %(department)s, %(window)s,
        %(officer)s, %(region)s, %(channel)s, %(level)s, %(aspects)s::jsonb, %(tags)s::text[],
        %(text)s, %(text_key)s, %(evaluator)s, %(device)s, %(real_name)s, %(prompted)s,
        %(seconds)s, %(at)s, %(day)s, %(weight)s, %(flagged)s, false)
    RETURNING id),
invited AS (
    UPDATE ratings_invitation SET rated_at = %(at)s WHERE id = %(invitation)s),
earlier AS (
    UPDATE ratings_review SET weight = 0
    WHERE invitation_id = %(invitation)s AND turn < %(turn)s),
flagged AS (
    INSERT INTO ratings_flag (review_id, detector, facts, raised_at, reason)
    SELECT review.id, f.detector, f.facts, %(at)s, ''
    FROM review, jsonb_to_recordset(%(flags)s::jsonb) AS f (detector text, facts jsonb)),
changed AS ({_CHANGES}),
told AS (
    SELECT records_append(%(action)s::uuid, %(at)s, 'citizen', 0, '', %(entries)s::jsonb) AS entry
    FROM review)
SELECT entry FROM told
"""

_ENTRY = "UPDATE ratings_review SET entry_id = %s WHERE id = %s"

# One folder at a time takes a batch, adds it to every grain and deletes it, all or nothing.
_FOLD = """
WITH taken AS (
    DELETE FROM ratings_change WHERE id IN (
        SELECT id FROM ratings_change ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING day, department, item, "window", channel, level, n, held, unprompted),
grained AS (
    SELECT 'D' AS grain, day, department, item, '' AS "window", channel, level, n, held,
        unprompted FROM taken
    UNION ALL SELECT 'M', date_trunc('month', day)::date, department, '', '', '', level, n, held,
        unprompted FROM taken
    UNION ALL SELECT 'I', date_trunc('month', day)::date, department, item, '', '', level, n,
        held, unprompted FROM taken
    UNION ALL SELECT 'C', date_trunc('month', day)::date, department, '', '', channel, level, n,
        held, unprompted FROM taken
    UNION ALL SELECT 'W', date_trunc('month', day)::date, department, '', "window", '', level, n,
        held, unprompted FROM taken WHERE "window" <> ''),
summed AS (
    SELECT grain, day, department, item, "window", channel, level, sum(n) AS n,
        sum(held) AS held, sum(unprompted) AS unprompted
    FROM grained GROUP BY 1, 2, 3, 4, 5, 6, 7),
folded AS (
    INSERT INTO ratings_tally AS t (grain, day, department, item, "window", channel, level, n,
        held, unprompted)
    SELECT * FROM summed ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (grain, day, department, item, "window", channel, level) DO UPDATE SET
        n = t.n + excluded.n, held = t.held + excluded.held,
        unprompted = t.unprompted + excluded.unprompted)
SELECT count(*) FROM taken
"""


def lock_invitation(wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """An invitation under lock with its last review, the device, and what F1 and F5 count."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, wanted)
        row = cursor.fetchone()
    return dict(zip(LOCKED, row, strict=True)) if row else None


def write_review(values: Mapping[str, Any]) -> int:
    """Write a review with its flags, changes of the roll-up and entry; the entry's id."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        (entry,) = cursor.fetchone()
    return int(entry)


def keep_entry(review_id: int, entry_id: int) -> None:
    """Remember in which entry of the journal the text stands as it was written."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY, [entry_id, review_id])


def write_changes(rows: Sequence[Sequence[object]]) -> None:
    """Add rows of changes to the roll-up."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_CHANGES, {"changes": changes_json(rows)})


_COLUMNS = (
    "day", "department", "item", "window", "channel", "level", "n", "held", "unprompted"
)  # fmt: skip


def changes_json(rows: Sequence[Sequence[object]]) -> str:
    """Rows of changes as the statements take them."""
    return json.dumps([dict(zip(_COLUMNS, row, strict=True)) for row in rows], default=str)


def fold(limit: int) -> int:
    """Add waiting changes to the roll-up; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, {"limit": limit})
        (done,) = cursor.fetchone()
    return int(done)


# Boards: the roll-up and what is not folded yet, together exact at every moment.
_BOARD = """
SELECT {key}, t.level, sum(t.n)::bigint, sum(t.held)::bigint, sum(t.unprompted)::bigint
FROM (
    SELECT department, item, "window", channel, day, level, n, held, unprompted
    FROM ratings_tally WHERE grain = %(grain)s AND day >= %(since)s AND day < %(until)s{where}
    UNION ALL
    SELECT department, item, "window", channel, {day}, level, n, held, unprompted
    FROM ratings_change WHERE day >= %(since)s AND day < %(until)s{where}{some}
) t GROUP BY 1, 2
"""
KEYS = {
    "department": "t.department", "item": "t.item", "channel": "t.channel", "window": "t.window",
    "day": "t.day::text", "all": "''",
}  # fmt: skip


def board(key: str, grain: str, params: Mapping[str, Any]) -> list[tuple[str, int, int, int, int]]:
    """Rows of key, level, n, held and unprompted over a span, for one department or all."""
    where = " AND department = %(department)s" if params.get("department") else ""
    some = " AND \"window\" <> ''" if grain == "W" else ""
    text = _BOARD.format(key=KEYS[key], day="day", where=where, some=some)
    with connection.cursor() as cursor:
        cursor.execute(text, {**params, "grain": grain})
        return [
            (row[0], int(row[1]), int(row[2]), int(row[3]), int(row[4]))
            for row in cursor.fetchall()
        ]
