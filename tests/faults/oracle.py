"""What must hold after every fault: nothing acknowledged is lost, nothing is there twice, nothing is wrong.

The diaries of the clients and the tables are believed, and nobody else.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.installation import Installation
from faults.journal import Event, read
from faults.registry import Outcome
from faults.storm import settle
from faults.world import PARTNER

LEDGER = ("ledger_obligation", "ledger_standing", "ledger_unknown", "ledger_too_late")
SENDERS = ("sizao", "hospital", "clinic", PARTNER)  # source systems of what our clients send
NAMED = 3  # of what breaks a promise so many are named
KEY = 23  # signs of a key that tell it apart, and that the bug which renames leaves


@dataclass(frozen=True)
class Verdict:
    """Counts over all events of all clients. lost, twice, wrong and unexpected must be zero.

    acknowledged, refused, unanswered: what clients were told. lost: acknowledged and not there. twice: there
    more than once. wrong: there with another content than was sent, or half of what was sent together.
    unexpected: there though refused, or sent by nobody. said: which these are, in words.
    """

    acknowledged: int
    refused: int
    unanswered: int
    lost: int
    twice: int
    wrong: int
    unexpected: int
    said: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether what was promised was kept."""
        return self.lost == self.twice == self.wrong == self.unexpected == 0

    def outcome(self) -> Outcome:
        """The same as a fault counts it."""
        return Outcome(
            acknowledged=self.acknowledged,
            lost=self.lost,
            double=self.twice,
            wrong=self.wrong + self.unexpected,
            said=list(self.said),
        )


def judge(installation: Installation, journals: Path) -> Verdict:
    """Compare the diaries of the clients with the table, read as its owner."""
    events = {event.key[:KEY]: event for event in read(journals).values()}
    with installation.asked() as connection:
        rows = connection.execute(
            """SELECT left(source_record, %s), count(*), array_agg(person), array_agg(temperature)
               FROM fact_health_checks WHERE source_system = ANY(%s) AND action = 'record' GROUP BY 1""",
            [KEY, list(SENDERS)],
        ).fetchall()
    found = {key: (count, people, degrees) for key, count, people, degrees in rows}
    told = {name: [key for key, one in events.items() if one.answer == name] for name in
            ("acknowledged", "refused", "sent")}  # fmt: skip
    lost = [key for key in told["acknowledged"] if key not in found]
    twice = [key for key, (count, _, _) in found.items() if count > 1]
    wrong = [key for key, row in found.items() if key in events and not _says(row, events[key])]
    torn = _torn(events, found.keys())
    there = [key for key in told["refused"] if key in found]
    strange = sorted(found.keys() - events.keys())
    said = {
        "acknowledged and not there": lost,
        "there more than once": twice,
        "there with another content": wrong,
        "together, and there by halves": torn,
        "refused and there": there,
        "there and sent by nobody": strange,
    }
    return Verdict(
        acknowledged=len(told["acknowledged"]),
        refused=len(told["refused"]),
        unanswered=len(told["sent"]),
        lost=len(lost),
        twice=len(twice),
        wrong=len(wrong) + len(torn),
        unexpected=len(there) + len(strange),
        said=tuple(f"{len(keys)} {what}: {', '.join(keys[:NAMED])}" for what, keys in said.items() if keys),
    )


def _says(row: tuple[int, list[str], list[float]], event: Event) -> bool:
    return set(row[1]) == {event.person} and {round(one, 1) for one in row[2]} == {event.temperature}


def _torn(events: dict[str, Event], found: Any) -> list[str]:
    """Batches of which one part is there and another is not."""
    there = defaultdict(set)
    for key, event in events.items():
        if event.batch:
            there[event.batch].add(key in found)
    return [batch for batch, kinds in there.items() if len(kinds) > 1]


def examine(installation: Installation, journals: Path, resend: Callable[[], object]) -> Outcome:
    """The whole judgement: the diaries before and after everything unanswered is sent again, the audit, the
    ledger beside a whole derivation, jobs that are left, and every table read through.

    The installation has healed, and whoever does its jobs still runs or has done them.
    """
    before = judge(installation, journals)
    found = before.outcome()
    instead = resend()
    after = judge(installation, journals)
    found.acknowledged = after.acknowledged
    found.said += [one for one in after.said if one not in found.said]
    for name, more in (("lost", after.lost), ("double", after.twice), ("wrong", after.outcome().wrong)):
        setattr(found, name, max(getattr(found, name), more))
    found.wrong += after.unanswered
    found.said.append(f"{before.unanswered} unanswered, sent again under their own keys")
    found.said += [f"answered only after {instead}"] if instead else []
    found.said += [f"{after.unanswered} never answered"] if after.unanswered else []
    settled = settle(installation)
    installation.stop()
    found.add(sound(installation, journals))
    found.said.append(f"jobs had done what was left after {settled:.0f} s")
    return found


