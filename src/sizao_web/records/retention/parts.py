"""The parts of a run of retention, each of which removes one kind of thing and says how many rows of which
table went, and how many are due and wait."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import connection

from sizao.facts.dictionary import FACTS, STREAMS
from sizao.facts.seen import KEPT_BETWEEN
from sizao.terms.time import local_day
from sizao_web.accounts.roles import REFERENCE
from sizao_web.records.models import LegalHold
from sizao_web.records.retention import persons
from sizao_web.records.retention.periods import PERIODS
from sizao_web.records.streams.keeping import first_kept, kept_days
from sizao_web.records.streams.lake import lake_table
from sizao_web.records.streams.tables import slot_of, slot_tables
from sizao_web.settings.clock import bare

Counts = Mapping[str, int]
AHEAD = 2  # days after today that may have rows: a device's clock may be fast


@dataclass(frozen=True)
class When:
    """The moment of a run; the clock of logs, which a demonstration does not set back; what is held; the
    days for which the ledger answers, within which a fact may be needed."""

    moment: datetime
    logged: datetime
    horizon_days: int
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def before(self, name: str) -> datetime:
        """What is older than the period of that name is due."""
        return self.moment - timedelta(days=PERIODS[name].days)

    def held_persons(self) -> frozenset[str]:
        """Persons of whom nothing goes."""
        return self.held.get("person", frozenset())


def holds(moment: datetime) -> Mapping[str, frozenset[str]]:
    """What is held at this moment: kind -> subjects."""
    found: dict[str, set[str]] = {}
    for kind, subject in LegalHold.objects.filter(until_at__gt=moment).values_list("kind", "subject"):
        found.setdefault(kind, set()).add(subject)
    return {kind: frozenset(subjects) for kind, subjects in found.items()}


@dataclass(frozen=True)
class Went:
    """What a part removed, by table, and how many rows or persons are due and wait."""

    counts: Counts
    waiting: int = 0


def streams(when: When) -> Went:
    """Every day of a stream that is over: its staged rows, keys, contradictions and batches."""
    counts: dict[str, int] = {}
    for stream in STREAMS:
        first = first_kept(stream, bare(when.moment))
        kept = {slot_of(first + timedelta(days=n)) for n in range(kept_days(stream) + AHEAD)}
        for name, slot, staged, seen in slot_tables():
            if name == stream and slot not in kept:
                counts[staged], counts[seen] = _emptied(staged, "coalesce(sum(rows), 0)"), _emptied(seen)
        for table in ("stream_conflict", "stream_batch"):
            gone = _deleted(f"DELETE FROM {table} WHERE stream = %s AND day < %s", [stream, first])
            counts[table] = counts.get(table, 0) + gone
    before = when.moment - timedelta(days=KEPT_BETWEEN[1])
    counts["stream_opening"] = _deleted("DELETE FROM stream_opening WHERE opened_at < %s", [before])
    counts["stream_move"] = _deleted(
        "DELETE FROM stream_move AS m WHERE m.done_at < %s"
        " AND NOT EXISTS (SELECT 1 FROM stream_batch AS b WHERE b.move_id = m.id)",
        [before],
    )
    return Went(_some(counts))


def lake(when: When) -> Went:
    """The same days in the lake, unless the stream is held; their files, and the log that names them."""
    counts: dict[str, int] = {}
    for stream in STREAMS:
        table = lake_table(stream)
        if table.exists and stream not in when.held.get("stream", frozenset()):
            counts[f"lake/{stream}"] = table.drop_before(first_kept(stream, bare(when.moment)))
            table.sweep()
    return Went(_some(counts))


def contacts(when: When) -> Went:
    """Contacts who never were positive: everything about them."""
    days = PERIODS["contacts"].days
    due = persons.contacts_over(when.moment, days, when.held_persons())
    counts, waiting = persons.remove_whole(when.moment, due) if due else ({}, 0)
    return Went(counts, waiting)


def negative_results(when: When) -> Went:
    """Whose a negative result is."""
    days = PERIODS["negative_results"].days
    return Went(*persons.unlink_negative(when.moment, days, when.held_persons()))


def case_identities(when: When) -> Went:
    """Who a case is."""
    due = persons.cases_to_be_numbers(when.moment, PERIODS["case_identities"].days, when.held_persons())
    return Went(_some(persons.remove_identities(due)) if due else {})


def facts(when: When) -> Went:
    """Facts whose days are over by the dictionary, beyond the horizon of the ledger, with all their links.

    What still holds (a period without an end) stays, and so do facts about the city and rows that a live row
    of the ledger names.
    """
    counts: dict[str, int] = {}
    waiting = 0
    for name, fact in FACTS.items():
        if name in REFERENCE:
            continue
        before = when.moment - timedelta(days=max(fact.retention_days, when.horizon_days))
        columns = {column.name for column in fact.columns}
        until = next((one for one in ("until_at", "until_on") if one in columns), None)
        # As its last link says: a stay that was open for weeks has an end when somebody corrected it.
        last = "ORDER BY source_version DESC, known_at DESC, fact_id DESC"
        stays = [f'(array_agg("{until}" {last}))[1] IS NULL'] if until else []
        if held := [one for of, one in persons.person_columns() if of == name]:
            stays += [f'bool_or("{one}" = ANY(%(held)s))' for one in held]
        if name == "people":
            stays.append(f"bool_or(person IN ({_named_elsewhere()}))")
        due = (
            f"SELECT key_hi, key_lo FROM fact_{name} GROUP BY key_hi, key_lo"
            f" HAVING max({persons.ends(name)}) < %(before)s"
            + "".join(f" AND {one} IS NOT TRUE" for one in stays)
        )
        gone, waits = _facts_gone(name, due, {"before": before, "held": list(when.held_persons())})
        counts[f"fact_{name}"] = gone
        waiting += waits
    return Went(_some(counts), waiting)


def _named_elsewhere() -> str:
    parts = [
        f'SELECT "{column}" FROM fact_{fact}' for fact, column in persons.person_columns() if fact != "people"
    ]
    return f"SELECT p FROM ({' UNION ALL '.join(parts)}) AS n (p) WHERE p IS NOT NULL"


def _facts_gone(name: str, due: str, given: Mapping[str, Any]) -> tuple[int, int]:
    """Delete the keys that are due and on which no live row rests; how many rows went, how many keys wait."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.due")
        cursor.execute(
            "CREATE TEMP TABLE due ON COMMIT DROP AS SELECT key_hi, key_lo,"
            f" lpad(to_hex(key_hi), 16, '0') || lpad(to_hex(key_lo), 16, '0') AS key FROM ({due}) AS d",
            given,
        )
        cursor.execute("SELECT count(*) FROM pg_temp.due")
        if not cursor.fetchone()[0]:
            return 0, 0
        cursor.execute(
            """DELETE FROM pg_temp.due WHERE key IN (
                 SELECT trigger_key FROM ledger_obligation
                 UNION SELECT split_part(c, ':', 2) FROM ledger_obligation AS o,
                   unnest(string_to_array(
                     concat_ws(',', o.because, o.met_by, o.waived_by, o.anchor, o.related), ',')) AS c)"""
        )
        waiting = cursor.rowcount
        cursor.execute(
            f"DELETE FROM fact_{name} AS f USING pg_temp.due AS d"
            " WHERE (f.key_hi, f.key_lo) = (d.key_hi, d.key_lo)"
        )
        return cursor.rowcount, waiting


