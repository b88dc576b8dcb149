import django.contrib.postgres.fields
import django.db.models.functions.datetime
import tongban.records.models
from django.db import migrations, models

# What follows is the journal's own law, kept by the database whatever program talks to it.

APPEND = """
CREATE FUNCTION records_genesis(p_stream text, p_stream_id bigint) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN sha256(convert_to(concat_ws(',', 'tongban-genesis-1', p_stream_id,
    octet_length(p_stream), p_stream), 'UTF8'));

-- Appends at most one entry for each stream and answers their ids in the order given. The caller
-- holds the lock of every stream; whoever does not runs into the unique constraint, so that a
-- history cannot fork. The hashed bytes are described in docs/decisions/0010 and computed again
-- in Python by rules/chain.py.
CREATE FUNCTION records_append(p_action_id uuid, p_at timestamptz, p_actor_kind text,
    p_actor_id bigint, p_place text, p_entries jsonb) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
    -- Read under the lock, so it never runs backwards inside a stream.
    v_recorded timestamptz := clock_timestamp();
    v_place text := coalesce(p_place, '');
    v_moments text := concat_ws(',', p_action_id, (extract(epoch FROM p_at) * 1000000)::bigint,
        (extract(epoch FROM v_recorded) * 1000000)::bigint, p_actor_id);
    v_who text := concat_ws(',', octet_length(p_actor_kind), p_actor_kind,
        octet_length(v_place), v_place);
BEGIN
    RETURN QUERY
    INSERT INTO records_entry (id, stream, stream_id, seq, region, action_id, verb, actor_kind,
        actor_id, at, recorded_at, place, basis, fields, body, private, private_subject, public,
        prev_hash, hash)
    SELECT n.id, n.stream, n.stream_id, n.seq, n.region, p_action_id, n.verb, p_actor_kind,
        p_actor_id, p_at, v_recorded, v_place, n.basis, n.fields, n.body, n.private,
        n.private_subject, n.public, n.prev_hash,
        sha256(n.prev_hash || convert_to(concat_ws(',', 'tongban-entry-1', n.id, n.stream_id,
            n.seq, v_moments, n.public, coalesce(n.private_subject::text, ''),
            coalesce(encode(n.private, 'hex'), ''), v_who,
            octet_length(n.stream), n.stream, octet_length(n.region), n.region,
            octet_length(n.verb), n.verb, octet_length(n.basis), n.basis,
            octet_length(n.fields_text), n.fields_text,
            octet_length(n.body_text), n.body_text), 'UTF8'))
    FROM (
        SELECT nextval('records_entry_id_seq') AS id, e.stream, e.stream_id,
            coalesce(last.seq, 0) + 1 AS seq, coalesce(e.region, '') AS region, e.verb,
            coalesce(e.basis, '') AS basis, f.fields, to_jsonb(f.fields)::text AS fields_text,
            b.body, b.body::text AS body_text, decode(e.private, 'base64') AS private,
            e.private_subject, coalesce(e.public, false) AS public,
            coalesce(last.hash, records_genesis(e.stream, e.stream_id)) AS prev_hash
        FROM ROWS FROM (jsonb_to_recordset(p_entries) AS (stream text, stream_id bigint,
            region text, verb text, basis text, fields text[], body jsonb, private text,
            private_subject bigint, public boolean)) WITH ORDINALITY AS e
        CROSS JOIN LATERAL (SELECT coalesce(e.fields, '{}') AS fields) AS f
        CROSS JOIN LATERAL (SELECT coalesce(e.body, '{}') AS body) AS b
        LEFT JOIN LATERAL (
            SELECT x.seq, x.hash FROM records_entry x
            WHERE x.stream = e.stream AND x.stream_id = e.stream_id
            ORDER BY x.seq DESC LIMIT 1) AS last ON true
        ORDER BY e.ordinality
    ) AS n
    RETURNING records_entry.id;
END $$;
"""

