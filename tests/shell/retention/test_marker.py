"""A person whose time is over is found nowhere: no table, no lake, no log, no file of the database.

The clock is moved; the parts of a run are put to work one after the other, and each takes the person out of
exactly what it is for: so the search finds, and no part is there for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from django.conf import settings
from django.db import connection

from shell.access.world import Spot, fact_row, result_rows
from sizao.facts.dictionary import FACTS
from sizao_web.accounts.models import Account
from sizao_web.records.access.scope import scope_of
from sizao_web.records.actions.record_stream import record_stream
from sizao_web.records.models import (
    FACT_MODELS,
    Identity,
    LegalHold,
    NameToken,
    Obligation,
    PartnerManifest,
    PartnerReceipt,
    PersonAccess,
    Photo,
    Question,
    RetentionRun,
    Sealed,
)
from sizao_web.records.retention import parts, purging
from sizao_web.records.retention.clock import Uptime
from sizao_web.records.retention.persons import person_columns
from sizao_web.records.sealing import seal, tokens
from sizao_web.records.streams import moving
from sizao_web.records.streams.tables import slot_tables

MARKER = "marker-7f3a91"
FILES = "files of the database"
AREA, MALL = "drill/county-1/street-1", "mall-1"
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)  # of every fact of the world's rows
SEEN = datetime(2020, 1, 10, 4, 0, tzinfo=UTC)
BEFORE = datetime(2020, 1, 20, tzinfo=UTC)  # nothing is over yet
OVER = datetime(2020, 1, 31, tzinfo=UTC)  # a day after the last period has ended
OTHERS = {"case_person", "patient", "same_as", "dependant"}


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder for the lake and the logs; the tables of the days empty before and after."""
    changed = replace(settings.SIZAO, lake=tmp_path / "lake", data=tmp_path)
    monkeypatch.setattr(settings, "SIZAO", changed)
    names = [table for _, _, *tables in slot_tables() for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(names)}")
    yield tmp_path
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(names)}")


def found(folder: Path) -> set[str]:
    """Where the marker is: tables, files of the database, lake, logs."""
    where = {f"table {table}" for table in _tables() if _in_table(table)} | found_in_files()
    if any(_in_parquet(file) for file in folder.rglob("*.parquet")):
        where.add("lake")
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix != ".parquet" and MARKER.encode() in file.read_bytes():
            where.add("log" if file.suffix == ".log" else str(file))
    return where


def found_in_files() -> set[str]:
    """The tables and indexes of the database in whose files the marker is."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    return {f"{FILES}: {_relation(file)}" for file in _database() if _in_file(file)}


def _in_file(file: Path) -> bool:
    """Whether the marker is there. The server may take a file away that nobody needs any more."""
    try:
        return MARKER.encode() in file.read_bytes()
    except FileNotFoundError:
        return False


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        return [table for (table,) in cursor.fetchall()]


def _in_table(table: str) -> bool:
    """Whether any column of any row has it, as text or as bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {table} AS t WHERE t::text LIKE %s OR t::text LIKE %s)",
            [f"%{MARKER}%", f"%{MARKER.encode().hex()}%"],
        )
        return bool(cursor.fetchone()[0])


def _database() -> list[Path]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database"
            " WHERE datname = current_database()"
        )
        folder, number = cursor.fetchone()
    return [file for file in (Path(folder) / "base" / str(number)).iterdir() if file.is_file()]


def _relation(file: Path) -> str:
    """Whose file it is: table, index, or what the planner remembers."""
    number = file.name.split(".")[0].split("_")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_filenode_relation(0, %s)::regclass::text", [int(number)])
        return str(cursor.fetchone()[0])


def _in_parquet(file: Path) -> bool:
    table = ds.dataset(file, format="parquet").to_table()
    return MARKER.encode() in file.read_bytes() or MARKER in str(table.to_pylist())


