"""What would change: two policies on the same facts, or two moments of one, row by row, person by person,
and in sum.

`compare` returns a query over two answers of derive, bound as before_obligations, after_obligations,
before_standing and after_standing, and over the facts that can be a reason. Its results:

    changes   one row per obligation that only one side has or that differs: kind, reason, both sides' values
    by_rule   one row per (rule, verb, kind, reason): rows and people
    bound     one row per person whose standing differs: newly_bound, released, stricter, looser, longer,
    shorter
    burden    one row per (side, rule): person-days of restriction, tests, forms, visits
    per_day   one row per (side, local due day): tests
    rooms     one row per (side, area): rooms needed at the peak, when, and the capacity of the quarantine
    sites; where none is recorded, whether there are too few is not known
    loads     one row per office: rows to do (open and overdue) and all rows, on both sides
    examples  for every (rule, kind, reason) the first few changes, to be told one by one, the rarest first

A comparison says what the rules would do; what people then do, it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sizao.facts.dictionary import FACTS
from sizao.obligations.burden import CENTRAL, burden_of, stretches, wider
from sizao.obligations.known import hex_of, spells_of
from sizao.policy.model import Policy, RuleVersion
from sizao.terms.queries import Query, SqlStep, Step, literal
from sizao.terms.time import sql_local_day
from sizao.terms.words import Words

COMPARED = (
    "status",
    "opens_at",
    "due_at",
    "closes_at",
    "place",
    "done_by",
    "met_by",
    "waived_by",
    "rule_version",
)
NO_STEP = "('', '', 0, '', '', 0)"
KEY = hex_of("key_hi", "key_lo")

REASONS = {
    "retracted_fact": Words("依据的事实已撤回", "the fact it rests on was retracted"),
    "corrected_fact": Words("依据的事实已更正", "the fact it rests on was corrected"),
    "new_fact": Words("依据的事实后来才知悉", "the fact it rests on became known in between"),
    "rule_added": Words("只有另一规则包有这条规则", "only the other pack has the rule"),
    "rule_left_out": Words("另一规则包没有这条规则", "the other pack does not have the rule"),
    "new_text": Words("规则文本不同", "the rule has another text"),
    "waiver": Words("豁免情况不同", "a waiver"),
    "evidence": Words("证明不同", "a proof"),
    "ended_subject": Words("因另一事实而提前结束", "a fact ended it"),
    "responsibility": Words("负责机构变更", "another office is responsible"),
    "time": Words("时间推移", "time went by"),
    "other_fact": Words("规则查到的其他事实不同", "another fact that the rule looks up differs"),
    "other_part_of_pack": Words("规则包的其他部分不同", "another part of the pack differs"),
}


@dataclass(frozen=True)
class Side:
    """One of the two answers: the policy and the moment it was derived for (UTC)."""

    policy: Policy
    as_of: datetime
    known_by: datetime


def compare(before: Side, after: Side, *, area_parts: int, examples: int = 3) -> Query:
    """Everything that differs between two answers; see the head of this module.

    area_parts: how many parts of an area's path (from the widest) make the areas in which rooms are summed.
    examples: how many changes are shown for each (rule, kind, reason). Both sides must be packs of one
    zone: ValueError.
    """
    if before.policy.zone != after.policy.zone:
        raise ValueError(
            f"{before.policy.pack} decides days in {before.policy.zone}, {after.policy.pack} in "
            f"{after.policy.zone}; "
            "compare packs of one zone"
        )
    facts = _facts_that_can_be_reasons(before, after)
    steps: tuple[Step, ...] = (
        *(spells_of(fact) for fact in facts),
        _texts(before.policy, after.policy),
        _trigger_states(before, after),
        _ending_facts(before, after),
        _joined(),
        _changes(before, after),
        _by_rule(),
        _bound(before.policy.strictness),
        _step_burdens(before.policy, after.policy),
        _restricted(),
        _person_days(),
        _burden(),
        _per_day(before.policy.zone),
        _capacities(before, after, area_parts),
        _in_rooms(area_parts),
        _rooms(),
        _loads(),
        _examples(examples),
    )
    return Query(
        steps=(*([] if "places" in facts else [spells_of("places")]), *steps),
        inputs=(
            "before_obligations",
            "after_obligations",
            "before_standing",
            "after_standing",
            *dict.fromkeys((*facts, "places")),
        ),
        results={
            "changes": "compare_changes",
            "by_rule": "compare_by_rule",
            "bound": "compare_bound",
            "burden": "compare_burden",
            "per_day": "compare_per_day",
            "rooms": "compare_rooms",
            "loads": "compare_loads",
            "examples": "compare_examples",
        },
    )


def _facts_that_can_be_reasons(before: Side, after: Side) -> tuple[str, ...]:
    """The facts whose links are looked at; none when both sides know the same."""
    if before.known_by == after.known_by:
        return ()
    versions = [*before.policy.versions(), *after.policy.versions()]
    triggers = [version.for_each for version in versions]
    endings = [
        ending.reading for version in versions for ending in (*version.ends_when, *version.subject_ends)
    ]
    return tuple(name for name in FACTS if name in {*triggers, *endings})


def _texts(before: Policy, after: Policy) -> SqlStep:
    def digests(versions: Iterable[RuleVersion]) -> str:
        return ",".join(f"{version.digest}@{version.in_force_from}" for version in versions)

    rules = sorted({*before.rules, *after.rules})
    rows = [
        f"({literal(rule)}, {literal(rule in before.rules)}, {literal(rule in after.rules)}, "
        f"{literal(digests(before.rules.get(rule, ())) == digests(after.rules.get(rule, ())))})"
        for rule in rules
    ] or ["('', FALSE, FALSE, FALSE)"]
    return SqlStep(
        "compare_texts",
        f"SELECT * FROM (VALUES {', '.join(rows)}) AS texts(rule, in_before, in_after, same_texts)",
        "which rules have the same texts on both sides",
    )


def _trigger_states(before: Side, after: Side) -> SqlStep:
    """How each trigger stood on both sides: believed, retracted or not yet known, and which version."""
    facts = [] if before.known_by == after.known_by else _triggers(before, after)
    then, later = literal(before.known_by), literal(after.known_by)

    def at(moment: str) -> str:
        return f"believed_from <= {moment} AND (believed_until IS NULL OR believed_until > {moment})"

    parts = [
        f"""
