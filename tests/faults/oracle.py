"""What must hold after all kills: nothing acknowledged is lost, nothing is there twice, nothing is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.installation import Installation
from faults.journal import Event, read

LEDGER = ("ledger_obligation", "ledger_standing", "ledger_unknown", "ledger_too_late")


@dataclass(frozen=True)
class Verdict:
    """Counts over all events of all clients. lost, twice, wrong and unexpected must be zero.

    acknowledged, refused, unanswered: what clients were told. lost: acknowledged and not there. twice: there
    more than once. wrong: there with another content than was sent. unexpected: there though refused, or sent
    by nobody.
    """

    acknowledged: int
    refused: int
    unanswered: int
    lost: int
    twice: int
    wrong: int
    unexpected: int

    @property
    def clean(self) -> bool:
        """Whether what was promised was kept."""
        return self.lost == self.twice == self.wrong == self.unexpected == 0


def judge(installation: Installation, journals: Path) -> Verdict:
    """Compare the diaries of the clients with the table, read as its owner."""
    events = read(journals)
    with installation.asked() as connection:
        rows = connection.execute(
            """SELECT split_part(source_record, '/', 1), count(*), array_agg(person), array_agg(temperature)
               FROM fact_health_checks WHERE source_system = 'sizao' AND action = 'record' GROUP BY 1"""
        ).fetchall()
    found = {key: (count, people, degrees) for key, count, people, degrees in rows}
    told = {name: [one for one in events.values() if one.answer == name] for name in
            ("acknowledged", "refused", "sent")}  # fmt: skip
    return Verdict(
        acknowledged=len(told["acknowledged"]),
        refused=len(told["refused"]),
        unanswered=len(told["sent"]),
        lost=sum(1 for one in told["acknowledged"] if one.key not in found),
        twice=sum(1 for count, _, _ in found.values() if count > 1),
        wrong=sum(1 for key, row in found.items() if key in events and not _says(row, events[key])),
        unexpected=len(found.keys() - events.keys()) + sum(1 for one in told["refused"] if one.key in found),
    )


def _says(row: tuple[int, list[str], list[float]], event: Event) -> bool:
    return set(row[1]) == {event.person} and {round(one, 1) for one in row[2]} == {event.temperature}


def audited(installation: Installation) -> tuple[int, int]:
    """Rows of temperatures, and audit rows of their recording: for each its key and its person."""
    with installation.asked() as connection:
        (rows,) = connection.execute(
            "SELECT count(*) FROM fact_health_checks WHERE source_system = 'sizao'"
        ).fetchone() or (0,)
        (noted,) = connection.execute(
            "SELECT count(*) FROM audit_entry WHERE deed = 'record' AND what = 'health_checks'"
        ).fetchone() or (0,)
    return rows, noted


def ledgers(installation: Installation) -> tuple[dict[str, Any], dict[str, Any]]:
    """The ledger as the jobs left it, and as a whole derivation for the same moment leaves it."""
    with installation.asked():
        left = _ledger(installation)
        installation.run("faults.rederive", role="worker")
        return left, _ledger(installation)


def _ledger(installation: Installation) -> dict[str, Any]:
    """Of each table the number of rows and a hash over them, without the run that last changed each."""
    found = {}
    with installation.asked() as connection:
        for table in LEDGER:
            found[table] = connection.execute(
                f"""SELECT count(*), md5(coalesce(string_agg(said, E'\\n' ORDER BY said), '')) FROM (
                        SELECT (to_jsonb(t) - 'changed_in_id' - 'id')::text AS said FROM {table} t
                        {"WHERE withdrawn_at IS NULL" if table == "ledger_obligation" else ""}) AS rows"""
            ).fetchone()
    return found


def damaged_blocks(installation: Installation) -> int:
    """Blocks whose checksum is wrong, after every table was read from one end to the other."""
    with installation.asked() as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in tables.fetchall():
            connection.execute(f'SELECT count(*) FROM (SELECT * FROM "{name}") AS whole')
        (bad,) = connection.execute(
            "SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database"
        ).fetchone() or (0,)
    return int(bad)
