"""Faults of what arrives, done to the records themselves: repeats, conflicts, orders of arrival, clocks.

python -m faults.inside NAME SIZE SEED [BUG]        in the environment of an installation

The last line printed is the outcome. With the bug the part of the product that keeps the promise is replaced.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from threading import Barrier
from typing import Any
from uuid import UUID

import django

from faults.registry import Outcome

LATER = (
    timedelta(seconds=1),
    timedelta(hours=1),
    timedelta(days=30),
    timedelta(days=366),
    timedelta(0),
    timedelta(minutes=5),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=90),
    timedelta(seconds=2),
)
"""How much later the same thing comes again: ten times."""

JUMPS = (
    timedelta(hours=1),
    timedelta(hours=-1),
    timedelta(days=1),
    timedelta(days=-1),
    timedelta(days=3652),
    timedelta(days=476),  # to 29 February 2024 and beyond
    timedelta(minutes=5),
    timedelta(seconds=-1),
)


def main(arguments: Sequence[str]) -> None:
    """See the head of this module."""
    name, size, seed, *bugs = arguments
    django.setup()
    outcome = WORK[name](int(size), random.Random(f"{seed}/{name}"), bool(bugs))
    print(json.dumps(outcome.plain()))


def _moment() -> datetime:
    from sizao_web.settings.clock import now

    return now()


@contextmanager
def _at_work() -> Iterator[Any]:
    """One transaction of the community worker."""
    from django.db import transaction

    from sizao_web.accounts.models import Assignment
    from sizao_web.records.access.scope import enter, scope_of

    with transaction.atomic():
        scope = scope_of(Assignment.objects.select_related("account").get(account__username="community"))
        enter(scope)
        yield scope


def _given(chance: random.Random, people: Sequence[str], moment: datetime) -> Any:
    from sizao_web.records.writing import Given

    values = {
        "person": chance.choice(people),
        "checked_at": moment.replace(microsecond=0),
        "temperature": round(chance.uniform(35.5, 37.0), 1),
        "symptoms": False,
    }
    return Given("health_checks", values, str(UUID(int=chance.getrandbits(128), version=4)))


def _people() -> list[str]:
    from django.conf import settings

    return list(json.loads((settings.SIZAO.data / "people.json").read_text(encoding="utf-8")))


def _rows(keys: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
    """What stands under each key, whatever it became there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            """SELECT left(source_record, 36), person, temperature FROM fact_health_checks
               WHERE left(source_record, 36) = ANY(%s) AND action = 'record'""",
            [list(keys)],
        )
        found: dict[str, list[tuple[str, float]]] = {}
        for key, person, temperature in cursor.fetchall():
            found.setdefault(key, []).append((person, round(temperature, 1)))
    return found


def _judged(sent: dict[str, Any]) -> Outcome:
    """Acknowledged things by their keys, beside what stands there."""
    found = _rows(list(sent))
    right = {key: (one.values["person"], one.values["temperature"]) for key, one in sent.items()}
    return Outcome(
        acknowledged=len(sent),
        lost=sum(1 for key in sent if key not in found),
        double=sum(1 for rows in found.values() if len(rows) > 1),
        wrong=sum(1 for key, rows in found.items() if any(row != right[key] for row in rows)),
    )


# -- the same thing again ---------------------------------------------------------------------------