SELECT {literal(fact)} AS trigger_fact, {KEY} AS trigger_key,
       max(CASE WHEN {at(then)} THEN action END) AS before_action,
       max(CASE WHEN {at(later)} THEN action END) AS after_action,
       max(CASE WHEN {at(then)} THEN fact_id END) AS before_link,
       max(CASE WHEN {at(later)} THEN fact_id END) AS after_link,
       max(CASE WHEN {at(later)} THEN reason END) AS after_reason
FROM spells_{fact} WHERE {at(then)} OR {at(later)} GROUP BY key_hi, key_lo"""
        for fact in facts
    ]
    nothing = """
SELECT CAST(NULL AS VARCHAR) AS trigger_fact, CAST(NULL AS VARCHAR) AS trigger_key, CAST(NULL AS VARCHAR)
  AS before_action,
       CAST(NULL AS VARCHAR) AS after_action, CAST(NULL AS VARCHAR) AS before_link, CAST(NULL AS VARCHAR)
         AS after_link,
       CAST(NULL AS VARCHAR) AS after_reason WHERE FALSE"""
    return SqlStep(
        "compare_triggers", " UNION ALL ".join(parts) or nothing, "what was believed of each trigger"
    )


def _triggers(before: Side, after: Side) -> list[str]:
    versions = [*before.policy.versions(), *after.policy.versions()]
    return sorted({version.for_each for version in versions} & set(FACTS))


def _ending_facts(before: Side, after: Side) -> SqlStep:
    """Facts that can end rows of a rule and became known (or stopped being believed) between the two
    moments."""
    first, last = sorted((before.known_by, after.known_by))
    parts = []
    if first != last:
        seen = {
            (version.rule, ending.reading, ending.match[0])
            for version in (*before.policy.versions(), *after.policy.versions())
            for ending in (*version.ends_when, *version.subject_ends)
            if ending.reading in FACTS
        }
        window = f"> {literal(first)} AND {{0}} <= {literal(last)}"
        parts = [
            f"""
SELECT {literal(rule)} AS rule, "{column}" AS subject, min({literal(reading)} || ':' || {KEY}) AS ended_by
FROM spells_{reading} WHERE believed_from {window.format("believed_from")} OR believed_until
  {window.format("believed_until")}
