"""The counts of the hotline's figures: one statement for each group that is counted together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from datetime import datetime

# What came in: accepted is what was neither refused, nor handed over, nor taken back.
_RECEIVED = """
SELECT t.unit, count(*), count(*) FILTER (WHERE p.state = 'answered'),
       count(*) FILTER (WHERE p.state IN ('answered', 'closed'))
FROM hotline_ticket t JOIN engine_proceeding p ON p.id = t.proceeding_id
WHERE t.received_at >= %(since)s AND t.received_at < %(until)s
  AND p.state NOT IN ('refused', 'transferred', 'withdrawn')
GROUP BY t.unit
"""
# What was closed after a unit had it: what the callers said, rounds, orders.
_CLOSED = """
SELECT t.unit, count(*), count(*) FILTER (WHERE t.round > 1),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM hotline_order o WHERE o.ticket_id = t.proceeding_id)),
       count(*) FILTER (WHERE t.outcome = 'solved'), count(*) FILTER (WHERE t.outcome = 'partly'),
       count(*) FILTER (WHERE t.outcome = 'unsolved'),
       count(*) FILTER (WHERE t.satisfied <= 3), count(t.satisfied)
FROM hotline_ticket t JOIN engine_proceeding p ON p.id = t.proceeding_id
WHERE t.closed_at >= %(since)s AND t.closed_at < %(until)s AND p.state = 'closed' AND t.unit <> ''
GROUP BY t.unit
"""
_SENT = """
SELECT k.unit, count(*), count(*) FILTER (WHERE p.state = 'returned'),
       count(*) FILTER (WHERE f.is_first),
       count(*) FILTER (WHERE f.is_first AND p.state <> 'returned')
FROM hotline_task k JOIN engine_proceeding p ON p.id = k.proceeding_id
CROSS JOIN LATERAL (SELECT NOT EXISTS (
    SELECT 1 FROM hotline_task o WHERE o.ticket_id = k.ticket_id AND o.is_lead
      AND o.proceeding_id < k.proceeding_id) AS is_first) f
WHERE k.is_lead AND k.sent_at >= %(since)s AND k.sent_at < %(until)s
GROUP BY k.unit
"""
# Deadlines lie within a year of the dispatch: the index by its day bounds what is read.
_DUE = """
SELECT k.unit,
       count(*) FILTER (WHERE h.due_at >= %(since)s AND h.due_at < %(until)s),
       count(*) FILTER (WHERE h.due_at >= %(since)s AND h.due_at < %(until)s
                          AND k.replied_at < h.due_at),
       count(*) FILTER (WHERE c.due_at >= %(since)s AND c.due_at < %(until)s),
       count(*) FILTER (WHERE c.due_at >= %(since)s AND c.due_at < %(until)s
                          AND k.contacted_at < c.due_at)
FROM hotline_task k JOIN engine_proceeding p ON p.id = k.proceeding_id
LEFT JOIN engine_clock h ON h.proceeding_id = k.proceeding_id AND h.name = 'handle'
LEFT JOIN engine_clock c ON c.proceeding_id = k.proceeding_id AND c.name = 'contact'
WHERE k.is_lead AND p.state NOT IN ('returned', 'cancelled')
  AND k.sent_at >= %(since)s - interval '1 year' AND k.sent_at < %(until)s
GROUP BY k.unit
"""
_GROUPS = (
    (_RECEIVED, ("accepted", "answered", "ended")),
    (
        _CLOSED,
        ("closed", "again", "ordered", "solved", "partly", "unsolved", "satisfied", "rated"),
    ),
    (_SENT, ("sent", "returned", "first_sent", "first_right")),
    (_DUE, ("due", "on_time", "contact_due", "contacted")),
)


def counts(since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """What is counted in a period, by unit; "" holds what no unit had."""
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        for statement, names in _GROUPS:
            cursor.execute(statement, {"since": since, "until": until})
            for unit, *numbers in cursor.fetchall():
                found.setdefault(unit, {}).update(zip(names, numbers, strict=True))
    return found
