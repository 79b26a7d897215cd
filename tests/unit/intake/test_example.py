"""The committed example loads with one batch file, every row accounted for."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from sizao import intake
from sizao.store.folder import open_folder, write_folder
from unit.intake.desk import NOW, counts

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "taiwan-2020"
Loaded = tuple[dict[str, pa.Table], dict[str, intake.Receipt]]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    tables: dict[str, pa.Table] = {}
    plans = intake.plan_batch(EXAMPLE / "taiwan.yaml")
    receipts = intake.load_all(plans, {}, tables.update, recorded_at=NOW)
    return tables, {receipt.sheet: receipt for receipt in receipts}


def test_every_row_of_the_example_is_accounted_for(loaded: Loaded) -> None:
    _, receipts = loaded
    assert counts(receipts["individual_data.csv"]) == (578, 578, 0, 0)
    assert counts(receipts["edge_list.csv"]) == (3_711, 3_711, 0, 0)
    assert counts(receipts["summary.csv"]) == (230, 223, 0, 7)
    assert receipts["summary.csv"].by_kind() == {"no_fact": 7}


def test_a_case_joined_to_itself_and_kinds_not_known_designate_nobody(loaded: Loaded) -> None:
    tables, _ = loaded
    exposures, designations = tables["exposures"].to_pylist(), tables["designations"].to_pylist()
    assert [row["person"] for row in exposures if row["person"] == row["case_person"]] == ["I398"]
    assert not [row for row in designations if row["person"] == row["case_person"]]
    unknown = {row["source_record"] for row in exposures if row["kind"] == "unknown"}
    assert len(unknown) > 300
    assert not unknown & {row["source_record"] for row in designations}


def test_every_interval_of_exposure_is_marked_derived_and_ends_no_earlier_than_it_begins(
    loaded: Loaded,
) -> None:
    rows = loaded[0]["exposures"].to_pylist()
    assert all(row["derived"] and row["first_on"] <= row["last_on"] for row in rows)


def test_the_example_opens_from_a_folder(loaded: Loaded, tmp_path: Path) -> None:
    write_folder(tmp_path, loaded[0])
    facts = open_folder(tmp_path)
    assert facts.notes == ()
    assert facts.rows("classifications") == 580


def test_every_announced_case_has_a_report_no_later_than_its_announcement(loaded: Loaded) -> None:
    tables, _ = loaded
    announced = {
        row["case"]: row["known_at"]
        for row in tables["classifications"].to_pylist()
        if row["action"] == "record"
    }
    reports = tables["case_reports"].to_pylist()
    assert {row["case"] for row in reports} == set(announced)
    assert len(reports) == len(announced) == 579
    assert all(row["derived"] for row in reports)
    late = [row["case"] for row in reports if row["reported_at"] >= announced[row["case"]]]
    assert len(late) == 78 + 1
    assert "case-I530" in late
    assert all(row["reported_at"] <= announced[row["case"]] for row in reports)