GROUP BY "{column}\""""
            for rule, reading, column in sorted(seen)
        ]
    nothing = """
SELECT CAST(NULL AS VARCHAR) AS rule, CAST(NULL AS VARCHAR) AS subject, CAST(NULL AS VARCHAR) AS ended_by
  WHERE FALSE"""
    return SqlStep(
        "compare_endings",
        f"SELECT rule, subject, min(ended_by) AS ended_by FROM ({' UNION ALL '.join(parts) or nothing}) "
        f"AS facts "
        "GROUP BY rule, subject",
        "facts that can end rows and are believed by one side only",
    )


def _joined() -> SqlStep:
    both = ", ".join(f"b.{column} AS before_{column}, a.{column} AS after_{column}" for column in COMPARED)
    same = " AND ".join(f"b.{column} IS NOT DISTINCT FROM a.{column}" for column in COMPARED)
    shared = (
        "rule",
        "step",
        "occurrence",
        "verb",
        "about",
        "area",
        "trigger_fact",
        "trigger_key",
        "event_on",
    )
    values = ", ".join(f"coalesce(b.{column}, a.{column}) AS {column}" for column in shared)
    return SqlStep(
        "compare_joined",
        f"""
SELECT coalesce(b.obligation_id, a.obligation_id) AS obligation_id,
       CASE WHEN b.obligation_id IS NULL THEN 'added' WHEN a.obligation_id IS NULL THEN 'removed' ELSE
       'changed' END AS kind, {values}, {both}
FROM before_obligations AS b FULL OUTER JOIN after_obligations AS a ON a.obligation_id = b.obligation_id
WHERE b.obligation_id IS NULL OR a.obligation_id IS NULL OR NOT ({same})""",
        "rows that only one side has, or that differ",
    )


def _changes(before: Side, after: Side) -> SqlStep:
    """The reason of each change: the first of these that holds. Time comes last, because it explains
    anything."""
    rest = "'time'" if before.as_of != after.as_of else "'other_part_of_pack'"
    if before.known_by != after.known_by:
        later = literal(before.as_of != after.as_of)
        rest = f"CASE WHEN j.kind = 'changed' AND {later} THEN 'time' ELSE 'other_fact' END"
    return SqlStep(
        "compare_changes",
        f"""
SELECT j.obligation_id, j.kind,
  CASE
    WHEN t.trigger_key IS NOT NULL AND t.after_action = 'retract' AND t.before_action <> 'retract' THEN
    'retracted_fact' WHEN t.trigger_key IS NOT NULL AND t.before_action = 'retract' AND t.after_action <>
    'retract' THEN 'retracted_fact' WHEN t.trigger_key IS NOT NULL AND (t.before_action IS NULL OR
    t.after_action IS NULL) THEN 'new_fact' WHEN j.kind = 'added' AND NOT x.in_before THEN 'rule_added'
    WHEN j.kind = 'removed' AND NOT x.in_after THEN 'rule_left_out'
    WHEN NOT x.same_texts THEN 'new_text'
    WHEN j.kind = 'changed' AND j.before_waived_by IS DISTINCT FROM j.after_waived_by THEN 'waiver'
    WHEN j.kind = 'changed' AND j.before_met_by IS DISTINCT FROM j.after_met_by THEN 'evidence'
    WHEN e.ended_by IS NOT NULL AND (j.kind <> 'changed' OR j.before_closes_at IS DISTINCT FROM
    j.after_closes_at)
      THEN 'ended_subject'
    WHEN t.before_link IS DISTINCT FROM t.after_link THEN 'corrected_fact'
    WHEN j.kind = 'changed' AND j.before_status = j.after_status AND j.before_done_by IS DISTINCT FROM
    j.after_done_by
      AND j.before_due_at = j.after_due_at THEN 'responsibility'
    ELSE {rest} END AS reason,
  t.after_reason AS stated_reason, e.ended_by,
  j.rule, j.step, j.occurrence, j.verb, j.about, j.area, j.trigger_fact, j.trigger_key, j.event_on,
  {", ".join(f"j.before_{column}, j.after_{column}" for column in COMPARED)}
FROM compare_joined AS j JOIN compare_texts AS x ON x.rule = j.rule
LEFT JOIN compare_triggers AS t ON t.trigger_fact = j.trigger_fact AND t.trigger_key = j.trigger_key
LEFT JOIN compare_endings AS e ON e.rule = j.rule AND e.subject = j.about""",
        "every difference with its reason",
    )


