"""Escalations: rows that exist only while another row is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from drawn import facts
from drawn_rows import Planned, decide, replace
from reference.builder import Rule, policy, verb
from sizao.policy.model import Policy

OPENS = datetime(2020, 6, 19, 16)
DUE = datetime(2020, 6, 20, 16)
CLOSES = datetime(2020, 6, 22, 16)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ROW = Planned("report", OPENS, DUE, CLOSES, related="grandmother", marks=2)


def pack(*, exclusive: bool = False, horizon_days: int = 400) -> Policy:
    made = Rule("arrivals", "arrivals")
    report = verb("report", "visits", "visited_at", where="purpose = 'follow_up'", exclusive=exclusive)
    remind = verb("remind", "visits", "visited_at", where="purpose = 'welfare'", exclusive=exclusive)
    again = report if exclusive else remind
    step = made.step(
        "report",
        report,
        made.deadline("arrived_on", within=24),
        escalate=(2, again, "street(recorded_area)", 6),
        answers_to=["community(recorded_area)"],
        related="dependants",
    )
    return policy("drawn", [made.version(date(2020, 1, 1), [step])], horizon_days=horizon_days)


def visited(*visits: tuple[str, datetime]) -> dict[str, pa.Table]:
    rows = [{"person": "traveller", "visited_at": at, "purpose": purpose} for purpose, at in visits]
    return {"visits": facts("visits", *rows)}


def steps(pack_: Policy, as_of: datetime, proofs: dict[str, pa.Table] | None = None) -> dict[str, str]:
    found, _ = decide(pack_, [ROW], as_of=as_of, facts=proofs)
    return {row["step"]: row["status"] for row in found}


def test_an_escalation_begins_when_its_parent_has_been_late_for_long_enough() -> None:
    begins = DUE + 2 * HOUR
    assert steps(pack(), begins - timedelta(microseconds=1)) == {"report": "overdue"}
    assert steps(pack(), begins) == {"report": "overdue", "report!remind": "open"}
    assert steps(pack(), begins + 6 * HOUR) == {"report": "overdue", "report!remind": "overdue"}


def test_an_escalation_stays_when_its_parent_is_missed() -> None:
    assert steps(pack(), CLOSES) == {"report": "missed", "report!remind": "overdue"}


def test_an_escalation_is_withdrawn_when_its_parent_is_met_late() -> None:
    late = visited(("follow_up", DUE + HOUR))
    assert steps(pack(), CLOSES, late) == {"report": "met_late"}


def test_an_escalation_is_withdrawn_when_its_parent_is_waived() -> None:
    waiver = {
        "obligation": ROW.hex_id,
        "from_at": OPENS,
        "until_at": CLOSES,
        "ground": "pregnant",
        "decided_by": "officer-1",
        "decided_office": "cdc-1",
        "approved_by": "officer-2",
        "approved_office": "command-1",
    }
    assert steps(pack(), DUE + DAY, {"waivers": facts("waivers", waiver)}) == {"report": "waived"}


def test_an_escalation_has_a_proof_of_its_own() -> None:
    reminded = visited(("welfare", DUE + 3 * HOUR))
    assert steps(pack(), CLOSES, reminded) == {"report": "missed", "report!remind": "met"}


def test_an_escalation_carries_what_its_parent_carries_and_names_it() -> None:
    found, _ = decide(pack(), [ROW], as_of=DUE + 3 * HOUR)
    parent, child = sorted(found, key=lambda row: row["step"])
    shared = (
        "about",
        "occurrence",
        "related",
        "trigger_key",
        "plan_id",
        "event_on",
        "first_known_at",
        "marks",
    )
    assert {name: child[name] for name in shared} == {name: parent[name] for name in shared}
    assert child["parent_id"] == parent["obligation_id"]
    assert child["because"] == f"{parent['because']},obligations:{parent['obligation_id']}"
    assert (child["opens_at"], child["due_at"], child["closes_at"]) == (DUE + 2 * HOUR, DUE + 8 * HOUR, None)
    assert (parent["place"], child["answers_to"], child["obligation_id"] == parent["obligation_id"]) == (
        None,
        "",
        False,
    )


def test_the_parent_changes_when_its_escalation_begins() -> None:
    found, _ = decide(pack(), [ROW], as_of=DUE)
    assert found[0]["next_change_at"] == DUE + 2 * HOUR


@pytest.mark.parametrize("closes", [CLOSES, DUE + 4 * HOUR])
def test_an_escalation_ends_with_what_its_parent_is_about(closes: datetime) -> None:
    """Whether the parent closes at its end or had closed before it as planned."""
    end = DUE + 10 * HOUR
    ended = replace(ROW, closes=min(closes, end), ends=end)
    found, _ = decide(pack(), [ended], as_of=end)
    parent, child = sorted(found, key=lambda row: row["step"])
    assert (parent["closes_at"], child["closes_at"]) == (min(closes, end), end)
    assert (parent["status"], child["status"], child["next_change_at"]) == ("missed", "missed", None)
    late = visited(("welfare", end))
    assert {row["status"] for row in decide(pack(), [ended], as_of=end, facts=late)[0]} == {"missed"}


def test_nobody_is_reminded_of_what_has_ended() -> None:
    ended = replace(ROW, closes=DUE + 2 * HOUR, ends=DUE + 2 * HOUR)
    (parent,), _ = decide(pack(), [ended], as_of=DUE + 2 * HOUR)
    assert parent["status"] == "missed"
    (parent,), _ = decide(pack(), [ended], as_of=OPENS)
    assert parent["next_change_at"] == DUE
    (parent,), _ = decide(pack(), [replace(ROW, ends=DUE + HOUR)], as_of=DUE)
    assert parent["next_change_at"] == CLOSES


def test_an_escalation_not_yet_due_at_the_end_exists_only_when_it_was_done() -> None:
    end = DUE + 5 * HOUR
    ended = replace(ROW, closes=end, ends=end)
    found, _ = decide(pack(), [ended], as_of=end)
    assert [row["step"] for row in found] == ["report"]
    found, _ = decide(pack(), [ended], as_of=end, facts=visited(("welfare", DUE + 3 * HOUR)))
    assert {row["step"]: row["status"] for row in found} == {"report": "missed", "report!remind": "met"}


def test_a_parent_beyond_the_horizon_has_no_escalation() -> None:
    short = pack(horizon_days=10)
    last = CLOSES + 10 * DAY
    assert set(steps(short, last)) == {"report", "report!remind"}
    assert steps(short, last + timedelta(microseconds=1)) == {}


def test_an_escalation_takes_only_exclusive_proofs_that_no_row_has_taken() -> None:
    second = Planned("report", OPENS, DUE + 8 * HOUR, CLOSES, occurrence="second", related="grandmother")
    one_visit = visited(("follow_up", DUE + 4 * HOUR))
    other = Planned("report", OPENS, DUE, DUE + HOUR, occurrence="other", related="grandmother")
    found, _ = decide(pack(exclusive=True), [second, other], as_of=DUE + 9 * HOUR, facts=one_visit)
    statuses = {(row["occurrence"].split("/")[0], row["step"]): row["status"] for row in found}
    assert statuses == {
        ("second", "report"): "met",
        ("other", "report"): "missed",
        ("other", "report!report"): "overdue",
    }
