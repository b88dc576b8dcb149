"""The desk finds an application by the applicant's name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["name"], name="people_party_name"),
        ),
    ]