def repeats(size: int, chance: random.Random, bug: bool) -> Outcome:
    """Single records, batches and sheets, each ten times more: later, shuffled, under another name."""
    people, moment = _people(), _moment()
    sent: dict[str, Any] = {}
    again = Outcome()
    for number in range(size):
        batch = [_given(chance, people, moment) for _ in range(1 if number % 2 else 5)]
        sent |= {one.source_record: one for one in batch}
        for later in (None, *LATER):
            _remember(chance if bug and later is not None else None)
            stored, merged = _taken(batch, moment + (later or timedelta(0)))
            again.points += later is not None
            again.wrong += later is not None and (stored, merged) != (0, len(batch))
            chance.shuffle(batch)
    sheets = _sheets(max(1, size // 5), chance, bug, people, moment)
    judged = _judged(sent)
    for name in ("points", "wrong"):
        setattr(judged, name, getattr(judged, name) + getattr(again, name))
    judged.add(sheets)
    judged.said.append(
        f"{size} records and batches and {max(1, size // 5)} sheets, each {len(LATER)} times more"
    )
    return judged


def _taken(batch: Sequence[Any], moment: datetime) -> tuple[int, int]:
    from sizao_web.records.actions.record_facts import record_facts

    with _at_work() as scope:
        outcome = record_facts(scope, moment, batch)
    return len(outcome.stored), outcome.merged


def _remember(forgotten: random.Random | None) -> None:
    """The planted bug: what was seen is remembered in memory only. After a restart nothing is known, and the
    same record gets another key."""
    from sizao_web.records import writing

    original = getattr(writing, "_faults_completed", writing.completed)
    writing._faults_completed = original  # type: ignore[attr-defined]
    if forgotten is None:
        writing.completed = original
        return
    restarted = f"{forgotten.getrandbits(32):08x}"

    def completed(scope: Any, moment: datetime, one: Any) -> Any:
        return original(scope, moment, replace(one, source_record=f"{one.source_record}~{restarted}"))

    writing.completed = completed


def _sheets(size: int, chance: random.Random, bug: bool, people: Sequence[str], moment: datetime) -> Outcome:
    """Sheets of a hospital, again with their rows in another order and under another name."""
    found = Outcome()
    folder = Path(mkdtemp(prefix="sizao-faults-"))
    for number in range(size):
        batch = [_given(chance, people, moment) for _ in range(20)]
        for again, later in enumerate((None, *LATER)):
            file = folder / f"day-{number}-{again if again % 2 else 0}.csv"
            nonce = f"~{again}" if bug and again else ""
            _write(file, batch, nonce)
            stored, merged = _sheet(file, moment + (later or timedelta(0)))
            found.points += again > 0
            if again and (stored, merged) != (0, len(batch)):
                found.double += stored
            chance.shuffle(batch)
        found.acknowledged += len(batch)
    return found


def _write(file: Path, batch: Sequence[Any], nonce: str) -> None:
    lines = ["person,checked_at,temperature,symptoms,source_record"]
    for one in batch:
        values = one.values
        at = values["checked_at"].isoformat()
        lines.append(f"{values['person']},{at},{values['temperature']},false,{one.source_record}{nonce}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _sheet(file: Path, moment: datetime) -> tuple[int, int]:
    """Rows stored and merged, taken in as the worker does."""
    from django.db import connection, transaction

    from sizao.intake.loading import plan
    from sizao_web.demo.building import CITY
    from sizao_web.records.actions.take_in_sheet import take_in_sheets

    found = plan(file, fact="health_checks", source_system="hospital", area="drill/harbour")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE sizao_worker")
        (receipt,) = take_in_sheets(CITY, moment, [found])
    return receipt.rows.stored, receipt.rows.merged


# -- another thing under the same key ---------------------------------------------------------------


def conflicts(size: int, chance: random.Random, bug: bool) -> Outcome:
    """Another content under a key that is taken: refused, the first one stays as it was."""
    from sizao_web.records import writing
    from sizao_web.records.actions.record_facts import record_facts

    people, moment = _people(), _moment()
    if bug:  # what is there already is called the same, whatever it says
        writing._same = lambda fact, row: True
    sent: dict[str, Any] = {}
    found = Outcome(points=size)
    told = Counter[str]()
    for _ in range(size):
        first = _given(chance, people, moment)
        other = replace(
            first, values={**first.values, "temperature": round(first.values["temperature"] + 3, 1)}
        )
        _taken([first], moment)
        try:
            with _at_work() as scope:
                record_facts(scope, moment + timedelta(minutes=1), [other])
            sent[first.source_record] = other  # it was acknowledged, so it must be there
            told["acknowledged"] += 1
        except writing.Conflict:
            sent[first.source_record] = first
            told["refused as a conflict"] += 1
    found.add(_judged(sent))
    _by_machine(found, told, max(1, size // 4), chance, people, moment)
    found.said += [f"{count:,} {what}" for what, count in told.items()]
    return found


def _by_machine(
    found: Outcome,
    told: Counter[str],
    size: int,
    chance: random.Random,
    people: Sequence[str],
    moment: datetime,
) -> None:
    """The same through the machine interface: 409, and both contents are kept."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from faults.world import KEY_FILE

    key = (settings.SIZAO.data / KEY_FILE).read_text(encoding="ascii")
    client = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {key}"})
    sent: dict[str, Any] = {}
    for _ in range(size):
        first = _given(chance, people, moment)
        other = replace(
            first, values={**first.values, "temperature": round(first.values["temperature"] + 3, 1)}
        )
        for number, one in enumerate((first, other)):
            body = {**one.values, "checked_at": one.values["checked_at"].isoformat()}
            answer = client.post(
                "/api/v1/facts/health_checks",
                json.dumps({**body, "source_record": one.source_record}),
                content_type="application/json",
            )
            found.wrong += answer.status_code not in ((200, 201) if number == 0 else (200, 201, 409))
            if answer.status_code in (200, 201):
                sent[one.source_record] = one
        found.points += 1
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT count(*) FROM partner_conflict WHERE second IS NOT NULL")
        (kept,) = cursor.fetchone()
    told["answered 409 by the machine interface, both kept"] += kept
    judged = _judged(sent)
    judged.lost += size - kept  # of each pair the second must lie with the conflicts
    found.add(judged)


# -- in another order -------------------------------------------------------------------------------


def orders(size: int, chance: random.Random, bug: bool) -> Outcome:
    """Sixty days of records, corrections and retractions in so many orders of arrival: the same facts count.

    Each order has keys of its own in one table, so that one query answers for two hundred of them.
    """
    import pyarrow as pa

    from sizao.facts.schemas import arrow_schema
    from sizao.obligations.effective import effective_steps
    from sizao.store.running import Session
    from sizao.terms.queries import Query

    schema = arrow_schema("health_checks")
    history = _history(chance)
    end = datetime(2021, 3, 1)
    steps = effective_steps(["health_checks"], end)
    if bug:  # who arrives last is believed, whatever it corrects
        steps = [replace(one, sql=one.sql.replace("f.source_version DESC, ", "")) for one in steps]
    found = Outcome(acknowledged=len(history))
    wanted = None
    for begin in range(0, size, 200):
        many = range(begin, min(begin + 200, size))
        rows = [row for order in many for row in _arrived(history, order, chance)]
        session = Session({"health_checks": pa.Table.from_pylist(rows, schema=schema)})
        query = Query(tuple(steps), ("health_checks",), {"rows": "eff_health_checks"})
        answer = session.run(query, ordered=False)["rows"].select(
            ["k_hi", "k_lo", "temperature", "happened_at"]
        )
        session.close()
        states: dict[int, set[Any]] = {order: set() for order in many}
        for row in answer.to_pylist():
            states[row["k_hi"]].add((row["k_lo"], row["temperature"], row["happened_at"]))
        wanted = wanted or states[0]
        found.points += len(many)
        found.wrong += sum(1 for state in states.values() if state != wanted)
    found.said.append(f"{len(history)} links of 60 days, {len(wanted or ())} facts count in the end")
    return found


def _history(chance: random.Random) -> list[dict[str, Any]]:
    """Links of sixty days: every third record is corrected, every tenth taken back."""
    begin = datetime(2020, 11, 1)
    links: list[dict[str, Any]] = []
    for number in range(60):
        at = begin + timedelta(days=number, minutes=chance.randrange(1440))
        link = {"key_lo": number, "happened_at": at, "checked_at": at, "person": f"p{number % 7}"}
        versions = [("record", 1)]
        versions += [("replace", 2)] if number % 3 == 0 else []
        versions += [("replace", 3)] if number % 9 == 0 else []
        versions += [("retract", 4)] if number % 10 == 0 else []
        for action, version in versions:
            temperature = round(chance.uniform(35.5, 39.0), 1)
            links.append({**link, "action": action, "source_version": version, "temperature": temperature})
    return links


def _arrived(history: Sequence[dict[str, Any]], order: int, chance: random.Random) -> list[dict[str, Any]]:
    """The links as they arrive in one order; number `order` stands in the first half of each key."""
    shuffled = list(history)
    if order:
        chance.shuffle(shuffled)
    arrives = datetime(2021, 1, 1)
    return [
        {
            **link,
            "key_hi": order,
            "symptoms": False,
            "source_system": "clinic",
            "source_record": str(link["key_lo"]),
            "reason": None if link["action"] == "record" else "wrong",
            "known_at": arrives + timedelta(minutes=place),
            "recorded_at": arrives + timedelta(minutes=place),
            "recorded_by": "clinic",
            "area": "drill/harbour",
            "history": False,
            "derived": False,
            "fact_id": str(UUID(int=(order << 64) + place)),
        }
        for place, link in enumerate(shuffled)
    ]


# -- clocks -----------------------------------------------------------------------------------------


def clocks(size: int, chance: random.Random, bug: bool) -> Outcome:
    """Records and runs of the ledger while the clock jumps; back at the right time nothing is amiss."""
    from sizao_web.records.ledger import runs

    if bug:  # a run believes that the clock only ever goes forward, and that nothing is to be done before
        runs.run_touched = _never_back(runs.run_touched)
    people, moment = _people(), _moment()
    runs.touched(moment)
    before = _ledger(moment)
    sent: dict[str, Any] = {}
    found = Outcome()
    jumps = [
        *JUMPS,
        *(timedelta(seconds=chance.randrange(-86_400, 86_400)) for _ in range(size - len(JUMPS))),
    ]
    for jump in jumps[:size]:
        there = moment + jump
        one = _given(chance, people, min(there, moment))
        sent[one.source_record] = one
        _taken([one], there)
        runs.touched(there)
        found.points += 1
    runs.touched(moment)
    left = _ledger(moment)
    runs.forget()
    runs.whole(moment)
    whole = _ledger(moment)
    found.add(_judged(sent))
    found.wrong += left != whole
    found.lost += len(before["restricted"] - whole["restricted"])
    found.said.append(f"{len(before['restricted'])} restrictions in force before, all of them after")
    return found


def _never_back(touched: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(work: Any) -> Any:
        ahead = work.last is not None and work.last.as_of.replace(tzinfo=None) > work.as_of
        return None if ahead else touched(work)

    return run


def _ledger(moment: datetime) -> dict[str, Any]:
    """The rows of the ledger as text, and which restrictions bind whom."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            """SELECT (to_jsonb(t) - 'changed_in_id' - 'id')::text FROM ledger_obligation t
               WHERE withdrawn_at IS NULL"""
        )
        rows = {row for (row,) in cursor.fetchall()}
        cursor.execute("SELECT (to_jsonb(t) - 'changed_in_id' - 'id')::text FROM ledger_standing t")
        standing = {row for (row,) in cursor.fetchall()}
    return {"rows": rows, "standing": standing, "restricted": {_who(row) for row in standing}}


def _who(row: str) -> str:
    said = json.loads(row)
    return f"{said.get('subject') or said.get('person')}/{said.get('restriction') or said.get('verb')}"


# -- cut off -----------------------------------------------------------------------------------------


def cuts(size: int, chance: random.Random, bug: bool) -> Outcome:
    """Sheets cut off at so many places: refused whole, and nothing of them is there."""
    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.parquet as parquet
    import xlsxwriter

    from sizao.intake import loading
    from sizao.intake.problems import IntakeRefused

    if bug:  # nobody asks how many rows were sent
        assert hasattr(loading, "row_count_problems"), "what the planted bug alters has another name"
        loading.row_count_problems = lambda sheet, expected: []
    people, moment = _people(), _moment()
    batch = [_given(chance, people, moment) for _ in range(200)]
    folder = Path(mkdtemp(prefix="sizao-faults-"))
    _write(folder / "whole.csv", batch, "")
    table = csv.read_csv(folder / "whole.csv", convert_options=csv.ConvertOptions(column_types=_TEXTS))
    parquet.write_table(
        table.cast(pa.schema([(name, pa.string()) for name in table.column_names])), folder / "whole.parquet"
    )
    with xlsxwriter.Workbook(folder / "whole.xlsx") as book:
        page = book.add_worksheet()
        for place, row in enumerate([table.column_names, *zip(*table.to_pydict().values(), strict=True)]):
            page.write_row(place, 0, row)
    found = Outcome()
    for number in range(size):
        kind = ("csv", "xlsx", "parquet")[number % 3]
        content = (folder / f"whole.{kind}").read_bytes()
        # Of a text whose last row is cut, only a checksum can tell.
        last = content.rstrip(b"\n").rfind(b"\n") if kind == "csv" else len(content)
        place = chance.randrange(last)
        if kind == "csv" and number % 2:  # between two rows: nothing but the number of rows can tell
            place = content.index(b"\n", place) + 1
        cut = folder / f"cut-{number}.{kind}"
        cut.write_bytes(content[:place])
        found.points += 1
        try:
            loading.plan(
                cut,
                fact="health_checks",
                source_system="hospital",
                area="drill/harbour",
                expected_rows=len(batch),
            )
            found.wrong += 1
        except IntakeRefused:
            pass
        cut.unlink()
    for kind in ("csv", "xlsx", "parquet"):  # the whole ones are taken, so that a refusal means something
        whole = loading.plan(
            folder / f"whole.{kind}",
            fact="health_checks",
            source_system="hospital",
            area="drill/harbour",
            expected_rows=len(batch),
        )
        found.wrong += whole.sheet.sent != len(batch)
        found.acknowledged += len(batch)
    return found


# -- two persons ------------------------------------------------------------------------------------------


def deciding(size: int, chance: random.Random, bug: bool) -> Outcome:
    """Eight who decide the same proposal in the same moment, among them its own office: one of them does.

    What an approval records is there exactly when it was approved, and then once.
    """
    from threading import Thread

    from django.db import connection

    found = Outcome()
    for number in range(size):
        proposal = _proposed(number)
        told: list[str] = []
        all_have_read = Barrier(len(_DECIDERS), timeout=600.0)
        threads = [
            Thread(target=_decides, args=(proposal, who, decision, bug, told, all_have_read))
            for who, decision in chance.sample(_DECIDERS, len(_DECIDERS))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT decision, decided_by FROM proposal_decision WHERE proposal_id = %s", [proposal]
            )
            decided = cursor.fetchall()
            cursor.execute(
                "SELECT count(*) FROM fact_area_grades WHERE source_record LIKE %s",
                [f"proposal/{proposal}/%"],
            )
            (facts,) = cursor.fetchone()
        approved = [by for decision, by in decided if decision == "approved"]
        found.points += 1
        found.acknowledged += len(told)
        found.double += max(0, len(told) - 1) + max(0, facts - 1)
        found.lost += len(told) > 0 and not decided
        found.wrong += facts != len(approved) or any(
            by in ("health-commission", "colleague") for by in approved
        )
    found.said.append(f"{len(_DECIDERS)} decide each of {size} proposals at once")
    return found


_DECIDERS = [
    ("command", "approved"),
    ("command", "refused"),
    ("deputy", "approved"),
    ("deputy", "approved"),
    ("health-commission", "approved"),
    ("health-commission", "withdrawn"),
    ("colleague", "approved"),
    ("colleague", "refused"),
]


def _scope(who: str) -> Any:
    from sizao_web.demo.building import CITY, COMMISSION

    return replace(COMMISSION if who in ("health-commission", "colleague") else CITY, account=who)


def _proposed(number: int) -> int:
    """A proposal of the commission that has been compared."""
    from datetime import UTC, date

    from django.db import connection, transaction

    from sizao_web.records.access.scope import enter
    from sizao_web.records.actions.propose import propose

    grade = {
        "graded": f"neighbour/south-{number}",
        "grade": "medium",
        "from_on": date(2020, 11, 4),
        "counts_upward": False,
        "announced_by": "office/neighbour/command",
    }
    scope, moment = _scope("health-commission"), _moment()
    effect = datetime(2020, 11, 3, 16, tzinfo=UTC)
    with transaction.atomic():
        enter(scope)
        made = propose(scope, moment, "area_grades", [grade], effect_at=effect, reason="Announced there.")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE proposal SET state = 'compared' WHERE id = %s", [made.pk])
    return int(made.pk)


def _decides(
    proposal: int, who: str, decision: str, bug: bool, told: list[str], all_have_read: Barrier
) -> None:
    """One of them; told: who was told that it is decided. The planted bug asks nobody and works as owner."""
    from django.db import DatabaseError, connection, transaction

    from sizao_web.records.access.scope import enter
    from sizao_web.records.actions import decide_proposal as action
    from sizao_web.records.models import Proposal

    if bug:
        action.cannot = lambda *words: None
    scope = _scope(who)
    try:
        with transaction.atomic():
            if not bug:
                enter(scope)
            found = Proposal.objects.get(pk=proposal)
            all_have_read.wait()
            action.decide_proposal(scope, _moment(), found, decision, "So it is.")
        told.append(who)
    except (action.Refused, action.NotAllowed, DatabaseError):
        pass
    finally:
        connection.close()


_TEXTS = dict.fromkeys(("person", "checked_at", "temperature", "symptoms", "source_record"), "string")

WORK: dict[str, Callable[[int, random.Random, bool], Outcome]] = {
    "repeats": repeats,
    "conflicts": conflicts,
    "orders": orders,
    "clocks": clocks,
    "cuts": cuts,
    "deciding": deciding,
}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sizao_web.settings.django")
    main(sys.argv[1:])
