"""Proofs of points: windows, ties, sets, exclusive proofs, and what was told late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from drawn import facts
from drawn_rows import Planned, by_about, decide, one
from reference.builder import Rule, VerbText, verb
from sizao.obligations import kernels
from sizao.terms.identifiers import hex_key, natural_key

OPENS = datetime(2020, 6, 19, 16)
DUE = datetime(2020, 6, 20, 16)
CLOSES = datetime(2020, 6, 22, 16)
LATER = datetime(2020, 6, 30)
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def rule(what: VerbText, **step: object) -> Rule:
    made = Rule("arrivals", "arrivals")
    plan = made.plan([3], day_zero="arrived_on")
    return made.version(date(2020, 1, 1), [made.step("test", what, plan, **step)])


def visits(*instants: datetime, person: str = "traveller", **columns: object) -> dict[str, pa.Table]:
    rows = [{"person": person, "visited_at": at, "purpose": "welfare", **columns} for at in instants]
    return {"visits": facts("visits", *rows)}


VISIT = verb("visit", "visits", "visited_at")
ROW = Planned("test", OPENS, DUE, CLOSES)


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (OPENS - MICROSECOND, "missed"),
        (OPENS, "met"),
        (DUE - MICROSECOND, "met"),
        (DUE, "met_late"),
        (CLOSES - MICROSECOND, "met_late"),
        (CLOSES, "missed"),
    ],
)
def test_a_proof_counts_from_opening_to_closing_and_is_late_from_the_due_instant(
    at: datetime, status: str
) -> None:
    found = one(rule(VISIT), ROW, as_of=LATER, facts=visits(at))
    assert found["status"] == status
    assert found["met_at"] == (None if status == "missed" else at)


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        (OPENS - MICROSECOND, "upcoming"),
        (OPENS, "open"),
        (DUE - MICROSECOND, "open"),
        (DUE, "overdue"),
        (CLOSES - MICROSECOND, "overdue"),
        (CLOSES, "missed"),
    ],
)
def test_without_a_proof_the_status_follows_the_clock(as_of: datetime, status: str) -> None:
    assert one(rule(VISIT), ROW, as_of=as_of)["status"] == status


def test_a_row_that_never_closes_stays_overdue() -> None:
    assert one(rule(VISIT), Planned("test", OPENS, DUE), as_of=LATER)["status"] == "overdue"


def test_a_row_that_never_closes_is_met_by_the_latest_proof_too() -> None:
    found = one(rule(VISIT), Planned("test", OPENS, DUE), as_of=LATER, facts=visits(LATER - HOUR))
    assert (found["status"], found["next_change_at"]) == ("met_late", None)


def test_what_happens_after_the_moment_asked_about_proves_nothing_yet() -> None:
    asked_at = DUE - 2 * HOUR
    facts_known_already = visits(asked_at + HOUR, known_at=OPENS)
    assert one(rule(VISIT), ROW, as_of=asked_at, facts=facts_known_already)["status"] == "open"
    assert one(rule(VISIT), ROW, as_of=asked_at + HOUR, facts=facts_known_already)["status"] == "met"


def test_a_look_back_accepts_a_proof_before_the_opening_and_meets_a_row_that_is_still_upcoming() -> None:
    early = verb("visit", "visits", "visited_at", look_back=24)
    proofs = visits(OPENS - timedelta(hours=24))
    assert one(rule(early), ROW, as_of=OPENS - HOUR, facts=proofs)["status"] == "met"
    too_early = visits(OPENS - timedelta(hours=24) - MICROSECOND)
    assert one(rule(early), ROW, as_of=OPENS - HOUR, facts=too_early)["status"] == "upcoming"


def test_of_two_proofs_at_one_instant_the_smaller_key_is_cited() -> None:
    names = [f"visit-{number}" for number in range(6)]
    rows = [
        {"id": name, "person": "traveller", "visited_at": DUE - HOUR, "purpose": "welfare"} for name in names
    ]
    smallest = min(natural_key("visits", "test", name) for name in names)
    assert smallest[0] < 0
    found = one(rule(VISIT), ROW, as_of=LATER, facts={"visits": facts("visits", *rows)})
    assert found["met_by"] == f"visits:{hex_key(*smallest)}"


def test_the_first_of_several_proofs_is_taken() -> None:
    found = one(rule(VISIT), ROW, as_of=LATER, facts=visits(DUE + HOUR, OPENS + HOUR, DUE - HOUR))
    assert found["met_at"] == OPENS + HOUR


def test_a_shared_proof_meets_every_row_that_it_fits() -> None:
    rows = [ROW, Planned("test", OPENS, DUE, CLOSES, occurrence="again")]
    found, _ = decide(rule(VISIT), rows, as_of=LATER, facts=visits(DUE - HOUR))
    assert [row["status"] for row in found] == ["met", "met"]


def test_a_proof_that_became_known_after_due_meets_in_time_and_is_marked() -> None:
    late = one(rule(VISIT), ROW, as_of=LATER, facts=visits(DUE - HOUR, known_at=DUE + MICROSECOND))
    assert (late["status"], late["reported_late"]) == ("met", True)
    just = one(rule(VISIT), ROW, as_of=LATER, facts=visits(DUE - HOUR, known_at=DUE))
    assert (just["status"], just["reported_late"]) == ("met", False)


def test_a_proof_that_is_not_known_by_then_does_not_count() -> None:
    proofs = visits(DUE - HOUR, known_at=LATER)
    assert one(rule(VISIT), ROW, as_of=LATER, known_by=LATER, facts=proofs)["status"] == "met"
    before = LATER - MICROSECOND
    assert one(rule(VISIT), ROW, as_of=LATER, known_by=before, facts=proofs)["status"] == "missed"


def test_the_proof_of_an_alias_counts_for_the_person() -> None:
    proofs = {**visits(DUE - HOUR, person="tourist"), "merges": facts("merges", ALIAS)}
    assert one(rule(VISIT), ROW, as_of=LATER, facts=proofs)["status"] == "met"


ALIAS = {"person": "tourist", "same_as": "traveller", "happened_at": datetime(2020, 6, 1)}


def test_a_row_that_ended_before_due_exists_only_when_it_was_proved_before_its_end() -> None:
    ended = Planned("test", OPENS, DUE, CLOSES, ends=OPENS + 2 * HOUR)
    assert decide(rule(VISIT), [ended], as_of=LATER, facts=visits(OPENS + 2 * HOUR))[0] == []
    assert one(rule(VISIT), ended, as_of=LATER, facts=visits(OPENS + HOUR))["status"] == "met"


def test_a_row_that_ended_when_it_was_due_or_later_stays_and_takes_no_later_proof() -> None:
    for end in (DUE, DUE + HOUR):
        ended = Planned("test", OPENS, DUE, end, ends=end)
        assert one(rule(VISIT), ended, as_of=LATER, facts=visits(end))["status"] == "missed"
        before = visits(end - MICROSECOND)
        assert one(rule(VISIT), ended, as_of=LATER, facts=before)["status"] == (
            "met" if end == DUE else "met_late"
        )


def test_a_done_row_leaves_the_result_when_it_was_done_long_ago_whenever_it_closed() -> None:
    done, undone = Planned("test", OPENS, DUE, LATER), Planned("test", OPENS, DUE, LATER, about="neighbour")
    asked = LATER + timedelta(days=400)
    assert set(by_about(rule(VISIT), [done, undone], as_of=asked, facts=visits(DUE))) == {"neighbour"}


# -- pools and doubtful results ------------------------------------------------------------------------

SINGLE_OR_SMALL = "(result = 'negative' and members <= step.max_pool) or result = 'positive'"
TEST = verb("test", "tests", "taken_at", where=SINGLE_OR_SMALL)


def sampled(result: str, members: int, **told: object) -> dict[str, pa.Table]:
    people = ["traveller", *(f"other-{number}" for number in range(1, members))]
    return {
        "samples": facts("samples", {"sample": "tube", "taken_at": DUE - HOUR, "kind": "pool"}),
        "sample_members": facts("sample_members", *({"sample": "tube", "person": one} for one in people)),
        "results": facts("results", {"sample": "tube", "result": result, "resulted_at": DUE, **told}),
    }


@pytest.mark.parametrize(
    ("result", "members", "status"),
    [
        ("negative", 5, "met"),
        ("negative", 6, "missed"),
        ("positive", 6, "met"),
        ("doubtful", 1, "missed"),
        ("invalid", 1, "missed"),
    ],
)
def test_a_negative_pool_over_the_limit_and_a_doubtful_result_prove_nobodys_test(
    result: str, members: int, status: str
) -> None:
    found = one(rule(TEST), ROW, as_of=LATER, facts=sampled(result, members))
    assert found["status"] == status


def test_a_sample_proves_nothing_before_its_result_is_known() -> None:
    proofs = sampled("negative", 1, known_at=LATER)
    assert one(rule(TEST), ROW, as_of=LATER, known_by=LATER - HOUR, facts=proofs)["status"] == "missed"
    found = one(rule(TEST), ROW, as_of=LATER, known_by=LATER, facts=proofs)
    assert (found["status"], found["reported_late"]) == ("met", True)


@pytest.mark.parametrize("last", ["negative", "doubtful"])
def test_of_two_results_of_one_sample_the_later_one_decides(last: str) -> None:
    first = "doubtful" if last == "negative" else "negative"
    proofs = sampled("negative", 1)
    proofs["results"] = facts(
        "results",
        {"sample": "tube", "result": last, "resulted_at": DUE + HOUR},
        {"sample": "tube", "result": first, "resulted_at": DUE},
    )
    found = one(rule(TEST), ROW, as_of=LATER, facts=proofs)
    assert found["status"] == ("met" if last == "negative" else "missed")


# -- sets ------------------------------------------------------------------------------------------------

TWICE = verb("visit", "visits", "visited_at", count=2, min_gap=24)


def test_two_tests_less_than_a_day_apart_are_no_set_of_two() -> None:
    assert one(rule(TWICE), ROW, as_of=LATER, facts=visits(OPENS, OPENS + 23 * HOUR))["status"] == "missed"


def test_a_set_is_met_at_the_proof_that_completes_it() -> None:
    proofs = visits(OPENS, OPENS + 12 * HOUR, OPENS + 24 * HOUR, OPENS + 30 * HOUR)
    found = one(rule(TWICE), ROW, as_of=LATER, facts=proofs)
    assert (found["status"], found["met_at"]) == ("met_late", OPENS + 24 * HOUR)


def test_without_a_gap_two_proofs_of_one_instant_are_two() -> None:
    pair = verb("visit", "visits", "visited_at", count=2)
    proofs = visits(OPENS + HOUR, OPENS + HOUR)
    found = one(rule(pair), ROW, as_of=LATER, facts=proofs)
    greater = max(natural_key("visits", "test", name) for name in ("visits-1", "visits-2"))
    assert (found["status"], found["met_by"]) == ("met", f"visits:{hex_key(*greater)}")


# -- exclusive proofs ------------------------------------------------------------------------------------

OWN = verb("visit", "visits", "visited_at", exclusive=True)


def statuses(what: VerbText, rows: list[Planned], **asked: object) -> dict[str, str]:
    found, _ = decide(rule(what), rows, as_of=LATER, **asked)
    return {row["occurrence"]: row["status"] for row in found}


def test_an_exclusive_proof_meets_the_row_that_is_due_first() -> None:
    second = Planned("test", OPENS, DUE + HOUR, CLOSES, occurrence="second")
    first = Planned("test", OPENS, DUE, CLOSES, occurrence="first")
    found = statuses(OWN, [second, first], facts=visits(OPENS + HOUR))
    assert found == {"first": "met", "second": "missed"}
    found = statuses(OWN, [second, first], facts=visits(OPENS + HOUR, OPENS + 2 * HOUR))
    assert found == {"first": "met", "second": "met"}


def test_of_two_rows_due_together_the_smaller_id_takes_the_exclusive_proof() -> None:
    rows = [Planned("test", OPENS, DUE, CLOSES, occurrence=name) for name in "abcdef"]
    found = statuses(OWN, rows, facts=visits(OPENS + HOUR))
    smallest = min(rows, key=lambda row: row.id)
    assert smallest.id[0] < 0
    assert {name for name, status in found.items() if status == "met"} == {smallest.occurrence}


def test_a_row_whose_set_stays_incomplete_leaves_exclusive_proofs_to_the_next() -> None:
    pair = verb("visit", "visits", "visited_at", exclusive=True, count=2)
    short = Planned("test", OPENS, DUE, OPENS + 2 * HOUR, occurrence="short")
    wide = Planned("test", OPENS, DUE + HOUR, CLOSES, occurrence="wide")
    found = statuses(pair, [short, wide], facts=visits(OPENS + HOUR, OPENS + 3 * HOUR))
    assert found == {"short": "missed", "wide": "met"}


def test_a_row_that_ended_takes_no_exclusive_proof_that_came_after_its_end() -> None:
    ended = Planned("test", OPENS, DUE, CLOSES, occurrence="ended", ends=OPENS + HOUR)
    other = Planned("test", OPENS, DUE + HOUR, CLOSES, occurrence="other")
    assert statuses(OWN, [ended, other], facts=visits(OPENS + HOUR)) == {"other": "met"}


def test_each_person_has_exclusive_proofs_of_their_own() -> None:
    rows = [ROW, Planned("test", OPENS, DUE, CLOSES, about="neighbour")]
    found = by_about(rule(OWN), rows, as_of=LATER, facts=visits(OPENS + HOUR))
    assert {about: row["status"] for about, row in found.items()} == {
        "traveller": "met",
        "neighbour": "missed",
    }


def test_the_compiled_loop_takes_the_same_proofs_as_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(20200618)
    pairs = _random_pairs(random, 400)
    plain = kernels.take_proofs({"pairs": pairs}, pairs="pairs").sort_by("id_hi")
    monkeypatch.setattr(kernels, "COMPILED_FROM", 0)
    compiled = kernels.take_proofs({"pairs": pairs}, pairs="pairs").sort_by("id_hi")
    assert 0 < plain.num_rows < 100
    assert compiled.equals(plain)


def _random_pairs(random: np.random.Generator, number: int) -> pa.Table:
    row = np.sort(random.integers(0, 100, number))
    proof = random.integers(0, 60, number)
    start = datetime(2020, 6, 1)
    return pa.table(
        {
            "id_hi": row,
            "id_lo": -row,
            "person": [f"person-{one % 3}" for one in row],
            "verb": ["visit"] * number,
            "turn": row % 2,
            "needed": 1 + row % 2,
            "gap": np.full(number, 3_600_000_000),
            "exclusive": row % 5 > 0,
            "due_at": pa.array([start + timedelta(hours=int(one)) for one in row], pa.timestamp("us")),
            "proved_at": pa.array(
                [start + timedelta(minutes=int(37 * one)) for one in proof], pa.timestamp("us")
            ),
            "p_hi": proof,
            "p_lo": proof,
            "known_at": pa.array([start] * number, pa.timestamp("us")),
        }
    )
