"""What a place is called, in Chinese and in English, beside its number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0022_carers_and_closed_loops")]

    operations = [
        migrations.AddField("places", "label_zh", models.TextField(null=True)),
        migrations.AddField("places", "label_en", models.TextField(null=True)),
    ]
