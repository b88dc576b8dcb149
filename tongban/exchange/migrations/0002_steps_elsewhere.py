"""Steps of cases that were handed over before leave the queues of the desk."""

from django.db import migrations

HANDED_OVER = """
UPDATE engine_step SET whose = 'elsewhere'
WHERE state = 'open' AND proceeding_id IN (
    SELECT proceeding_id FROM exchange_sending WHERE kind = 'application')
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("engine", "0004_steps_elsewhere")]

    operations = [migrations.RunSQL(HANDED_OVER, migrations.RunSQL.noop)]
