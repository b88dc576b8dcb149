"""Indexes for the desk's lists (what is at work) and for the figures of a period."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("hotline", "0002_contact")]

    operations = [
        migrations.AddIndex(
            "ticket",
            models.Index(
                F("proceeding").desc(),
                name="hotline_ticket_at_work",
                condition=Q(closed_at__isnull=True),
            ),
        ),
        migrations.AddIndex(
            "ticket", models.Index(fields=["received_at"], name="hotline_ticket_received")
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["closed_at"],
                name="hotline_ticket_closed",
                condition=Q(closed_at__isnull=False),
            ),
        ),
        migrations.AddIndex("task", models.Index(fields=["sent_at"], name="hotline_task_sent")),
    ]
