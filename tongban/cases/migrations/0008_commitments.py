"""Commitment letters and the checks after decisions; the database knows the states of a check."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0007_debts'),
        ('engine', '0005_done_today'),
    ]

    operations = [
        migrations.CreateModel(
            name='PostCheck',
            fields=[
                ('proceeding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='engine.proceeding')),
                ('by_account', models.BigIntegerField(null=True)),
                ('with_accounts', models.JSONField(default=list)),
                ('result', models.TextField(default='')),
                ('finding', models.TextField(default='')),
                ('checked_at', models.DateTimeField(null=True)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='post_check', to='engine.proceeding')),
            ],
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('regime', models.TextField()),
                ('letter', models.TextField()),
                ('version', models.PositiveSmallIntegerField()),
                ('words', models.JSONField()),
                ('text_hash', models.TextField()),
                ('signed_by', models.BigIntegerField()),
                ('signed_at', models.DateTimeField()),
                ('state', models.TextField(default='signed')),
                ('ended_at', models.DateTimeField(null=True)),
                ('proceeding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='engine.proceeding')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('proceeding', 'letter'), name='cases_letter_once'), models.CheckConstraint(condition=models.Q(('state__in', ['signed', 'withdrawn', 'fulfilled', 'breached'])), name='cases_letter_state')],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE engine_proceeding ADD CONSTRAINT engine_check_state CHECK"
            " (kind <> 'check' OR state IN ('due', 'correcting', 'fulfilled', 'breached'))",
            "ALTER TABLE engine_proceeding DROP CONSTRAINT engine_check_state",
        ),
    ]
