"""Reports of ratings."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_reports")]

    operations = [
        migrations.RemoveConstraint(model_name="report", name="exchange_report_kind"),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=["process", "result", "licence", "review"]),
                name="exchange_report_kind",
            ),
        ),
    ]
