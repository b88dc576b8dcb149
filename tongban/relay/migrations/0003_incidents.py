"""Emergencies become proceedings: what stands already gets one."""

import django.db.models.deletion
from django.db import migrations, models

from tongban.kernel.numbers import public_number
from tongban.kernel.worktime import city_date
from tongban.people.queries import code_key
from tongban.people.states import NOBODY, PartyKind


def open_proceedings(apps, schema_editor):
    """One for each emergency: ended where somebody knew of it, unanswered where nobody did."""
    incidents = apps.get_model("relay", "Incident").objects.select_related("ticket__proceeding")
    for row in incidents.filter(proceeding=None).order_by("raised_at"):
        ticket, asked = row.ticket, row.ticket.proceeding
        nobody, _made = apps.get_model("people", "Party").objects.get_or_create(
            code_key=code_key(PartyKind.CALLER, NOBODY),
            defaults={"kind": PartyKind.CALLER, "name": "匿名", "code": NOBODY},
        )
        one = apps.get_model("engine", "Proceeding").objects.create(
            number=f"YJ{row.pk}",
            kind="incident",
            region=ticket.region,
            department=asked.department,
            party=nobody,
            version_id=asked.version_id,
            state="reported" if row.acknowledged_at else "unanswered",
            facts={
                "title": ticket.title, "kind": row.kind, "told": row.told,
                "minutes": {"acknowledge": 5, "report": 60},
            },
            opened_at=row.raised_at,
            ended_at=row.acknowledged_at,
        )
        on = city_date(row.raised_at)
        one.number = public_number("YJ", ticket.region[:6], on, one.pk)
        one.save(update_fields=["number"])
        row.proceeding, row.reported_at = one, row.acknowledged_at
        row.save(update_fields=["proceeding", "reported_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0007_at_work"),
        ("hotline", "0006_complaints"),
        ("people", "0005_guardians"),
        ("relay", "0002_theirs_may_come_twice"),
    ]

    operations = [
        migrations.AddField(
            "incident",
            "proceeding",
            models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="incident", to="engine.proceeding",
            ),
        ),
        migrations.AddField("incident", "report", models.TextField(default="")),
        migrations.AddField("incident", "reported_at", models.DateTimeField(null=True)),
        migrations.RunPython(open_proceedings, migrations.RunPython.noop),
    ]
