"""Kept days count complaints too: those that were kept without are reckoned again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("hotline", "0005_at_full_size")]

    operations = [migrations.RunSQL("DELETE FROM hotline_day", migrations.RunSQL.noop)]
