from django.db import migrations, models
from django.db.models import F


def first_times(apps, schema_editor):
    """What was known of a call until now was the only time that it waited."""
    apps.get_model("voice", "Call").objects.update(
        offered_at=F("waiting_at"), answered_at=F("taken_at")
    )


class Migration(migrations.Migration):

    dependencies = [
        ("voice", "0002_open_calls"),
    ]

    operations = [
        migrations.AddField("call", "offered_at", models.DateTimeField(null=True)),
        migrations.AddField("call", "answered_at", models.DateTimeField(null=True)),
        migrations.RunPython(first_times, migrations.RunPython.noop),
        migrations.RemoveIndex("call", "voice_call_started"),
        migrations.AddIndex(
            "call",
            models.Index(
                fields=["started_at"],
                include=["offered_at", "answered_at", "ended_at"],
                name="voice_call_offered",
                condition=models.Q(("offered_at__isnull", False)),
            ),
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("do", models.TextField()),
                ("say", models.TextField(default="")),
                ("language", models.TextField(default="zh")),
                ("node", models.TextField(default="")),
                ("given_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("call", models.ForeignKey(db_index=False, on_delete=models.deletion.PROTECT, related_name="orders", to="voice.call")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("done_at__isnull", True)), fields=["call"], name="voice_order_open")],
                "constraints": [models.CheckConstraint(condition=models.Q(("do__in", ["listen", "connect", "hang_up", "ring", "nothing"])), name="voice_order_do")],
            },
        ),
    ]
