import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.expressions
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("code", models.TextField()),
                ("slug", models.TextField(default="")),
                ("number", models.PositiveIntegerField()),
                (
                    "hash",
                    models.TextField(help_text="SHA-256 of the canonical data, in hexadecimal"),
                ),
                ("data", models.JSONField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("published_at", models.DateTimeField()),
                (
                    "published_by",
                    models.BigIntegerField(help_text="account id, 0 for the system"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("kind"),
                        models.F("slug"),
                        condition=models.Q(("slug", ""), _negated=True),
                        name="catalogue_version_slug",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["package", "item", "licence", "live"])),
                        name="catalogue_version_kind",
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "code", "number"), name="catalogue_version_number"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("kind", "="), ("code", "="), ("valid", "&&")],
                        name="catalogue_version_no_overlap",
                    ),
                ],
            },
        ),
    ]