def lay_out(folder: Path, account: Account) -> None:
    """A contact, and a second number of the same person, in everything that can name somebody."""
    at = Spot(AREA, MARKER, MALL)
    naming = {fact for fact, _ in person_columns()} - {"classifications"}
    for fact in sorted(naming | {"samples", "results"}):
        row = fact_row(fact, MARKER, at)
        for column in OTHERS & {one.name for one in FACTS[fact].columns}:
            setattr(row, column, f"{MARKER}-twin" if column == "same_as" else "p-other")
        row.save(force_insert=True)
    twin = fact_row("designations", f"{MARKER}-twin", Spot(AREA, f"{MARKER}-twin", MALL))
    twin.case_person = "p-other"  # type: ignore[attr-defined]
    twin.save(force_insert=True)
    FACT_MODELS["results"]._default_manager.update(result="negative")
    name = seal(MARKER, "name", MARKER)
    Identity.objects.create(person=MARKER, name=name, recorded_at=BEGAN, recorded_by="x")
    NameToken.objects.bulk_create(NameToken(person=MARKER, token=one) for one in tokens(MARKER))
    PersonAccess.objects.create(person=MARKER, area=AREA)
    for of_persons in (True, False):
        for row in result_rows("x", "person", at, of_persons=of_persons):
            if not isinstance(
                row, Sealed
            ):  # by hand it would have a number in it, which sealing never writes
                row.save(force_insert=True)
    Obligation.objects.update(status="met", because=f"designations:{MARKER}", obligation_id=MARKER)
    Question.objects.update(asked_at=BEGAN - timedelta(days=7))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE proposal SET proposed_at = %s", [BEGAN - timedelta(days=7)])
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('x', 'x', jsonb_build_object('person', %s::text), 'failed') RETURNING id",
            [MARKER],
        )
        (job,) = cursor.fetchone()
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', %s)",
            [job, BEGAN - timedelta(days=7)],
        )
    (folder / "logs").mkdir()
    (folder / "logs" / "postgresql.log").write_text(
        f"2019-12-25 00:00:00 UTC [1] LOG: {MARKER}\nand {MARKER} again\n"
        "2020-01-20 00:00:00 UTC [1] LOG: kept\n"
    )
    for first in (0, 10):
        record_stream(scope_of(account.assignments.get()), SEEN, "check_ins", _passed(first))
        if not first:
            moving.move("check_ins", SEEN)
    contradicting = _passed(0).set_column(1, "place", pa.array(["mall-2"] * 10))
    record_stream(scope_of(account.assignments.get()), SEEN, "check_ins", contradicting)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a planner, too, remembers what it saw most


def _passed(first: int) -> pa.Table:
    rows = range(first, first + 10)
    return pa.table(
        {
            "person": [MARKER] * 10,
            "place": [MALL] * 10,
            "checked_in_at": pa.array([SEEN.replace(tzinfo=None)] * 10, pa.timestamp("us")),
            "source_record": [f"{MARKER}-{row}" for row in rows],
        }
    )


