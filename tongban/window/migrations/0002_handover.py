import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_kinds_grow'),
        ('engine', '0005_done_today'),
        ('people', '0003_cover'),
        ('window', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capacity', models.TextField()),
                ('at', models.DateTimeField()),
                ('clerk', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('power', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                ('proceeding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='engine.proceeding')),
                ('proof', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                ('receiver', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.party')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('capacity__in', ['applicant', 'agent', 'attorney'])), name='window_handover_capacity'), models.CheckConstraint(condition=models.Q(models.Q(('capacity', 'attorney'), _negated=True), ('power__isnull', False), _connector='OR'), name='window_attorney_has_power')],
            },
        ),
    ]
