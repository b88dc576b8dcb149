"""Reports to the regional platform."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_steps_elsewhere"),
        ("engine", "0005_done_today"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("message_id", models.UUIDField(unique=True)),
                ("cause_id", models.BigIntegerField(unique=True)),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("verb", models.TextField()),
                ("told", models.JSONField(default=dict)),
                (
                    "proceeding",
                    models.ForeignKey(
                        to="engine.proceeding",
                        on_delete=django.db.models.deletion.PROTECT,
                        null=True,
                        db_index=False,
                    ),
                ),
                ("body", models.JSONField(default=dict)),
                ("request_hash", models.CharField(max_length=64, default="")),
                ("state", models.TextField(default="queued")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.TextField(default="")),
                ("receipt", models.TextField(default="")),
                ("reject_code", models.TextField(default="")),
                ("reject_sentence", models.TextField(default="")),
                ("happened_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("retry_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=["process", "result", "licence"]),
                        name="exchange_report_kind",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            state__in=["queued", "received", "failed", "rejected", "given_up"]
                        ),
                        name="exchange_report_state",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["subject", "id"],
                        name="exchange_report_open",
                        condition=Q(state__in=["queued", "failed"]),
                    ),
                    models.Index(
                        fields=["id"],
                        name="exchange_report_listed",
                        condition=Q(state__in=["rejected", "given_up"]),
                    ),
                ],
            },
        ),
    ]
