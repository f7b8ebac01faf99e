from django.db import migrations

from accounts.seeds import plant_regions


class Migration(migrations.Migration):
    """Enter the divisions of the zone."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema: plant_regions(apps.get_model("accounts", "Region")),
            migrations.RunPython.noop,
        )
    ]