SEQUENCE = """
-- Which server and database this is: transaction ids mean something here only. Run by its owner,
-- so that the plain role of the program needs no right on the control file.
CREATE FUNCTION records_cluster() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
RETURN (SELECT c.system_identifier || '/' || d.oid
    FROM pg_catalog.pg_control_system() c, pg_catalog.pg_database d
    WHERE d.datname = current_database());

-- Gives the next positions to all entries that are visible now and have none yet; answers how
-- many, or -1 when another sequencer is at work. See docs/decisions/0010.
CREATE FUNCTION records_sequence() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_last records_sequencer;
    v_cluster text := records_cluster();
    v_open xid8[];
    v_seen xid8;
    v_fed bigint;
    v_snapshot pg_snapshot;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('records_sequence', 0)) THEN
        RETURN -1;
    END IF;
    SELECT * INTO v_last FROM records_sequencer;
    IF v_last.cluster = v_cluster THEN
        v_seen := pg_snapshot_xmax(v_last.snapshot);
        -- The last sequencer's own transaction and the running one may hold entries too; a
        -- snapshot does not list its own transaction.
        v_open := ARRAY(SELECT pg_snapshot_xip(v_last.snapshot))
            || v_last.xid || pg_current_xact_id_if_assigned();
        WITH unseen AS MATERIALIZED (
            SELECT e.id FROM records_entry e
            -- The upper bound keeps out what a restore brought along from another server.
            WHERE (e.xid >= v_seen AND e.xid < pg_snapshot_xmax(pg_current_snapshot()))
               OR e.xid = ANY (v_open)
        ), fed AS (
            INSERT INTO records_feed (position, entry_id)
            SELECT v_last.position + row_number() OVER (ORDER BY u.id), u.id FROM unseen u
            -- As a join it might be planned over the whole feed.
            WHERE (SELECT count(*) FROM records_feed f WHERE f.entry_id = u.id) = 0
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM fed), pg_current_snapshot() INTO v_fed, v_snapshot;
    ELSE
        -- Another server or database, after a restore: its transaction ids say nothing about
        -- these rows, but what can be seen of them has been committed.
        WITH fed AS (
            INSERT INTO records_feed (position, entry_id)
            SELECT v_last.position + row_number() OVER (ORDER BY e.id), e.id
            FROM records_entry e
            WHERE NOT EXISTS (SELECT FROM records_feed f WHERE f.entry_id = e.id)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM fed), pg_current_snapshot() INTO v_fed, v_snapshot;
    END IF;
    IF v_fed > 0 OR v_last.cluster <> v_cluster THEN
        UPDATE records_sequencer SET position = v_last.position + v_fed, snapshot = v_snapshot,
            xid = pg_current_xact_id(), cluster = v_cluster;
    END IF;
    IF v_fed > 0 THEN
        PERFORM pg_notify('records_feed', (v_last.position + v_fed)::text);
    END IF;
    RETURN v_fed;
END $$;

INSERT INTO records_sequencer (id, position, cluster) VALUES (1, 0, '');
"""

CLOCK = """
CREATE FUNCTION records_city_time(p_clock records_cityclock, p_machine timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE
RETURN CASE p_clock.mode
    WHEN 'frozen' THEN p_clock.not_before
    -- A machine whose clock is put back does not put the city's back.
    ELSE greatest(p_clock.not_before, p_machine + p_clock.shift_us * interval '1 microsecond')
END;

CREATE FUNCTION records_city_now() RETURNS timestamptz LANGUAGE sql VOLATILE
RETURN (SELECT records_city_time(c, clock_timestamp()) FROM records_cityclock c);

-- A change names a mode and a time, or no time for "as it stands"; the rest follows from them.
CREATE FUNCTION records_set_city_clock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_machine timestamptz := clock_timestamp();
    v_now timestamptz := records_city_time(OLD, v_machine);
BEGIN
    NEW.not_before := coalesce(NEW.not_before, v_now);
    IF NEW.not_before < v_now THEN
        RAISE EXCEPTION 'the city''s clock only moves forward: % is before %',
            NEW.not_before, v_now USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.shift_us := (extract(epoch FROM NEW.not_before - v_machine) * 1000000)::bigint;
    NEW.set_at := v_machine;
    RETURN NEW;
END $$;

INSERT INTO records_cityclock (id, mode, not_before, shift_us)
VALUES (1, 'running', '2000-01-01 00:00:00+00', 0);

CREATE TRIGGER records_cityclock_forward BEFORE UPDATE ON records_cityclock
FOR EACH ROW EXECUTE FUNCTION records_set_city_clock();
"""

