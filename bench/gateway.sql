-- The floor of `bench gateway`: the rows that a message out and a message in leave behind, written
-- by hand. One transaction an attempt and one a message, prepared statements, locks in ascending
-- id, the same hash chain.

-- name: claim
-- $1 sending, $2 the next attempt
UPDATE exchange_sending SET attempts = attempts + 1, retry_at = $2::timestamptz
WHERE id = $1::bigint AND state = 'queued' RETURNING body, request_hash

-- name: receipt
-- $1 sending, $2 reference, $3 at
UPDATE exchange_sending SET state = 'acknowledged', reference = $2::text, sent_at = $3::timestamptz,
    acknowledged_at = $3, retry_at = NULL, last_error = ''
WHERE id = $1::bigint

-- name: lock
-- $1 number of the case
SELECT id, parent_id FROM engine_proceeding
WHERE id IN (SELECT id FROM engine_proceeding WHERE number = $1::text
             UNION SELECT parent_id FROM engine_proceeding WHERE number = $1)
ORDER BY id FOR UPDATE

-- name: arrive
-- $1 system, $2 message, $3 case, $4 seq, $5 kind, $6 body, $7 hash, $8 event, $9 at
INSERT INTO exchange_arrival AS a (system, message_id, proceeding_id, seq, kind, body, body_hash,
    event_at, arrived_at, state, reason, copies)
VALUES ($1::text, $2::uuid, $3::bigint, $4::int, $5::text, $6::jsonb, $7::text, $8::timestamptz,
    $9::timestamptz, 'waiting', '', 1)
ON CONFLICT (system, message_id) DO UPDATE SET copies = a.copies + 1
RETURNING a.copies

-- name: applied
-- $1 case, $2 seq, $3 at
UPDATE exchange_arrival SET state = 'applied', applied_at = $3::timestamptz
WHERE proceeding_id = $1::bigint AND seq = $2::int

-- name: take_in
-- $1 case, $2 action, $3 event, $4 heard
WITH moved AS (
    UPDATE engine_proceeding SET facts = facts || '{"taken_in": true}' WHERE id = $1::bigint
)
INSERT INTO records_entry (id, stream, stream_id, seq, region, action_id, verb, actor_kind,
    actor_id, at, recorded_at, place, basis, fields, body, public, prev_hash, hash)
SELECT n.id, 'proceeding', $1, n.seq, '650102', $2::uuid, 'take_in_elsewhere', 'system', 0,
    $3::timestamptz, n.recorded_at, '', '', '{}', n.body, true, n.prev_hash,
    sha256(n.prev_hash || convert_to(concat_ws(',', 'tongban-entry-1', n.id, $1, n.seq, $2,
        (extract(epoch FROM $3) * 1000000)::bigint,
        (extract(epoch FROM n.recorded_at) * 1000000)::bigint, 0, 't,,', '6,system,0,',
        '10,proceeding,6,650102', '17,take_in_elsewhere', '0,,2,[]',
        octet_length(n.body::text), n.body::text), 'UTF8'))
FROM (
    SELECT nextval('records_entry_id_seq') AS id, clock_timestamp() AS recorded_at,
        jsonb_build_object('heard_at', $4::text) AS body, last.seq + 1 AS seq,
        last.hash AS prev_hash
    FROM (SELECT seq, hash FROM records_entry WHERE stream = 'proceeding' AND stream_id = $1
          ORDER BY seq DESC LIMIT 1) AS last
) AS n

-- name: decide
-- $1 case, $2 package, $3 item, $4 number of the case, $5 action, $6 event, $7 heard
WITH step AS (
    UPDATE engine_step SET state = 'done', closed_at = $6::timestamptz, outcome = 'grant'
    WHERE proceeding_id = $1::bigint AND code = 'decide' AND state = 'open'
    RETURNING proceeding_id AS id
), decision AS (
    INSERT INTO cases_decision (proceeding_id, result, reasons, face, explanation, is_automatic,
        decided_by, decided_at)
    SELECT id, 'grant', '', '{}'::jsonb, '[]'::jsonb, false, 0, $6 FROM step
), clocks AS (
    UPDATE engine_clock SET stopped_at = $6, next_fire_at = NULL, next_fire_level = ''
    WHERE proceeding_id = $1
), moved AS (
    UPDATE engine_proceeding SET state = 'granted', ended_at = $6 WHERE id = $1
), parent AS (
    UPDATE engine_proceeding SET open_children = open_children - 1 WHERE id = $2::bigint
), now AS MATERIALIZED (
    SELECT clock_timestamp() AS recorded_at FROM step
)
INSERT INTO records_entry (id, stream, stream_id, seq, region, action_id, verb, actor_kind,
    actor_id, at, recorded_at, place, basis, fields, body, public, prev_hash, hash)
SELECT n.id, 'proceeding', n.stream_id, n.seq, '650102', $5::uuid, n.verb, 'system', 0, $6,
    n.recorded_at, '', '', '{}', n.body, n.public, n.prev_hash,
    sha256(n.prev_hash || convert_to(concat_ws(',', 'tongban-entry-1', n.id, n.stream_id, n.seq,
        $5, (extract(epoch FROM $6) * 1000000)::bigint,
        (extract(epoch FROM n.recorded_at) * 1000000)::bigint, 0, n.public, ',', '6,system,0,',
        '10,proceeding,6,650102', octet_length(n.verb), n.verb, '0,,2,[]',
        octet_length(n.body::text), n.body::text), 'UTF8'))
FROM (
    SELECT nextval('records_entry_id_seq') AS id, e.stream_id, e.verb, e.public, e.body,
        now.recorded_at, last.seq + 1 AS seq, last.hash AS prev_hash
    FROM now, (VALUES
        ($1, 'grant_at_once', true,
         jsonb_build_object('from', 'accepted', 'to', 'granted', 'item', $3::text,
             'heard_at', $7::text)),
        ($2, 'item_ended', false,
         jsonb_build_object('from', 'accepted', 'to', 'accepted', 'item', $3, 'number', $4::text,
             'state', 'granted'))) AS e (stream_id, verb, public, body)
    CROSS JOIN LATERAL (
        SELECT x.seq, x.hash FROM records_entry x
        WHERE x.stream = 'proceeding' AND x.stream_id = e.stream_id
        ORDER BY x.seq DESC LIMIT 1) AS last
) AS n
