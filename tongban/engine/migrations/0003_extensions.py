"""A clock may be extended once: its ledger says when."""

from django.db import migrations, models

# Both functions find a handful of rows by key. Planned once, and never by reading a table from
# end to end, whatever the statistics of a young table say.
_BY_KEY = """
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
"""

LOCK_FUNCTION = f"""
CREATE OR REPLACE FUNCTION engine_lock(p_ids bigint[], p_family boolean) RETURNS text
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
             c.name, c.started_at, c.suspensions, c.stopped_at, c.pauses, c.extended_at,
             c.due_at, c.next_fire_at, c.next_fire_level))
         FROM engine_clock c WHERE c.proceeding_id = p.id)
        ) ORDER BY p.id)
        FROM engine_proceeding p WHERE p.id = ANY (v_ids));
END $$
"""

APPLY_FUNCTION = f"""
CREATE OR REPLACE FUNCTION engine_apply(p jsonb) RETURNS text
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
            extended_at, stopped_at, due_at, not_before, next_fire_at, next_fire_level)
        SELECT t.proceeding_id, t.name, t.started_at, t.suspensions, t.pauses,
            t.extended_at, t.stopped_at, t.due_at, t.not_before, t.next_fire_at,
            t.next_fire_level
        FROM jsonb_to_recordset(p -> 'clocks') AS t (proceeding_id bigint, name text,
            started_at timestamptz, suspensions jsonb, pauses smallint,
            extended_at timestamptz, stopped_at timestamptz, due_at timestamptz, not_before date, next_fire_at timestamptz,
            next_fire_level text)
        ON CONFLICT (proceeding_id, name) DO UPDATE
        SET started_at = excluded.started_at, suspensions = excluded.suspensions,
            pauses = excluded.pauses, extended_at = excluded.extended_at,
            stopped_at = excluded.stopped_at, due_at = excluded.due_at,
            not_before = excluded.not_before, next_fire_at = excluded.next_fire_at,
            next_fire_level = excluded.next_fire_level;
    END IF;
    SELECT json_agg(x) INTO v_entries
    FROM records_append((p ->> 'action_id')::uuid, (p ->> 'at')::timestamptz,
        p ->> 'actor_kind', (p ->> 'actor_id')::bigint, p ->> 'place', p -> 'entries') AS x;
    RETURN v_entries;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0002_functions")]

    operations = [
        migrations.AddField("clock", "extended_at", models.DateTimeField(null=True)),
        migrations.RunSQL([LOCK_FUNCTION, APPLY_FUNCTION], migrations.RunSQL.noop),
    ]
