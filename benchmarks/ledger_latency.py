"""How long from the commit of a fact to the changed row: `python -m benchmarks.ledger_latency`.

An invented city (SIZAO_PEOPLE, default 100000) is loaded into the embedded PostgreSQL of a folder of its own
(SIZAO_BENCH, default the folder for temporary files), every text of the training pack is adopted, and the
worker runs as `sizao work` does. Then facts are recorded one by one as a page records them, each in its own
transaction, and another connection looks every few milliseconds until the rows that follow are there: that is
when somebody who opens the worklist sees them. SIZAO_FACTS (default 40) is how many; SIZAO_KEEP=1 goes on
with the database of the last time.

Prints the load of the machine: on a busy one the figures say little.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.city import AS_OF, City, build

PEOPLE = int(os.environ.get("SIZAO_PEOPLE", "100000"))
FACTS = int(os.environ.get("SIZAO_FACTS", "40"))
KEPT = Path(os.environ.get("SIZAO_BENCH", Path(tempfile.gettempdir()) / "sizao-bench")) / f"ledger-{PEOPLE}"
PACK = Path(__file__).resolve().parents[1] / "policies" / "training-2020"
LOOK_EVERY = 0.005  # seconds between two looks at the row
GIVE_UP = 120.0
AGENT = "agent"


def main() -> None:
    """Load, run the worker, measure, print."""
    environment = _environment()
    os.environ |= environment
    _start()
    rows = _load()
    print(f"{PEOPLE:,} people (invented), {rows:,} facts, load {_load_of_machine()}")
    _first_run()
    worker = subprocess.Popen(
        [sys.executable, "-m", "sizao_web.command", "work", "--only-jobs"],
        env={**os.environ, "SIZAO_ROLE": "worker"},
    )
    try:
        _report(_measured(worker))
    finally:
        worker.terminate()
        worker.wait(60)


def _environment() -> dict[str, str]:
    behind = datetime.now(UTC).replace(tzinfo=None) - AS_OF
    return {
        "SIZAO_MODE": "demo",
        "SIZAO_DATA": str(KEPT / "data"),
        "SIZAO_ROLE": "owner",
        "SIZAO_PACK": str(PACK),
        "SIZAO_CLOCK_BEHIND": str(int(behind.total_seconds())),
        "DJANGO_SETTINGS_MODULE": "sizao_web.settings.django",
    }


def _start() -> None:
    import django
    import psycopg
    from django.core.management import call_command

    from sizao_web.settings.embedded import start

    address = start(KEPT / "data" / "postgresql")
    django.setup()
    if not os.environ.get("SIZAO_KEEP"):
        with psycopg.connect(address, dbname="postgres", autocommit=True) as server:
            server.execute("DROP DATABASE IF EXISTS sizao WITH (FORCE)")
        start(KEPT / "data" / "postgresql")
    call_command("migrate", verbosity=0, interactive=False)


# -- the city in its tables ------------------------------------------------------------------------


def _load() -> int:
    """Every fact of the city, once; rows in all."""
    import pyarrow.parquet as pq
    from django.db import connection, transaction

    folder = KEPT / "facts"
    if not folder.is_dir():
        build(City(PEOPLE), folder)
    tables = {file.stem: pq.read_table(file) for file in sorted(folder.glob("*.parquet"))}
    tables["adoptions"] = _adoptions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fact_residences")
        if cursor.fetchone()[0] == 0:
            with transaction.atomic():
                for name, rows in tables.items():
                    _copy(cursor, name, rows)
            for name in tables:
                cursor.execute(f"ANALYZE fact_{name}")
    return sum(rows.num_rows for rows in tables.values())


def _copy(cursor: Any, name: str, rows: Any) -> None:
    import pyarrow as pa

    from sizao.facts.schemas import arrow_schema
    from sizao_web.records.ledger.staging import copy_in

    rows = rows.cast(arrow_schema(name))
    numbers = range(rows.num_rows)
    place = rows.schema.get_field_index("fact_id")
    identities = pa.array([f"00000000-0000-7000-8000-{number:012x}" for number in numbers])
    rows = rows.set_column(place, "fact_id", identities)
    copy_in(cursor, f"fact_{name}", rows.append_column("body", pa.array([f"\\x{n:032x}" for n in numbers])))


def _adoptions() -> Any:
    """Every text of the pack, adopted long ago by two invented people."""
    import pyarrow as pa

    from sizao.facts.schemas import arrow_schema
    from sizao.policy.loading import load_pack
    from sizao.store.packs import read_pack
    from sizao.terms.identifiers import natural_key

    policy, long_ago = load_pack(read_pack(PACK)), datetime(2020, 1, 1)
    schema, rows = arrow_schema("adoptions"), []
    for version in policy.versions():
        record = f"{version.rule}-{version.digest}"
        high, low = natural_key("adoptions", "benchmark", record)
        rows.append(
            dict.fromkeys(schema.names)
            | {"pack": policy.pack, "rule": version.rule, "version": version.digest}
            | {"adopted_by": "a", "approved_by": "b", "key_hi": high, "key_lo": low, "action": "record"}
            | {"source_system": "benchmark", "source_record": record, "source_version": 1}
            | dict.fromkeys(("happened_at", "known_at", "recorded_at"), long_ago)
            | {"recorded_by": "benchmark", "area": "city", "history": False, "derived": False}
        )
    return pa.Table.from_pylist(rows, schema=schema)


def _first_run() -> None:
    from sizao_web.records.ledger import runs
    from sizao_web.records.models import Obligation
    from sizao_web.settings.clock import now

    began = time.perf_counter()
    run = runs.touched(now())
    said = "nothing to do" if run is None else f"{run.kind}, {run.rows_changed:,} rows changed"
    seconds = time.perf_counter() - began
    runs.forget()
    live = Obligation.objects.filter(withdrawn_at=None)
    to_do = live.filter(status__in=("open", "overdue", "upcoming")).count()
    print(f"first run: {said}, {seconds:.1f} s; {live.count():,} live obligations, {to_do:,} not decided")


# -- one fact after another ------------------------------------------------------------------------


def _measured(worker: subprocess.Popen[bytes]) -> list[float]:
    """Seconds from the commit of each fact to its rows; the first few only warm up."""
    from django.db import connection, transaction

    from sizao_web.accounts.models import Account
    from sizao_web.records.access.scope import Scope, enter
    from sizao_web.records.actions.record_facts import record_facts
    from sizao_web.records.models import Obligation
    from sizao_web.records.writing import Given
    from sizao_web.settings.clock import now

    Account.objects.get_or_create(username=AGENT)
    scope = Scope(AGENT, "command", "city", None, "epidemic_control")
    found = []
    for number in range(FACTS + 3):
        person = f"newcomer-{os.getpid()}-{number}"
        values = {
            "person": person,
            "arrived_on": now().date(),
            "origin_country": "Erewhon",
            "declared": "port",
            "origin": None,
        }
        with transaction.atomic():
            enter(scope)
            record_facts(scope, now(), [Given("arrivals", values, f"{os.getpid()}-{number}")])
        committed = time.perf_counter()
        while not Obligation.objects.filter(about=person).exists():
            if time.perf_counter() - committed > GIVE_UP or worker.poll() is not None:
                sys.exit("The worker stopped, or the row did not come: see its log.")
            time.sleep(LOOK_EVERY)
        found.append(time.perf_counter() - committed)
        connection.close()
    return found[3:]


def _report(seconds: list[float]) -> None:
    from sizao_web.records.models import Run

    runs = Run.objects.filter(kind="touched").order_by("-pk")[:FACTS]
    inside = statistics.median(run.seconds for run in runs)
    ordered = sorted(seconds)
    ninth = ordered[int(len(ordered) * 0.9)]
    print(
        f"{len(seconds)} facts: median {statistics.median(seconds):.2f} s, nine in ten within {ninth:.2f} s, "
        f"longest {ordered[-1]:.2f} s; inside the run {inside:.2f} s; load {_load_of_machine()}"
    )


def _load_of_machine() -> str:
    return Path("/proc/loadavg").read_text(encoding="ascii").rsplit(" ", 2)[0]


if __name__ == "__main__":
    main()
