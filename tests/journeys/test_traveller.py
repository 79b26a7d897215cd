"""A traveller arrives, is quarantined, tested and released; each desk records its part, and time passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.journeys.acting import record, rows, rows_once
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

TRAVELLER = "T9001"  # nobody knew this person before
ARRIVAL = "arrivals-from-graded-areas"


@pytest.mark.moves_the_clock
@pytest.mark.orders("D1-17")
def test_a_traveller_arrives_and_goes_home_after_fourteen_days(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    station, cdc = visit("station"), visit("cdc")
    record(station, "people", {"person": TRAVELLER, "sex": "female", "birth_year": "1990"})
    there = {"located_in": "neighbour/north", "from_on": "2020-11-03", "until_on": "2020-11-10"}
    record(station, "stays", {"person": TRAVELLER, **there})
    here = {"located_in": "drill/harbour/quay/sail", "from_on": "2020-11-10"}
    record(station, "stays", {"person": TRAVELLER, **here})
    arrived = {"person": TRAVELLER, "arrived_on": "2020-11-10", "origin": "neighbour/north"}
    record(station, "arrivals", {**arrived, "conveyance": "train", "declared": "declared"})

    manager, team, laboratory = visit("site"), visit("sampling"), visit("laboratory")
    (duty,) = rows_once(manager, 1, "to-do", about=TRAVELLER)
    assert "集中隔离" in duty, "the site must fetch the traveller"
    (test,) = rows(team, "to-do", about=TRAVELLER)
    assert "核酸检测" in test, "the sampling team must test on the first day"

    order = {"order": "order/journey-1", "person": TRAVELLER, "place": "central", "ground_rule": ARRIVAL}
    days = {"from_on": "2020-11-10", "until_on": "2020-11-24"}
    record(cdc, "orders", {**order, **days, "appeal_to": "office/drill/harbour/health_commission"})
    room = {"person": TRAVELLER, "place": "quarantine-site/harbour", "room": "310", "kind": "central"}
    record(manager, "room_stays", {**room, "from_at": "2020-11-10T08:30"})
    rows_once(manager, 0, "to-do", about=TRAVELLER, verb="central_quarantine")
    assert len(rows(manager, "standing", about=TRAVELLER)) == 1, "the traveller is bound"

    _test(team, laboratory, "2020-11-10T08:40", "2020-11-10T08:55")
    rows_once(team, 0, "to-do", about=TRAVELLER)

    site.days_later(14)
    manager, team, laboratory = (visit(name, anew=True) for name in ("site", "sampling", "laboratory"))
    for taken, found in (
        ("2020-11-16T09:00", "2020-11-16T18:00"),
        ("2020-11-23T09:00", "2020-11-23T18:00"),
    ):
        _test(team, laboratory, taken, found)
    record(manager, "releases", {"person": TRAVELLER, "released_at": "2020-11-24T00:30"})
    done = rows_once(manager, 1, "met", about=TRAVELLER)
    assert "集中隔离" in done[0]
    assert len(rows_once(team, 3, "met", about=TRAVELLER)) == 3, "days 1, 7 and 14"
    assert not rows(manager, "standing", about=TRAVELLER), "nothing binds the traveller any more"


def _test(team: Visitor, laboratory: Visitor, taken_at: str, resulted_at: str) -> None:
    sample = f"journey-1/{taken_at}"
    record(team, "samples", {"members": TRAVELLER, "sample": sample, "taken_at": taken_at, "kind": "single"})
    record(laboratory, "results", {"sample": sample, "result": "negative", "resulted_at": resulted_at})
