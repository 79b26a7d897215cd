"""Small policies for tests, built without YAML: what a test does not say is as plain as it can be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sizao.policy.expressions.tree import ColumnOf, Position, Type
from sizao.policy.model import (
    Days,
    LegalBasis,
    OfficeOf,
    Plan,
    Policy,
    Proof,
    RuleVersion,
    Source,
    Span,
    StepText,
    Verb,
)
from sizao.terms.words import Words

AT = Position(1, 1)


def step(
    name: str, *, span: bool = False, reading: str = "tests", about_kind: str = "person", **changes: Any
) -> StepText:
    """A test on day 3 after arrival, or a stay in quarantine of 14 days after it."""
    arrived = ColumnOf("arrived_on", Type.DATE, AT)
    numbering = Days(day_zero=arrived, first_day=1)
    if span:
        proof = Proof(reading="room_stays", subject="person", at="from_at", until="until_at", where=None)
        timing: Any = Span(start=arrived, within=timedelta(hours=24), days=14, numbering=numbering)
    else:
        subject = "place" if about_kind == "place" else "person"
        at = {"tests": "taken_at", "institution_reports": "reported_at"}[reading]
        proof = Proof(reading=reading, subject=subject, at=at, until=None, where=None)
        timing = Plan(numbering=numbering, on_days=(3,))
    plain: dict[str, Any] = {
        "name": name,
        "verb": Verb(name, Words(name, name), span, about_kind, restricts=span),
        "about": "person",
        "proof": proof,
        "done_by": OfficeOf("sampling_team", "place_of_stay"),
        "answers_to": (OfficeOf("community", "place_of_stay"),),
        "timing": timing,
        "place": "central" if span else None,
    }
    return StepText(**(plain | changes))


def rule(name: str, *steps: StepText, **changes: Any) -> RuleVersion:
    """A rule about arrivals in force since June 2020, text 1."""
    plain: dict[str, Any] = {
        "rule": name,
        "number": 1,
        "digest": "0123456789ab",
        "label": Words(f"规则{name}", f"rule {name}"),
        "basis": ("D1-17",),
        "source": Source("city-directive-2020-06", "二(一)1", "D"),
        "legal_basis": LegalBasis(Words("传染病防治法", "Law on infectious diseases"), "M"),
        "authority": "city-command",
        "sector": "health",
        "in_force_from": date(2020, 6, 1),
        "in_force_until": None,
        "catches_from": date(2020, 6, 1),
        "running": None,
        "for_each": "arrivals",
        "when": None,
        "steps": steps,
        "appeal": "district-command",
    }
    return RuleVersion(**(plain | changes))


def policy(*versions: RuleVersion, **changes: Any) -> Policy:
    """A pack of these texts in the zone of Shanghai."""
    rules: dict[str, tuple[RuleVersion, ...]] = {}
    for version in versions:
        rules[version.rule] = (*rules.get(version.rule, ()), version)
    verbs: Mapping[str, Verb] = {one.verb.name: one.verb for version in versions for one in version.steps}
    plain: dict[str, Any] = {
        "pack": "drawn",
        "digest": "fedcba987654",
        "label": Words("演示规则包", "drawn pack"),
        "zone": "Asia/Shanghai",
        "horizon_days": 400,
        "look_ahead_days": 14,
        "rules": rules,
        "verbs": verbs,
        "grounds": {"medical": Words("医疗原因", "medical reasons")},
        "sources": {"city-directive-2020-06": Words("市防控指令", "city directive of June 2020")},
        "strictness": ("monitoring", "home", "central", "hospital"),
        "grades": ("low", "medium", "high"),
    }
    return Policy(**(plain | changes))
