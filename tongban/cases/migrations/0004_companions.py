"""Some steps take several officers: an opinion says who did it together with its author."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_special")]

    operations = [
        migrations.AddField("opinion", "with_accounts", models.JSONField(default=list)),
    ]
