"""The inbox's index leaves out what departments' own systems work on."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("engine", "0003_extensions")]

    operations = [
        migrations.RemoveIndex("step", "engine_step_inbox"),
        migrations.AddIndex(
            "step",
            models.Index(
                fields=["queue", "rank_at", "id"],
                name="engine_step_inbox",
                condition=Q(state="open") & ~Q(whose="elsewhere"),
            ),
        ),
    ]
