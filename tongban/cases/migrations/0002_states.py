"""The database refuses a state that the machine of this room does not know."""

from django.db import migrations

_NAME = "engine_case_state"
_KNOWN = (
    "state in ('waiting', 'received', 'accepted', 'producing', 'granted', 'denied', 'refused',"
    " 'not_required', 'withdrawn', 'cancelled')"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("engine", "0002_functions")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE engine_proceeding ADD CONSTRAINT {_NAME}"
            f" CHECK (kind <> 'case' OR {_KNOWN})",
            f"ALTER TABLE engine_proceeding DROP CONSTRAINT {_NAME}",
        )
    ]