def identities(when: When) -> Went:
    """Who persons are of whom nothing is left."""
    due = persons.nobody_left(when.held_persons())
    if not due:
        return Went({})
    counts = persons.remove_identities(due)
    counts["person_access"] = _deleted("DELETE FROM person_access WHERE person = ANY(%s)", [due])
    return Went(_some(counts))


def answers(when: When) -> Went:
    """Questions about past moments with what was answered, and the examples of comparisons."""
    before = when.before("answers")
    asked = "SELECT id FROM past_question WHERE asked_at < %s"
    counts = {
        table: _deleted(f"DELETE FROM {table} WHERE question_id IN ({asked})", [before])
        for table in ("past_obligation", "past_standing", "past_unknown", "past_too_late", "past_case")
    }
    counts["past_question"] = _deleted("DELETE FROM past_question WHERE asked_at < %s", [before])
    counts["proposal_example"] = _deleted(
        "DELETE FROM proposal_example WHERE about_kind = 'person'"
        " AND proposal_id IN (SELECT id FROM proposal WHERE proposed_at < %s)",
        [before],
    )
    return Went(_some(counts))


def ended_holds(when: When) -> Went:
    """Holds that ended: whom they named is kept no longer. The audit has them, without the number."""
    gone = _deleted("DELETE FROM legal_hold WHERE until_at <= %s", [when.moment])
    return Went(_some({"legal_hold": gone}))


def deliveries(when: When) -> Went:
    """Files as they were sent, and later what became of their rows; their counts and receipts stay.

    A file of which nobody said how it is read is as old as its arrival.
    """
    done = (
        "SELECT id FROM delivery"
        " WHERE waiting = 0 AND coalesce(finished_at, CASE WHEN state = 'received' THEN received_at END) < %s"
    )
    return Went(
        _some(
            {
                table: _deleted(f"DELETE FROM {table} WHERE delivery_id IN ({done})", [when.before(period)])
                for table, period in (
                    ("delivery_part", "raw_files"),
                    ("delivery_stored", "rejects"),
                    ("delivery_row", "rejects"),
                )
            }
        )
    )


