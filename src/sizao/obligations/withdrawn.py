"""Why rows that an earlier answer had are not answered any more, and which fact explains it.

`compare` sets two answers side by side; whoever keeps answers beside facts that go on arriving has the rows
that vanished and the keys of the facts that changed since, and asks only about these. The reasons are those
of `compare.REASONS`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sizao.facts.dictionary import FACTS
from sizao.obligations.known import hex_of
from sizao.policy.model import Policy
from sizao.terms.queries import Query, SqlStep, literal

KEY = hex_of("key_hi", "key_lo")
_NO_ENDING = """SELECT CAST(NULL AS VARCHAR) AS rule, CAST(NULL AS VARCHAR) AS subject,
  CAST(NULL AS VARCHAR) AS cite WHERE FALSE"""


def withdrawals(
    policy: Policy,
    *,
    changed_rules: Collection[str],
    known_from: datetime,
    known_to: datetime,
) -> Query:
    """One row per obligation that vanished: obligation_id, why, by.

    by: `fact:key` of the fact that explains it, or NULL. The first of these that holds is the reason: the
    trigger was retracted; the rule is not in force any more; its texts changed; a fact ended the row's
    subject; the trigger was corrected; the row that this one reminded of was done; another fact changed;
    nothing changed, so it was time.

    changed_rules: rules of which other texts count than before. Inputs: `gone` (the rows that vanished, in
    the columns of derive), `obligations` (the rows answered now about the same subjects), arrived(fact,
    key_hi, key_lo), and the fact tables named in the query.
    """
    triggers = sorted({version.for_each for version in policy.versions()} & set(FACTS))
    endings = sorted(
        {
            (version.rule, ending.reading, ending.match[0])
            for version in policy.versions()
            for ending in (*version.ends_when, *version.subject_ends)
            if ending.reading in FACTS and ending.match[1] == "about"
        }
    )
    facts = sorted({*triggers, *(reading for _, reading, _ in endings)})
    return Query(
        (
            _changed(facts, known_from, known_to),
            _last_links(triggers, known_to),
            _endings(endings),
            _reasons(policy, changed_rules),
        ),
        ("gone", "obligations", "arrived", *facts),
        {"withdrawals": "withdrawn_reasons"},
    )


def _changed(facts: list[str], known_from: datetime, known_to: datetime) -> SqlStep:
    learnt = f"known_at > {literal(known_from)} AND known_at <= {literal(known_to)}"
    parts = ["SELECT fact, key_hi, key_lo FROM arrived"]
    parts += [f"SELECT {literal(fact)}, key_hi, key_lo FROM {fact} WHERE {learnt}" for fact in facts]
    sql = f"SELECT DISTINCT fact, key_hi, key_lo, {KEY} AS key FROM ({' UNION ALL '.join(parts)}) AS keys"
    return SqlStep("withdrawn_changed", sql, "facts of which a link became known")


def _last_links(triggers: list[str], known_to: datetime) -> SqlStep:
    """Of each changed trigger what is believed of it now."""
    parts = [
        f"""
SELECT c.fact, c.key, arg_max(f.action, (f.source_version, f.known_at, f.fact_id)) AS action
FROM withdrawn_changed AS c JOIN {fact} AS f ON f.key_hi = c.key_hi AND f.key_lo = c.key_lo
WHERE c.fact = {literal(fact)} AND f.known_at <= {literal(known_to)} GROUP BY c.fact, c.key"""
        for fact in triggers
    ]
    nothing = "SELECT fact, key, '' AS action FROM withdrawn_changed WHERE FALSE"
    return SqlStep("withdrawn_triggers", " UNION ALL ".join(parts) or nothing, "changed triggers as they are")


def _endings(endings: list[tuple[str, str, str]]) -> SqlStep:
    """Who is named by a changed fact that can end rows of a rule."""
    parts = [
        f"""
SELECT {literal(rule)} AS rule, f."{column}" AS subject, {literal(f"{reading}:")} || c.key AS cite
FROM withdrawn_changed AS c JOIN {reading} AS f ON f.key_hi = c.key_hi AND f.key_lo = c.key_lo
WHERE c.fact = {literal(reading)}"""
        for rule, reading, column in endings
    ]
    sql = (
        f"SELECT rule, subject, min(cite) AS cite FROM ({' UNION ALL '.join(parts) or _NO_ENDING}) AS facts"
        " GROUP BY rule, subject"
    )
    return SqlStep("withdrawn_endings", sql, "changed facts that can end rows")


def _reasons(policy: Policy, changed_rules: Collection[str]) -> SqlStep:
    def named(rules: Collection[str]) -> str:
        return ", ".join(literal(rule) for rule in sorted(rules)) or "NULL"

    return SqlStep(
        "withdrawn_reasons",
        f"""
WITH deciding AS (
  SELECT g.obligation_id, min(c.fact || ':' || c.key) AS cite
  FROM (SELECT obligation_id, unnest(string_split(because, ',')) AS cited FROM gone) AS g
  JOIN withdrawn_changed AS c ON trim(g.cited) = c.fact || ':' || c.key GROUP BY g.obligation_id),
reasons AS (
  SELECT g.obligation_id, g.trigger_fact || ':' || g.trigger_key AS trigger, e.cite AS ended_by,
    p.met_by AS parent_met_by, d.cite,
    CASE WHEN t.action = 'retract' THEN 'retracted_fact'
         WHEN g.rule NOT IN ({named(policy.rules)}) THEN 'rule_left_out'
         WHEN g.rule IN ({named(changed_rules)}) THEN 'new_text'
         WHEN e.cite IS NOT NULL THEN 'ended_subject'
         WHEN t.action IS NOT NULL THEN 'corrected_fact'
         WHEN p.met_by IS NOT NULL THEN 'evidence'
         WHEN EXISTS (SELECT 1 FROM withdrawn_changed) THEN 'other_fact' ELSE 'time' END AS why
  FROM gone AS g
  LEFT JOIN withdrawn_triggers AS t ON t.fact = g.trigger_fact AND t.key = g.trigger_key
  LEFT JOIN withdrawn_endings AS e ON e.rule = g.rule AND e.subject = g.about
  LEFT JOIN obligations AS p ON p.obligation_id = g.parent_id
  LEFT JOIN deciding AS d ON d.obligation_id = g.obligation_id)
SELECT obligation_id, why,
  CASE WHEN why IN ('retracted_fact', 'corrected_fact') THEN trigger WHEN why = 'ended_subject' THEN ended_by
       WHEN why = 'evidence' THEN parent_met_by WHEN why = 'other_fact' THEN cite END AS by
FROM reasons""",
        "why each row vanished",
    )
