"""Leave that is asked for and approved, and who stands in for whom (A/B 岗)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

STANDS_IN = {
    "null": True,
    "on_delete": django.db.models.deletion.PROTECT,
    "to": settings.AUTH_USER_MODEL,
}


class Migration(migrations.Migration):
    dependencies = [("people", "0002_party_name")]

    operations = [
        migrations.AddField(
            "post", "deputy", models.ForeignKey(related_name="covers", **STANDS_IN)
        ),
        migrations.AddField(
            "leave", "deputy", models.ForeignKey(related_name="deputises", **STANDS_IN)
        ),
        migrations.AddField("leave", "state", models.TextField(default="approved")),
        migrations.AddConstraint(
            "leave",
            models.CheckConstraint(
                condition=Q(state__in=["asked", "approved"]), name="people_leave_state"
            ),
        ),
    ]
