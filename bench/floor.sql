-- The floor: one life of a four-item application as a good engineer would write it by hand for
-- exactly these rows. One transaction an action, prepared statements, locks in ascending id,
-- the same hash chain. bench/rig/floor.py runs it; tests/bench compares its rows with the
-- product's. Constants of the bench package stand in the text, what a client would send is bound.

-- name: submit
-- $1 party and account, $2 idempotency key, $3 version, $4 at, $5 action, $6 day as yyyymmdd,
-- $7 answers, $8 sources, $9 materials, $10 facts, $11 promise,
-- $12 promise due, $13 promise fires, $14 legal due, $15 legal fires, $16 joint due, $17 joint fires
WITH drawn AS MATERIALIZED (
    SELECT n, nextval('engine_proceeding_id_seq') AS id FROM generate_series(0, 4) AS n
), package AS MATERIALIZED (
    SELECT id, clock_timestamp() AS recorded_at FROM drawn WHERE n = 0
), cases AS MATERIALIZED (
    SELECT d.id, i.item, i.department
    FROM drawn d JOIN (VALUES (1, 'bench-street', 'urban-management'),
                              (2, 'bench-fire', 'fire-rescue'),
                              (3, 'bench-shelf', 'tobacco'),
                              (4, 'bench-drain', 'housing-construction')) AS i (n, item, department)
    USING (n)
), opened AS (
    INSERT INTO engine_proceeding (id, number, kind, parent_id, region, department, party_id,
        version_id, state, facts, open_children, opened_at, accepted_at)
    SELECT id, 'YJS650102' || $6::text || lpad(id::text, 6, '0') || '0', 'package', NULL, '650102',
        'market-regulation', $1::bigint, $3::bigint, 'accepted',
        jsonb_build_object('package', 'P90') || $11::jsonb, 4, $4::timestamptz, $4 FROM package
    UNION ALL
    SELECT c.id, 'BJ650102' || $6 || lpad(c.id::text, 6, '0') || '0', 'case', p.id, '650102',
        c.department, $1, $3, 'accepted', jsonb_build_object('item', c.item), 0, $4, $4
    FROM cases c, package p
), application AS (
    INSERT INTO packages_application (proceeding_id, account_id, idempotency_key, package_code,
        facts, promise)
    SELECT id, $1, $2::text, 'P90', $10::jsonb, $11 FROM package
), files AS (
    INSERT INTO cases_casefile (proceeding_id, item_code, answers, sources, materials, wants_human)
    SELECT id, item, $7::jsonb, $8::jsonb, $9::jsonb, false FROM cases
), steps AS (
    INSERT INTO engine_step (proceeding_id, code, queue, region, whose, state, turn, opened_at,
        rank_at, outcome)
    SELECT id, 'decide', department || '.decider', '650102', 'government', 'open', 0, $4,
        $12::timestamptz, '' FROM cases
), clocks AS (
    INSERT INTO engine_clock (proceeding_id, name, started_at, suspensions, pauses, due_at,
        next_fire_at, next_fire_level)
    SELECT id, 'joint', $4, '[]'::jsonb, 0, $16::timestamptz, $17::timestamptz, 'warn' FROM package
    UNION ALL
    SELECT id, 'promise', $4, '[]', 0, $12, $13::timestamptz, 'warn' FROM drawn
    UNION ALL
    SELECT id, 'legal', $4, '[]', 0, $14::timestamptz, $15::timestamptz, 'warn' FROM cases
)
INSERT INTO records_entry (id, stream, stream_id, seq, region, action_id, verb, actor_kind,
    actor_id, at, recorded_at, place, basis, fields, body, public, prev_hash, hash)
