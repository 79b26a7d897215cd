"""Rows become facts: each is stored, merged or rejected, and nothing that was there is lost."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sizao import intake
from sizao.facts.schemas import arrow_schema
from sizao.store.folder import open_folder, write_folder
from sizao.terms.identifiers import natural_key
from unit.intake.desk import NOW, Desk, counts

DEATHS = "person,died_on,area\np1,2020-03-01,a\np2,2020-03-02,a\n"
LINKS = "person,died_on,area,source_record,source_version,action,reason,known_at\n"


def test_the_same_sheet_again_is_merged_and_nothing_is_written(desk: Desk) -> None:
    assert counts(desk.take(DEATHS, fact="deaths")) == (2, 2, 0, 0)
    before = desk.tables["deaths"]
    assert counts(desk.take(DEATHS, fact="deaths", at=datetime(2020, 7, 1))) == (2, 0, 2, 0)
    assert desk.tables["deaths"] is before


def test_a_second_sheet_adds_to_what_was_there(desk: Desk) -> None:
    desk.take(DEATHS, fact="deaths")
    assert counts(desk.take("person,died_on,area\np2,2020-03-02,a\np3,2020-03-03,a\n", fact="deaths")) == (
        2,
        1,
        1,
        0,
    )
    assert [person for (person,) in desk.rows("deaths", "person")] == ["p1", "p2", "p3"]


def test_several_sheets_of_one_fact_in_one_batch_all_stay(desk: Desk) -> None:
    desk.put("one.csv", "person,died_on,area\np1,2020-03-01,a\n")
    desk.put("two.csv", "person,died_on,area\np2,2020-03-02,a\np1,2020-03-01,a\n")
    batch = desk.put("all.yaml", "files:\n  - {file: one.csv, as: deaths}\n  - {file: two.csv, as: deaths}\n")
    receipts = intake.load_all(intake.plan_batch(batch), {}, desk.tables.update, recorded_at=NOW)
    assert [counts(one) for one in receipts] == [(1, 1, 0, 0), (2, 1, 1, 0)]
    assert [person for (person,) in desk.rows("deaths", "person")] == ["p1", "p2"]


def test_zone_and_area_hold_for_the_sheets_of_a_batch_that_say_none(desk: Desk) -> None:
    head = "person,place,kind,from_at\n"
    for number in (1, 2):
        desk.put(f"{number}.csv", f"{head}p{number},home-1,home,2020-03-01 08:00\n")
    batch = desk.put(
        "all.yaml",
        "files:\n  - {file: 1.csv, as: room_stays}\n"
        "  - {file: 2.csv, as: room_stays, zone: Asia/Shanghai, area: b/own}\n",
    )
    with pytest.raises(intake.IntakeRefused):
        intake.plan_batch(batch)
    plans = intake.plan_batch(batch, zone="Asia/Dhaka", area="a/given")
    intake.load_all(plans, {}, desk.tables.update, recorded_at=NOW)
    assert desk.rows("room_stays", "person", "area", "from_at") == [
        ("p1", "a/given", datetime(2020, 3, 1, 2)),
        ("p2", "b/own", datetime(2020, 3, 1, 0)),
    ]


def test_another_body_under_a_stored_key_is_rejected_and_the_stored_one_stays(desk: Desk) -> None:
    desk.take(LINKS + "p1,2020-03-01,a,r1,1,record,,2020-03-02 08:00\n", fact="deaths")
    receipt = desk.take(LINKS + "p1,2020-03-09,a,r1,1,record,,2020-03-02 08:00\n", fact="deaths")
    assert counts(receipt) == (1, 0, 0, 1)
    assert receipt.by_kind() == {"key_conflict": 1}
    assert desk.rows("deaths", "died_on") == [(date(2020, 3, 1),)]


def test_corrections_and_retractions_are_links_of_the_same_key(desk: Desk) -> None:
    sheet = LINKS + (
        "p1,2020-03-01,a,r1,1,record,,2020-03-02 08:00\n"
        "p1,2020-03-03,a,r1,2,replace,,2020-03-05 08:00\n"
        "p1,2020-03-03,a,r1,3,retract,alive,2020-03-06 08:00\n"
    )
    assert counts(desk.take(sheet, fact="deaths", source_system="register")) == (3, 3, 0, 0)
    keys = set(desk.rows("deaths", "key_hi", "key_lo"))
    assert keys == {natural_key("deaths", "register", "r1")}
    assert desk.rows("deaths", "action", "reason", "history") == [
        ("record", None, True),
        ("replace", None, True),
        ("retract", "alive", True),
    ]


def test_a_row_is_judged_by_the_rows_that_were_taken_and_not_by_rejected_ones(desk: Desk) -> None:
    mapping = """mapping: two facts
zone: UTC
source_system: s
defaults: {known_at: {constant: "2020-06-01"}, area: {constant: a}}
facts:
  - {fact: people, key: "{a}", columns: {person: a, sex: {column: sex}}}
  - {fact: deaths, key: "{b}", columns: {person: b, died_on: died}}
