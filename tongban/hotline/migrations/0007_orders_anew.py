"""An order that was closed does not keep the next one away: what is closed is the engine's."""

from django.db import migrations


class Migration(migrations.Migration):
    """No table can say it with a constraint: the state of an order is in another one."""

    dependencies = [("hotline", "0006_complaints")]

    operations = [migrations.RemoveConstraint(model_name="order", name="hotline_order_once")]
