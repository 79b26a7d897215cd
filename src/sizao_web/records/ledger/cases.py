"""The confirmed cases with their days, brought up by each run to which they can matter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sizao.indicators.definition import Frame
from sizao.indicators.earlies import FACTS, days_of_cases
from sizao.store.running import Session
from sizao_web.records.ledger.staging import copy_in
from sizao_web.records.models import Run

BEGINNING = datetime(1970, 1, 1)
SCHEMA = pa.schema(
    [
        pa.field("case", pa.string()),
        pa.field("person", pa.string()),
        pa.field("area", pa.string()),
        pa.field("origin", pa.string()),
        pa.field("confirmed_at", pa.timestamp("us")),
        pa.field("onset_on", pa.date32()),
        pa.field("imprecise", pa.bool_()),
        pa.field("sample_days", pa.int32()),
        pa.field("report_days", pa.int32()),
        pa.field("isolation_days", pa.int32()),
        pa.field("admission_days", pa.int32()),
    ]
)


def matter(arrived: pa.Table) -> bool:
    """Whether facts arrived from which cases or their days are made. arrived: a column `fact`."""
    return bool(pc.any(pc.is_in(arrived["fact"], pa.array(FACTS))).as_py())


def cases(session: Session, *, as_of: datetime, known_by: datetime, zone: str) -> pa.Table:
    """Every case that is confirmed at the moment asked about, as known by then."""
    frame = Frame(as_of, known_by, BEGINNING, as_of + timedelta(seconds=1))
    found = session.run(days_of_cases(frame, zone=zone), ordered=False)["cases"]
    return found.select(SCHEMA.names).cast(SCHEMA)


def keep(run: Run, found: pa.Table) -> None:
    """Make the table what was found, in the transaction of the run; rows that are the same stay untouched."""
    columns = ", ".join(f'"{name}"' for name in SCHEMA.names)
    others = [name for name in SCHEMA.names if name != "case"]
    new = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in [*others, "changed_in_id"])
    same = [", ".join(f'{table}."{name}"' for name in others) for table in ("kept", "EXCLUDED")]
    with connection.cursor() as cursor:
        _stage(cursor, found)
        cursor.execute(
            "DELETE FROM ledger_case AS kept WHERE NOT EXISTS"
            ' (SELECT 1 FROM pg_temp.cases_arriving AS now WHERE now."case" = kept."case")'
        )
        cursor.execute(
            f"INSERT INTO ledger_case AS kept ({columns}, changed_in_id)"
            f" SELECT {columns}, %s FROM pg_temp.cases_arriving"
            f' ON CONFLICT ("case") DO UPDATE SET {new} WHERE ({same[0]}) IS DISTINCT FROM ({same[1]})',
            [run.pk],
        )


def _stage(cursor: Any, found: pa.Table) -> None:
    columns = ", ".join(f'"{name}"' for name in SCHEMA.names)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.cases_arriving")
    cursor.execute(
        f"CREATE TEMP TABLE cases_arriving ON COMMIT DROP AS SELECT {columns} FROM ledger_case WITH NO DATA"
    )
    copy_in(cursor, "pg_temp.cases_arriving", found)
