"""Every emergency has its proceeding: what stood in two places stands there alone."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("relay", "0003_incidents")]

    operations = [
        migrations.AlterField(
            "incident",
            "proceeding",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="incident", to="engine.proceeding",
            ),
        ),
        migrations.RemoveIndex("incident", "relay_incident_open"),
        migrations.RemoveField("incident", "due_at"),
        migrations.RemoveField("incident", "told"),
        migrations.AddIndex(
            "incident",
            models.Index(
                fields=["raised_at"], name="relay_incident_open",
                condition=Q(acknowledged_at__isnull=True),
            ),
        ),
        migrations.AddIndex(
            "incident", models.Index(fields=["raised_at"], name="relay_incident_raised")
        ),
    ]
