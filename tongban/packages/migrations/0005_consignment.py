import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engine', '0005_done_today'),
        ('packages', '0004_signatures'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier', models.TextField()),
                ('number', models.TextField()),
                ('posted_at', models.DateTimeField()),
                ('posted_by', models.BigIntegerField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.TextField(default='')),
                ('proceeding', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='engine.proceeding')),
            ],
            options={
                'indexes': [models.Index(fields=['proceeding', 'id'], name='packages_consigned')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('proceeding',), name='packages_one_in_the_post'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), ('outcome__in', ['arrived', 'returned'])), _connector='OR'), name='packages_consignment_outcome')],
            },
        ),
    ]
