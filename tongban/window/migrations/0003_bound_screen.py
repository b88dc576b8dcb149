from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("window", "0002_handover")]

    operations = [
        migrations.AddField(
            model_name="screen",
            name="browser_hash",
            field=models.BinaryField(max_length=32, null=True),
        ),
    ]
