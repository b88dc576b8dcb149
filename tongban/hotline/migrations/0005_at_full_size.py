"""Lists and figures of a large city: what lists ask for is indexed, days that are over are kept."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import F, Q

_COPIED = """
UPDATE hotline_task k SET domain = t.domain, urgency = t.urgency, special = t.special
FROM hotline_ticket t WHERE t.proceeding_id = k.ticket_id
"""
# Which domains a unit has is no chance: without this the planner thinks that a unit has a
# twenty-eighth of each, and sorts what it could read in order.
_KNOWN = """
CREATE STATISTICS hotline_task_units (mcv) ON unit, domain FROM hotline_task;
CREATE STATISTICS hotline_ticket_units (mcv) ON unit, domain FROM hotline_ticket;
"""
_UNKNOWN = "DROP STATISTICS hotline_task_units; DROP STATISTICS hotline_ticket_units;"


def _by_unit(name: str) -> migrations.AddIndex:
    index = models.Index(
        F("unit"), F(name), F("proceeding").desc(), name=f"hotline_task_{name}"
    )
    return migrations.AddIndex("task", index)


def _of_ticket(name: str) -> migrations.AddIndex:
    index = models.Index(F(name), F("proceeding").desc(), name=f"hotline_ticket_{name}")
    return migrations.AddIndex("ticket", index)


class Migration(migrations.Migration):
    dependencies = [("hotline", "0004_hot"), ("engine", "0007_at_work")]

    operations = [
        migrations.RemoveField("task", "due_at"),
        migrations.AddField("task", "domain", models.TextField(default="")),
        migrations.AddField("task", "urgency", models.TextField(default="normal")),
        migrations.AddField("task", "special", models.TextField(default="")),
        migrations.RunSQL(_COPIED, migrations.RunSQL.noop),
        _by_unit("domain"),
        _by_unit("urgency"),
        _by_unit("special"),
        migrations.RunSQL(_KNOWN, _UNKNOWN),
        _of_ticket("urgency"),
        _of_ticket("special"),
        migrations.AddIndex(
            "ticket",
            models.Index(
                F("proceeding").desc(),
                name="hotline_ticket_ended",
                condition=Q(closed_at__isnull=False),
            ),
        ),
        migrations.CreateModel(
            "Day",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("unit", models.TextField()),
                (
                    "counts",
                    django.contrib.postgres.fields.ArrayField(models.IntegerField()),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["day", "unit"], name="hotline_day_once")
                ]
            },
        ),
        migrations.CreateModel(
            "ChangedDay", [("day", models.DateField(primary_key=True, serialize=False))]
        ),
    ]
