"""Derive: facts and policy in, obligations with their status out, as named steps of SQL.

Statement: docs/explanation/semantics.md. Nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sizao.facts.readings import PARTS, READINGS, fact_or_reading
from sizao.obligations.after import Strata
from sizao.obligations.conclude import FACTS_READ, conclude
from sizao.obligations.discharge import matches
from sizao.obligations.effective import canonical_steps, effective_steps, facts_of, select_tests
from sizao.obligations.endings import Endings
from sizao.obligations.evidence import evidence_steps
from sizao.obligations.hits import Hits, unknown_sql
from sizao.obligations.items import items_step, plan_items
from sizao.obligations.lookups import Lookups
from sizao.obligations.recurring import ENROLMENTS
from sizao.obligations.rows import RELATED, Rule, about_columns
from sizao.obligations.touched import TOUCHED, touched_steps
from sizao.obligations.windows import expressions_of
from sizao.policy.model import Calendar, Policy, RuleVersion
from sizao.terms.queries import Query, SqlStep, Step

SUBJECTS = "due_subjects"


def derive(
    policy: Policy,
    *,
    as_of: datetime,
    known_by: datetime,
    touched: bool = False,
    empty: Collection[str] = (),
    uncorrected: Collection[str] = (),
) -> Query:
    """Every obligation that the policy makes of the facts known by `known_by`, as it stands at `as_of`.

    Results: obligations, unknown, too_late, standing (schemas in `schema.py`). Both instants are UTC.
    Inputs are the fact tables named in the query. touched: only rows about the subjects of the input
    `touched_subjects(subject)` are made, with the same steps (see `touched.py`).

    What is known of the tables beforehand shortens the query and changes no answer: empty names facts without
    any row (their rules are left out), uncorrected names facts without any `replace` or `retract`.
    """
    shape = Tables(frozenset(empty), frozenset(uncorrected))
    return _Derivation(shape.what_can_bind(policy), as_of, known_by, touched, shape).query()


@dataclass(frozen=True)
class Tables:
    """What is known of the fact tables before anything runs."""

    empty: frozenset[str]
    uncorrected: frozenset[str]

    def what_can_bind(self, policy: Policy) -> Policy:
        """The policy without the rules whose trigger has no row."""
        rules = {
            rule: versions
            for rule, versions in policy.rules.items()
            if not self.empty & {versions[0].for_each, *PARTS.get(versions[0].for_each, ())}
        }
        return replace(policy, rules=rules)


class _Derivation:
    def __init__(
        self, policy: Policy, as_of: datetime, known_by: datetime, touched: bool, tables: Tables
    ) -> None:
        self.policy, self.as_of, self.known_by, self.touched = policy, as_of, known_by, touched
        self.tables = tables
        self.items = plan_items(policy)
        self.versions = _in_order(policy)
        self.lookups = Lookups(policy)
        for versions in self.versions.values():
            for version in versions:
                for step in version.steps:
                    for node in expressions_of(version, step):
                        self.lookups.add(version, node)
        self.hits = self._hits()
        self.rules = [Rule(versions, self.hits[versions[0].for_each]) for versions in self.versions.values()]
        merged = "merges" not in tables.empty
        self.matching = matches(
            [item for item in self.items.items if item.version.for_each in self.hits], self.hits
        )
        self.strata = Strata(
            policy, self.items, self.rules, Endings(policy), as_of, touched, merged, self.matching
        )

    def _hits(self) -> dict[str, Hits]:
        by_fact: dict[str, list[RuleVersion]] = {}
        for versions in self.versions.values():
            by_fact.setdefault(versions[0].for_each, []).extend(versions)
        return {
            fact: Hits(self.policy, fact, tuple(versions), self.lookups) for fact, versions in by_fact.items()
        }

    def query(self) -> Query:
        """All steps in order."""
        # Rows and results say what they need of the hits, so they are written first and placed last.
        rows = self.strata.steps()
        unknown = SqlStep(
            "unknown_rows",
            f"SELECT * FROM ({unknown_sql(list(self.hits.values()), self.versions)}) AS u"
            + (f" WHERE u.about IN ({TOUCHED})" if self.touched else ""),
            "triggers whose conditions are not known",
        )
        subjects = SqlStep(SUBJECTS, self._subjects(), "whom and what rows may be about")
        facts = self._facts()
        steps: list[Step] = [
            *effective_steps(facts, self.known_by, self.tables.empty | self.tables.uncorrected),
            *canonical_steps(),
            *self._related(),
            *(touched_steps(related=self._has_related()) if self.touched else ()),
            *self._triggers(),
            items_step(self.items),
            *self.lookups.steps({fact: one.event_on() for fact, one in self.hits.items()}),
            *self.lookups.witnesses(self.items),
            *(step for one in self.hits.values() for step in one.steps()),
        ]
        steps += [subjects, *evidence_steps(self.policy, self.items, as_of=self.as_of, subjects=SUBJECTS)]
        steps += [*self.strata.endings.steps(), *rows, unknown]
        steps += conclude(
            self.policy,
            self.items,
            rows="rows_all",
            subjects=SUBJECTS,
            as_of=self.as_of,
            narrow=self.strata.narrow,
            matching=self.matching,
        )
        results = {
            "obligations": "obligations",
            "unknown": "unknown_rows",
            "too_late": "too_late_rows",
            "standing": "standing",
        }
        inputs = (*facts, "touched_subjects") if self.touched else tuple(facts)
        return Query(tuple(steps), inputs, results)

    def _related(self) -> list[SqlStep]:
        if not self._has_related():
            return []
        return [SqlStep("related_dependants", RELATED, "dependants by who cares for them")]

    def _triggers(self) -> list[SqlStep]:
        found: list[SqlStep] = []
        for fact in self.hits:
            if fact in READINGS:
                sql = select_tests(
                    f"({self._asked('sample_members', fact)})",
                    results=fact == "tests",
                    with_members=fact == "tests",
                )
            else:
                sql = self._asked(fact, fact)
            meaning = f"rows of {fact} that rules are asked about"
            found.append(
                SqlStep(f"trig_{fact}", sql, meaning, materialize=self.touched, in_written_order=self.touched)
            )
        return found

    def _asked(self, fact: str, trigger: str) -> str:
        """The effective rows of a fact; in a touched run those from which a row about a subject may come."""
        if not self.touched:
            return f"SELECT * FROM eff_{fact}"
        there = [one for one in self.strata.planned if one.rule.hits.fact == trigger]
        columns = {one.step.about for one in there if one.step.related is None}
        columns.add(fact_or_reading(trigger).subjects[0])
        ways = [("touched", column) for column in sorted(columns)]
        if any(one.step.related for one in there):
            ways.append(("touched_carers", "person"))
        # One semi-join for each way, because an engine cannot use the few subjects inside an OR.
        return "\nUNION\n".join(
            f'SELECT t.* FROM eff_{fact} AS t SEMI JOIN {those} AS x ON x.subject = t."{column}"'
            for those, column in ways
        )

    def _subjects(self) -> str:
        parts: dict[str, None] = {}
        for one in self.strata.planned:
            hits = one.rule.hits
            if one.step.related:
                carer = hits.person("person")
                parts[
                    f"SELECT r.canonical_dependant AS person FROM {hits.name} AS h"
                    f" JOIN related_dependants AS r ON r.person = {carer}"
                ] = None
            else:
                parts[f"SELECT {about_columns(hits, one.item)[1]} AS person FROM {hits.name} AS h"] = None
        return "\nUNION\n".join(parts) or "SELECT '' AS person WHERE FALSE"

    def _has_related(self) -> bool:
        return any(one.step.related for one in self.strata.planned)

    def _facts(self) -> list[str]:
        readings = {*self.hits, *self.strata.endings.readings()}
        readings |= {proof.reading for _, proof in self.items.proofs}
        facts = facts_of(readings) | self.lookups.facts() | {"merges", *FACTS_READ}
        if self._has_related():
            facts.add("dependants")
        if any(
            isinstance(one.step.timing, Calendar) and one.rule.hits.fact == ENROLMENTS
            for one in self.strata.planned
        ):
            facts.add("closures")
        return sorted(facts)


def _in_order(policy: Policy) -> dict[str, tuple[RuleVersion, ...]]:
    """The versions of each rule in order of in_force_from; `policy.adopting` has decided which."""
    found = {
        rule: tuple(sorted(policy.rules[rule], key=lambda one: one.in_force_from))
        for rule in sorted(policy.rules)
    }
    return {rule: versions for rule, versions in found.items() if versions}
