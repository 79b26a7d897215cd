"""Seeded mistakes: one small change of the engine's query, or of the policy it is given, each of which the
comparison with the reference must notice.

A mutant names the steps it changes and the text it puts in place of another, so that a change of the engine
that makes it pointless is noticed too: a substitution that no longer applies fails its test.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from equality.engine import Changed
from sizao.policy.model import Policy, Rolling, RuleVersion, Running, StepText
from sizao.terms.queries import Query, SqlStep, Step


@dataclass(frozen=True)
class Mutant:
    """steps: pattern of step names; old: pattern in their SQL; new: what stands there instead."""

    name: str
    policies: tuple[str, ...]  # of the family, in which it is to be noticed
    steps: str = ""
    old: str = ""
    new: str = ""
    policy: Callable[[Policy], Policy] | None = None  # instead of a change of the query

    def changed(self, applied: list[int]) -> Changed:
        """The change of a query; how many texts it replaced is added to `applied`."""

        def change(query: Query) -> Query:
            return replace(query, steps=tuple(self._step(step, applied) for step in query.steps))

        return change

    def _step(self, step: Step, applied: list[int]) -> Step:
        if not self.steps or not isinstance(step, SqlStep) or not re.search(self.steps, step.name):
            return step
        sql, count = re.subn(self.old, self.new, step.sql)
        if count:
            applied.append(count)
        return replace(step, sql=sql)


def _versions(change: Callable[[RuleVersion], RuleVersion]) -> Callable[[Policy], Policy]:
    def changed(policy: Policy) -> Policy:
        rules = {rule: tuple(map(change, texts)) for rule, texts in policy.rules.items()}
        return replace(policy, rules=rules)

    return changed


def _steps(change: Callable[[StepText], StepText]) -> Callable[[Policy], Policy]:
    return _versions(lambda version: replace(version, steps=tuple(map(change, version.steps))))


def _kept(version: RuleVersion) -> RuleVersion:
    return replace(version, running=Running.KEEP if version.running is Running.LIGHTEN else version.running)


def _lightened(version: RuleVersion) -> RuleVersion:
    return replace(
        version, running=Running.LIGHTEN if version.running is Running.REPLACE else version.running
    )


def _shared(step: StepText) -> StepText:
    return replace(step, proof=replace(step.proof, exclusive=False))


def _ungapped(step: StepText) -> StepText:
    timing = step.timing
    if isinstance(timing, Rolling):
        return replace(step, timing=replace(timing, min_gap=timing.min_gap / 2))
    return replace(step, proof=replace(step.proof, min_gap=step.proof.min_gap / 4))


MUTANTS = (
    Mutant(
        "a proof at the due instant is in time",
        ("contacts", "institutions"),
        "_decided$",
        r"p\.met_at < r\.due_at THEN",
        "p.met_at <= r.due_at THEN",
    ),
    Mutant("retracted facts still count", ("contacts",), "^chains_", " AND action <> 'retract'", ""),
    Mutant(
        "corrections count without their original",
        ("contacts", "institutions"),
        "^chains_",
        "has_record = 1 AND ",
        "",
    ),
    Mutant(
        "a correction restarts the clock",
        ("contacts", "institutions"),
        "^eff_",
        "first_known_at AS known_at",
        "known_at AS known_at",
    ),
    Mutant(
        "known_by is forgotten",
        ("contacts",),
        "^(eff|chains|corrected)_",
        r"(f\.)?known_at <= TIMESTAMP '[^']*'",
        "TRUE",
    ),
    Mutant(
        "nobody is merged",
        ("contacts", "cases"),
        "^canonical$",
        r"WHERE person <> canonical\b",
        "WHERE FALSE",
    ),
    Mutant(
        "look_back is forgotten",
        ("contacts", "cases"),
        "points|pairs",
        r"r\.opens_at - i\.look_back",
        "r.opens_at",
    ),
    Mutant(
        "closures are ignored",
        ("institutions",),
        ".",
        r"FROM eff_closures AS z\b",
        "FROM (SELECT * FROM eff_closures WHERE FALSE) AS z",
    ),
    Mutant(
        "the last proof counts, not the first",
        ("contacts", "institutions"),
        "points",
        r"\bmin\(struct_pack\(proved_at",
        "max(struct_pack(proved_at",
    ),
    Mutant(
        "one office may waive alone",
        ("contacts", "institutions", "cases"),
        "^valid_waivers$",
        r" AND w\.decided_office <> w\.approved_office",
        "",
    ),
    Mutant(
        "an expired waiver still waives",
        ("contacts", "institutions", "workers"),
        "waived$",
        r" AND TIMESTAMP '[^']*' < until_at",
        "",
    ),
    Mutant(
        "the farthest graded area decides",
        ("arrivals",),
        "^graded_days_",
        r"min\(CASE WHEN c\.upward = 0",
        "max(CASE WHEN c.upward = 0",
    ),
    Mutant(
        "an area that nobody graded is low", ("arrivals",), ".", r"\(worst = 0 AND gaps = 0\)", "worst = 0"
    ),
    Mutant(
        "every gap is tolerated",
        ("contacts", "arrivals", "workers"),
        "spans$",
        r"covered_from > reached \+ gap_tolerance",
        "FALSE",
    ),
    Mutant(
        "what was done about another finding counts",
        ("institutions", "training"),
        r"points(_pairs)?(_\d+)?$",
        r" AND e\.matched = [\w.]+",
        "",
    ),
    Mutant(
        "no gap is tolerated",
        ("workers",),
        "spans$",
        r"(reached?) \+ gap_tolerance",
        r"\1",
    ),
    Mutant(
        "the latest end is the earliest",
        ("contacts", "arrivals"),
        "^standing$",
        r"max\(d\.closes_at\)",
        "min(d.closes_at)",
    ),
    Mutant(
        "what is missed does not escalate",
        ("contacts", "institutions"),
        "^escalated$",
        r"d\.status IN \((\d+), \d+\)",
        r"d.status IN (\1)",
    ),
    Mutant(
        "what is overdue outlives its end",
        ("contacts", "arrivals", "cases"),
        r"^rows_\d+$",
        r"is_span OR end_at >= due_at",
        "is_span",
    ),
    Mutant(
        "a reminder outlives what it is about",
        ("contacts", "arrivals", "cases"),
        "^escalated$",
        r"CASE WHEN d\.ends_at >= (.*) THEN d\.ends_at END AS closes_at",
        "CAST(NULL AS TIMESTAMP) AS closes_at",
    ),
    Mutant(
        "the greatest office id answers",
        ("contacts", "institutions"),
        ".",
        r"office := o\.office",
        "office := CASE WHEN o.office LIKE '%0' THEN o.office || '-' ELSE o.office END",
    ),
    Mutant("lighten is read as keep", ("contacts", "workers"), policy=_versions(_kept)),
    Mutant("replace is read as lighten", ("cases", "arrivals", "workers"), policy=_versions(_lightened)),
    Mutant("an exclusive proof is shared", ("contacts", "institutions"), policy=_steps(_shared)),
    Mutant(
        "the least gap between tests is halved", ("cases", "workers", "contacts"), policy=_steps(_ungapped)
    ),
)
