"""A hundred records that a device numbers have one key together; each is told by its member."""

from django.db import migrations

SLOTS = 32
STREAMS = ("check_ins", "temperatures")


def groups():
    """What the tables of keys hold beside, and the functions that know only keys of one row gone."""
    for stream in STREAMS:
        for slot in range(SLOTS):
            yield (
                f"ALTER TABLE stream_seen_{stream}_{slot:02} ALTER COLUMN body DROP NOT NULL,"
                " ADD COLUMN members smallint[], ADD COLUMN bodies bigint[],"
                " ADD CHECK (num_nulls(body, members) = 1 AND num_nulls(members, bodies) <> 1)"
            )
    yield (
        "DROP FUNCTION IF EXISTS sizao_stream_put(text,date,text,text,text,timestamp with time zone,uuid[],"
        "bigint[],text,text,text,integer[],timestamp with time zone[],double precision[])"
    )
    yield "DROP FUNCTION IF EXISTS sizao_stream_known(text,integer,bytea,bytea)"
    yield "DROP FUNCTION IF EXISTS sizao_stream_counted(text,integer)"


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0025_households_are_looked_up"),
    ]

    operations = [
        migrations.RunSQL(list(groups()), migrations.RunSQL.noop),
    ]
