"""Control charts: a laboratory that goes wrong is seen within two days, one that does not hardly ever."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import comb
from typing import Any

import pyarrow as pa
import pytest

from sizao.surveillance.charts import SCHEMA, _Asked
from sizao.surveillance.limits import limits
from sizao.surveillance.predictive import limits_of_share, tails_of_count, tails_of_share

FIRST = date(2021, 8, 1)
BREAKS = FIRST + timedelta(days=38)  # Immensa: 8 September 2021
LAST = FIRST + timedelta(days=60)


def wave(day: int) -> float:
    """The positivity of the city: it doubles in the two months, as in that autumn."""
    return 0.04 * 2 ** (day / 60)


def counted(seed: int, *, laboratories: int = 8, cut: float = 1.0, tests: int = 400) -> pa.Table:
    """Tests and positives of each laboratory and day; the first one's positives are cut from BREAKS on."""
    draw = random.Random(seed)
    rows = []
    for number in range(laboratories):
        own = draw.uniform(0.7, 1.4)
        for day in range(61):
            tested = int(tests * draw.uniform(0.7, 1.3))
            share = wave(day) * own * (cut if number == 0 and FIRST + timedelta(days=day) >= BREAKS else 1.0)
            found = sum(draw.random() < share for _ in range(tested))
            on = FIRST + timedelta(days=day)
            rows.append({"subject": f"lab-{number}", "day": on, "tested": tested, "found": found})
    schema = pa.schema([SCHEMA.field(name) for name in ("subject", "day", "tested", "found")])
    return pa.Table.from_pylist(rows, schema=schema)


def chart(rows: pa.Table, *, with_others: bool = True) -> list[dict[str, Any]]:
    asked = _Asked(FIRST, LAST, limits(), with_others=with_others)
    found: list[dict[str, Any]] = asked.shares({"counted": rows}).to_pylist()
    return found


def test_a_laboratory_whose_positivity_is_cut_by_nine_tenths_is_seen_within_two_days() -> None:
    seen = []
    for seed in range(10):
        rows = [row for row in chart(counted(seed, cut=0.1)) if row["subject"] == "lab-0"]
        signals = [row["day"] for row in rows if row["verdict"] == "low" and row["day"] >= BREAKS]
        seen.append((signals[0] - BREAKS).days + 1 if signals else None)
    assert all(one is not None and one <= 2 for one in seen), seen


def test_it_goes_on_being_seen_for_the_fault_does_not_become_the_norm() -> None:
    rows = [row for row in chart(counted(1, cut=0.1)) if row["subject"] == "lab-0"]
    after = [row["verdict"] for row in rows if row["day"] >= BREAKS]
    assert after.count("low") >= len(after) - 1


def test_laboratories_that_did_not_change_raise_hardly_an_alarm_though_the_wave_doubles() -> None:
    judged = alarms = 0
    for seed in range(10):
        for row in chart(counted(100 + seed)):
            judged += row["expected"] is not None
            alarms += row["verdict"] is not None
    stated = 2 * limits().false_alarms  # both sides
    assert judged > 3_500
    assert alarms / judged <= 2 * stated, (alarms, judged)


def test_without_the_others_a_wave_alone_would_raise_alarms() -> None:
    """The negative control of comparing with the other laboratories."""
    rows = counted(3, tests=3_000)
    assert sum(row["verdict"] is not None for row in chart(rows)) <= 3
    assert sum(row["verdict"] is not None for row in chart(rows, with_others=False)) > 20


def test_a_laboratory_that_calls_negatives_positive_is_seen_at_once() -> None:
    rows = counted(5)
    subject, day = rows["subject"].to_pylist(), rows["day"].to_pylist()
    found = [
        tested - one if name == "lab-0" and on == BREAKS else one
        for name, on, tested, one in zip(
            subject, day, rows["tested"].to_pylist(), rows["found"].to_pylist(), strict=True
        )
    ]
    swapped = rows.set_column(3, "found", pa.array(found))
    verdicts = {(row["subject"], row["day"]): row["verdict"] for row in chart(swapped)}
    assert verdicts["lab-0", BREAKS] == "high"


def reporter(counts: list[int]) -> list[dict[str, Any]]:
    rows = [
        {"subject": "school", "day": FIRST + timedelta(days=day), "tested": None, "found": found}
        for day, found in enumerate(counts)
        if found
    ]
    schema = pa.schema([SCHEMA.field(name) for name in ("subject", "day", "tested", "found")])
    asked = _Asked(FIRST, FIRST + timedelta(days=len(counts) - 1), limits(), with_others=False)
    table = pa.Table.from_pylist(rows, schema=schema)
    found: list[dict[str, Any]] = asked.counts({"counted": table}).to_pylist()
    return found


def test_a_reporter_that_falls_silent_or_jumps_is_seen_the_same_day() -> None:
    steady = [20, 22, 19, 21, 20, 18, 23] * 5
    assert {row["verdict"] for row in reporter(steady)} == {None}
    assert reporter([*steady, 0])[-1]["verdict"] == "silent"
    assert reporter([*steady, 90])[-1]["verdict"] == "jump"


def test_a_reporter_closed_at_weekends_is_not_silent_then() -> None:
    weeks = [0 if (FIRST + timedelta(days=day)).weekday() >= 5 else 20 + day % 3 for day in range(42)]
    assert {row["verdict"] for row in reporter(weeks)} == {None}


def test_a_reporter_of_one_row_now_and_then_is_never_silent() -> None:
    assert {row["verdict"] for row in reporter([1, 0, 0, 2, 0, 1, 0] * 5)} == {None}


@pytest.mark.parametrize(("found", "tested", "share"), [(0, 40, 0.2), (3, 40, 0.2), (14, 40, 0.2)])
def test_with_an_endless_baseline_the_limits_are_those_of_the_binomial(
    found: int, tested: int, share: float
) -> None:
    exact = sum(comb(tested, k) * share**k * (1 - share) ** (tested - k) for k in range(found + 1))
    below, above = tails_of_share(found, tested, share, 1e9)
    assert below == pytest.approx(exact, rel=1e-3)
    own = comb(tested, found) * share**found * (1 - share) ** (tested - found)
    assert above == pytest.approx(1 - exact + own, rel=1e-3)


def test_a_short_baseline_makes_wide_limits() -> None:
    known, hardly = limits_of_share(400, 0.05, 1e6, 0.001), limits_of_share(400, 0.05, 200, 0.001)
    assert hardly[0] < known[0] < 20 < known[1] < hardly[1]


def test_the_negative_binomial_sums_to_one_and_has_a_heavier_tail_than_poisson() -> None:
    assert tails_of_count(10**4, 20.0, 80.0)[0] == pytest.approx(1.0)
    assert tails_of_count(45, 20.0, 80.0)[1] > 10 * tails_of_count(45, 20.0, 20.0)[1]