SELECT n.id, 'proceeding', n.stream_id, 1, '650102', $5::uuid, n.verb, 'citizen', $1, $4,
    n.recorded_at, '', '', '{}', n.body, true, n.prev_hash,
    sha256(n.prev_hash || convert_to(concat_ws(',', 'tongban-entry-1', n.id, n.stream_id, 1, $5,
        (extract(epoch FROM $4) * 1000000)::bigint,
        (extract(epoch FROM n.recorded_at) * 1000000)::bigint, $1, 't,,', '7,citizen,0,',
        '10,proceeding,6,650102', octet_length(n.verb), n.verb, '0,,2,[]',
        octet_length(n.body::text), n.body::text), 'UTF8'))
FROM (
    SELECT nextval('records_entry_id_seq') AS id, e.stream_id, e.verb, e.body, p.recorded_at,
        sha256(convert_to('tongban-genesis-1,' || e.stream_id || ',10,proceeding', 'UTF8'))
            AS prev_hash
    FROM (SELECT id AS stream_id, 'submit_accepted' AS verb, jsonb_build_object('package', 'P90',
              'items', ARRAY['bench-street', 'bench-fire', 'bench-shelf', 'bench-drain']) AS body
          FROM package
          UNION ALL
          SELECT id, 'open_accepted', jsonb_build_object('item', item, 'state', 'accepted')
          FROM cases) AS e, package p
) AS n
RETURNING stream_id;

-- name: lock
-- $1 case
SELECT id, number, open_children FROM engine_proceeding
WHERE id IN ($1::bigint, (SELECT parent_id FROM engine_proceeding WHERE id = $1))
ORDER BY id FOR UPDATE;

-- name: decide
-- $1 case, $2 package, $3 item, $4 number of the case, $5 officer, $6 his queue, $7 action, $8 at
WITH step AS (
    UPDATE engine_step SET state = 'done', closed_at = $8::timestamptz, outcome = 'grant',
        assignee_id = $5::bigint
    WHERE proceeding_id = $1::bigint AND code = 'decide' AND state = 'open' AND queue = $6::text
    RETURNING proceeding_id AS id
), decision AS (
    INSERT INTO cases_decision (proceeding_id, result, reasons, face, explanation, is_automatic,
        decided_by, decided_at)
    SELECT id, 'grant', '', '{}'::jsonb, '[]'::jsonb, false, $5::bigint, $8 FROM step
), clocks AS (
    UPDATE engine_clock SET stopped_at = $8, next_fire_at = NULL, next_fire_level = ''
    WHERE proceeding_id = $1
), moved AS (
    UPDATE engine_proceeding SET state = 'granted', ended_at = $8 WHERE id = $1
), parent AS (
    UPDATE engine_proceeding SET open_children = open_children - 1 WHERE id = $2::bigint
), now AS MATERIALIZED (
    SELECT clock_timestamp() AS recorded_at FROM step
)
INSERT INTO records_entry (id, stream, stream_id, seq, region, action_id, verb, actor_kind,
    actor_id, at, recorded_at, place, basis, fields, body, public, prev_hash, hash)
SELECT n.id, 'proceeding', n.stream_id, n.seq, '650102', $7::uuid, n.verb, 'staff', $5, $8,
    n.recorded_at, '', '', '{}', n.body, n.public, n.prev_hash,
    sha256(n.prev_hash || convert_to(concat_ws(',', 'tongban-entry-1', n.id, n.stream_id, n.seq,
        $7, (extract(epoch FROM $8) * 1000000)::bigint,
        (extract(epoch FROM n.recorded_at) * 1000000)::bigint, $5, n.public, ',',
        '5,staff,0,',
        '10,proceeding,6,650102', octet_length(n.verb), n.verb, '0,,2,[]',
        octet_length(n.body::text), n.body::text), 'UTF8'))
FROM (
    SELECT nextval('records_entry_id_seq') AS id, e.stream_id, e.verb, e.public, e.body, now.recorded_at,
        last.seq + 1 AS seq, last.hash AS prev_hash
    FROM now, (VALUES
        ($1, 'grant_at_once', true,
         jsonb_build_object('from', 'accepted', 'to', 'granted', 'item', $3::text)),
        ($2, 'item_ended', false,
         jsonb_build_object('from', 'accepted', 'to', 'accepted', 'item', $3, 'number', $4::text,
             'state', 'granted'))) AS e (stream_id, verb, public, body)
    CROSS JOIN LATERAL (
        SELECT x.seq, x.hash FROM records_entry x
        WHERE x.stream = 'proceeding' AND x.stream_id = e.stream_id
        ORDER BY x.seq DESC LIMIT 1) AS last
) AS n;