def sound(installation: Installation, journals: Path) -> Outcome:
    """What must hold of the tables alone, and that each of the clients' records has its audit entries."""
    missing, surplus = audited(installation, journals)
    found = _counted(
        {"records without their audit entries": missing, "audit entries without their record": surplus}
    )
    found.add(tables(installation))
    return found


def tables(installation: Installation) -> Outcome:
    """What must hold of the tables whoever wrote: chain of the audit, ledger, jobs, references, indexes,
    checksums."""
    left, whole = ledgers(installation)
    unequal = [table for table in LEDGER if left[table] != whole[table]]
    return _counted(
        {
            "tables of the ledger that are not the whole derivation": len(unequal),
            "an empty ledger": int(left["ledger_obligation"][0] < 100),
            "findings of `sizao audit verify`": tampered(installation),
            "jobs in nobody's hand or failed": stuck(installation),
            "rows that refer to nothing": orphans(installation),
            "tables whose index counts other rows": miscounted(installation),
            "blocks with a wrong checksum": damaged_blocks(installation),
        }
    )


def _counted(checks: dict[str, int]) -> Outcome:
    said = [f"{count} {what}" for what, count in checks.items() if count]
    return Outcome(wrong=sum(checks.values()), said=said)


def tampered(installation: Installation) -> int:
    """What `sizao audit verify` finds in the audit, beside its witness; 1 where it comes to no end."""
    said = installation.tried("audit", "verify", "--json", role="worker")
    try:
        found = json.loads(said.stdout)
    except json.JSONDecodeError:
        return 1
    return max(len(found["findings"]), int(said.returncode != 0), int(found["entries"] == 0))


def audited(installation: Installation, journals: Path) -> tuple[int, int]:
    """Of what our clients sent: how many audit entries are missing (one for each record and each of its
    persons, one for each sheet), and how many there are beyond them."""
    events = {event.key[:KEY]: event for event in read(journals).values()}
    with installation.asked() as connection:
        rows = connection.execute(
            "SELECT left(source_record, %s), source_system, person FROM fact_health_checks"
            " WHERE source_system = ANY(%s)",
            [KEY, list(SENDERS)],
        ).fetchall()
        (noted,) = connection.execute(
            """SELECT count(*) FROM audit_entry WHERE (deed = 'record' AND what = 'health_checks')
               OR (deed = 'take_in' AND what LIKE 'sheet-%')"""
        ).fetchone() or (0,)
    typed = [(key, person) for key, system, person in rows if system in ("sizao", PARTNER)]
    together = {(events[key].batch or key, person) for key, person in typed if key in events}
    sheets = {events[key].batch for key, system, _ in rows if system == "hospital" and key in events}
    wanted = len(typed) + len(together) + len(sheets)
    return max(wanted - noted, 0), max(noted - wanted, 0)


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


def stuck(installation: Installation) -> int:
    """Jobs of the ledger that failed, or that are noted as in hand though nobody works."""
    with installation.asked() as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"
        ).fetchone() or (0,)
    return int(count)


def orphans(installation: Installation) -> int:
    """Rows whose foreign key leads nowhere, asked by an anti-join and not of the constraint."""
    found = 0
    with installation.asked() as connection:
        keys = connection.execute(
            """SELECT conrelid::regclass::text, a.attname, confrelid::regclass::text, b.attname
               FROM pg_constraint c
               JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
               JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
               WHERE contype = 'f' AND cardinality(conkey) = 1 AND connamespace = 'public'::regnamespace"""
        ).fetchall()
        for table, column, other, key in keys:
            (count,) = connection.execute(
                f'SELECT count(*) FROM {table} t WHERE t."{column}" IS NOT NULL AND NOT EXISTS '
                f'(SELECT 1 FROM {other} o WHERE o."{key}" = t."{column}")'
            ).fetchone() or (0,)
            found += count
    return found


def miscounted(installation: Installation) -> int:
    """Tables of which a scan of the primary key finds another number of rows than a scan of the table."""
    found = 0
    with installation.asked() as connection:
        tables = connection.execute(
            """SELECT i.indrelid::regclass::text, a.attname FROM pg_index i
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
               JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
               WHERE i.indisprimary"""
        ).fetchall()
        for table, column in tables:
            counts = []
            for without in (
                "indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan",
                "seqscan",
            ):
                connection.execute(f"SET enable_{without} = off")
                counts.append(
                    connection.execute(
                        f'SELECT count(*) FROM (SELECT "{column}" FROM {table} ORDER BY 1) AS t'
                    ).fetchone()
                )
                connection.execute("RESET ALL")
            found += counts[0] != counts[1]
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
