"""Which rules can have a row about given subjects, so that a run about a few asks only these."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sizao.facts.readings import PARTS, READINGS, fact_or_reading
from sizao.policy.model import Policy
from sizao.terms.queries import Query, SqlStep, literal


def triggers_touched(policy: Policy) -> Query:
    """Result `triggers`: the facts and readings from which a row about the touched subjects may come at all.

    Inputs: touched_subjects, under every id of a person; the fact tables. The policy `of_triggers` of these
    alone gives the same rows about these subjects as the whole policy, from a shorter query.
    """
    subjects = "SELECT subject FROM touched_subjects"
    parts, inputs = [], {"touched_subjects"}
    for trigger in triggers_of(policy):
        table = PARTS[trigger][0] if trigger in READINGS else trigger
        ways = [f'SELECT 1 FROM {table} WHERE "{one}" IN ({subjects})' for one in abouts_of(policy, trigger)]
        inputs.add(table)
        if cares(policy, trigger):
            ways.append(f"SELECT 1 FROM dependants WHERE dependant IN ({subjects})")
            inputs.add("dependants")
        parts += [f"SELECT {literal(trigger)} AS trigger WHERE EXISTS ({way})" for way in ways]
    sql = " UNION ".join(parts) or "SELECT CAST(NULL AS VARCHAR) AS trigger WHERE FALSE"
    step = SqlStep("triggers_touched", sql, "facts from which rows about the touched may come")
    return Query((step,), tuple(sorted(inputs)), {"triggers": step.name})


def of_triggers(policy: Policy, triggers: Collection[str]) -> Policy:
    """The policy with those rules only that are about these facts and readings."""
    rules = {
        rule: versions for rule, versions in policy.rules.items() if versions[0].for_each in set(triggers)
    }
    return replace(policy, rules=rules)


def triggers_of(policy: Policy) -> list[str]:
    """The facts and readings that rules are about."""
    return sorted({version.for_each for version in policy.versions()})


def abouts_of(policy: Policy, trigger: str) -> list[str]:
    """The columns of a trigger that rows may be about, and the one that it is about itself."""
    columns = {
        step.about
        for version in policy.versions()
        for step in version.steps
        if version.for_each == trigger and step.related is None
    }
    return sorted(columns | {fact_or_reading(trigger).subjects[0]})


def cares(policy: Policy, trigger: str) -> bool:
    """Whether rows of the trigger are about dependants of its person too."""
    return any(
        step.related for version in policy.versions() if version.for_each == trigger for step in version.steps
    )
