"""Rows of a file about somebody who may yet turn out to be the sender's wait for the ledger."""

from django.db import migrations, models

import sizao_web.records.models.rows


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0027_obligations_are_looked_up_by_verb"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="waiting",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="delivery",
            name="waits_in",
            field=sizao_web.records.models.rows.TransactionField(null=True),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("waiting__gt", 0)), fields=["id"], name="delivery_waiting_ix"
            ),
        ),
    ]
