"""The second screen of a clerk, and what applicants confirmed."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('documents', '0002_periods'),
        ('forms', '0002_counter'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Screen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.BinaryField(max_length=32, unique=True)),
                ('paired_at', models.DateTimeField()),
                ('shown', models.TextField(default='')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('draft', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forms.draft')),
            ],
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shown', models.TextField()),
                ('how', models.TextField()),
                ('agreed', models.BooleanField()),
                ('language', models.TextField()),
                ('at', models.DateTimeField()),
                ('clerk', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('draft', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forms.draft')),
                ('proof', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
            ],
            options={
                'indexes': [models.Index(models.F('draft'), models.OrderBy(models.F('id'), descending=True), name='window_confirmation_last')],
                'constraints': [models.CheckConstraint(condition=models.Q(('how__in', ['screen', 'paper'])), name='window_confirmation_how'), models.CheckConstraint(condition=models.Q(models.Q(('how', 'paper'), _negated=True), ('proof__isnull', False), _connector='OR'), name='window_paper_is_scanned')],
            },
        ),
    ]