READS = """
-- Chains one read for each subject to the reader's reads of that day and answers their ids. The
-- moment is given by tests only.
CREATE FUNCTION records_log_reads(p_actor_kind text, p_actor_id bigint, p_at timestamptz,
    p_subjects bigint[], p_what text, p_why text) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz := coalesce(p_at, clock_timestamp());
    v_day date := (v_at AT TIME ZONE 'Asia/Shanghai')::date;
    v_day_text text := to_char(v_day, 'YYYY-MM-DD');
    v_subject bigint;
    v_seq integer;
    v_prev bytea;
    v_id bigint;
BEGIN
    -- Held until the commit, so that the day is sealed after its last read.
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('records_reads,' || v_day_text, 0));
    PERFORM pg_advisory_xact_lock(hashtextextended(
        concat_ws(',', 'records_reads', v_day_text, p_actor_kind, p_actor_id), 0));
    SELECT r.seq, r.hash INTO v_seq, v_prev FROM records_accessread r
    WHERE r.day = v_day AND r.actor_kind = p_actor_kind AND r.actor_id = p_actor_id
    ORDER BY r.seq DESC LIMIT 1;
    v_seq := coalesce(v_seq, 0);
    v_prev := coalesce(v_prev, sha256(convert_to(concat_ws(',', 'tongban-reads-1', v_day_text,
        p_actor_id, octet_length(p_actor_kind), p_actor_kind), 'UTF8')));
    FOREACH v_subject IN ARRAY p_subjects LOOP
        v_seq := v_seq + 1;
        v_id := nextval('records_accessread_id_seq');
        INSERT INTO records_accessread (id, day, seq, at, actor_kind, actor_id, subject, what,
            why, prev_hash, hash)
        VALUES (v_id, v_day, v_seq, v_at, p_actor_kind, p_actor_id, v_subject, p_what, p_why,
            v_prev, sha256(v_prev || convert_to(concat_ws(',', 'tongban-read-1', v_id,
                v_day_text, v_seq, (extract(epoch FROM v_at) * 1000000)::bigint, p_actor_id,
                v_subject, octet_length(p_actor_kind), p_actor_kind, octet_length(p_what),
                p_what, octet_length(p_why), p_why), 'UTF8')))
        RETURNING hash INTO v_prev;
        RETURN NEXT v_id;
    END LOOP;
END $$;
"""

GROW_ONLY = """
CREATE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% refuses %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER records_cityclock_one BEFORE DELETE OR TRUNCATE ON records_cityclock
FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();

CREATE TRIGGER records_sequencer_one BEFORE DELETE OR TRUNCATE ON records_sequencer
FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();
""" + "".join(
    f"""
CREATE TRIGGER {table}_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_change();
"""
    for table in (
        "records_entry",
        "records_feed",
        "records_seal",
        "records_accessread",
        "records_accessseal",
    )
)

UNDO = """
DROP FUNCTION records_log_reads(text, bigint, timestamptz, bigint[], text, text);
DROP FUNCTION records_set_city_clock() CASCADE;
DROP FUNCTION records_city_now();
DROP FUNCTION records_city_time(records_cityclock, timestamptz);
DROP FUNCTION records_sequence();
DROP FUNCTION records_cluster();
DROP FUNCTION records_append(uuid, timestamptz, text, bigint, text, jsonb);
DROP FUNCTION records_genesis(text, bigint);
DROP FUNCTION records_refuse_change() CASCADE;
"""

