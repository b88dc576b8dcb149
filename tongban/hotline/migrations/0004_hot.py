"""Hot issues; what a request is compared with is found by district, domain and day.

The column for signatures of texts goes: nobody ever filled it, and requests about one matter have
too few words in common for such a signature to find them.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Left

STATES = ("watching", "alarmed", "gathered", "cooled", "faded", "closed")
WORDS = ", ".join(f"'{state}'" for state in STATES)


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0006_closed_by"),
        ("hotline", "0003_lists_and_figures"),
    ]

    operations = [
        migrations.RemoveField("ticket", "likeness"),
        migrations.CreateModel(
            name="Hot",
            fields=[
                ("proceeding", models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, primary_key=True,
                    related_name="hot_issue", serialize=False, to="engine.proceeding")),
                ("region", models.CharField(max_length=12)),
                ("domain", models.TextField()),
                ("title", models.TextField()),
                ("place", models.TextField(default="")),
                ("words", django.contrib.postgres.fields.ArrayField(
                    base_field=models.TextField(), default=list, size=None)),
                ("tickets_count", models.PositiveIntegerField(default=0)),
                ("callers", models.FloatField(default=0)),
                ("callers_today", models.FloatField(default=0)),
                ("warmth", models.FloatField()),
                ("usual", models.FloatField()),
                ("limit", models.PositiveIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("alarmed_at", models.DateTimeField(null=True)),
                ("alarm_of", models.FloatField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
                ("lead", models.ForeignKey(
                    db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                    related_name="+", to="hotline.ticket")),
            ],
        ),
        migrations.AddField(
            "ticket",
            "hot",
            models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets", to="hotline.hot"),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                Left("region", 6), F("domain"), F("received_at").desc(),
                name="hotline_ticket_near"),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                F("hot"), F("proceeding").desc(), name="hotline_ticket_hot",
                condition=Q(hot__isnull=False)),
        ),
        migrations.AddIndex(
            "hot",
            models.Index(
                F("warmth").desc(), name="hotline_hot_open", condition=Q(closed_at__isnull=True)),
        ),
        migrations.AddIndex(
            "hot",
            models.Index(
                F("closed_at").desc(), name="hotline_hot_closed",
                condition=Q(closed_at__isnull=False)),
        ),
        migrations.RunSQL(
            "ALTER TABLE engine_proceeding ADD CONSTRAINT engine_hot_issue_state CHECK"
            f" (kind <> 'hot_issue' OR state IN ({WORDS}))",
            "ALTER TABLE engine_proceeding DROP CONSTRAINT engine_hot_issue_state",
        ),
    ]
