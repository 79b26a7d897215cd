"""What stands in the lake and in staging, as JSON: record of each check-in -> how often in each.

python -m faults.lake        in the environment of an installation, as the owner
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import django


def main() -> None:
    """See the head of this module."""
    django.setup()
    from django.db import connection

    from sizao_web.records.streams.lake import lake_table

    table = lake_table("check_ins")
    rows = table.rows(first=date(2020, 1, 1), last=date(2050, 1, 1)) if table.exists else None
    moved = Counter(rows["source_record"].to_pylist() if rows is not None else [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT source_record FROM stream_check_ins")
        staged = Counter(record for (record,) in cursor.fetchall())
    print(json.dumps({"moved": moved, "staged": staged}))


if __name__ == "__main__":
    main()