def photographs(when: When) -> Went:
    """Photographs of findings that were checked again long enough ago, or of which nothing is left.

    Somebody may stand in one: it goes before the finding does, which names nobody.
    """
    gone = _deleted(
        "DELETE FROM photo AS p WHERE p.recorded_at < %s AND"
        " NOT EXISTS (SELECT 1 FROM fact_findings AS f WHERE f.finding = p.finding)"
        " OR EXISTS (SELECT 1 FROM fact_rectifications AS r WHERE r.finding = p.finding"
        " AND r.rechecked_at < %s AND r.action <> 'retract' AND NOT EXISTS ("
        "SELECT 1 FROM fact_rectifications AS later WHERE (later.key_hi, later.key_lo) = (r.key_hi, r.key_lo)"
        " AND later.source_version > r.source_version))",
        [when.moment - timedelta(days=1), when.before("photographs")],
    )
    return Went(_some({"photo": gone}))


def partners(when: When) -> Went:
    """What was answered to partners and what became of each record, for answering again and reconciling; and
    what they declared of a day, as soon as the first receipt of that day may go: beside the rest of them
    records that came would be told as missing."""
    before = when.before("answers")
    last = local_day(bare(before), settings.SIZAO.zone)
    return Went(
        _some(
            {
                "partner_answer": _deleted("DELETE FROM partner_answer WHERE answered_at < %s", [before]),
                "partner_receipt": _deleted("DELETE FROM partner_receipt WHERE received_at < %s", [before]),
                "partner_parcel": _deleted("DELETE FROM partner_parcel WHERE received_at < %s", [before]),
                "partner_manifest": _deleted("DELETE FROM partner_manifest WHERE day <= %s", [last]),
                "partner_use": _deleted("DELETE FROM partner_use WHERE minute < %s", [before]),
            }
        )
    )


def jobs(when: When) -> Went:
    """Jobs that are done or failed, with what they were told."""
    ended = "('succeeded', 'failed', 'cancelled', 'aborted')"
    last = "SELECT 1 FROM procrastinate_events AS e WHERE e.job_id = j.id AND e.at >= %s"
    gone = _deleted(
        f"DELETE FROM procrastinate_jobs AS j WHERE j.status::text IN {ended} AND NOT EXISTS ({last})",
        [when.logged - timedelta(days=PERIODS["jobs"].days)],
    )
    return Went(_some({"procrastinate_jobs": gone}))


def sign_ins(when: When) -> Went:
    """Sessions that ended and tries to sign in."""
    before = when.logged - timedelta(days=PERIODS["sign_ins"].days)
    counts = {"django_session": _deleted("DELETE FROM django_session WHERE expire_date < %s", [when.logged])}
    for table in ("axes_accessattempt", "axes_accesslog", "axes_accessfailurelog"):
        extra = (
            "DELETE FROM axes_accessattemptexpiration WHERE access_attempt_id IN"
            " (SELECT id FROM axes_accessattempt WHERE attempt_time < %s)"
        )
        if table == "axes_accessattempt":
            counts["axes_accessattemptexpiration"] = _deleted(extra, [before])
        counts[table] = _deleted(f"DELETE FROM {table} WHERE attempt_time < %s", [before])
    return Went(_some(counts))


_DATED = re.compile(rb'^(?:\{"at": ")?(\d{4}-\d\d-\d\d)')


def logs(when: When) -> Went:
    """Lines in the data folder's files of logs; a line without a day belongs to the one before it."""
    first = f"{when.logged.astimezone(UTC) - timedelta(days=PERIODS['logs'].days):%Y-%m-%d}".encode()
    counts = {}
    for file in sorted((settings.SIZAO.data / "logs").glob("*.log")):
        counts[f"logs/{file.name}"] = _lines_gone(file, first)
    return Went(_some(counts))


def _lines_gone(file: Path, first: bytes) -> int:
    """Take the old lines out of a file that its writer keeps open for appending."""
    lines = file.read_bytes().splitlines(keepends=True)
    start = 0
    for place, line in enumerate(lines):
        dated = _DATED.match(line)
        if dated and dated[1] >= first:
            break
        start = place + 1
    if start:
        with file.open("r+b") as there:
            there.write(b"".join(lines[start:]))
            there.truncate()
    return start


def _deleted(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _emptied(table: str, counted: str = "count(*)") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted} FROM {table}")
        (rows,) = cursor.fetchone()
        if rows:
            cursor.execute(f"TRUNCATE {table}")
        return int(rows)


def _some(counts: Mapping[str, int]) -> Counts:
    return {table: count for table, count in counts.items() if count}


Part = Callable[[When], Went]

IN_DATABASE: Mapping[str, Part] = MappingProxyType(
    {
        "streams": streams,
        "contacts": contacts,
        "negative_results": negative_results,
        "facts": facts,
        "case_identities": case_identities,
        "identities": identities,
        "answers": answers,
        "ended_holds": ended_holds,
        "deliveries": deliveries,
        "photographs": photographs,
        "partners": partners,
        "jobs": jobs,
        "sign_ins": sign_ins,
    }
)
"""Name -> part, in the order in which they are done, in one transaction."""

ON_DISK: Mapping[str, Part] = MappingProxyType({"lake": lake, "logs": logs})
"""What lies outside of the database; done after it."""
