"""Tickets, tasks and orders; the database knows the states of their machines."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models



STATES = {
    "ticket": (
        "received", "handling", "checking", "callback", "conferring", "merged",
        "answered", "refused", "transferred", "closed", "withdrawn",
    ),
    "ticket_task": (
        "dispatched", "handling", "return_asked", "hold_asked", "held", "replied",
        "done", "returned", "cancelled",
    ),
    "ticket_order": ("issued", "answered", "closed"),
}


def known_states(kind, states):
    words = ", ".join(f"'{state}'" for state in states)
    return migrations.RunSQL(
        f"ALTER TABLE engine_proceeding ADD CONSTRAINT engine_{kind}_state CHECK"
        f" (kind <> '{kind}' OR state IN ({words}))",
        f"ALTER TABLE engine_proceeding DROP CONSTRAINT engine_{kind}_state",
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('engine', '0006_closed_by'),
        ('people', '0004_callers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('proceeding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ticket', serialize=False, to='engine.proceeding')),
                ('region', models.CharField(max_length=12)),
                ('channel', models.TextField()),
                ('type', models.TextField()),
                ('urgency', models.TextField(default='normal')),
                ('domain', models.TextField(default='')),
                ('special', models.TextField(default='')),
                ('title', models.TextField()),
                ('text', models.TextField()),
                ('place', models.TextField(default='')),
                ('longitude', models.FloatField(null=True)),
                ('latitude', models.FloatField(null=True)),
                ('hides_caller', models.BooleanField(default=False)),
                ('unit', models.TextField(default='')),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('of_number', models.TextField(default='')),
                ('of_item', models.TextField(default='')),
                ('source', models.TextField(null=True, unique=True)),
                ('likeness', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('received_at', models.DateTimeField()),
                ('reading', models.JSONField(default=dict)),
                ('reply', models.TextField(default='')),
                ('replied_at', models.DateTimeField(null=True)),
                ('contacted', models.BooleanField(null=True)),
                ('outcome', models.TextField(default='')),
                ('satisfied', models.PositiveSmallIntegerField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('caller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.party')),
                ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='hotline.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('proceeding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ticket_task', serialize=False, to='engine.proceeding')),
                ('unit', models.TextField()),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('is_lead', models.BooleanField(default=True)),
                ('is_designated', models.BooleanField(default=False)),
                ('sent_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('contacted_at', models.DateTimeField(null=True)),
                ('reply', models.TextField(default='')),
                ('replied_at', models.DateTimeField(null=True)),
                ('plan', models.TextField(default='')),
                ('reason', models.TextField(default='')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='hotline.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('proceeding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ticket_order', serialize=False, to='engine.proceeding')),
                ('unit', models.TextField()),
                ('trigger', models.TextField()),
                ('level', models.TextField()),
                ('text', models.TextField(default='')),
                ('answer', models.TextField(default='')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='hotline.ticket')),
            ],
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(models.F('caller'), models.OrderBy(models.F('proceeding'), descending=True), name='hotline_ticket_caller'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(models.F('unit'), models.OrderBy(models.F('proceeding'), descending=True), name='hotline_ticket_unit'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(models.F('domain'), models.OrderBy(models.F('proceeding'), descending=True), name='hotline_ticket_domain'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(models.F('of_number'), models.OrderBy(models.F('proceeding'), descending=True), condition=models.Q(('of_number', ''), _negated=True), name='hotline_ticket_of'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['phone', 'web', 'scan', 'open311', 'voice', 'transfer', 'platform', 'hall'])), name='hotline_ticket_channel'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'solved', 'partly', 'unsolved', 'unreached'])), name='hotline_ticket_outcome'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='hotline_ticket_place'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(models.F('unit'), models.OrderBy(models.F('proceeding'), descending=True), name='hotline_task_unit'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('ticket', 'trigger', 'unit'), name='hotline_order_once'),
        ),
        *(known_states(kind, states) for kind, states in STATES.items()),
    ]
