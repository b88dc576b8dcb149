"""Reviews, what follows from bad ones, the roll-up; the database knows the states of the machine."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('engine', '0006_closed_by'),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('department', models.TextField()),
                ('item', models.TextField()),
                ('window', models.TextField()),
                ('channel', models.TextField()),
                ('level', models.PositiveSmallIntegerField()),
                ('n', models.SmallIntegerField()),
                ('held', models.SmallIntegerField(default=0)),
                ('unprompted', models.SmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.TextField(unique=True)),
                ('key', models.BinaryField(max_length=32, unique=True)),
                ('channel', models.TextField()),
                ('window', models.TextField()),
                ('region', models.CharField(max_length=12)),
                ('name', models.TextField()),
                ('is_active', models.BooleanField(default=True)),
                ('registered_by', models.BigIntegerField()),
                ('registered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('object', models.TextField()),
                ('number', models.TextField()),
                ('token', models.TextField(unique=True)),
                ('code', models.CharField(max_length=8)),
                ('cause_id', models.BigIntegerField()),
                ('proceeding_id', models.BigIntegerField()),
                ('version_id', models.BigIntegerField()),
                ('party_id', models.BigIntegerField()),
                ('region', models.CharField(max_length=12)),
                ('department', models.TextField()),
                ('item', models.TextField()),
                ('window', models.TextField(default='')),
                ('officer_id', models.BigIntegerField(null=True)),
                ('prompted', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('reminded_at', models.DateTimeField(null=True)),
                ('rated_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(models.F('party_id'), models.OrderBy(models.F('id'), descending=True), name='ratings_invitation_party'), models.Index(fields=['proceeding_id'], name='ratings_invitation_thing'), models.Index(condition=models.Q(('rated_at', None), ('reminded_at', None)), fields=['opened_at', 'id'], name='ratings_invitation_remind'), models.Index(models.F('window'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('rated_at', None), models.Q(('window', ''), _negated=True)), name='ratings_invitation_window')],
                'constraints': [models.UniqueConstraint(fields=('object', 'number'), name='ratings_invited_once')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('turn', models.PositiveSmallIntegerField(default=0)),
                ('object', models.TextField()),
                ('item', models.TextField()),
                ('department', models.TextField()),
                ('window', models.TextField(default='')),
                ('officer_id', models.BigIntegerField(null=True)),
                ('region', models.CharField(max_length=12)),
                ('channel', models.TextField()),
                ('level', models.PositiveSmallIntegerField()),
                ('aspects', models.JSONField(default=dict)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('text', models.TextField(default='')),
                ('text_key', models.BinaryField(max_length=32, null=True)),
                ('evaluator', models.BinaryField(max_length=32)),
                ('device', models.BinaryField(max_length=32, null=True)),
                ('real_name', models.BooleanField(default=False)),
                ('prompted', models.BooleanField(default=False)),
                ('seconds', models.PositiveIntegerField(null=True)),
                ('rated_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('weight', models.PositiveSmallIntegerField(default=1)),
                ('has_flag', models.BooleanField(default=False)),
                ('is_excluded', models.BooleanField(default=False)),
                ('entry_id', models.BigIntegerField(null=True)),
                ('invitation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='ratings.invitation')),
            ],
        ),
        migrations.CreateModel(
            name='Rectification',
            fields=[
                ('proceeding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='engine.proceeding')),
                ('contact', models.TextField(default='')),
                ('finding', models.TextField(default='')),
                ('grounds', models.TextField(default='')),
                ('answer', models.TextField(default='')),
                ('answered_at', models.DateTimeField(null=True)),
                ('rounds', models.PositiveSmallIntegerField(default=0)),
                ('satisfied', models.BooleanField(null=True)),
                ('called_back_at', models.DateTimeField(null=True)),
                ('proposer_id', models.BigIntegerField(null=True)),
                ('proposal', models.TextField(default='')),
                ('confirmer_id', models.BigIntegerField(null=True)),
                ('invitation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='ratings.invitation')),
                ('review', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='ratings.review')),
            ],
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('detector', models.CharField(max_length=2)),
                ('facts', models.JSONField(default=dict)),
                ('raised_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by', models.BigIntegerField(null=True)),
                ('holds', models.BooleanField(null=True)),
                ('reason', models.TextField(default='')),
                ('review', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='ratings.review')),
            ],
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('grain', models.CharField(max_length=1)),
                ('day', models.DateField()),
                ('department', models.TextField()),
                ('item', models.TextField(default='')),
                ('window', models.TextField(default='')),
                ('channel', models.TextField(default='')),
                ('level', models.PositiveSmallIntegerField()),
                ('n', models.BigIntegerField(default=0)),
                ('held', models.BigIntegerField(default=0)),
                ('unprompted', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('grain', 'day', 'department', 'item', 'window', 'channel', 'level'), name='ratings_tally_once'), models.CheckConstraint(condition=models.Q(('grain__in', ['D', 'M', 'I', 'C', 'W'])), name='ratings_grain')],
            },
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(models.F('department'), models.OrderBy(models.F('id'), descending=True), name='ratings_review_dept'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(models.F('department'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('level__gte', 4)), name='ratings_review_bad'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(models.F('department'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('has_flag', True)), name='ratings_review_flagged'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('device__isnull', False)), fields=['device', 'day'], name='ratings_review_device'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('text_key__isnull', False)), fields=['text_key', 'day'], name='ratings_review_text'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('window', ''), _negated=True), fields=['window', 'day'], name='ratings_review_window'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('invitation', 'turn'), name='ratings_review_turn'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('turn__in', [0, 1])), name='ratings_review_twice'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', [1, 2, 3, 4, 5])), name='ratings_level'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('weight__in', [0, 1])), name='ratings_weight'),
        ),
        migrations.AddIndex(
            model_name='rectification',
            index=models.Index(models.OrderBy(models.F('answered_at'), descending=True), condition=models.Q(('answered_at__isnull', False)), name='ratings_answered'),
        ),
        migrations.AddIndex(
            model_name='flag',
            index=models.Index(models.OrderBy(models.F('id'), descending=True), condition=models.Q(('settled_at', None)), name='ratings_flag_open'),
        ),
        migrations.AddConstraint(
            model_name='flag',
            constraint=models.UniqueConstraint(fields=('review', 'detector'), name='ratings_flag_once'),
        ),
        migrations.RunSQL(
            "ALTER TABLE engine_proceeding ADD CONSTRAINT engine_rectification_state CHECK"
            " (kind <> 'rectification' OR state IN ('open', 'contacted', 'rectifying', 'replied',"
            " 'appealed', 'proposed', 'closed', 'excluded'))",
            "ALTER TABLE engine_proceeding DROP CONSTRAINT engine_rectification_state",
        ),
    ]
