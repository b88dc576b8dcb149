"""What an applicant promises for after the acceptance, beside the draft."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forms', '0001_initial'),
        ('packages', '0002_states'),
    ]

    operations = [
        migrations.CreateModel(
            name='DraftPromise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('material_code', models.TextField()),
                ('promised_at', models.DateTimeField()),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='forms.draft')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('draft', 'material_code'), name='packages_draft_promise_once')],
            },
        ),
    ]
