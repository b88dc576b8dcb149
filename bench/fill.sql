-- A large city at once: what the product's actions would have written for lives that lie behind.
-- bench/fill.py stages which packages there are and when things happened to them.

-- name: stage
-- n is 0 for the package and 1 to 4 for its cases; decided_at is empty where nobody has decided.
CREATE TEMP TABLE staged (
    package bigint, id bigint, n smallint, number text, party bigint, opened_at timestamptz,
    decided_at timestamptz, collected_at timestamptz
) ON COMMIT DROP;

-- name: days
-- What the clocks of the bench package say when they start on a day.
CREATE TEMP TABLE days (
    on_day date PRIMARY KEY, joint_due timestamptz, joint_fires timestamptz,
    promise_due timestamptz, promise_fires timestamptz, legal_due timestamptz,
    legal_fires timestamptz, delivery_due timestamptz, delivery_fires timestamptz
);

-- name: items
CREATE TEMP TABLE items (n smallint PRIMARY KEY, item text, department text);

-- name: sayings
-- What the applicant is told at each happening; NUMBER stands for the number of the whole.
CREATE TEMP TABLE sayings (
    key text PRIMARY KEY, kind text, statutory boolean, params text, words text
);

-- name: told
CREATE TEMP TABLE told (
    stream_id bigint, seq int, verb text, actor_kind text, actor_id bigint, at timestamptz,
    action text, basis text, public boolean, body jsonb
) ON COMMIT DROP;

-- name: proceedings
INSERT INTO engine_proceeding (id, number, kind, parent_id, region, department, party_id,
    version_id, state, facts, open_children, opened_at, accepted_at, ended_at)
SELECT s.id, s.number, 'package', NULL, '650102', 'market-regulation', s.party,
    %(version)s, CASE WHEN s.collected_at IS NULL THEN 'accepted' ELSE 'delivered' END,
    jsonb_build_object('package', 'P90') || %(promise)s,
    (SELECT count(*) FROM staged c WHERE c.package = s.id AND c.n > 0 AND c.decided_at IS NULL),
    s.opened_at, s.opened_at, s.collected_at
FROM staged s WHERE s.n = 0
UNION ALL
SELECT s.id, s.number, 'case', s.package, '650102', i.department, s.party, %(version)s,
    CASE WHEN s.decided_at IS NULL THEN 'accepted' ELSE 'granted' END,
    jsonb_build_object('item', i.item), 0, s.opened_at, s.opened_at, s.decided_at
FROM staged s JOIN items i USING (n);

-- name: applications
INSERT INTO packages_application (proceeding_id, account_id, idempotency_key, package_code,
    facts, promise)
SELECT id, party, 'fill-' || id, 'P90', %(facts)s, %(promise)s FROM staged WHERE n = 0;

-- name: files
INSERT INTO cases_casefile (proceeding_id, item_code, answers, sources, materials, wants_human)
SELECT s.id, i.item, %(answers)s, %(sources)s, %(materials)s, false
FROM staged s JOIN items i USING (n);

-- name: decisions
INSERT INTO cases_decision (proceeding_id, result, reasons, face, explanation, is_automatic,
    decided_by, decided_at)
SELECT id, 'grant', '', '{}', '[]', false, n, decided_at FROM staged
WHERE n > 0 AND decided_at IS NOT NULL;

-- name: steps
INSERT INTO engine_step (proceeding_id, code, queue, region, whose, state, turn, opened_at,
    closed_at, rank_at, outcome)
SELECT s.id, 'decide', i.department || '.decider', '650102', 'government',
    CASE WHEN s.decided_at IS NULL THEN 'open' ELSE 'done' END, 0, s.opened_at, s.decided_at,
    d.promise_due, CASE WHEN s.decided_at IS NULL THEN '' ELSE 'grant' END
FROM staged s JOIN items i USING (n)
JOIN days d ON d.on_day = (s.opened_at AT TIME ZONE 'Asia/Shanghai')::date
UNION ALL
SELECT s.id, 'delivery', 'market-regulation.window', '650102', 'government', 'done', 0,
    last.decided_at, s.collected_at, d.delivery_due, 'collected'
FROM staged s JOIN staged last ON last.package = s.id AND last.n = 4
JOIN days d ON d.on_day = (last.decided_at AT TIME ZONE 'Asia/Shanghai')::date
WHERE s.n = 0 AND s.collected_at IS NOT NULL;

-- name: clocks
INSERT INTO engine_clock (proceeding_id, name, started_at, suspensions, pauses, stopped_at, due_at,
    next_fire_at, next_fire_level)
SELECT c.id, c.name, c.started_at, '[]', 0, c.stopped_at, c.due_at,
    CASE WHEN c.stopped_at IS NULL THEN c.fires_at END,
    CASE WHEN c.stopped_at IS NULL THEN 'warn' ELSE '' END
