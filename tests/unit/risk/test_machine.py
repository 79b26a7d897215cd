"""What the machine makes of counts that are missing, fall or are corrected, and of cases on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import facts
from sizao.policy.grading import GradeSet
from sizao.policy.loading import load_pack
from sizao.risk.counting import COUNTED
from sizao.risk.machine import propose, run_machine
from sizao.store.packs import read_pack
from sizao.store.running import run

POLICIES = Path(__file__).parents[3] / "policies"
LATER = datetime(2023, 1, 1)
FIRST = date(2020, 3, 1)


def rules_of(pack: str) -> GradeSet:
    (rules,) = load_pack(read_pack(POLICIES / pack)).grade_sets.values()
    return rules


@pytest.fixture(scope="module")
def county() -> GradeSet:
    return rules_of("cn-risk-county2020")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def count(number: int, **counts: int) -> Mapping[str, object]:
    return {"id": f"a-{number}", "counted": "cn/1", "day": day(number), **counts}


def proposed(
    rules: GradeSet, table: pa.Table, last: int, **more: object
) -> dict[str, list[dict[str, object]]]:
    query = propose(rules, first=FIRST, last=day(last), known_by=LATER)
    found = run(query, {"area_counts": table, **more})  # type: ignore[dict-item]
    return {name: one.to_pylist() for name, one in found.items()}


def grades(found: Mapping[str, list[dict[str, object]]]) -> dict[int, object]:
    return {(row["day"] - FIRST).days: row["grade"] for row in found["daily"]}  # type: ignore[operator]


def test_a_total_that_stays_the_same_over_missing_days_fills_them(county: GradeSet) -> None:
    table = facts("area_counts", count(0, confirmed_total=1), count(14, confirmed_total=1))
    found = grades(proposed(county, table, 16))
    assert (found[0], found[14], found[15]) == ("medium", "medium", "low")


def test_a_total_that_rises_over_missing_days_is_counted_on_the_day_it_is_seen(county: GradeSet) -> None:
    table = facts(
        "area_counts", count(0, confirmed_total=1), *(count(n, confirmed_total=3) for n in range(5, 25))
    )
    found = proposed(county, table, 24)
    assert [row["fault"] for row in found["counts"] if row["fault"]] == ["gap"]
    assert {number: grades(found)[number] for number in (19, 20)} == {19: "medium", 20: "low"}


def test_a_total_that_falls_is_nothing_new_and_is_told(county: GradeSet) -> None:
    table = facts("area_counts", *(count(n, confirmed_total=5 if n < 3 else 4) for n in range(20)))
    found = proposed(county, table, 19)
    assert [(row["day"], row["confirmed"]) for row in found["counts"] if row["fault"] == "fall"] == [
        (day(3), 0)
    ]
    assert grades(found)[15] == "low"


def test_a_grade_does_not_fall_over_a_day_of_which_nothing_is_known(county: GradeSet) -> None:
    table = facts(
        "area_counts",
        count(0, confirmed=1, confirmed_total=1),
        *(count(n, confirmed=0) for n in range(1, 30) if n != 7),
    )
    found = proposed(county, table, 29)
    assert grades(found)[15] == "medium"
    assert {row["day"] for row in found["daily"] if row["not_known"]} >= {day(15)}
    assert grades(found)[21] == "medium"
    assert grades(found)[22] == "low"


def test_what_is_not_known_of_clusters_decides_nothing(county: GradeSet) -> None:
    table = facts("area_counts", count(0, confirmed=60, confirmed_total=60))
    (first, *_) = proposed(county, table, 1)["daily"]
    assert (first["grade"], first["not_known"], first["clusters"]) == ("medium", True, None)


def test_a_proposal_says_what_it_rests_on_and_through_which_day(county: GradeSet) -> None:
    table = facts("area_counts", *(count(n, confirmed_total=1, clusters=0) for n in range(20)))
    up, down = sorted(proposed(county, table, 19)["proposals"], key=lambda row: str(row["from_on"]))
    assert (up["grade"], up["was"], up["from_on"], up["counts_through"]) == ("medium", "low", day(0), day(0))
    assert (up["step"], up["new"], up["so_far"]) == ("up/1", 1, 1)
    # The record begins on that day: of the days before it nothing is known.
    assert (up["at_least"], down["at_least"]) == ("new,clusters", "")
    assert (down["grade"], down["from_on"], down["counts_through"], down["new"]) == (
        "low",
        day(15),
        day(14),
        0,
    )


def test_a_corrected_count_is_believed_from_when_it_is_known(county: GradeSet) -> None:
    wrong = count(0, confirmed=1, confirmed_total=1)
    right = {**wrong, "confirmed": 0, "confirmed_total": 0, "source_version": 2, "action": "replace"}
    table = facts("area_counts", wrong, {**right, "known_at": datetime(2020, 3, 5)})
    for known_by, grade in ((datetime(2020, 3, 4), "medium"), (datetime(2020, 3, 6), "low")):
        found = run(propose(county, first=FIRST, last=FIRST, known_by=known_by), {"area_counts": table})
        assert found["daily"]["grade"].to_pylist() == [grade]


def test_nothing_is_proposed_before_the_rules_are_in_force_nor_afterwards() -> None:
    rules = rules_of("cn-risk-m20")
    table = facts(
        "area_counts",
        {"counted": "cn/1", "day": date(2022, 11, 1), "infected_residents": 1},
        {"id": "b", "counted": "cn/1", "day": date(2022, 12, 10), "infected_residents": 1},
    )
    query = propose(rules, first=date(2022, 11, 1), last=date(2022, 12, 20), known_by=LATER)
    days = run(query, {"area_counts": table})["daily"]["day"].to_pylist()
    assert (min(days), max(days)) == (date(2022, 11, 11), date(2022, 12, 6))


def test_no_counts_give_no_proposals(county: GradeSet) -> None:
    found = proposed(county, facts("area_counts"), 3)
    assert found["daily"] == found["proposals"] == []


def test_the_rest_of_a_county_is_low_while_any_area_of_it_is_graded_and_routine_afterwards() -> None:
    rules = rules_of("cn-risk-m20")
    zone = {"counted": "cn/1/11/111/zone", "infected_residents": 0, "infected_frequent": 0}
    begun = date(2022, 11, 15)
    rows = [
        {"id": f"z{n}", **zone, "day": begun + timedelta(days=n)}
        | ({"infected_residents": 1} if n == 0 else {})
        for n in range(9)
    ]
    areas = facts(
        "areas",
        {"id": "c", "path": "cn/1/11/111", "label_zh": "某县", "label_en": "a county", "level": "county"},
        {"id": "d", "path": "cn/1/11/1112", "label_zh": "别县", "label_en": "another", "level": "county"},
    )
    query = propose(rules, first=begun, last=begun + timedelta(days=8), known_by=LATER)
    rest = run(query, {"area_counts": facts("area_counts", *rows), "areas": areas})["rest"].to_pylist()
    assert {row["area"] for row in rest} == {"cn/1/11/111"}
    told = {(row["day"] - begun).days: (row["areas_above"], row["grade"]) for row in rest}
    assert (told[0], told[5], told[6]) == ((1, "low"), (1, "low"), (0, None))


CASES = (
    ("c1", "p1", date(2020, 3, 2), "confirmed"),
    ("c2", "p2", date(2020, 3, 5), "confirmed"),
    ("c3", "p3", date(2020, 3, 6), "asymptomatic"),
)


def cases(**more: pa.Table) -> dict[str, pa.Table]:
    classified = [
        {"id": one, "person": person, "case": one, "class": kind, "classified_on": on, "area": "cn/1/11/112"}
        for one, person, on, kind in CASES
    ]
    homes = [
        {
            "id": person,
            "person": person,
            "located_in": "cn/1/11/111/street/community",
            "from_on": date(2019, 1, 1),
        }
        for _, person, _, _ in CASES[:2]
    ]
    return {
        "classifications": facts("classifications", *classified),
        "residences": facts("residences", *homes),
        "exposures": facts(
            "exposures",
            {"person": "p2", "case": "c1", "case_person": "p1", "kind": "household"}
            | {"first_on": date(2020, 3, 1), "last_on": date(2020, 3, 2)},
        ),
        "areas": facts(
            "areas",
            {"id": "1", "path": "cn/1/11/111", "label_zh": "甲县", "label_en": "A", "level": "county"},
            {"id": "2", "path": "cn/1/11/112", "label_zh": "乙县", "label_en": "B", "level": "county"},
        ),
        **more,
    }


def test_cases_on_record_are_counted_where_people_live_and_clusters_where_they_are_linked(
    county: GradeSet,
) -> None:
    query = propose(county, first=FIRST, last=date(2020, 3, 8), known_by=LATER, from_cases=True)
    found = run(query, cases())
    rows = {(row["area"], row["day"].day): row for row in found["counts"].to_pylist()}
    assert [rows["cn/1/11/111", n]["confirmed"] for n in range(1, 8)] == [0, 1, 0, 0, 1, 0, 0]
    assert rows["cn/1/11/111", 8]["confirmed_total"] == 2
    assert [rows["cn/1/11/111", n]["clusters"] for n in (4, 5, 6)] == [0, 1, 0]
    # Without a residence on record the area of the classification counts; nobody is confirmed, so it is low.
    assert rows["cn/1/11/112", 6]["asymptomatic"] == 1
    days = {(row["area"], row["day"].day): row["grade"] for row in found["daily"].to_pylist()}
    assert (days["cn/1/11/111", 1], days["cn/1/11/111", 2], days["cn/1/11/112", 8]) == (
        "low",
        "medium",
        "low",
    )


def test_linked_cases_further_apart_than_the_rules_say_are_no_cluster(county: GradeSet) -> None:
    apart = cases()
    moved = apart["classifications"].to_pylist()
    moved[1]["classified_on"] = date(2020, 3, 16)
    table = pa.Table.from_pylist(moved, apart["classifications"].schema)
    query = propose(county, first=FIRST, last=date(2020, 3, 20), known_by=LATER, from_cases=True)
    found = run(query, {**apart, "classifications": table})
    assert sum(found["counts"]["clusters"].to_pylist()) == 0
    moved[1]["classified_on"] = date(2020, 3, 15)
    table = pa.Table.from_pylist(moved, apart["classifications"].schema)
    found = run(query, {**apart, "classifications": table})
    assert sum(found["counts"]["clusters"].to_pylist()) == 1


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 3), min_size=5, max_size=60),
    st.lists(st.integers(0, 1), min_size=60, max_size=60),
)
def test_the_county_rule_tells_the_same_as_a_plain_loop(new: list[int], clusters: list[int]) -> None:
    """A second telling of the county rule, without intervals: its moves, day by day, on known counts."""
    rules = rules_of("cn-risk-county2020")
    start, grade, expected, total = 45, "low", [], 45
    for number, confirmed in enumerate(new):
        total += confirmed
        window = new[max(0, number - 14) : number]
        if number > 0 and number >= 14:
            if grade != "low" and sum(window[-14:]) == 0:
                grade = "low"
            elif grade == "high" and sum(clusters[number - 14 : number]) == 0:
                grade = "medium"
        recent = slice(max(0, number - 13), number + 1)
        if total > 50 and sum(clusters[recent]) >= 1:
            grade = "high"
        elif grade == "low" and sum(new[recent]) >= 1:
            grade = "medium"
        expected.append(grade)
    rows = [
        {"area": "x", "day": day(number - 20), "confirmed": 0, "confirmed_total": start, "clusters": 0}
        for number in range(20)
    ]
    total = start
    for number, confirmed in enumerate(new):
        total += confirmed
        rows.append(
            {"area": "x", "day": day(number), "confirmed": confirmed, "confirmed_total": total}
            | {"clusters": clusters[number]}
        )
    table = area_days(rows)
    daily, _ = run_machine(rules, table, first=FIRST, last=day(len(new) - 1))
    assert daily["grade"].to_pylist() == expected


def area_days(rows: list[dict[str, object]]) -> pa.Table:
    schema = pa.schema(
        [("area", pa.string()), ("day", pa.date32()), *((name, pa.int64()) for name in COUNTED)]
    )
    table = pa.Table.from_pylist(rows, schema)
    return table.append_column("filled_days", pa.array([0] * table.num_rows, pa.int64()))
