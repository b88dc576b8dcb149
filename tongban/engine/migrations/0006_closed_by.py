"""A step that is closed keeps who closed it, in the one update that closes it."""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("tongban.engine.migrations.0003_extensions").APPLY_FUNCTION
_SET = "SET state = t.state, closed_at = t.closed_at, outcome = t.outcome\n"
_FROM = "closed_at timestamptz, outcome text)\n        WHERE s.id = t.id;"

APPLY_FUNCTION = _BEFORE.replace(
    _SET, _SET.rstrip("\n") + ",\n            assignee_id = coalesce(t.assignee_id, s.assignee_id)\n"
).replace(_FROM, "closed_at timestamptz, outcome text, assignee_id bigint)\n        WHERE s.id = t.id;")


class Migration(migrations.Migration):
    dependencies = [("engine", "0005_done_today")]

    operations = [migrations.RunSQL(APPLY_FUNCTION, _BEFORE)]
