"""What to record so that a row is done: the facts of its proof, with what is known already filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from sizao.facts.dictionary import FACTS
from sizao.facts.readings import PARTS
from sizao.obligations.asked import occurrence_of
from sizao.obligations.lookups import READS
from sizao.policy.expressions.emit import lookups_in
from sizao.policy.expressions.tree import All, ColumnOf, Compare, Literal, Node, OneOf
from sizao.policy.model import Policy, Proof, RuleVersion
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.desks.everyone.presenters import short
from sizao_web.pages.addresses import address
from sizao_web.records.access.scope import Scope

Values = Mapping[str, Any]
CARRIED = ("person", "place", "case", "finding", "sample", "order", "hand_over", "inspection")
"""What a proof may share with the fact that set the row off."""
PAGES = {"carers": "community:carers"}
"""Fact about a person -> the page of a desk that records it with less to fill in."""
CHECKED = dict.fromkeys(
    ("gate_entrance", "gate_outpatient", "gate_admission", "gate_ward", "slot_booking"), "clinic:gates"
)
"""Kind of a check of a place -> the page of the place's desk that records it with a tap."""


@dataclass(frozen=True)
class Way:
    """One fact to record. address: its form, filled in; None where another duty records it."""

    fact: str
    words: Words
    address: str | None
    givers: tuple[Words, ...]


def ways_to_close(row: Any, policy: Policy, scope: Scope, trigger: Values | None, back: str) -> list[Way]:
    """The facts that prove a row, in the order in which they come about; nothing when it is over."""
    proof = proof_of(row, policy)
    if proof is None or row.withdrawn_at is not None or row.status in ("met", "met_late", "missed", "waived"):
        return []
    known = {**_carried(trigger or {}), **dict(_demanded(proof.where, row))}
    if row.place in CODE_LISTS["restriction_places"].names():
        known.setdefault("kind", row.place)
    day = occurrence_of({"occurrence": row.occurrence})
    if len(day) == len("2020-11-10") and day[:2] == "20":
        known["for_on"] = day
    known[proof.subject] = row.about
    return [_way(fact, known, scope, back) for fact in _recorded_for(proof.reading)]


def ways_to_find_out(rule: RuleVersion, about: str | None, scope: Scope, back: str) -> list[Way]:
    """The facts that the condition of a rule looks up: one of them is missing."""
    calls = lookups_in(rule.when) if rule.when is not None else ()
    wanted = dict.fromkeys(fact for call in calls for fact in READS[call.function])
    known = {"person": about} if about else {}
    return [_way(fact, known, scope, back) for fact in wanted]


def proof_of(row: Any, policy: Policy) -> Proof | None:
    """What proves a row under its text; None where the pack does not have the text any more."""
    name, _, escalated = row.step.partition("!")
    version = version_of(row, policy)
    for step in version.steps if version else ():
        if step.name == name:
            return step.escalation.proof if escalated and step.escalation else step.proof
    return None


def version_of(row: Any, policy: Policy) -> RuleVersion | None:
    """The text that a row comes from; None where the pack does not have it any more."""
    return next((one for one in policy.rules.get(row.rule, ()) if one.number == row.version), None)


def _recorded_for(reading: str) -> tuple[str, ...]:
    """The facts that people record for a reading; who is in a tube is recorded with the tube."""
    if reading not in PARTS:
        return (reading,)
    return tuple(fact for fact in ("samples", "results") if fact in PARTS[reading])


def _way(fact: str, known: Values, scope: Scope, back: str) -> Way:
    declared = FACTS[fact]
    names = {column.name for column in declared.columns} | ({"person"} if fact == "samples" else set())
    filled = {name: value for name, value in known.items() if name in names and value is not None}
    own = address(PAGES[fact], str(known["person"])) if fact in PAGES and known.get("person") else None
    if fact == "place_checks" and known.get("kind") in CHECKED and scope.role == "clinic":
        own = reverse(CHECKED[known["kind"]])
    to = own or reverse("everyone:new-fact", args=[fact]) + "?" + urlencode({**filled, "next": back})
    givers = tuple(CODE_LISTS["office_tasks"].label_of(one) for one in declared.given_by)
    return Way(fact, short(declared), to if scope.may_give(fact) else None, givers)


def _demanded(where: Node | None, row: Any) -> Iterator[tuple[str, str]]:
    """Values that the condition of a proof names: purpose = 'follow_up'."""
    match where:
        case All(items):
            for item in items:
                yield from _demanded(item, row)
        case Compare("=", ColumnOf(name), Literal(value)) if isinstance(value, str):
            yield name, value
        case OneOf(ColumnOf(name), options) if row.place in {one.value for one in options}:
            yield name, row.place


def _carried(trigger: Values) -> dict[str, Any]:
    return {name: trigger[name] for name in CARRIED if trigger.get(name) is not None}