def _by_rule() -> SqlStep:
    return SqlStep(
        "compare_by_rule",
        """
SELECT rule, verb, kind, reason, CAST(count(*) AS BIGINT) AS row_count, CAST(count(DISTINCT about) AS
  BIGINT) AS abouts
FROM compare_changes GROUP BY rule, verb, kind, reason""",
        "differences by rule, verb and reason",
        materialize=False,
    )


def _bound(strictness: tuple[str, ...]) -> SqlStep:
    ranks = " ".join(f"WHEN {literal(place)} THEN {rank}" for rank, place in enumerate(strictness))

    def rank(side: str) -> str:
        return f"CASE {side}.place {ranks} ELSE -1 END"

    return SqlStep(
        "compare_bound",
        f"""
SELECT coalesce(b.person, a.person) AS person,
  CASE WHEN b.person IS NULL THEN 'newly_bound' WHEN a.person IS NULL THEN 'released'
       WHEN {rank("a")} > {rank("b")} THEN 'stricter' WHEN {rank("a")} < {rank("b")} THEN 'looser'
       WHEN a.until > b.until THEN 'longer' ELSE 'shorter' END AS kind,
  b.place AS before_place, a.place AS after_place, b.until AS before_until, a.until AS after_until,
  b.rows AS before_rows, a.rows AS after_rows
FROM before_standing AS b FULL OUTER JOIN after_standing AS a ON a.person = b.person
WHERE b.person IS NULL OR a.person IS NULL OR {rank("a")} <> {rank("b")} OR a.until <> b.until""",
        "people whose standing differs",
    )


def _step_burdens(before: Policy, after: Policy) -> SqlStep:
    rows = sorted(
        {
            (side, version.rule, version.number, step.name, kind, step.proof.count)
            for side, policy in (("before", before), ("after", after))
            for version in policy.versions()
            for step in version.steps
            for kind in [burden_of(step)]
            if kind in version.burden
        }
    )
    values = ", ".join("(" + ", ".join(literal(one) for one in row) + ")" for row in rows)
    return SqlStep(
        "compare_steps",
        f"SELECT * FROM (VALUES {values or NO_STEP}) AS steps(side, rule, version, step, kind, number)",
        "what each step costs whom it is about",
    )


def _both_sides(columns: str, where: str) -> str:
    return " UNION ALL ".join(
        f"SELECT {literal(side)} AS side, {columns} FROM {side}_obligations WHERE {where}"
        for side in ("before", "after")
    )


def _restricted() -> SqlStep:
    rows = _both_sides("rule, about, place, area, opens_at, closes_at", "restricts AND status <> 'waived'")
    return SqlStep(
        "compare_restricted", rows, "restriction spans that are not waived, past and coming ones too"
    )


def _person_days() -> SqlStep:
    """Days under restriction; two rows over the same days of one person count once within a rule, and
    once in sum."""

    def summed(rule: str) -> str:
        spans = f"(SELECT side, {rule} AS rule, about, opens_at, closes_at FROM compare_restricted) AS spans"
        return f"""
SELECT side, rule, sum(epoch(ends) - epoch(begins)) / 86400.0 AS person_days, count(DISTINCT about) AS persons
FROM ({stretches(spans, "side, rule, about")}) AS stretches GROUP BY side, rule"""

    return SqlStep(
        "compare_person_days",
        f"{summed('rule')} UNION ALL {summed(literal(''))}",
        "person-days of restriction by rule, and of all rules together under the empty rule",
    )


def _in_rooms(parts: int) -> SqlStep:
    spans = f"""(SELECT side, {wider("area", parts)} AS area, about, opens_at, closes_at FROM
    compare_restricted
        WHERE place = {literal(CENTRAL)}) AS spans"""
    return SqlStep(
        "compare_in_rooms",
        stretches(spans, "side, area, about"),
        "who needs a room, where, from when to when",
    )


