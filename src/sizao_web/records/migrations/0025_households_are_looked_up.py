"""Who lives together is looked up by the household: a page did it by reading every home of a district."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0024_appointments"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="households",
            index=models.Index(fields=["household"], name="households_household_ix"),
        ),
        migrations.AddIndex(
            model_name="residences",
            index=models.Index(fields=["household"], name="residences_household_ix"),
        ),
    ]
