"""One constructed sequence for each clause of each set of grade rules: counts by day, and the grade on both
sides of every boundary.

Day 0 is a day after the set came into force. Every other count of every day is 0, and known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import pyarrow as pa

from sizao.policy.grading import GradeSet
from sizao.risk.counting import COUNTED
from sizao.risk.machine import run_machine

DAYS_BEFORE, DAYS_AFTER = 10, 45


@dataclass(frozen=True)
class Sequence:
    """counts: column -> day -> number. before: confirmed cases before the sequence begins. missing: days of
    which nothing is known."""

    clause: str
    counts: Mapping[str, Mapping[int, int]]
    grades: Mapping[int, str]
    before: int = 0
    missing: frozenset[int] = field(default_factory=frozenset)


def every_day(first: int, last: int, number: int = 1) -> dict[int, int]:
    """The same number on each of the days [first, last]."""
    return dict.fromkeys(range(first, last + 1), number)


COUNTY = (
    Sequence("no case: low", {}, {0: "low", 40: "low"}),
    Sequence(
        "one new case in 14 days, 50 or fewer in all: medium until 14 whole days are over",
        {"confirmed": {0: 1}},
        {-1: "low", 0: "medium", 14: "medium", 15: "low"},
    ),
    Sequence(
        "a new case on the last day begins the 14 days again",
        {"confirmed": {0: 1, 14: 1}},
        {14: "medium", 15: "medium", 28: "medium", 29: "low"},
    ),
    Sequence(
        "50 cases with a cluster: medium, not more than 50",
        {"confirmed": {0: 1}, "clusters": {0: 1}},
        {0: "medium", 14: "medium"},
        before=49,
    ),
    Sequence(
        "51 cases with a cluster: high, then without a cluster in 14 days medium",
        {"confirmed": {0: 1} | every_day(1, 20), "clusters": {0: 1}},
        {-1: "low", 0: "high", 14: "high", 15: "medium", 34: "medium", 35: "low"},
        before=50,
    ),
    Sequence(
        "more than 50 and no cluster in 14 days: medium",
        {"confirmed": {0: 1}},
        {0: "medium", 14: "medium", 15: "low"},
        before=80,
    ),
    Sequence(
        "high without a new case for 14 days: low at once",
        {"confirmed": {0: 1}, "clusters": {0: 1}},
        {14: "high", 15: "low"},
        before=60,
    ),
    Sequence(
        "a cluster in a medium area of more than 50: high from that day",
        {"confirmed": {0: 1, 3: 1}, "clusters": {3: 1}},
        {2: "medium", 3: "high", 17: "high", 18: "low"},
        before=60,
    ),
)

STREET = (
    Sequence("no case: low", {}, {0: "low"}),
    Sequence(
        "one case: medium, 14 whole days",
        {"confirmed": {0: 1}},
        {-1: "low", 0: "medium", 14: "medium", 15: "low"},
    ),
    Sequence(
        "10 cases in 14 days and one cluster: medium; the eleventh makes it high",
        {"confirmed": {0: 10, 13: 1}, "clusters": {0: 1}},
        {0: "medium", 12: "medium", 13: "high", 27: "high", 28: "low"},
    ),
    Sequence(
        "the eleventh on the fifteenth day: the first ten have left the window",
        {"confirmed": {0: 10, 14: 1}},
        {13: "medium", 14: "medium"},
    ),
    Sequence(
        "two clusters: high, with few cases",
        {"confirmed": {0: 1, 5: 1}, "clusters": {0: 1, 5: 1}},
        {4: "medium", 5: "high", 19: "high", 20: "low"},
    ),
    Sequence(
        "two clusters, the second on the fourteenth day: high",
        {"confirmed": {0: 1, 13: 1}, "clusters": {0: 1, 13: 1}},
        {12: "medium", 13: "high"},
    ),
    Sequence(
        "the second cluster on the fifteenth day: the first has left the window",
        {"confirmed": {0: 1, 14: 1}, "clusters": {0: 1, 14: 1}},
        {13: "medium", 14: "medium", 28: "medium", 29: "low"},
    ),
)

ZONES = (
    Sequence("nobody: no zone of its own", {}, {0: "prevention"}),
    Sequence(
        "somebody infected lives here: sealed; lifted after 14 days, contacts done, a full test in 2 days",
        {"infected_residents": {0: 1}, "full_tests_negative": {14: 1}},
        {-1: "prevention", 0: "sealed", 14: "sealed", 15: "prevention"},
    ),
    Sequence(
        "somebody infected was here: controlled; the full test of day 13 still counts on day 14",
        {"infected_visits": {0: 1}, "full_tests_negative": {13: 1}},
        {0: "controlled", 14: "controlled", 15: "prevention"},
    ),
    Sequence(
        "somebody infected was often here: controlled",
        {"infected_frequent": {0: 1}},
        {0: "controlled"},
    ),
    Sequence(
        "the full test was three days ago: it stays",
        {"infected_visits": {0: 1}, "full_tests_negative": {12: 1, 20: 1}},
        {15: "controlled", 20: "controlled", 21: "prevention"},
    ),
    Sequence(
        "a contact is still watched: it stays",
        {
            "infected_residents": {0: 1},
            "contacts_pending": every_day(0, 16),
            "full_tests_negative": {14: 1, 17: 1},
        },
        {15: "sealed", 17: "sealed", 18: "prevention"},
    ),
    Sequence(
        "a new one on day 10 begins the days again",
        {"infected_residents": {0: 1}, "infected_visits": {10: 1}, "full_tests_negative": {14: 1, 24: 1}},
        {15: "sealed", 24: "sealed", 25: "prevention"},
    ),
    Sequence(
        "somebody often here on day 10 begins the days again",
        {"infected_residents": {0: 1}, "infected_frequent": {10: 1}, "full_tests_negative": {14: 1, 24: 1}},
        {15: "sealed", 24: "sealed", 25: "prevention"},
    ),
    Sequence(
        "somebody who lives in a controlled zone: sealed from that day",
        {"infected_visits": {0: 1}, "infected_residents": {4: 1}},
        {3: "controlled", 4: "sealed"},
    ),
)

ED9 = (
    Sequence("nobody: low", {}, {0: "low"}),
    Sequence(
        "residence: high; day 7 clean with a full test: medium; three more days: low",
        {"infected_residents": {0: 1}, "full_tests_negative": {7: 1}},
        {-1: "low", 0: "high", 7: "high", 8: "medium", 10: "medium", 11: "low"},
    ),
    Sequence(
        "often there with a higher risk: high",
        {"infected_frequent": {0: 1}, "full_tests_negative": {7: 1}},
        {0: "high", 7: "high", 8: "medium"},
    ),
    Sequence(
        "stayed there: medium; day 7 clean with a full test: low",
        {"infected_visits": {0: 1}, "full_tests_negative": {7: 1}},
        {-1: "low", 0: "medium", 7: "medium", 8: "low"},
    ),
    Sequence(
        "the full test of day 6 does not count, that of day 9 does",
        {"infected_residents": {0: 1}, "full_tests_negative": {6: 1, 9: 1}},
        {8: "high", 9: "high", 10: "medium", 12: "medium", 13: "low"},
    ),
    Sequence(
        "medium: the full test of day 6 does not count",
        {"infected_visits": {0: 1}, "full_tests_negative": {6: 1, 9: 1}},
        {8: "medium", 9: "medium", 10: "low"},
    ),
    Sequence(
        "without a full test it stays",
        {"infected_residents": {0: 1}},
        {8: "high", 40: "high"},
    ),
    Sequence(
        "high: a new one on day 5 begins the seven days again",
        {"infected_residents": {0: 1}, "infected_visits": {5: 1}, "full_tests_negative": {7: 1, 12: 1}},
        {8: "high", 12: "high", 13: "medium"},
    ),
    Sequence(
        "somebody often there on day 5 begins the seven days again",
        {"infected_residents": {0: 1}, "infected_frequent": {5: 1}, "full_tests_negative": {7: 1, 12: 1}},
        {8: "high", 12: "high", 13: "medium"},
    ),
    Sequence(
        "lowered, then a stay of a new one: seven days and a full test, not three days",
        {"infected_residents": {0: 1}, "infected_visits": {9: 1}, "full_tests_negative": {7: 1, 16: 1}},
        {8: "medium", 11: "medium", 16: "medium", 17: "low"},
    ),
    Sequence(
        "lowered, then a new resident: high again, and seven days from then",
        {"infected_residents": {0: 1, 9: 1}, "full_tests_negative": {7: 1, 16: 1}},
        {8: "medium", 9: "high", 16: "high", 17: "medium", 19: "medium", 20: "low"},
    ),
    Sequence(
        "a new resident in a medium area: high from that day",
        {"infected_visits": {0: 1}, "infected_residents": {3: 1}},
        {2: "medium", 3: "high"},
    ),
    Sequence(
        "a day of which nothing is known is not a clean day",
        {"infected_visits": {0: 1}, "full_tests_negative": {7: 1, 12: 1}},
        {8: "medium", 11: "medium", 12: "medium", 13: "low"},
        missing=frozenset({5}),
    ),
)

M20 = (
    Sequence("nobody: low", {}, {0: "low"}),
    Sequence(
        "residence: high until five whole days are over",
        {"infected_residents": {0: 1}},
        {-1: "low", 0: "high", 5: "high", 6: "low"},
    ),
    Sequence(
        "often there with a higher risk: high",
        {"infected_frequent": {0: 1}},
        {0: "high", 5: "high", 6: "low"},
    ),
    Sequence(
        "a stay alone no longer makes an area risky, nor does it begin the days again",
        {"infected_residents": {0: 1}, "infected_visits": {-5: 1, 3: 1}},
        {-5: "low", 5: "high", 6: "low"},
    ),
    Sequence(
        "a new one on day 5 begins the days again",
        {"infected_residents": {0: 1}, "infected_frequent": {5: 1}},
        {5: "high", 10: "high", 11: "low"},
    ),
)

# Pack -> day 0, its sequences.
SETS: Mapping[str, tuple[date, tuple[Sequence, ...]]] = {
    "cn-risk-county2020": (date(2020, 4, 1), COUNTY),
    "cn-risk-street2021": (date(2021, 7, 1), STREET),
    "cn-risk-zones2021": (date(2021, 11, 1), ZONES),
    "cn-risk-ed9": (date(2022, 8, 1), ED9),
    "cn-risk-m20": (date(2022, 11, 20), M20),
}


@lru_cache(maxsize=8)
def as_counts(pack: str) -> pa.Table:
    """The step `area_days` of all sequences of a pack's rules, each an area named by its clause."""
    day_zero, sequences = SETS[pack]
    rows = []
    for one in sequences:
        total = one.before
        for number in range(-DAYS_BEFORE, DAYS_AFTER):
            counts = {column: one.counts.get(column, {}).get(number, 0) for column in COUNTED}
            total += counts["confirmed"]
            known = {column: None if number in one.missing else count for column, count in counts.items()}
            rows.append(
                {"area": one.clause, "day": day_zero + timedelta(days=number), **known}
                | {"confirmed_total": None if number in one.missing else total}
            )
    schema = pa.schema(
        [("area", pa.string()), ("day", pa.date32()), *((name, pa.int64()) for name in COUNTED)]
    )
    table = pa.Table.from_pylist(rows, schema)
    none = pa.array([0] * table.num_rows, pa.int64())
    return table.append_column("filled_days", none)


def wrong(rules: GradeSet, pack: str) -> list[str]:
    """Each expected grade that the rules do not give, as a sentence."""
    day_zero, sequences = SETS[pack]
    first, last = day_zero - timedelta(days=DAYS_BEFORE), day_zero + timedelta(days=DAYS_AFTER - 1)
    daily, _ = run_machine(rules, as_counts(pack), first=first, last=last)
    found = {(row["area"], (row["day"] - day_zero).days): row["grade"] for row in daily.to_pylist()}
    return [
        f"{one.clause}: day {day} should be {grade}, is {found.get((one.clause, day), 'without a grade')}"
        for one in sequences
        for day, grade in one.grades.items()
        if found.get((one.clause, day)) != grade
    ]
