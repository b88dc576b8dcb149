"""What an officer has done today is counted by an index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("engine", "0004_steps_elsewhere")]

    operations = [
        migrations.AddIndex(
            "step",
            models.Index(
                fields=["assignee_id", "closed_at"],
                name="engine_step_done",
                condition=Q(state="done", assignee_id__isnull=False),
            ),
        ),
    ]
