from django.db import migrations

from applications.seeds import plant_catalogue


def plant(apps, schema_editor):
    plant_catalogue(
        apps.get_model("applications", "Scheme"),
        apps.get_model("applications", "Industry"),
        apps.get_model("accounts", "Region"),
    )


class Migration(migrations.Migration):
    """Enter the scheme of article 十四 and the industries of article 六."""

    dependencies = [("applications", "0001_initial"), ("accounts", "0002_regions")]

    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
