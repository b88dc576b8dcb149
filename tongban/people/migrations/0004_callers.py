"""A party that is known by a telephone number alone (来电人)."""

from django.db import migrations, models
from django.db.models import Q

KINDS = ["natural", "legal", "caller"]


class Migration(migrations.Migration):
    dependencies = [("people", "0003_cover")]

    operations = [
        migrations.RemoveConstraint("party", "people_party_kind"),
        migrations.AddConstraint(
            "party",
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="people_party_kind"),
        ),
    ]
