"""Records of credit; the database knows the states of their machine."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('engine', '0003_extensions'),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditRecord',
            fields=[
                ('proceeding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='engine.proceeding')),
                ('kind', models.TextField()),
                ('case_number', models.TextField()),
                ('cause', models.TextField(unique=True)),
                ('noted_on', models.DateField()),
                ('until', models.DateField()),
                ('is_published', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_published', True)), fields=['-noted_on', '-proceeding'], name='credit_published')],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE engine_proceeding ADD CONSTRAINT engine_credit_state CHECK"
            " (kind <> 'credit' OR state IN ('standing', 'objected', 'lifted', 'repaired'))",
            "ALTER TABLE engine_proceeding DROP CONSTRAINT engine_credit_state",
        ),
    ]
