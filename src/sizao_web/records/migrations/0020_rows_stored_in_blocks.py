"""Facts of a file that were new are kept as whole columns, not as a row each."""

import django.contrib.postgres.fields
from django.db import migrations, models

KEPT = """
INSERT INTO delivery_stored (delivery_id, fact, first_line, lines, parts, key_hi, key_lo)
SELECT delivery_id, fact, min(line), array_agg(line ORDER BY line, part), array_agg(part::int ORDER BY line, part),
    array_agg(key_hi ORDER BY line, part), array_agg(key_lo ORDER BY line, part)
FROM delivery_row WHERE outcome = 'stored' AND fact IS NOT NULL GROUP BY delivery_id, fact;
DELETE FROM delivery_row WHERE outcome = 'stored' AND fact IS NOT NULL;
"""
# Not packed: keys do not get smaller, and to try costs more than to write them.
PLAIN = "".join(
    f"ALTER TABLE delivery_stored ALTER COLUMN {name} SET STORAGE EXTERNAL;"
    for name in ("lines", "parts", "key_hi", "key_lo")
)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0019_appeals'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliveryStored',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact', models.TextField()),
                ('first_line', models.BigIntegerField()),
                ('lines', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('parts', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ('key_hi', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('key_lo', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('delivery', models.ForeignKey(db_index=False, on_delete=models.CASCADE, related_name='+', to='records.delivery')),
            ],
            options={
                'db_table': 'delivery_stored',
                'constraints': [models.UniqueConstraint(fields=('delivery', 'fact', 'first_line'), name='delivery_stored_once')],
            },
        ),
        migrations.RunSQL(PLAIN, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
