"""A bad review after a rectification was closed opens a second one of the same matter."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engine', '0007_at_work'),
        ('ratings', '0003_participation'),
    ]

    operations = [
        migrations.AddField(
            model_name='rectification',
            name='earlier',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='ratings.rectification'),
        ),
        migrations.AlterField(
            model_name='rectification',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='ratings.invitation'),
        ),
        migrations.AddConstraint(
            model_name='rectification',
            constraint=models.UniqueConstraint(condition=models.Q(('earlier', None)), fields=('invitation',), name='ratings_mended_once'),
        ),
    ]
