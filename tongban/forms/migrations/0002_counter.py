"""A draft may be typed at a window, for somebody who stands there."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forms', '0001_initial'),
        ('people', '0002_party_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='counter',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='draft',
            name='person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.party'),
        ),
        migrations.AddField(
            model_name='draft',
            name='region',
            field=models.TextField(default=''),
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(models.F('counter'), models.OrderBy(models.F('updated_at'), descending=True), condition=models.Q(models.Q(('counter', ''), _negated=True), ('discarded_at', None), ('submitted_at', None)), name='forms_draft_counter'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counter', ''), ('person', None), ('region', '')), models.Q(models.Q(('counter', ''), _negated=True), models.Q(('region', ''), _negated=True), ('person__isnull', False)), _connector='OR'), name='forms_draft_at_counter'),
        ),
    ]