FROM (
    SELECT s.id, 'joint' AS name, s.opened_at AS started_at, last.decided_at AS stopped_at,
        d.joint_due AS due_at, d.joint_fires AS fires_at
    FROM staged s JOIN staged last ON last.package = s.id AND last.n = 4
    JOIN days d ON d.on_day = (s.opened_at AT TIME ZONE 'Asia/Shanghai')::date
    WHERE s.n = 0
    UNION ALL
    SELECT s.id, 'promise', s.opened_at, coalesce(s.decided_at, last.decided_at), d.promise_due,
        d.promise_fires
    FROM staged s LEFT JOIN staged last ON s.n = 0 AND last.package = s.id AND last.n = 4
    JOIN days d ON d.on_day = (s.opened_at AT TIME ZONE 'Asia/Shanghai')::date
    UNION ALL
    SELECT s.id, 'legal', s.opened_at, s.decided_at, d.legal_due, d.legal_fires
    FROM staged s JOIN days d ON d.on_day = (s.opened_at AT TIME ZONE 'Asia/Shanghai')::date
    WHERE s.n > 0
    UNION ALL
    SELECT s.id, 'delivery', last.decided_at, s.collected_at, d.delivery_due, d.delivery_fires
    FROM staged s JOIN staged last ON last.package = s.id AND last.n = 4
    JOIN days d ON d.on_day = (last.decided_at AT TIME ZONE 'Asia/Shanghai')::date
    WHERE s.n = 0 AND s.collected_at IS NOT NULL
) AS c;

-- name: messages
-- The newest one waits to be read, the others have been.
INSERT INTO notices_message (party_id, kind, key, params, words, proceeding, statutory, dedup,
    created_at, read_at)
SELECT m.party, t.kind, t.key, replace(t.params, 'NUMBER', m.number)::jsonb,
    replace(t.words, 'NUMBER', m.number)::jsonb, m.number, t.statutory, 'fill/' || m.id || t.key,
    m.at, CASE WHEN m.key <> 'delivered' THEN m.at + interval '1 hour' END
FROM (
    SELECT s.id, s.party, s.number, 'accepted' AS key, s.opened_at AS at FROM staged s WHERE s.n = 0
    UNION ALL
    SELECT s.id, s.party, p.number, 'case_granted', s.decided_at
    FROM staged s JOIN staged p ON p.id = s.package WHERE s.n > 0 AND s.decided_at IS NOT NULL
    UNION ALL
    SELECT s.id, s.party, p.number, 'package_done', s.decided_at
    FROM staged s JOIN staged p ON p.id = s.package WHERE s.n = 4 AND s.decided_at IS NOT NULL
    UNION ALL
    SELECT s.id, s.party, s.number, 'delivered', s.collected_at
    FROM staged s WHERE s.n = 0 AND s.collected_at IS NOT NULL
) AS m JOIN sayings t USING (key)
ORDER BY m.at;

-- name: tell submit
INSERT INTO told
SELECT s.id, 1, CASE WHEN s.n = 0 THEN 'submit_accepted' ELSE 'open_accepted' END, 'citizen',
    s.party, s.opened_at, s.package || '/0', '', true,
    CASE WHEN s.n = 0
    THEN jsonb_build_object('package', 'P90', 'items', (SELECT array_agg(item ORDER BY n) FROM items))
    ELSE jsonb_build_object('item', i.item, 'state', 'accepted') END
FROM staged s LEFT JOIN items i USING (n);

-- name: tell decide
INSERT INTO told
SELECT s.id, 2, 'grant_at_once', 'staff', s.n, s.decided_at, s.package || '/' || s.n, '',
    true, jsonb_build_object('from', 'accepted', 'to', 'granted', 'item', i.item)
FROM staged s JOIN items i USING (n) WHERE s.n = %(n)s AND s.decided_at IS NOT NULL
UNION ALL
SELECT s.package, 1 + s.n, CASE WHEN s.n = 4 THEN 'finish' ELSE 'item_ended' END, 'staff', s.n,
    s.decided_at, s.package || '/' || s.n, '', s.n = 4,
    jsonb_build_object('from', 'accepted', 'item', i.item, 'number', s.number, 'state', 'granted',
        'to', CASE WHEN s.n = 4 THEN 'done' ELSE 'accepted' END)
FROM staged s JOIN items i USING (n) WHERE s.n = %(n)s AND s.decided_at IS NOT NULL;

-- name: tell collect
INSERT INTO told
SELECT id, 6, 'collect', 'citizen', party, collected_at, package || '/5', '行政许可法第四十四条', true,
    jsonb_build_object('from', 'done', 'to', 'delivered')
FROM staged WHERE n = 0 AND collected_at IS NOT NULL;

-- name: chain
INSERT INTO records_entry (id, stream, stream_id, seq, region, action_id, verb, actor_kind,
    actor_id, at, recorded_at, place, basis, fields, body, public, prev_hash, hash)
SELECT n.id, 'proceeding', n.stream_id, n.seq, '650102', n.action, n.verb, n.actor_kind,
    n.actor_id, n.at, n.recorded_at, '', n.basis, '{}', n.body, n.public, n.prev_hash,
    sha256(n.prev_hash || convert_to(concat_ws(',', 'tongban-entry-1', n.id, n.stream_id, n.seq,
        n.action, (extract(epoch FROM n.at) * 1000000)::bigint,
        (extract(epoch FROM n.recorded_at) * 1000000)::bigint, n.actor_id, n.public, ',',
        octet_length(n.actor_kind), n.actor_kind, '0,', '10,proceeding,6,650102',
        octet_length(n.verb), n.verb, octet_length(n.basis), n.basis, '2,[]',
        octet_length(n.body::text), n.body::text), 'UTF8'))
FROM (
    SELECT nextval('records_entry_id_seq') AS id, t.stream_id, t.seq, t.verb, t.actor_kind,
        t.actor_id, t.at, md5(t.action)::uuid AS action, t.basis, t.public, t.body,
        statement_timestamp() AS recorded_at,
        coalesce(last.hash, records_genesis('proceeding', t.stream_id)) AS prev_hash
    FROM told t LEFT JOIN records_entry last
        ON last.stream = 'proceeding' AND last.stream_id = t.stream_id AND last.seq = t.seq - 1
) AS n;

-- name: hush
TRUNCATE told;
