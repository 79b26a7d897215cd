"""How fast the audit is chained and verified, and what an entry costs whoever writes it.

    python -m benchmarks.audit_chain [ENTRIES]

In a database of its own that is thrown away. Prints entries a second of chaining and of verifying, and the
seconds of so many entries written with and without what the chain asks of a writer (a column, two indexes).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

WRITTEN = """
INSERT INTO {table} (happened_at, account, role, area, purpose, deed, subject, what)
SELECT now(), 'reader', 'cdc', 'drill/county-1', 'epidemic_control', 'read', md5(n::text), 'person'
FROM generate_series(1, {n}) AS n"""
PLAIN = """
CREATE TABLE plain (LIKE audit_entry INCLUDING IDENTITY);
ALTER TABLE plain DROP COLUMN arrived_in, ADD PRIMARY KEY (id);
CREATE INDEX ON plain (subject, happened_at)"""
ROUNDS = 5


def main(entries: int) -> None:
    """Make a database, write, chain, verify; print what it took."""
    folder = Path(tempfile.mkdtemp(prefix="sizao-bench-audit-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    os.environ.update(SIZAO_MODE="test", SIZAO_ROLE="owner", SIZAO_DATA=str(folder))
    os.environ["DJANGO_SETTINGS_MODULE"] = "sizao_web.settings.django"
    import django

    from sizao_web.settings import embedded

    try:
        embedded.start(folder / "postgresql")
        django.setup()
        measure(entries)
    finally:
        embedded.stop(folder / "postgresql")
        shutil.rmtree(folder)
        shutil.rmtree(folder.with_name(f"{folder.name}-witness"), ignore_errors=True)


def measure(entries: int) -> None:
    """Write, chain, verify."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from sizao_web.records.chain import witness
    from sizao_web.records.chain.chaining import chain
    from sizao_web.records.chain.verifying import verify
    from sizao_web.records.signing import public_keys

    call_command("migrate", verbosity=0, interactive=False)
    plain, chained = written(entries // ROUNDS)
    share = (chained - plain) / chained
    print(f"writing {entries // ROUNDS:,}: {chained:.2f} s, without the chain {plain:.2f} s: {share:.1%}")
    begun = started()
    made = chain(datetime.now(UTC))
    told("chaining", made.entries, begun)
    begun = started()
    connection.ensure_connection()
    report = verify(connection.connection, witness.read(settings.SIZAO.witness), public_keys())
    assert report.well, report.findings
    told("verifying", report.entries, begun)
    connection.close()


def written(number: int) -> tuple[float, float]:
    """Median seconds of so many entries without and with the chain, written in turn."""
    from django.db import connection

    took: dict[str, list[float]] = {"plain": [], "audit_entry": []}
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        for _ in range(ROUNDS):
            for table, seconds in took.items():
                clock = time.perf_counter()
                cursor.execute(WRITTEN.format(table=table, n=number))
                seconds.append(time.perf_counter() - clock)
    return sorted(took["plain"])[ROUNDS // 2], sorted(took["audit_entry"])[ROUNDS // 2]


def started() -> tuple[float, float]:
    """The clock, and our own processor time."""
    return time.perf_counter(), time.process_time()


def told(what: str, entries: int, begun: tuple[float, float]) -> None:
    """Print entries a second, by the clock and of our own processor time."""
    seconds, busy = (now - then for now, then in zip(started(), begun, strict=True))
    print(f"{what} {entries:,}: {seconds:.1f} s, {entries / seconds:,.0f}/s, {entries / busy:,.0f} per CPU s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
