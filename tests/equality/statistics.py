"""What the drawn histories contain, so that an empty comparison is told from a telling one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from reference import derive
from reference.facts import World
from reference.histories import Batch
from sizao.policy.model import Policy, StepText

FEATURES = (
    "retraction",
    "late knowledge",
    "policy change",
    "merge",
    "grade change",
    "shared proof",
    "waiver",
    "midnight crossing",
    "closure",
)


def features(batch: Batch, prefix: str) -> tuple[set[str], Counter[str]]:
    """Which of FEATURES matter to the rows of one history, and how often each status and timing occurs."""
    facts = batch.world(prefix)
    world = World(batch.policy, facts, batch.as_of, batch.known_by)
    answer = derive(batch.policy, facts, as_of=batch.as_of, known_by=batch.known_by)
    rows = answer["obligations"]
    counts = Counter(f"status {row['status']}" for row in rows)
    counts.update(f"timing {_timing(batch.policy, row)}" for row in rows)
    counts.update({result: len(found) for result, found in answer.items()})
    met_by = Counter(row["met_by"] for row in rows if row["met_by"] is not None)
    enrolled = {row["about"] for row in rows if row["trigger_fact"] == "enrolments"}
    has = {
        "retraction": _retracted(world),
        "late knowledge": bool(answer["too_late"]) or any(row["reported_late"] for row in rows),
        "policy change": _change_of_text(batch, rows),
        "merge": any(world.canonical(row["about"]) != row["about"] for row in rows),
        "grade change": _change_of_grade(world),
        "shared proof": any(count > 1 for count in met_by.values()),
        "waiver": counts["status waived"] > 0,
        "midnight crossing": any(_crosses_midnight(world, row) for row in rows),
        "closure": bool({row["place"] for row in world.rows("closures")} & enrolled),
    }
    return {name for name, there in has.items() if there}, counts


def _retracted(world: World) -> bool:
    """A trigger or a proof taken back."""
    texts = world.policy.versions()
    proofs = {step.proof.reading for version in texts for step in version.steps} - {"tests", "samplings"}
    return any(
        link["action"] == "retract" and link["known_at"] <= world.known_by
        for fact in {"samples", "results"} | proofs | {version.for_each for version in texts}
        for link in world.facts.get(fact, ())
    )


def _change_of_text(batch: Batch, rows: list[dict[str, Any]]) -> bool:
    """A row that opened under a text which another followed before it was due."""
    changes = {rule: [v.in_force_from for v in texts[1:]] for rule, texts in batch.policy.rules.items()}
    return any(
        row["opens_at"].date() <= day <= row["due_at"].date() + timedelta(2)
        for row in rows
        for day in changes[row["rule"]]
    )


def _change_of_grade(world: World) -> bool:
    """Two grades of one area in force one after the other, or one announced after it began."""
    grades: dict[str, set[str]] = {}
    for row in world.rows("area_grades"):
        grades.setdefault(row["graded"], set()).add(row["grade"])
    announced_late = any(
        world.local_day(row["happened_at"]) > row["from_on"] for row in world.rows("area_grades")
    )
    return announced_late or any(len(found) > 1 for found in grades.values())


def _crosses_midnight(world: World, row: Mapping[str, Any]) -> bool:
    """Proved or known within an hour of a local midnight."""
    for instant in (row["met_at"], row["first_known_at"]):
        if instant is not None:
            day: date = world.local_day(instant + timedelta(minutes=30))
            if abs(world.instant(day) - instant) <= timedelta(hours=1):
                return True
    return False


def _timing(policy: Policy, row: Mapping[str, Any]) -> str:
    if row["parent_id"] is not None:
        return "escalation"
    version = next(v for v in policy.rules[row["rule"]] if v.number == row["version"])
    step: StepText = next(step for step in version.steps if step.name == row["step"])
    return type(step.timing).__name__.lower()