def _burden() -> SqlStep:
    rows = _both_sides("rule, version, step", "status <> 'waived'")
    counted = " , ".join(
        f"CAST(coalesce(sum(s.number) FILTER (WHERE s.kind = '{kind}'), 0) AS BIGINT) AS {kind}"
        for kind in ("tests", "forms", "visits")
    )
    return SqlStep(
        "compare_burden",
        f"""
SELECT coalesce(c.side, d.side) AS side, coalesce(c.rule, d.rule) AS rule, coalesce(d.person_days, 0.0) AS
  person_days,
       coalesce(d.persons, 0) AS persons, coalesce(c.tests, 0) AS tests, coalesce(c.forms, 0) AS forms,
       coalesce(c.visits, 0) AS visits
FROM (SELECT o.side, o.rule, {counted} FROM ({rows}) AS o
      JOIN compare_steps AS s ON s.side = o.side AND s.rule = o.rule AND s.version = o.version AND s.step
        = o.step
      GROUP BY o.side, o.rule) AS c
FULL OUTER JOIN compare_person_days AS d ON d.side = c.side AND d.rule = c.rule""",
        "what both sides demand, by rule; person-days of the empty rule are those of all rules together",
    )


def _per_day(zone: str) -> SqlStep:
    # What is due at 24:00 is due on the day that ends then.
    day = sql_local_day("(due_at - INTERVAL '1' MICROSECOND)", zone)
    rows = _both_sides(f"rule, version, step, {day} AS due_on", "status <> 'waived'")
    return SqlStep(
        "compare_per_day",
        f"""
SELECT o.side, o.due_on, CAST(sum(s.number) AS BIGINT) AS tests FROM ({rows}) AS o
JOIN compare_steps AS s ON s.side = o.side AND s.rule = o.rule AND s.version = o.version AND s.step = o.step
WHERE s.kind = 'tests' GROUP BY o.side, o.due_on""",
        "tests by the day they are due",
    )


def _capacities(before: Side, after: Side, parts: int) -> SqlStep:
    known_by = literal(max(before.known_by, after.known_by))
    return SqlStep(
        "compare_capacities",
        f"""
SELECT {wider("located_in", parts)} AS area, CAST(sum(capacity) AS BIGINT) AS capacity FROM spells_places
WHERE action <> 'retract' AND kind = 'quarantine_site' AND until_on IS NULL
  AND believed_from <= {known_by} AND (believed_until IS NULL OR believed_until > {known_by}) GROUP BY 1""",
        "rooms of the quarantine sites",
    )


def _rooms() -> SqlStep:
    return SqlStep(
        "compare_rooms",
        """
WITH moves AS (
  SELECT side, area, begins AS moment, 1 AS change FROM compare_in_rooms
  UNION ALL SELECT side, area, ends, -1 FROM compare_in_rooms),
moments AS (SELECT side, area, moment, sum(change) AS change FROM moves GROUP BY side, area, moment),
running AS (
  SELECT side, area, moment, CAST(sum(change) OVER (PARTITION BY side, area ORDER BY moment) AS BIGINT) AS
    needed
  FROM moments),
peaks AS (
  SELECT *, row_number() OVER (PARTITION BY side, area ORDER BY needed DESC, moment) AS n FROM running)
SELECT p.side, p.area, p.needed AS rooms_at_peak, p.moment AS peak_at, c.capacity,
       p.needed > c.capacity AS too_few
FROM peaks AS p LEFT JOIN compare_capacities AS c ON c.area = p.area WHERE p.n = 1""",
        "rooms needed at the peak, by area; too few is not known where no capacity is recorded",
    )


def _loads() -> SqlStep:
    rows = _both_sides("done_by, status", "done_by IS NOT NULL")

    def number(side: str, which: str) -> str:
        return f"CAST(count(*) FILTER (WHERE side = '{side}'{which}) AS BIGINT)"

    to_do = " AND status IN ('open', 'overdue')"
    return SqlStep(
        "compare_loads",
        f"""
SELECT done_by, {number("before", to_do)} AS before_to_do, {number("after", to_do)} AS after_to_do,
       {number("before", "")} AS before_all, {number("after", "")} AS after_all
FROM ({rows}) AS o GROUP BY done_by""",
        "what the offices have to do on both sides",
    )


def _examples(number: int) -> SqlStep:
    return SqlStep(
        "compare_examples",
        f"""
SELECT row_number() OVER (ORDER BY alike, rule, kind, reason, example) AS position, * FROM (
  SELECT *, count(*) OVER (PARTITION BY rule, kind, reason) AS alike,
         row_number() OVER (PARTITION BY rule, kind, reason ORDER BY obligation_id) AS example
  FROM compare_changes) AS numbered WHERE example <= {number}""",
        "the first changes of each kind and reason, the rarest first",
        materialize=False,
    )
