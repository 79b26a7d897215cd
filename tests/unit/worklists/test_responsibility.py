"""Who answers for a person's rows: the office that must do them until another one has accepted the person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from drawn import NOON, answer, facts, obligations
from sizao.worklists.responsibility import responsibility

HOUR = timedelta(hours=1)
MORNING = NOON - 4 * HOUR
Row = Mapping[str, object]


def offered(hand_over: str, giver: str, receiver: str, at: datetime = MORNING, **changes: object) -> Row:
    row = {"hand_over": hand_over, "person": "traveller", "from_office": giver, "to_office": receiver}
    return {**row, "offered_at": at, "id": hand_over, **changes}


def accepted(hand_over: str, receiver: str, at: datetime = MORNING + HOUR, **changes: object) -> Row:
    row = {"hand_over": hand_over, "person": "traveller", "accepted_office": receiver}
    return {**row, "accepted_at": at, "id": hand_over, **changes}


def answering(*rows: Row, offers: list[Row], acceptances: list[Row], merges: list[Row] | None = None) -> Any:
    """The office of each row, in order of the rows; they are the station's unless they say otherwise."""
    table = obligations(*({"done_by": "station", "occurrence": f"d{n}", **row} for n, row in enumerate(rows)))
    tables = {
        "obligations": table,
        "hand_overs": facts("hand_overs", *offers),
        "hand_over_acceptances": facts("hand_over_acceptances", *acceptances),
        "merges": facts("merges", *(merges or [])),
    }
    found = answer(responsibility(as_of=NOON, known_by=NOON), tables)["responsibility"]
    offices = {row["obligation_id"]: row["responsible"] for row in found}
    return [offices[identity] for identity in table["obligation_id"].to_pylist()]


OFFER = offered("h1", "station", "community")


def test_an_offer_alone_passes_nothing() -> None:
    assert answering({}, offers=[OFFER], acceptances=[]) == ["station"]


@pytest.mark.orders("D1-62")
def test_once_accepted_the_receiver_answers() -> None:
    assert answering({}, offers=[OFFER], acceptances=[accepted("h1", "community")]) == ["community"]


def test_only_the_office_that_was_offered_the_person_can_take_it_over() -> None:
    assert answering({}, offers=[OFFER], acceptances=[accepted("h1", "another")]) == ["station"]
    other = accepted("h1", "community", person="somebody-else")
    assert answering({}, offers=[OFFER], acceptances=[other]) == ["station"]


def test_other_peoples_rows_and_other_offices_rows_stay_where_they_are() -> None:
    rows = [{"about": "somebody-else"}, {"done_by": "cdc"}, {"done_by": None, "owned": False}, {}]
    found = answering(*rows, offers=[OFFER], acceptances=[accepted("h1", "community")])
    assert found == ["station", "cdc", None, "community"]


def test_a_chain_is_followed_to_its_last_receiver() -> None:
    offers = [OFFER, offered("h2", "community", "site", MORNING + 2 * HOUR)]
    acceptances = [accepted("h1", "community"), accepted("h2", "site", MORNING + 3 * HOUR)]
    assert answering({}, {"done_by": "community"}, offers=offers, acceptances=acceptances) == ["site", "site"]


def test_who_has_nothing_yet_passes_nothing_on() -> None:
    offers = [OFFER, offered("h2", "community", "site")]
    acceptances = [accepted("h2", "site", MORNING), accepted("h1", "community", MORNING + HOUR)]
    assert answering({}, {"done_by": "community"}, offers=offers, acceptances=acceptances) == [
        "community",
        "site",
    ]


def test_a_person_who_is_handed_back_is_the_first_offices_again() -> None:
    offers = [OFFER, offered("h2", "community", "station", MORNING + 2 * HOUR)]
    acceptances = [accepted("h1", "community"), accepted("h2", "station", MORNING + 3 * HOUR)]
    assert answering({}, offers=offers, acceptances=acceptances) == ["station"]


@pytest.mark.parametrize("status", ["met", "met_late", "missed", "waived"])
def test_what_is_decided_stays_with_who_was_responsible_when_it_was_due(status: str) -> None:
    before = {"status": status, "due_at": MORNING}
    after = {"status": status, "due_at": MORNING + 2 * HOUR}
    found = answering(before, after, offers=[OFFER], acceptances=[accepted("h1", "community")])
    assert found == ["station", "community"]


def test_what_is_accepted_tomorrow_or_retracted_passes_nothing_today() -> None:
    tomorrow = accepted("h1", "community", NOON + 24 * HOUR)
    assert answering({}, offers=[OFFER], acceptances=[tomorrow]) == ["station"]
    taken_back = {**accepted("h1", "community"), "action": "retract", "source_version": 2}
    found = answering({}, offers=[OFFER], acceptances=[accepted("h1", "community"), taken_back])
    assert found == ["station"]


def test_an_acceptance_stated_before_its_offer_takes_effect_with_the_offer() -> None:
    early = accepted("h1", "community", MORNING - 2 * HOUR)
    due_before_the_offer = {"status": "missed", "due_at": MORNING - HOUR}
    assert answering(due_before_the_offer, {}, offers=[OFFER], acceptances=[early]) == [
        "station",
        "community",
    ]


def test_two_ids_of_one_person_are_one_person() -> None:
    same = [{"person": "alias", "same_as": "traveller", "happened_at": MORNING}]
    taken = [accepted("h1", "community")]
    assert answering({"about": "alias"}, offers=[OFFER], acceptances=taken, merges=same) == ["community"]
    of_alias = [accepted("h1", "community", person="alias")]
    assert answering({}, offers=[OFFER], acceptances=of_alias, merges=same) == ["community"]
