"""Every row that vanishes says why, and names the fact that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from drawn import answer, facts, obligations
from drawn_policy import policy, rule, step
from sizao.obligations.withdrawn import withdrawals
from sizao.policy.model import Ending
from sizao.terms.identifiers import hex_key, natural_key

YESTERDAY, TODAY = datetime(2020, 6, 20, 15), datetime(2020, 6, 21, 15)
DIED = Ending(reading="deaths", match=("person", "about"), at="died_on")
PACK = policy(rule("arrivals", step("test"), subject_ends=(DIED,)))
Row = Mapping[str, Any]


def arrival(person: str = "traveller", **changes: Any) -> Row:
    known = datetime(2020, 6, 17, 2)
    return {"id": person, "person": person, "arrived_on": date(2020, 6, 17), "known_at": known, **changes}


def cite(fact: str, record: str) -> str:
    return f"{fact}:{hex_key(*natural_key(fact, 'test', record))}"


def why(
    *gone: Row,
    arrivals: list[Row] | None = None,
    deaths: list[Row] | None = None,
    now: list[Row] | None = None,
    arrived: list[tuple[str, str]] | None = None,
    changed_rules: tuple[str, ...] = (),
) -> dict[Any, tuple[Any, Any]]:
    """About -> (reason, fact)."""
    query = withdrawals(PACK, changed_rules=changed_rules, known_from=YESTERDAY, known_to=TODAY)
    keys = [(fact, *natural_key(fact, "test", record)) for fact, record in arrived or []]
    schema = pa.schema([("fact", pa.string()), ("key_hi", pa.int64()), ("key_lo", pa.int64())])
    table = obligations(*gone)
    tables = {
        "gone": table,
        "obligations": obligations(*(now or [])),
        "arrived": pa.Table.from_pylist([dict(zip(schema.names, key, strict=True)) for key in keys], schema),
        "arrivals": facts("arrivals", *(arrivals if arrivals is not None else [arrival()])),
        "deaths": facts("deaths", *(deaths or [])),
    }
    about = dict(zip(table["obligation_id"].to_pylist(), table["about"].to_pylist(), strict=True))
    found = answer(query, tables)["withdrawals"]
    assert len(found) == len(gone), "one reason each"
    return {about[row["obligation_id"]]: (row["why"], row["by"]) for row in found}


RETRACTED = arrival(action="retract", source_version=2, known_at=TODAY - timedelta(hours=1))


def test_a_retracted_trigger_is_the_cause() -> None:
    found = why({}, arrivals=[arrival(), RETRACTED])
    assert found == {"traveller": ("retracted_fact", cite("arrivals", "traveller"))}


def test_a_retraction_known_long_ago_that_arrives_now_is_the_cause_too() -> None:
    long_ago = {**RETRACTED, "known_at": YESTERDAY - timedelta(days=1)}
    found = why({}, arrivals=[arrival(), long_ago], arrived=[("arrivals", "traveller")])
    assert found == {"traveller": ("retracted_fact", cite("arrivals", "traveller"))}


def test_a_corrected_trigger_that_binds_no_more_is_the_cause() -> None:
    corrected = {**RETRACTED, "action": "replace", "arrived_on": date(2020, 5, 1)}
    found = why({}, arrivals=[arrival(), corrected])
    assert found == {"traveller": ("corrected_fact", cite("arrivals", "traveller"))}


def test_who_died_owes_no_later_test() -> None:
    died = {"id": "d1", "person": "traveller", "died_on": date(2020, 6, 21), "known_at": TODAY}
    found = why({}, {"about": "companion"}, arrivals=[arrival(), arrival("companion")], deaths=[died])
    assert found["traveller"] == ("ended_subject", cite("deaths", "d1"))
    assert found["companion"] == ("other_fact", None), "somebody else's death is not their reason"


def test_another_text_or_none_is_the_cause_when_no_fact_of_the_row_changed() -> None:
    left_out = {"about": "worker", "rule": "workers"}
    found = why({}, left_out, changed_rules=("arrivals",))
    assert found == {"traveller": ("new_text", None), "worker": ("rule_left_out", None)}


def test_a_reminder_goes_when_what_it_reminds_of_is_done() -> None:
    met_by = cite("visits", "v1")
    parent = {"status": "met_late", "met_by": met_by, "obligation_id": "0" * 32}
    found = why({"parent_id": "0" * 32, "step": "remind"}, now=[parent], arrived=[("visits", "v1")])
    assert found == {"traveller": ("evidence", met_by)}


def test_another_fact_the_row_rested_on_is_named() -> None:
    grade = cite("area_grades", "g1")
    found = why({"because": f"{cite('arrivals', 'traveller')},{grade}"}, arrived=[("area_grades", "g1")])
    assert found == {"traveller": ("other_fact", grade)}


def test_where_nothing_changed_it_was_time() -> None:
    assert why({}) == {"traveller": ("time", None)}
