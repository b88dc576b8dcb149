"""The database refuses a state that the machine of this room does not know."""

from django.db import migrations

from tongban.cases.states import LIFE

_NAME = "engine_case_state"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("engine", "0002_functions")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE engine_proceeding ADD CONSTRAINT {_NAME}"
            f" CHECK (kind <> 'case' OR {LIFE.sql_check('state')})",
            f"ALTER TABLE engine_proceeding DROP CONSTRAINT {_NAME}",
        )
    ]
