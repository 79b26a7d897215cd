"""Rows of XLSX that name people by document, in a city that knows many: `python -m benchmarks.matching`.

An embedded PostgreSQL of a folder of its own (SIZAO_BENCH). SIZAO_PEOPLE (default 200000) invented people are
known to the sender; SIZAO_ROWS (default 10000) rows name half of them again, a tenth with a slip in the
document, the others new. Measured are receiving, reading, matching and storing until the receipt, and then
the job that compares who came with everybody. Ends with an error when it takes longer than a minute, or when
fewer of the known are found than must be.

Prints the load of the machine: on a busy one the seconds of the clock say little.
"""

from __future__ import annotations

import io
import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks import deliveries

ROWS = int(os.environ.get("SIZAO_ROWS", "10000"))
PEOPLE = int(os.environ.get("SIZAO_PEOPLE", "200000"))
LONGEST = 60.0  # seconds for the rows, without the job
HEAD = ("姓名", "证件号码", "联系电话", "出生日期", "checked_at", "temperature", "symptoms")
SURNAMES, GIVEN = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨",
    "一二三四五六七八九十百千万山水火木金土日月星风雨雪花草林江海",
)
BATCH = 5_000


def main() -> None:
    """Set up, measure, print."""
    deliveries.KEPT = deliveries.KEPT.parent / "matching"
    os.environ |= {
        "SIZAO_MODE": "demo",
        "SIZAO_DATA": str(deliveries.KEPT / "data"),
        "SIZAO_ROLE": "owner",
        "DJANGO_SETTINGS_MODULE": "sizao_web.settings.django",
    }
    deliveries._start()
    scope = deliveries._sender()
    _know(scope)
    from sizao_web.records.matching.comparing import compare_all
    from sizao_web.records.models import Doubt, Identity, Match

    print(f"{PEOPLE:,} people are known; each is compared with the others once", flush=True)
    compare_all(datetime.now(UTC))
    before = Match.objects.count(), Identity.objects.count(), Doubt.objects.count()
    print(f"{ROWS:,} rows, {PEOPLE:,} people known; load {os.getloadavg()[0]:.1f}", flush=True)
    clock = time.perf_counter()
    deliveries._delivery(scope, 0, _xlsx(), "rows.xlsx")()
    rows = time.perf_counter() - clock
    clock = time.perf_counter()
    compare_all(datetime.now(UTC))
    job = time.perf_counter() - clock
    after = Match.objects.count(), Identity.objects.count(), Doubt.objects.count()
    meant, came, asked = (now - then for now, then in zip(after, before, strict=True))
    print(
        f"until the receipt {rows:.1f} s; the job {job:.1f} s;"
        f" meant {meant:,}, new {came:,}, doubts {asked:,}"
    )
    if rows > LONGEST or meant < ROWS * 4 // 10:
        sys.exit(f"must be at most {LONGEST:.0f} s, and {ROWS * 4 // 10:,} of the known must be found")


def _person(number: int) -> tuple[str, str, str, date]:
    """An invented person: name, document with its check digit, telephone, birth date."""
    from stdnum.cn import ric

    born = date(1940, 1, 1) + timedelta(number * 7919 % 25_000)
    plain = f"110101{born:%Y%m%d}{number // 25_000 % 1000:03d}"
    document = plain + ric.calc_check_digit(plain + "0")
    name = SURNAMES[number % 16] + GIVEN[number // 16 % 29] + GIVEN[number // 464 % 29]
    return name, document, f"139{number:08d}", born


def _know(scope: Any) -> None:
    from django.db import connection, transaction

    from sizao.intake.persons import Said
    from sizao_web.records.matching.resolving import record
    from sizao_web.records.models import Identity, PersonAccess

    known = Identity.objects.filter(person__startswith="known-").count()
    for first in range(known, PEOPLE, BATCH):
        fresh = {}
        for number in range(first, min(first + BATCH, PEOPLE)):
            name, document, telephone, born = _person(number)
            fresh[f"known-{number}"] = Said(name, document, telephone, born)
        with transaction.atomic():
            record(fresh, datetime.now(UTC), "benchmark")
            PersonAccess.objects.bulk_create(PersonAccess(person=one, area=scope.area) for one in fresh)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _xlsx() -> bytes:
    import xlsxwriter

    stamp = time.time_ns()
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        for row in range(ROWS):
            number = row % PEOPLE if row % 2 else PEOPLE + stamp // 1000 % 50_000_000 + row
            name, document, telephone, born = _person(number)
            if row % 10 == 1:
                document = document[:10] + str((int(document[10]) + 1) % 10) + document[11:]
            cells = (name, document, telephone, born.isoformat(), f"2020-11-10 {row % 24:02d}:{row % 60:02d}")
            page.write_row(row + 1, 0, (*cells, f"36.{row % 10}", "false"))
    return held.getvalue()


if __name__ == "__main__":
    main()
