"""Rows of a file to their receipt, beside Django's bulk_create: `python -m benchmarks.deliveries`.

An embedded PostgreSQL of a folder of its own (SIZAO_BENCH, default the folder for temporary files).
SIZAO_ROWS (default 10000) health checks come as CSV and as XLSX, are received, read apart, checked, asked
of the row policies, stored and answered by a signed receipt. Beside it the same rows are handed to
bulk_create of the same table as finished values: nothing is read, checked or answered there. SIZAO_REPEATS
(default 5) times each, after one that is not counted and after which the database knows its tables, as its
autovacuum sees to within a minute; other keys each time; the median. Seconds of processor are those of this
process, of the readers and of PostgreSQL. SIZAO_MILLION=1 takes a million rows end to end once, and says
the peak of memory.

Prints the load of the machine: on a busy one the seconds of the clock say little.
"""

from __future__ import annotations

import io
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROWS = int(os.environ.get("SIZAO_ROWS", "10000"))
REPEATS = int(os.environ.get("SIZAO_REPEATS", "5"))
KEPT = Path(os.environ.get("SIZAO_BENCH", Path(tempfile.gettempdir()) / "sizao-bench")) / "deliveries"
HERE = "drill/county-1/street/community-1"
HEAD = ("person", "checked_at", "temperature", "symptoms", "source_record")
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Set up, measure, print."""
    os.environ |= {
        "SIZAO_MODE": "demo",
        "SIZAO_DATA": str(KEPT / "data"),
        "SIZAO_ROLE": "owner",
        "DJANGO_SETTINGS_MODULE": "sizao_web.settings.django",
    }
    postmaster = _start()
    scope = _sender()
    print(f"{ROWS:,} rows, median of {REPEATS}; load {os.getloadavg()[0]:.1f}; older rows stay")
    print(f"{'case':28}{'wall s':>9}{'CPU s':>9}")
    cases: dict[str, Callable[[int], Callable[[], object]]] = {
        "bulk_create": _by_django,
        "CSV, receipted": lambda run: _delivery(scope, run, _csv(run, ROWS), "rows.csv"),
        "XLSX, receipted": lambda run: _delivery(scope, run, _xlsx(run, ROWS), "rows.xlsx"),
    }
    _delivery(scope, 10_000, _csv(10_000, ROWS), "first.csv")()
    _analyse()
    found = {}
    for number, (name, prepare) in enumerate(cases.items()):
        measured = [_timed(prepare(100 * number + run), postmaster) for run in range(REPEATS + 1)][1:]
        wall, cpu = (statistics.median(values) for values in zip(*measured, strict=True))
        found[name] = wall, cpu
        print(f"{name:28}{wall:9.2f}{cpu:9.2f}", flush=True)
    for name in ("CSV, receipted", "XLSX, receipted"):
        ratios = [peer / own for peer, own in zip(found["bulk_create"], found[name], strict=True)]
        print(f"bulk_create ÷ {name}: wall {ratios[0]:.2f}, CPU {ratios[1]:.2f}")
    if os.environ.get("SIZAO_MILLION"):
        wall, cpu = _timed(_delivery(scope, 9_000, _csv(9_000, 1_000_000), "million.csv"), postmaster)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"a million rows of CSV: wall {wall:.1f} s, CPU {cpu:.1f} s, peak here {peak:.0f} MB")


def _start() -> int:
    import django
    from django.core.management import call_command

    from sizao_web.settings.embedded import start

    cluster = KEPT / "data" / "postgresql"
    start(cluster)
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    return int((cluster / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def _sender() -> Any:
    from sizao_web.accounts.models import Account, Assignment
    from sizao_web.records.access.scope import scope_of

    account, made = Account.objects.get_or_create(username="sender")
    if made:
        Assignment.objects.create(
            account=account, role="community", area=HERE, from_at=datetime(2020, 1, 1, tzinfo=UTC)
        )
    return scope_of(account.assignments.get())


def _analyse() -> None:
    """What autovacuum does within a minute: before it, nobody knows that a person has one row."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _rows(run: int, count: int, who: str = "p") -> Any:
    stamp = f"{time.time_ns()}-{run}"
    for number in range(count):
        yield (
            f"{who}-{number % 50_000}",
            "2020-11-10 08:00",
            f"36.{number % 10}",
            "false",
            f"{stamp}-{number}",
        )


def _csv(run: int, count: int) -> bytes:
    return "".join(f"{','.join(row)}\n" for row in (HEAD, *_rows(run, count))).encode()


def _xlsx(run: int, count: int) -> bytes:
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate((HEAD, *_rows(run, count))):
            page.write_row(number, 0, row)
    return held.getvalue()


def _delivery(scope: Any, run: int, content: bytes, name: str) -> Callable[[], object]:
    from django.db import transaction

    from sizao_web.records.actions import deliver
    from sizao_web.records.deliveries.storing import as_sender

    moment = datetime.now(UTC)

    def work() -> None:
        with transaction.atomic(), as_sender(scope):
            received = deliver.receive(scope, moment, name=name, content=content, fact="health_checks")
        done = deliver.take_in(received.id, moment)
        if done.state != "stored" or done.stored != done.sent:
            sys.exit(f"{done.state}: stored {done.stored} of {done.sent}; {done.problems}")

    return work


def _by_django(run: int) -> Callable[[], object]:
    from sizao.terms.identifiers import natural_key, uuid7
    from sizao_web.records.models import FACT_MODELS

    model, moment = FACT_MODELS["health_checks"], datetime.now(UTC)
    values = []
    for person, _, temperature, _, record in _rows(run, ROWS, "of-nobody"):
        high, low = natural_key("health_checks", "bench", record)
        values.append(
            {
                "fact_id": uuid7(int(moment.timestamp() * 1000), os.urandom(10)),
                "key_hi": high, "key_lo": low,
                "source_system": "bench", "source_record": record, "source_version": 1, "action": "record",
                "happened_at": moment - timedelta(hours=1), "known_at": moment, "recorded_at": moment,
                "recorded_by": "bench", "area": HERE, "history": False, "derived": False,
                "body": os.urandom(32), "person": person,
                "checked_at": moment, "temperature": float(temperature), "symptoms": False,
            }
        )  # fmt: skip

    def work() -> None:
        model._default_manager.bulk_create((model(**one) for one in values), batch_size=1_000)

    return work


def _timed(work: Callable[[], object], postmaster: int) -> tuple[float, float]:
    began, used = time.perf_counter(), _processor(postmaster)
    work()
    return time.perf_counter() - began, _processor(postmaster) - used


def _processor(postmaster: int) -> float:
    """Seconds of this process and its children, and of PostgreSQL with those that ended."""
    own = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry.name) == postmaster:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) in (postmaster, os.getpid()):
            ticks += sum(map(int, fields[11 : 15 if int(fields[1]) == os.getpid() else 13]))
    return own + ticks / TICKS


if __name__ == "__main__":
    main()
