from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('config', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Filling',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('filed', models.PositiveIntegerField(default=0)),
                ('is_done', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='config_filling_one')],
            },
        ),
    ]
