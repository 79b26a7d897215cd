"""The county rule of 17 February 2020 on the real prefecture counts of 374 days: another unit than its own.

The counts say nothing of clusters: where they would decide between medium and high, the rule does not decide.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.charts import stacked
from data.conftest import ROOT
from data.prefectures import DAY_ZERO, Read, read, units_of
from sizao.policy.grading import GradeSet
from sizao.policy.loading import load_pack
from sizao.risk.machine import propose, run_machine
from sizao.store.packs import read_pack
from sizao.store.running import run

LAST = date(2020, 12, 8)
KNOWN = datetime(2021, 1, 1)
SPEECH = date(2020, 2, 23)  # the national directive: 1,396 counties, 46 %, had no confirmed case
BUILD = ROOT / "build" / "risk"


@pytest.fixture(scope="module")
def counts(shared: Path) -> Read:
    return read(shared / "data" / "china-city-daily-2020" / "daily_csv.tar.xz")


@pytest.fixture(scope="module")
def rules() -> GradeSet:
    return load_pack(read_pack(ROOT / "policies" / "cn-risk-county2020")).grade_sets["county-2020"]


@pytest.fixture(scope="module")
def found(counts: Read, rules: GradeSet) -> dict[str, pa.Table]:
    query = propose(rules, first=rules.in_force_from, last=LAST, known_by=KNOWN)
    return run(query, {"area_counts": counts.counts})


def test_every_row_of_the_files_is_taken_or_left_out_for_a_reason(
    counts: Read, say: Callable[[str], None]
) -> None:
    say(f"{sum(counts.rows.values())} rows of 374 files: {counts.rows}; areas {len(counts.areas)}")
    assert counts.rows == ROWS
    assert len(counts.areas) == AREAS


def test_the_faults_of_the_totals_are_counted(
    counts: Read, found: dict[str, pa.Table], say: Callable[[str], None]
) -> None:
    days = found["counts"].filter(pc.greater(found["counts"]["day"], pa.scalar(DAY_ZERO)))
    faults = Counter(one for one in days["fault"].to_pylist() if one is not None)
    renamed = counts.areas - units_of(ROOT / "examples" / "china-divisions")
    say(
        f"totals that fall {faults['fall']}; that rise over missing days {faults['gap']}; "
        f"codes that the divisions of 2023-24 have not {len(renamed)}"
    )
    assert (faults["fall"], faults["gap"], len(renamed)) == FAULTS


def test_prefectures_by_grade_and_day(
    counts: Read, found: dict[str, pa.Table], say: Callable[[str], None]
) -> None:
    by_day: dict[date, Counter[str]] = {}
    columns = found["daily"].select(["day", "grade", "not_known"]).to_pylist()
    for row in columns:
        undecided = row["grade"] == "medium" and row["not_known"]
        by_day.setdefault(row["day"], Counter())["undecided" if undecided else row["grade"]] += 1
    days = sorted(by_day)
    assert (days[0], days[-1], len(days)) == (date(2020, 2, 17), LAST, 296)
    assert {sum(one.values()) for one in by_day.values()} == {len(counts.areas)}
    series = {name: [by_day[day][name] for day in days] for name in ("low", "medium", "undecided")}
    write(days, series)
    shown = {str(day): tuple(by_day[day][name] for name in series) for day in SHOWN}
    say(f"low, medium, medium or high (clusters not known): {shown}")
    assert shown == GRADED


def write(days: list[date], series: dict[str, list[int]]) -> None:
    """The table and the chart, in build/risk."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "prefectures-by-grade.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("day", *series))
        writer.writerows(zip(days, *series.values(), strict=True))
    names = {"low": "low", "medium": "medium", "undecided": "medium or high: clusters not known"}
    chart = stacked(
        "Prefectures by grade under the county rule of 17 February 2020 (another unit than the rule's)",
        days,
        {names[name]: values for name, values in series.items()},
    )
    (BUILD / "prefectures-by-grade.svg").write_text(chart, encoding="utf-8")


def test_units_without_a_case_stand_beside_the_46_per_cent_of_counties(
    counts: Read, say: Callable[[str], None]
) -> None:
    table = counts.counts
    by_then = table.filter(
        pc.and_(
            pc.less_equal(table["day"], pa.scalar(SPEECH)), pc.greater(table["confirmed_total"], pa.scalar(0))
        )
    )
    units = units_of(ROOT / "examples" / "china-divisions") | counts.areas
    with_cases = len(set(by_then["counted"].to_pylist()))
    say(
        f"{SPEECH}: {len(units) - with_cases} of {len(units)} prefectures and districts of municipalities "
        f"had no confirmed case ({(len(units) - with_cases) / len(units):.0%}); "
        "the directive counts counties: 1,396, 46 %"
    )
    assert (len(units) - with_cases, len(units)) == WITHOUT


def test_two_new_cases_a_day_taken_for_a_cluster_show_how_many_could_have_been_high(
    counts: Read, rules: GradeSet, found: dict[str, pa.Table], say: Callable[[str], None]
) -> None:
    """An assumption, to bound what the counts leave open: nobody reported these as clusters."""
    days = found["counts"]
    assumed = pc.if_else(pc.greater_equal(days["confirmed"], 2), 1, 0).cast(pa.int64())
    table = days.set_column(days.column_names.index("clusters"), "clusters", assumed)
    daily, _ = run_machine(rules, table, first=rules.in_force_from, last=LAST)
    high = daily.filter(pc.equal(daily["grade"], "high"))
    by_day = Counter(high["day"].to_pylist())
    shown = {str(day): by_day[day] for day in SHOWN}
    say(f"high at most: {shown}")
    assert shown == HIGH_AT_MOST


SHOWN = [
    date(2020, 2, 17),
    SPEECH,
    date(2020, 3, 1),
    date(2020, 3, 15),
    date(2020, 4, 1),
    date(2020, 5, 1),
    date(2020, 6, 1),
    date(2020, 6, 18),
    date(2020, 7, 1),
    date(2020, 9, 1),
    LAST,
]
ROWS = {
    "another country or region": 58_607,
    "county-level city that its prefecture counts too": 1_051,
    "not a place (from abroad, to be confirmed, prison system …)": 13_490,
    "taken": 143_545,
    "whole province": 11_397,
    "without a code": 994,
}
AREAS = 454
FAULTS = (66, 20, 6)
GRADED = {
    "2020-02-17": (95, 281, 78),
    "2020-02-23": (148, 224, 82),
    "2020-03-01": (259, 120, 75),
    "2020-03-15": (422, 11, 21),
    "2020-04-01": (433, 11, 10),
    "2020-05-01": (440, 4, 10),
    "2020-06-01": (447, 2, 5),
    "2020-06-18": (436, 7, 11),
    "2020-07-01": (434, 10, 10),
    "2020-09-01": (449, 1, 4),
    "2020-12-08": (443, 4, 7),
}
WITHOUT = (56, 457)
HIGH_AT_MOST = dict(zip(GRADED, (78, 81, 53, 10, 6, 6, 3, 7, 6, 3, 4), strict=True))
