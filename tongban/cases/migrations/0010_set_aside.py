"""Decisions that were set aside by a review or a judgment, and the case opened for each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0009_bars"),
        ("engine", "0004_steps_elsewhere"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("proceeding", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="engine.proceeding")),
                ("forum", models.TextField()),
                ("relief", models.TextField()),
                ("body", models.TextField()),
                ("document", models.TextField()),
                ("dated", models.DateField()),
                ("reason", models.TextField()),
                ("on_procedure", models.BooleanField(default=False)),
                ("recorded_by", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("again", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="handled_again_for", to="engine.proceeding")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("forum__in", ["review", "court"])), name="cases_setaside_forum"),
                    models.CheckConstraint(condition=models.Q(("relief__in", ["redo", "quash"])), name="cases_setaside_relief"),
                ],
            },
        ),
    ]
