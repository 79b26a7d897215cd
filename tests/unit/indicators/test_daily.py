"""Counts as known that evening: later corrections change later evenings only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest

from drawn import answer, facts
from sizao.indicators.daily import (
    compared_with_published,
    confirmed_as_known_then,
    days_of,
    known_by_end_of,
    last_evening,
)

ZONE = "Asia/Taipei"
MORNING = timedelta(hours=2)  # 10:00 in Taipei


def case(number: int, day: int, **changes: object) -> Mapping[str, object]:
    plain = {
        "id": f"case-{number}",
        "person": f"person-{number}",
        "case": str(number),
        "class": "confirmed",
        "classified_on": date(2020, 10, day),
        "origin": "imported",
        "known_at": datetime(2020, 10, day) + MORNING,
    }
    return plain | changes


def daily(table: object, first: int, last: int) -> dict[tuple[int, str], int]:
    query = confirmed_as_known_then(days_of(date(2020, 10, first), date(2020, 10, last)), zone=ZONE)
    rows = answer(query, {"classifications": table})["daily"]
    return {(row["day"].day, row["origin"]): row["confirmed"] for row in rows}


@pytest.mark.orders("D2-57")
def test_a_retracted_case_counts_until_the_evening_before_its_retraction() -> None:
    retracted = case(530, 13, source_version=2, action="retract", reason="false positive")
    retracted = {**retracted, "known_at": datetime(2020, 10, 15) + MORNING}
    table = facts("classifications", case(529, 12), case(530, 13), retracted)
    assert daily(table, 12, 16) == {(12, "imported"): 1, (13, "imported"): 2, (14, "imported"): 2} | {
        (15, "imported"): 1,
        (16, "imported"): 1,
    }


def test_a_case_known_at_midnight_belongs_to_the_day_that_begins() -> None:
    midnight = datetime(2020, 10, 12, 16)  # 00:00 on the 13th in Taipei
    table = facts("classifications", case(1, 12, known_at=midnight))
    assert daily(table, 12, 13) == {(13, "imported"): 1}


def test_an_origin_corrected_later_moves_the_case_from_that_evening_on() -> None:
    corrected = case(1, 12, source_version=2, action="replace", origin="local")
    corrected = {**corrected, "known_at": datetime(2020, 10, 14) + MORNING}
    table = facts("classifications", case(1, 12), corrected)
    assert daily(table, 13, 14) == {(13, "imported"): 1, (14, "local"): 1}


def test_a_case_excluded_by_a_later_classification_no_longer_counts() -> None:
    table = facts("classifications", case(1, 12), case(1, 14, **{"id": "again", "class": "excluded"}))
    assert daily(table, 12, 14) == {(12, "imported"): 1, (13, "imported"): 1}


def test_a_suspected_case_counts_only_once_it_is_confirmed() -> None:
    table = facts("classifications", case(1, 12, **{"id": "first", "class": "suspected"}), case(1, 13))
    assert daily(table, 12, 13) == {(13, "imported"): 1}


@pytest.mark.orders("D1-07", "D1-08", "D2-57")
def test_ours_stands_beside_the_published_figure_and_a_dropped_case_makes_them_differ() -> None:
    figures = facts(
        "published_totals",
        {"day": date(2020, 10, 13), "figure": "confirmed_cumulative", "value": 2, "publisher": "CDC"},
        {"day": date(2020, 10, 13), "figure": "imported_cumulative", "value": 1, "publisher": "CDC"},
        {"day": date(2020, 10, 13), "figure": "deaths_cumulative", "value": 7, "publisher": "CDC"},
    )
    cases = [case(1, 12), case(2, 13, origin="local")]
    days, later = days_of(date(2020, 10, 13), date(2020, 10, 13)), datetime(2020, 11, 1)
    query = compared_with_published(days, zone=ZONE, known_by=later)

    def differences(*rows: Mapping[str, object]) -> dict[object, object]:
        world = {"classifications": facts("classifications", *rows), "published_totals": figures}
        return {row["figure"]: row["difference"] for row in answer(query, world)["compared"]}

    assert differences(*cases) == {"confirmed_cumulative": 0, "imported_cumulative": 0}
    assert differences(cases[0]) == {"confirmed_cumulative": -1, "imported_cumulative": 0}


def test_a_figure_published_later_than_asked_is_not_yet_beside_ours() -> None:
    day = date(2020, 10, 13)
    figure = {"day": day, "figure": "confirmed_cumulative", "value": 2, "publisher": "CDC"}
    figures = facts("published_totals", {**figure, "known_at": datetime(2020, 10, 14, 9)})
    world = {"classifications": facts("classifications"), "published_totals": figures}

    def compared_at(known_by: datetime) -> int:
        query = compared_with_published(days_of(day, day), zone=ZONE, known_by=known_by)
        return len(answer(query, world)["compared"])

    assert (compared_at(datetime(2020, 10, 14, 8)), compared_at(datetime(2020, 10, 14, 9))) == (0, 1)


def test_a_day_counts_only_when_its_evening_is_over_and_known() -> None:
    midnight, noon = datetime(2020, 10, 13, 16), datetime(2020, 10, 14, 4)
    just_before = known_by_end_of(date(2020, 10, 13), ZONE)
    assert last_evening(midnight, just_before, ZONE) == date(2020, 10, 13)
    assert last_evening(noon, noon, ZONE) == date(2020, 10, 13)
    assert last_evening(noon, datetime(2020, 10, 13), ZONE) == date(2020, 10, 12)


def test_the_known_by_of_an_evening_is_its_last_moment() -> None:
    assert known_by_end_of(date(2020, 10, 12), ZONE) == datetime(2020, 10, 12, 15, 59, 59, 999999)


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="give the earlier day first"):
        days_of(date(2020, 10, 13), date(2020, 10, 12))