Run = Callable[..., purging.Report]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run with only some parts, or with all."""
    boot = {"uptime": 0.0}

    def running(moment: datetime, *names: str) -> purging.Report:
        with monkeypatch.context() as patch:
            for at, every in (("IN_DATABASE", parts.IN_DATABASE), ("ON_DISK", parts.ON_DISK)):
                chosen = {name: part for name, part in every.items() if not names or name in names}
                patch.setattr(purging, at, MappingProxyType(chosen))
            boot["uptime"] = (moment - BEGAN).total_seconds()
            return purging.purge(moment, moment, Uptime("one", boot["uptime"]))

    return running


# Long: it reads every file of the database a dozen times.
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_day_after_their_time_is_over_somebody_is_found_nowhere_and_each_part_is_why(
    places: Path,
    person_in_office: Callable[..., Account],
    run: Run,
    say: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL legal_hold")  # what another test held and rolled back is legible there
    lay_out(places, person_in_office("institution", AREA, MALL))
    left = found(places)
    say(f"the marker is in {len(left)} places")
    assert {"lake", "log", "table fact_stays", "table identity", "table ledger_obligation"} <= left
    assert {f"{FILES}: fact_stays", f"{FILES}: stays_person_ix", f"{FILES}: pg_statistic"} <= left
    run(BEFORE, "streams", "lake", "contacts", "negative_results", "facts", "case_identities", "identities")
    assert found(places) == left, "before their time is over nothing about them goes"

    def goes(*places_expected: str, by: Sequence[str]) -> None:
        """By these parts alone it goes from exactly the places whose names begin so."""
        nonlocal left
        run(OVER, *by)
        now = found(places)
        expected = {one for one in left if one.startswith(places_expected)} if places_expected else set()
        # The files of tables that were emptied, and not only swept, are gone with their rows.
        assert {one for one in left - now if not one.startswith(FILES)} == expected
        left = now

    with monkeypatch.context() as patch:
        patch.setattr(purging, "_written_anew", lambda removed: ("left",))
        goes("table stream_check_ins", "table stream_conflict", by=["streams"])
        goes("lake", by=["lake"])
        goes("log", by=["logs"])
        goes("table past_", "table proposal_example", by=["answers"])
        goes("table procrastinate_jobs", by=["jobs"])
        goes(by=["negative_results", "facts", "case_identities", "identities", "sign_ins"])
        goes("table ", by=["contacts"])
        assert f"{FILES}: fact_stays" in left, "deleted, and still legible in the files of the database"
    run(OVER)
    assert found(places) == set()


@pytest.mark.django_db(transaction=True)
def test_what_a_session_may_still_look_at_is_not_called_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    Identity.objects.create(person=MARKER, recorded_at=BEGAN, recorded_by="x")
    removed = [{"identities": {"identity": 1}}]
    with closing(connection.copy()) as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT 1")
        Identity.objects.all().delete()
        with monkeypatch.context() as at_once:
            at_once.setattr(purging, "PATIENCE", 0.0)
            assert "identity" in purging._written_anew(removed)
        assert f"{FILES}: identity" in found_in_files()
        other.rollback()
    # The server itself may look at an earlier state for a moment, while it counts rows for the planner.
    assert "identity" not in purging._written_anew(removed)
    assert f"{FILES}: identity" not in found_in_files()


@pytest.mark.django_db
def test_who_is_held_stays_and_goes_when_the_hold_has_ended(
    places: Path, person_in_office: Callable[..., Account], run: Run
) -> None:
    from sizao_web.records.actions.hold_records import hold_records

    lay_out(places, person_in_office("institution", AREA, MALL))
    for person in (MARKER, f"{MARKER}-twin"):
        hold_records(
            BEFORE, "person", person, date(2020, 3, 1), zone="Asia/Shanghai", ground="law", ordered_by="court"
        )
    run(OVER)
    assert Identity.objects.filter(person=MARKER).exists()
    assert FACT_MODELS["designations"]._default_manager.filter(person=MARKER).exists()
    run(datetime(2020, 3, 2, tzinfo=UTC))
    assert not LegalHold.objects.exists()
    assert not Identity.objects.filter(person=MARKER).exists()
    assert not FACT_MODELS["designations"]._default_manager.filter(person=MARKER).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("happened", "kept"),
    [("nothing yet", True), ("checked again", False), ("taken back", True), ("finding gone", False)],
)
def test_photographs_go_ninety_days_after_the_re_check_or_with_their_finding(
    run: Run, happened: str, kept: bool
) -> None:
    checked = SEEN + timedelta(days=1)
    spot = Spot(AREA, "p-1", MALL)
    if happened != "finding gone":
        found = fact_row("findings", "finding", spot)
        found.finding = "finding-1"  # type: ignore[attr-defined]
        found.save(force_insert=True)
    if happened in ("checked again", "taken back"):
        done = fact_row("rectifications", "rectified", spot)
        done.finding, done.rechecked_at = "finding-1", checked  # type: ignore[attr-defined]
        done.save(force_insert=True)
    if happened == "taken back":
        back = fact_row("rectifications", "rectified", spot)
        back.finding, back.rechecked_at = "finding-1", checked  # type: ignore[attr-defined]
        back.action, back.source_version, back.fact_id = "retract", 2, uuid4()  # type: ignore[attr-defined]
        back.save(force_insert=True)
    Photo.objects.create(
        id=uuid4(), finding="finding-1", place=MALL, area=AREA, stage="found", kind="image/png",
        content=b"x", sha256=sha256(b"x").digest(), width=1, height=1, recorded_at=SEEN, recorded_by="x",
    )  # fmt: skip
    if happened != "finding gone":
        run(checked + timedelta(days=90), "photographs")
        assert Photo.objects.exists(), "on the ninetieth day it is still there"
    run(checked + timedelta(days=90, hours=1), "photographs")
    assert Photo.objects.exists() is kept


@pytest.mark.django_db
def test_whom_a_row_of_the_ledger_still_binds_waits_and_is_told(
    places: Path, person_in_office: Callable[..., Account], run: Run
) -> None:
    lay_out(places, person_in_office("institution", AREA, MALL))
    Obligation.objects.update(status="open")
    assert run(OVER, "contacts").waiting == {"contacts": 1}
    assert FACT_MODELS["designations"]._default_manager.filter(person=MARKER).exists()
    assert RetentionRun.objects.latest("pk").waiting == {"contacts": 1}


@pytest.mark.django_db
def test_what_a_partner_declared_of_a_day_goes_before_any_receipt_of_that_day(run: Run) -> None:
    """The city is eight hours ahead: its 10 January begins at 16:00 of the ninth."""
    declared, first = date(2020, 1, 10), datetime(2020, 1, 9, 16, 0, tzinfo=UTC)
    for day in (declared, declared + timedelta(days=1)):
        PartnerManifest.objects.create(account="lab", day=day, declared_at=OVER, files=[], records=[])
    for at in (first, first + timedelta(hours=20)):
        PartnerReceipt.objects.create(
            account="lab", day=declared, received_at=at, fact="results", source_record=str(at),
            source_version=1, action="record", outcome="stored",
        )  # fmt: skip

    def left(moment: datetime) -> tuple[list[date], int]:
        run(moment, "partners")
        days = PartnerManifest.objects.order_by("day").values_list("day", flat=True)
        return list(days), PartnerReceipt.objects.count()

    over = first + timedelta(days=30)
    assert left(over - timedelta(seconds=1)) == ([declared, declared + timedelta(days=1)], 2)
    assert left(over) == ([declared + timedelta(days=1)], 2), "before the first of its receipts"
    assert left(over + timedelta(seconds=1)) == ([declared + timedelta(days=1)], 1)
