"""What came in together lies together: a batch of a stream is one row of columns, and no row for each of its rows."""

from django.db import migrations

SLOTS = 32
MARK = r"E'\x1f'"  # between the texts of a column; no text of a stream holds a control character
TEXTS = ("source_record", "person")
OTHERS = {
    "check_ins": {"checked_in_at": "timestamptz"},
    "temperatures": {"measured_at": "timestamptz", "celsius": "double precision"},
}


def blocks():
    """The tables of blocks, a view that tells their rows, and what is staged carried over."""
    for stream, others in OTHERS.items():
        yield f"ALTER TABLE stream_{stream} RENAME TO stream_{stream}_before"
        for slot in range(SLOTS):
            yield f"ALTER TABLE stream_{stream}_{slot:02} RENAME TO stream_{stream}_before_{slot:02}"
        columns = [f"{name} text NOT NULL" for name in (*TEXTS, "place")]
        columns.append("door integer[] NOT NULL")
        columns += [f"{name} {kind}[] NOT NULL" for name, kind in others.items()]
        yield (
            f"CREATE TABLE stream_{stream}_blocks (slot smallint NOT NULL, batch bigint NOT NULL,"
            f" rows integer NOT NULL, {', '.join(columns)}) PARTITION BY LIST (slot)"
        )
        # Not packed: it costs more than it saves, and what retention removed must be found wherever it is left.
        for name in (*TEXTS, "place", "door", *others):
            yield f"ALTER TABLE stream_{stream}_blocks ALTER COLUMN {name} SET STORAGE EXTERNAL"
        for slot in range(SLOTS):
            yield (
                f"CREATE TABLE stream_{stream}_{slot:02} PARTITION OF stream_{stream}_blocks"
                f" FOR VALUES IN ({slot})"
            )
        kept = [f"string_agg({name}, {MARK} ORDER BY key)" for name in TEXTS]
        kept += [f"array_to_string(d.places, {MARK})", "array_agg(array_position(d.places, s.place) ORDER BY key)"]
        kept += [f"array_agg({name} ORDER BY key)" for name in others]
        yield (
            f"INSERT INTO stream_{stream}_blocks (slot, batch, rows, {', '.join((*TEXTS, 'place', 'door', *others))})"
            f" SELECT s.slot, s.batch, count(*), {', '.join(kept)} FROM stream_{stream}_before AS s JOIN"
            " (SELECT slot, batch, array_agg(DISTINCT place) AS places"
            f" FROM stream_{stream}_before GROUP BY slot, batch) AS d USING (slot, batch)"
            " GROUP BY s.slot, s.batch, d.places"
        )
        yield f"DROP TABLE stream_{stream}_before"
        told = [f"string_to_table(b.{name}, {MARK})" for name in TEXTS]
        told += [f"unnest(b.{name})" for name in ("door", *others)]
        names = ", ".join(f"r.{name}" for name in (*TEXTS, *others))
        yield (
            f"CREATE VIEW stream_{stream} AS SELECT b.slot, b.batch, d.place, {names}"
            f" FROM stream_{stream}_blocks AS b,"
            f" LATERAL ROWS FROM ({', '.join(told)}) AS r ({', '.join((*TEXTS, 'door', *others))}),"
            f" LATERAL string_to_table(b.place, {MARK}) WITH ORDINALITY AS d (place, door)"
            " WHERE d.door = r.door"
        )
    yield "DROP FUNCTION IF EXISTS sizao_stream_begin(text,date,text,text,text,timestamp with time zone,bigint)"
    yield "DROP FUNCTION IF EXISTS sizao_stream_arrived()"


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0014_notices'),
    ]

    operations = [
        migrations.RunSQL(list(blocks()), migrations.RunSQL.noop),
    ]
