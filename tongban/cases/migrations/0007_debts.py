"""What is owed after a deficient acceptance; the database knows the states of a debt."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_side_tables'),
        ('engine', '0003_extensions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Owed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('material', models.TextField()),
                ('licence_type', models.TextField(default='')),
                ('paid_at', models.DateTimeField(null=True)),
                ('paid_with', models.TextField(default='')),
                ('proceeding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='engine.proceeding')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('paid_at', None), models.Q(('licence_type', ''), _negated=True)), fields=['licence_type'], name='cases_owed_by_licence')],
                'constraints': [models.UniqueConstraint(fields=('proceeding', 'material'), name='cases_owed_once')],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE engine_proceeding ADD CONSTRAINT engine_debt_state CHECK"
            " (kind <> 'debt' OR state IN ('owed', 'paid', 'lapsed', 'cancelled'))",
            "ALTER TABLE engine_proceeding DROP CONSTRAINT engine_debt_state",
        ),
    ]
