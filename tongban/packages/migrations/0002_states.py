"""The database refuses a state that the machine of this room does not know."""

from django.db import migrations

from tongban.packages.states import LIFE

_NAME = "engine_package_state"


class Migration(migrations.Migration):
    dependencies = [("packages", "0001_initial"), ("engine", "0002_functions")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE engine_proceeding ADD CONSTRAINT {_NAME}"
            f" CHECK (kind <> 'package' OR {LIFE.sql_check('state')})",
            f"ALTER TABLE engine_proceeding DROP CONSTRAINT {_NAME}",
        )
    ]