"""
    sheet = (
        "a,sex,b,died\n"
        "p1,male,q1,2020-03-01\n"
        "p1,female,q2,2020-03-02\n"  # contradicts the first row: its death of q2 is not taken either
        "p2,male,q2,2020-03-03\n"  # so this contradicts nothing that was taken
    )
    receipt = desk.take(sheet, mapping=mapping)
    assert counts(receipt) == (3, 2, 0, 1)
    assert [row.line for row in receipt.rejected] == [3]
    assert desk.rows("deaths", "person", "died_on") == [("q1", date(2020, 3, 1)), ("q2", date(2020, 3, 3))]
    assert {
        name: (one.sent, one.stored, one.merged, one.rejected) for name, one in receipt.facts.items()
    } == {
        "people": (3, 2, 0, 1),
        "deaths": (3, 2, 0, 1),
    }


def test_a_bad_cell_keeps_all_facts_of_its_row_out(desk: Desk) -> None:
    mapping = """mapping: two facts
zone: UTC
source_system: s
defaults: {known_at: {constant: "2020-06-01"}, area: {constant: a}}
facts:
  - {fact: people, key: "{id}", columns: {person: id}}
  - {fact: deaths, key: "{id}", columns: {person: id, died_on: died}}
"""
    receipt = desk.take("id,died\np1,2020-03-01\np2,2020-13-01\n", mapping=mapping)
    assert counts(receipt) == (2, 1, 0, 1)
    assert desk.rows("people", "person") == [("p1",)]
    assert receipt.facts["people"].rejected == 1


def test_tables_are_in_the_schema_of_the_dictionary_and_open_again_from_a_folder(desk: Desk) -> None:
    desk.take(DEATHS, fact="deaths")
    assert desk.tables["deaths"].schema == arrow_schema("deaths")
    write_folder(desk.folder / "facts", desk.tables)
    assert open_folder(desk.folder / "facts")["deaths"].to_pylist() == desk.tables["deaths"].to_pylist()


def test_the_moment_of_intake_is_when_a_fact_became_known_unless_the_source_says_when(desk: Desk) -> None:
    desk.take(
        "person,died_on,area,known_at\np1,2020-03-01,a,2020-03-02 10:00\n", fact="deaths", zone="Asia/Taipei"
    )
    desk.take("person,died_on,area\np2,2020-03-01,a\n", fact="deaths")
    assert desk.rows("deaths", "known_at", "history", "recorded_at") == [
        (datetime(2020, 3, 2, 2), True, NOW),
        (NOW, False, NOW),
    ]


def test_a_date_happened_at_its_midnight_in_the_zone_of_the_sheet(desk: Desk) -> None:
    desk.take("person,died_on,area\np1,2020-03-01,a\n", fact="deaths", zone="Asia/Taipei")
    assert desk.rows("deaths", "happened_at") == [(datetime(2020, 2, 29, 16),)]


def test_a_file_with_another_number_of_rows_than_the_sender_says_is_refused(desk: Desk) -> None:
    with pytest.raises(intake.IntakeRefused) as refused:
        desk.take(DEATHS, fact="deaths", expected_rows=3)
    assert [one.kind for one in refused.value.problems] == ["wrong_row_count"]
    assert desk.tables == {}


def test_a_preview_says_what_a_load_would_do_and_writes_nothing(desk: Desk) -> None:
    one = intake.plan(desk.put("sheet.csv", DEATHS + "p3,2020-02-30,a\n"), fact="deaths")
    seen = intake.preview(one, {}, recorded_at=NOW, rows=1)
    assert counts(seen.receipt) == (3, 2, 0, 1)
    assert seen.receipt.by_kind() == {"impossible_date": 1}
    assert seen.first["deaths"]["person"].to_pylist() == ["p1"]
    assert "deaths.died_on" in seen.mapped["died_on"]
    assert seen.not_used == ()


def test_a_receipt_says_the_sum_and_each_rejected_row_in_both_languages(desk: Desk) -> None:
    receipt = desk.take(DEATHS + "p3,2020-02-30,a\n", fact="deaths")
    assert "sent 3 = stored 2 + merged 0 + rejected 1" in receipt.text("en")
    assert "送来 3 = 入库 2 + 合并 0 + 拒收 1" in receipt.text("zh")
    assert receipt.record()["rejected"][0]["line"] == 4
    assert receipt.record()["rows"] == {"sent": 3, "stored": 2, "merged": 0, "rejected": 1}


CELLS = st.tuples(
    st.sampled_from(["p1", "p2", "p 3", ""]),
    st.sampled_from(["2020-03-01", "2020-03-02", "2020-02-30", ""]),
    st.sampled_from(["r1", "r2", "r3"]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS, max_size=8), again=st.booleans())
def test_whatever_is_sent_the_sum_holds_and_sending_it_again_stores_nothing(
    desk: Desk, rows: list[tuple[str, str, str]], again: bool
) -> None:
    desk.tables.clear()
    sheet = "person,died_on,source_record\n" + "".join(",".join(row) + "\n" for row in rows)
    receipt = desk.take(sheet, fact="deaths", area="a")
    sent, stored, merged, rejected = counts(receipt)
    assert sent == len(rows) == stored + merged + rejected
    records: list[str] = desk.tables["deaths"]["source_record"].to_pylist() if stored else []
    assert len(records) == len(set(records)) == stored
    if again:
        assert counts(desk.take(sheet, fact="deaths", area="a")) == (sent, 0, stored + merged, rejected)


def test_an_empty_table_is_no_obstacle(desk: Desk) -> None:
    desk.tables["deaths"] = arrow_schema("deaths").empty_table()
    assert isinstance(desk.tables["deaths"], pa.Table)
    assert counts(desk.take(DEATHS, fact="deaths")) == (2, 2, 0, 0)
