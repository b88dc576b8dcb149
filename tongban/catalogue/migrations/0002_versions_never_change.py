"""A published version is never changed: only the end of its validity may be set."""

from django.db import migrations

from tongban.catalogue.sql import DROP_TRIGGERS, TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunSQL(TRIGGERS, DROP_TRIGGERS)]
