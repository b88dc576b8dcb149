"""Indexes for what is at work, what is overdue and what fell due in a period."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("engine", "0006_closed_by")]

    operations = [
        migrations.AddIndex(
            "proceeding",
            models.Index(
                F("department"),
                F("kind"),
                F("id").desc(),
                name="engine_proceeding_at_work",
                condition=Q(ended_at__isnull=True),
            ),
        ),
        migrations.AddIndex(
            "clock",
            models.Index(
                fields=["name", "due_at"],
                name="engine_clock_running",
                condition=Q(stopped_at__isnull=True, due_at__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "clock",
            models.Index(
                fields=["name", "due_at"],
                name="engine_clock_due",
                condition=Q(due_at__isnull=False),
            ),
        ),
    ]
