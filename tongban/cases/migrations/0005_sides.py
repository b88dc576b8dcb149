"""Hearings, statements of interested parties and opinions of other departments have lives."""

from django.db import migrations

_STATES = {
    "hearing": ("told", "requested", "called", "recorded", "done", "waived", "cancelled"),
    "statement": ("asked", "stated", "silent", "cancelled"),
    "opinion": ("asked", "answered", "silent", "cancelled"),
}


def _check(kind: str, states: tuple[str, ...]) -> migrations.RunSQL:
    known = ", ".join(f"'{state}'" for state in states)
    return migrations.RunSQL(
        f"ALTER TABLE engine_proceeding ADD CONSTRAINT engine_{kind}_state"
        f" CHECK (kind <> '{kind}' OR state IN ({known}))",
        f"ALTER TABLE engine_proceeding DROP CONSTRAINT engine_{kind}_state",
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_companions"), ("engine", "0003_extensions")]

    operations = [_check(kind, states) for kind, states in _STATES.items()]
