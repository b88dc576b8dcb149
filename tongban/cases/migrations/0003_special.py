"""Cases may be terminated; special procedures have a life of their own."""

from django.db import migrations

_OLD = (
    "waiting", "received", "accepted", "producing", "granted", "denied", "refused",
    "not_required", "withdrawn", "cancelled",
)  # fmt: skip
_NEW = (*_OLD, "terminated")
_SPECIAL = ("running", "done", "cancelled")


def _check(name: str, kind: str, states: tuple[str, ...]) -> str:
    known = ", ".join(f"'{state}'" for state in states)
    return (
        f"ALTER TABLE engine_proceeding ADD CONSTRAINT {name}"
        f" CHECK (kind <> '{kind}' OR state IN ({known}))"
    )


def _drop(name: str) -> str:
    return f"ALTER TABLE engine_proceeding DROP CONSTRAINT {name}"


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_states"), ("engine", "0003_extensions")]

    operations = [
        migrations.RunSQL(
            [_drop("engine_case_state"), _check("engine_case_state", "case", _NEW)],
            [_drop("engine_case_state"), _check("engine_case_state", "case", _OLD)],
        ),
        migrations.RunSQL(
            _check("engine_special_state", "special", _SPECIAL), _drop("engine_special_state")
        ),
    ]
