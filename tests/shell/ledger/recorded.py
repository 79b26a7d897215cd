"""Facts put into the tables of the records as an intake would, from rows as the drawn histories have them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pyarrow.csv
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from sizao.facts.completion import bodies
from sizao.facts.dictionary import fact
from sizao.facts.links import merge_links
from sizao.facts.schemas import arrow_schema, stored_columns
from sizao.policy.model import Policy
from sizao.terms.identifiers import text_key

Link = Mapping[str, Any]


def record(facts: Mapping[str, Sequence[Link]]) -> None:
    """Insert these links; the same row again is left out, as an intake leaves it out."""
    for name, links in facts.items():
        if links:
            table = pa.Table.from_pylist([dict(link) for link in links], schema=arrow_schema(name))
            copy_in(name, merge_links(fact(name), table)[0])


def copy_in(name: str, rows: pa.Table, through: BaseDatabaseWrapper | None = None) -> None:
    """COPY rows of the dictionary's columns into the table of a fact, also through another connection."""
    said = bodies(fact(name), rows).to_pylist()
    same = rows.select(["source_version", "action", "reason", "happened_at"]).to_pylist()
    digests = [
        f"\\x{sha256(f'{one}{two}'.encode()).hexdigest()}" for one, two in zip(said, same, strict=True)
    ]
    rows = rows.append_column("body", pa.array(digests, pa.string()))
    text = io.BytesIO()
    pa.csv.write_csv(rows, text, pa.csv.WriteOptions(include_header=False))
    names = ", ".join(f'"{column}"' for column in rows.column_names)
    with (through or connection).cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE arriving (LIKE fact_{name} INCLUDING DEFAULTS)")
        with cursor.copy(f"COPY arriving ({names}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.getvalue())
        cursor.execute(f"INSERT INTO fact_{name} SELECT * FROM arriving ON CONFLICT DO NOTHING")
        cursor.execute("DROP TABLE arriving")


def link(name: str, known_at: datetime, record: str, **own: Any) -> dict[str, Any]:
    """A record with invented common columns; own: what it says."""
    high, low = text_key(f"{name}\x1ftests\x1f{record}")
    common = {
        "fact_id": f"{text_key(f'{record} {name} {known_at}')[0] & (2**64 - 1):032x}",
        "key_hi": high,
        "key_lo": low,
        "source_system": "tests",
        "source_record": record,
        "source_version": 1,
        "action": "record",
        "happened_at": known_at,
        "known_at": known_at,
        "recorded_at": known_at,
        "recorded_by": "invented",
        "area": "invented",
        "history": False,
        "derived": False,
    }
    return dict.fromkeys(column.name for column in stored_columns(name)) | common | own


def adoptions(policy: Policy, known_at: datetime, leave_out: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Every text of a pack adopted by two persons; leave_out: rules of which none is."""
    return [
        link(
            "adoptions",
            known_at,
            f"{version.rule}-{version.digest}",
            pack=policy.pack,
            rule=version.rule,
            version=version.digest,
            adopted_by="director",
            approved_by="deputy",
        )
        for version in policy.versions()
        if version.rule not in leave_out
    ]