# Prepared statements hold one command each: a blank line ends it.
LAW = [
    command
    for text in (APPEND, SEQUENCE, CLOCK, READS, GROW_ONLY)
    for command in text.strip().rstrip(";").split(";\n\n")
]


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AccessSeal',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('reads', models.IntegerField()),
                ('root', models.BinaryField()),
                ('prev_hash', models.BinaryField()),
                ('sealed_at', models.DateTimeField()),
                ('public_key', models.BinaryField()),
                ('signature', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry_id', models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('first_position', models.BigIntegerField()),
                ('last_position', models.BigIntegerField()),
                ('root', models.BinaryField()),
                ('prev_hash', models.BinaryField()),
                ('sealed_at', models.DateTimeField()),
                ('public_key', models.BinaryField()),
                ('signature', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('name', models.TextField(primary_key=True, serialize=False)),
                ('position', models.BigIntegerField()),
                ('error', models.TextField(default='')),
                ('failed_at', models.DateTimeField(null=True)),
                ('retry_at', models.DateTimeField(null=True)),
                ('attempts', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='AccessRead',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor_id', models.BigIntegerField()),
                ('subject', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('day', models.DateField()),
                ('seq', models.IntegerField()),
                ('actor_kind', models.TextField()),
                ('what', models.TextField()),
                ('why', models.TextField()),
                ('prev_hash', models.BinaryField()),
                ('hash', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'at'], name='records_accessread_subject')],
                'constraints': [models.UniqueConstraint(fields=('day', 'actor_kind', 'actor_id', 'seq'), name='records_accessread_seq')],
            },
        ),
        migrations.CreateModel(
            name='CityClock',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('mode', models.TextField()),
                ('not_before', models.DateTimeField(help_text='the time to which it was last set')),
                ('shift_us', models.BigIntegerField(default=0, help_text='microseconds ahead of the machine')),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='when it was set, by the machine')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='records_cityclock_one'), models.CheckConstraint(condition=models.Q(('mode__in', ['running', 'frozen'])), name='records_cityclock_mode')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('stream_id', models.BigIntegerField()),
                ('actor_id', models.BigIntegerField()),
                ('private_subject', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(help_text="when it counts, by the city's clock")),
                ('recorded_at', models.DateTimeField(help_text="when it was written, by the machine's clock")),
                ('xid', tongban.records.models.Xid8Field(db_default=tongban.records.models.CurrentTransaction())),
                ('action_id', models.UUIDField(help_text='shared by all entries of one action')),
                ('seq', models.IntegerField(help_text='1, 2, 3 … inside the stream')),
                ('public', models.BooleanField(help_text='part of the public timeline')),
                ('stream', models.TextField()),
                ('region', models.TextField()),
                ('verb', models.TextField()),
                ('actor_kind', models.TextField()),
                ('place', models.TextField()),
                ('basis', models.TextField()),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='names of the changed fields', size=None)),
                ('body', models.JSONField(help_text='ids and public facts, never personal data')),
                ('private', models.BinaryField(help_text="personal data under the subject's key", null=True)),
                ('prev_hash', models.BinaryField()),
                ('hash', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['xid'], name='records_entry_xid')],
                'constraints': [models.UniqueConstraint(fields=('stream', 'stream_id', 'seq'), name='records_entry_stream_seq')],
            },
        ),
        migrations.CreateModel(
            name='Sequencer',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('position', models.BigIntegerField()),
                ('snapshot', tongban.records.models.SnapshotField(null=True)),
                ('xid', tongban.records.models.Xid8Field(null=True)),
                ('cluster', models.TextField(default='', help_text='the server and the database it runs in')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='records_sequencer_one')],
            },
        ),
        migrations.CreateModel(
            name='SubjectKey',
            fields=[
                ('subject', models.BigIntegerField(primary_key=True, serialize=False)),
                ('wrapped', models.BinaryField(null=True)),
                ('master', models.TextField(help_text='which master key wraps it')),
                ('destroyed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('wrapped__isnull', True), ('destroyed_at__isnull', True), _connector='XOR'), name='records_subjectkey_whole_or_destroyed')],
            },
        ),
        migrations.RunSQL(LAW, UNDO.strip().rstrip(";").split(";\n")),
    ]
