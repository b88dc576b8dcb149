"""Objections of third parties to a public notice (公示异议)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0011_early"),
        ("engine", "0004_steps_elsewhere"),
    ]

    operations = [
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("contact", models.TextField(default="")),
                ("interest", models.TextField()),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("upheld", models.BooleanField(null=True)),
                ("answer", models.TextField(default="")),
                ("answered_by", models.BigIntegerField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("proceeding", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="engine.proceeding")),
            ],
        ),
    ]
