"""The form of the paper, the English name and the day of issue stand on the licence itself."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0002_versions_are_never_changed")]
    operations = [
        migrations.AddField("licence", "template", models.TextField(default="licence")),
        migrations.AddField("licence", "name_en", models.TextField(default="")),
        migrations.AddField(
            "licence",
            "issued_on",
            models.DateField(default=datetime.date(2026, 1, 1)),
            preserve_default=False,
        ),
    ]
