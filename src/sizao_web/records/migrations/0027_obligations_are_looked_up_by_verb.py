"""Who must be admitted, or tested, is looked up by the verb: an overview did it by reading all that is live."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0026_keys_of_streams_in_groups"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(fields=["verb", "status", "due_at"], name="obligation_verb_ix"),
        ),
    ]