-- name: finish
-- as decide, for the last case of a package; $9 delivery due, $10 delivery fires
WITH step AS (
    UPDATE engine_step SET state = 'done', closed_at = $8::timestamptz, outcome = 'grant',
        assignee_id = $5::bigint
    WHERE proceeding_id = $1::bigint AND code = 'decide' AND state = 'open' AND queue = $6::text
    RETURNING proceeding_id AS id
), decision AS (
    INSERT INTO cases_decision (proceeding_id, result, reasons, face, explanation, is_automatic,
        decided_by, decided_at)
    SELECT id, 'grant', '', '{}'::jsonb, '[]'::jsonb, false, $5::bigint, $8 FROM step
), clocks AS (
    UPDATE engine_clock SET stopped_at = $8, next_fire_at = NULL, next_fire_level = ''
    WHERE proceeding_id IN ($1, $2::bigint)
), delivery AS (
    INSERT INTO engine_clock (proceeding_id, name, started_at, suspensions, pauses, due_at,
        next_fire_at, next_fire_level)
    VALUES ($2, 'delivery', $8, '[]'::jsonb, 0, $9::timestamptz, $10::timestamptz, 'warn')
), hand_over AS (
    INSERT INTO engine_step (proceeding_id, code, queue, region, whose, state, turn, opened_at,
        rank_at, outcome)
    VALUES ($2, 'delivery', 'market-regulation.window', '650102', 'government', 'open', 0, $8, $9,
        '')
), moved AS (
    UPDATE engine_proceeding SET state = 'granted', ended_at = $8 WHERE id = $1
), parent AS (
    UPDATE engine_proceeding SET state = 'done', open_children = 0 WHERE id = $2
), now AS MATERIALIZED (
    SELECT clock_timestamp() AS recorded_at FROM step
)
INSERT INTO records_entry (id, stream, stream_id, seq, region, action_id, verb, actor_kind,
    actor_id, at, recorded_at, place, basis, fields, body, public, prev_hash, hash)
SELECT n.id, 'proceeding', n.stream_id, n.seq, '650102', $7::uuid, n.verb, 'staff', $5, $8,
    n.recorded_at, '', '', '{}', n.body, true, n.prev_hash,
    sha256(n.prev_hash || convert_to(concat_ws(',', 'tongban-entry-1', n.id, n.stream_id, n.seq,
        $7, (extract(epoch FROM $8) * 1000000)::bigint,
        (extract(epoch FROM n.recorded_at) * 1000000)::bigint, $5, 't,,', '5,staff,0,',
        '10,proceeding,6,650102', octet_length(n.verb), n.verb, '0,,2,[]',
        octet_length(n.body::text), n.body::text), 'UTF8'))
FROM (
    SELECT nextval('records_entry_id_seq') AS id, e.stream_id, e.verb, e.body, now.recorded_at,
        last.seq + 1 AS seq, last.hash AS prev_hash
    FROM now, (VALUES
        ($1, 'grant_at_once',
         jsonb_build_object('from', 'accepted', 'to', 'granted', 'item', $3::text)),
        ($2, 'finish',
         jsonb_build_object('from', 'accepted', 'to', 'done', 'item', $3, 'number', $4::text,
             'state', 'granted'))) AS e (stream_id, verb, body)
    CROSS JOIN LATERAL (
        SELECT x.seq, x.hash FROM records_entry x
        WHERE x.stream = 'proceeding' AND x.stream_id = e.stream_id
        ORDER BY x.seq DESC LIMIT 1) AS last
) AS n;
