"""The two functions of the hot path."""

from django.db import migrations

from tongban.engine.sql import APPLY_FUNCTION, DROP_FUNCTIONS, LOCK_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("engine", "0001_initial"), ("records", "0001_initial")]

    operations = [migrations.RunSQL([LOCK_FUNCTION, APPLY_FUNCTION], DROP_FUNCTIONS)]
