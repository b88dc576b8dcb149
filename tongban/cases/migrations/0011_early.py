"""Questions before the application (提前介入)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0010_set_aside"),
        ("engine", "0004_steps_elsewhere"),
    ]

    operations = [
        migrations.CreateModel(
            name="Early",
            fields=[
                ("proceeding", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="engine.proceeding")),
                ("item_code", models.TextField()),
                ("project", models.TextField()),
                ("question", models.TextField()),
                ("answer", models.TextField(default="")),
                ("answered_by", models.BigIntegerField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["project", "item_code"], name="cases_early_project")],
            },
        ),
    ]
