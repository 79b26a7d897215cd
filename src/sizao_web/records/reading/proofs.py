"""Which fact proves a row, as the text of its rule says, so that a page records that fact and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from sizao.policy.expressions.tree import All, ColumnOf, Compare, Literal, Node, OneOf
from sizao.policy.expressions.tree import Any as AnyOf
from sizao.policy.model import Proof, StepText
from sizao_web.records.reading.pack import policy_in_use

AT_THE_DOOR = ("health_checks", "visits", "room_stays", "tests", "samplings", "dependants", "carers")
"""Readings that somebody who knocks at a door can prove a row with; of a test, the sample is taken there."""

CHOOSING = {"visits": "purpose", "room_stays": "kind"}
"""Column of a fact whose value decides whether the fact proves the row."""


@dataclass(frozen=True)
class Way:
    """What proves a row: the fact or reading, and the code it carries (a visit's purpose, a stay's kind)."""

    reading: str
    code: str | None = None

    def __str__(self) -> str:
        return self.reading if self.code is None else f"{self.reading}:{self.code}"


def way_from(text: str) -> Way | None:
    """A way as it stands in a form; None when it is none that is done at the door."""
    reading, _, code = text.partition(":")
    return Way(reading, code or None) if reading in AT_THE_DOOR else None


def step_of(rule: str, version: int, step: str) -> StepText | None:
    """The step of a rule's text; an escalation (`step!verb`) is found at the step that it follows."""
    return _step(policy_in_use().digest, rule, version, step)


@lru_cache(maxsize=4096)
def _step(digest: str, rule: str, version: int, step: str) -> StepText | None:
    texts = policy_in_use().rules.get(rule, ())
    of_version = [one for one in texts if one.number == version] or list(texts[-1:])
    name = step.partition("!")[0]
    return next((one for text in of_version for one in text.steps if one.name == name), None)


def proof_of(rule: str, version: int, step: str) -> Proof | None:
    """What proves the step; None where the pack in use does not have it any more."""
    found = step_of(rule, version, step)
    if found is None or "!" not in step:
        return found.proof if found else None
    return found.escalation.proof if found.escalation else None


def code_proving(rule: str, version: int, step: str, column: str) -> str | None:
    """The code that this column must have in the fact that proves the step; None where any other may stand.

    Of several that would do, the first.
    """
    proof = proof_of(rule, version, step)
    return next(_codes(proof.where, column), None) if proof is not None else None


def way_of(rule: str, version: int, step: str, place: str | None) -> Way | None:
    """How the step is proved at the door; None where it is proved otherwise."""
    proof = proof_of(rule, version, step)
    if proof is None or proof.reading not in AT_THE_DOOR:
        return None
    column = CHOOSING.get(proof.reading)
    if column is None:
        return Way(proof.reading)
    codes = list(_codes(proof.where, column))
    if not codes:
        return None
    return Way(proof.reading, place if place in codes else codes[0])


def verbs_at_the_door() -> frozenset[str]:
    """The verbs with a step that can be proved at the door."""
    return verbs_proved_by(*AT_THE_DOOR)


def verbs_proved_by(*readings: str) -> frozenset[str]:
    """The verbs with a step that one of these readings proves, escalations among them."""
    return _verbs(policy_in_use().digest, readings)


@lru_cache(maxsize=64)
def _verbs(digest: str, readings: tuple[str, ...]) -> frozenset[str]:
    """By the pack of that digest, which is the one in use: pages ask for each of their rows."""
    steps = [step for text in policy_in_use().versions() for step in text.steps]
    found = {step.verb.name for step in steps if step.proof.reading in readings}
    escalated = (step.escalation for step in steps if step.escalation is not None)
    return frozenset(found | {one.verb.name for one in escalated if one.proof.reading in readings})


def after_limit(rule: str, version: int, step: str) -> tuple[timedelta, str, str] | None:
    """What follows when the row stays undone: how long after its limit, which office's task, which verb."""
    found = step_of(rule, version, step)
    if found is None or found.escalation is None or "!" in step:
        return None
    return found.escalation.after, found.escalation.done_by.task or "", found.escalation.verb.name


def _codes(node: Node | None, column: str) -> Iterator[str]:
    """The values that a condition demands of a column; conditions joined by "or" demand none."""
    match node:
        case All(items=items):
            for item in items:
                yield from _codes(item, column)
        case Compare(operator="=", left=ColumnOf(name=name), right=Literal(value=value)) if name == column:
            yield str(value)
        case OneOf(value=ColumnOf(name=name), options=options) if name == column:
            yield from (str(one.value) for one in options)


def largest_tube(rule: str, version: int, step: str) -> int | None:
    """Of how many people a tube may be that proves the row with a negative result; None where it is not said.

    A row of which several must test negative alone says so by the number that its rule hands to its proof.
    """
    return _largest(policy_in_use().digest, rule, version, step)


@lru_cache(maxsize=4096)
def _largest(digest: str, rule: str, version: int, step: str) -> int | None:
    """By the pack of that digest, which is the one in use."""
    proof = proof_of(rule, version, step)
    stated = list(_members(proof.where)) if proof is not None else []
    return max(stated, default=None)


def _members(node: Node | None) -> Iterator[int]:
    match node:
        case All(items=items) | AnyOf(items=items):
            for item in items:
                yield from _members(item)
        case Compare(operator="<=" | "=", left=ColumnOf(name="members"), right=Literal(value=int(value))):
            yield value
